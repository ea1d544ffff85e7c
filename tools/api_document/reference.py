"""Decides how the OpenAPI document is shown to people: one page, with no other content."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any, TypeAlias

from newsreel.http.problems import KINDS
from newsreel.texts import messages

# Parsed JSON whose shape OpenAPI 3.1 fixes; this module only reads it.
Node: TypeAlias = dict[str, Any]
# A group's name, its routes (by "METHOD path" and operation), and the refusals they share.
Group: TypeAlias = tuple[str, Callable[[str, Node], bool], set[str]]

_CHANGES = {"POST", "PUT", "PATCH", "DELETE"}
_USUAL_HEADERS = {"Accept-Language", "Origin"}
_TELLING = {"Location", "Set-Cookie"}
_OPENING = """# API reference

Written from the code by `python -m tools.api_document`; `GET /api/openapi.json` is the same for
programs. How to go from nothing to a file: [api.md](api.md).

Paths begin with `/api` on the site's own address. *Session* routes need the cookie that log-in
sets; *public* ones do not, and every public `GET` answers `HEAD` too. Times are RFC 3339 in UTC.
"""
_ON_REFUSALS = """## Refusals

`application/problem+json` (RFC 9457). Branch on `code`; `next` names the next step for the client;
texts follow `Accept-Language`. 429 and 503 give the seconds to wait (`Retry-After`, `retry_in`).
"""


class Reference:
    """The reference page of one document."""

    def __init__(self, document: Node) -> None:
        self._document = document
        self._schemas: Node = document["components"]["schemas"]
        self._operations = [
            (method.upper(), path, operation)
            for path, operations in document["paths"].items()
            for method, operation in operations.items()
        ]

    def text(self) -> str:
        """Return the page."""
        parts = [_OPENING, self._headers(), self._contents()]
        for tag in self._document["tags"]:
            parts.append(f"## {tag['name']}\n\n{tag['description']}\n")
            parts += [self._route(*entry) for entry in self._operations if _has(entry[2], tag)]
        parts += [_ON_REFUSALS, _refusals(), self._usual(), self._shapes()]
        return "\n".join(parts)

    def _headers(self) -> str:
        shared = self._document["components"]["parameters"].values()
        rows = [self._row(entry) for entry in shared if entry["name"] in _USUAL_HEADERS]
        table = _table(("name", "in", "kind", ""), rows)
        return "\n".join(["Not named at each route:", "", *table])

    def _contents(self) -> str:
        lines = ["| | route | |", "|---|---|---|"]
        for tag in self._document["tags"]:
            first = f"[{tag['name']}](#{_anchor(tag['name'])})"
            for method, path, operation in self._operations:
                if _has(operation, tag):
                    link = f"[`{method} {path}`](#{_anchor(f'{method} {path}')})"
                    lines.append(f"| {first} | {link} | {operation['summary']} |")
                    first = ""
        return "\n".join([*lines, ""])

    def _route(self, method: str, path: str, operation: Node) -> str:
        who = "Session" if operation["security"] else "Public"
        lines = [f"### `{method} {path}`", "", f"{operation['summary']} *{who}.*", ""]
        own = operation["description"].rpartition("\n\n")[0]
        lines += [own, ""] if own else []
        lines += self._parameters(operation)
        if "requestBody" in operation:
            content = operation["requestBody"]["content"]["application/json"]
            lines += [*self._fields(_name(content["schema"])), *_shown(content)]
        for status, answer in operation["responses"].items():
            lines += self._answer(status, answer)
        refused = sorted(self._codes(operation) - self._usual_codes(f"{method} {path}", operation))
        if refused:
            lines += ["Refuses with " + ", ".join(f"`{code}`" for code in refused) + ".", ""]
        return "\n".join(lines)

    def _parameters(self, operation: Node) -> list[str]:
        parameters = [self._followed(parameter) for parameter in operation.get("parameters", [])]
        rows = [
            self._row(parameter)
            for parameter in parameters
            if parameter["name"] not in _USUAL_HEADERS
        ]
        return _table(("name", "in", "kind", ""), rows) if rows else []

    def _row(self, parameter: Node) -> tuple[str, str, str, str]:
        kind = self._kind(parameter["schema"])
        return f"`{parameter['name']}`", parameter["in"], kind, parameter["description"]

    def _followed(self, node: Node) -> Node:
        """Return the target of a reference; return anything else unchanged."""
        if "$ref" not in node:
            return node
        _, _, group, name = node["$ref"].split("/")
        target: Node = self._document["components"][group][name]
        return target

    def _fields(self, model: str) -> list[str]:
        schema = self._schemas[model]
        required = schema.get("required", [])
        rows = [
            (f"`{name}`", self._field_kind(field, name in required), field["description"])
            for name, field in schema.get("properties", {}).items()
        ]
        return _table(("field", "kind", ""), rows)

    def _answer(self, status: str, answer: Node) -> Iterator[str]:
        if _is_refusal(status):  # those have a section of their own
            return
        named = ", ".join(f"`{name}`" for name in answer.get("headers", {}) if name in _TELLING)
        headers = f"with {named}" if named else ""
        medias = {m: c for m, c in answer.get("content", {}).items() if "problem" not in m}
        models = [
            _name(content["schema"]) for content in medias.values() if "$ref" in content["schema"]
        ]
        links = ", ".join(f"[{model}](#{_anchor(model)})" for model in models)
        others = ", ".join(
            f"`{media}`" for media, content in medias.items() if "$ref" not in content["schema"]
        )
        what = " or ".join(part for part in (links, others) if part)
        yield from (" ".join(part for part in (f"**{status}**", what, headers) if part), "")
        for content in medias.values():
            yield from _shown(content)

    def _codes(self, operation: Node) -> set[str]:
        answers = operation["responses"].items()
        refused = [answer["description"] for status, answer in answers if _is_refusal(status)]
        return {code for text in refused for code in re.findall(r"`(\w+)`", text)}

    def _usual(self) -> str:
        rows = [
            (who, ", ".join(f"`{code}`" for code in sorted(codes)))
            for who, _, codes in self._groups()
        ]
        return "\n".join(["Not named at each route:", "", *_table(("where", "codes"), rows)])

    def _groups(self) -> list[Group]:
        groups: tuple[tuple[str, Callable[[str, Node], bool]], ...] = (
            ("every route", lambda _path, _operation: True),
            ("with a name or an id in the path", lambda path, _operation: "{" in path),
            (
                "changing something, with a cookie",
                lambda path, _operation: path.split()[0] in _CHANGES,
            ),
            ("with a body", lambda _path, operation: "requestBody" in operation),
            ("session routes", lambda _path, operation: bool(operation["security"])),
        )
        groups_so_far: list[Group] = []
        for who, belongs in groups:
            refused = [
                self._codes(operation)
                for method, path, operation in self._operations
                if belongs(f"{method} {path}", operation)
            ]
            before = {code for _, _, codes in groups_so_far for code in codes}
            groups_so_far.append((who, belongs, set.intersection(*refused) - before))
        return groups_so_far

    def _usual_codes(self, route: str, operation: Node) -> set[str]:
        mine = [codes for _, belongs, codes in self._groups() if belongs(route, operation)]
        return {code for codes in mine for code in codes}

    def _shapes(self) -> str:
        bodies = {
            _name(operation["requestBody"]["content"]["application/json"]["schema"])
            for _, _, operation in self._operations
            if "requestBody" in operation
        }
        lines = ["## Shapes", "", "The objects in answers. They may gain fields.", ""]
        for model, schema in self._schemas.items():
            if model not in bodies and "properties" in schema:
                about = _one_line(schema.get("description", ""))
                lines += [f"### {model}", "", about, "", *self._fields(model)]
        return "\n".join(lines).rstrip() + "\n"

    def _field_kind(self, field: Node, required: bool) -> str:  # noqa: FBT001
        return self._kind(field) + ("" if required else ", optional")

    def _kind(self, schema: Node) -> str:
        """Return the type of a value in one or two words."""
        if "$ref" in schema:
            model = _name(schema)
            plain = "properties" not in self._schemas.get(model, {})
            return "any JSON" if plain else f"[{model}](#{_anchor(model)})"
        if "anyOf" in schema:
            return " or ".join(self._kind(option) for option in schema["anyOf"])
        if "enum" in schema or "const" in schema:
            values = schema.get("enum", [schema.get("const")])
            return ", ".join(f"`{value}`" for value in values)
        kind: str | list[str] = schema.get("type", "any JSON")
        if kind == "array":
            return f"list of {self._kind(schema.get('items', {}))}"
        if isinstance(kind, list):
            return " or ".join(kind)
        return kind + _bounds(schema)


def _has(operation: Node, tag: Node) -> bool:
    return tag["name"] in operation["tags"]


def _refusals() -> str:
    rows = [
        (
            f"`{code}`",
            str(kind.status),
            f"`{kind.next}`",
            messages.catalogue("en", "problems")[f"{code}.title"],
            messages.catalogue("en", "problems")[f"{code}.detail"],
        )
        for code, kind in sorted(KINDS.items(), key=lambda entry: (entry[1].status, entry[0]))
    ]
    return "\n".join(_table(("code", "status", "next", "title", "detail"), rows))


def _bounds(schema: Node) -> str:
    low = schema.get("minLength", schema.get("minimum"))
    high = schema.get("maxLength", schema.get("maximum"))
    unit = " characters" if "maxLength" in schema else ""
    form = f" ({schema['format']})" if "format" in schema else ""
    if low is None and high is None:
        return form
    return f"{form}, {low or 0} to {high}{unit}" if high is not None else f"{form}, {low} or more"


def _is_refusal(status: str) -> bool:
    return int(status) >= HTTPStatus.BAD_REQUEST


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return [*lines, ""]


def _shown(content: Mapping[str, object]) -> list[str]:
    if "example" not in content:
        return []
    return ["```json", json.dumps(content["example"], indent=2, ensure_ascii=False), "```", ""]


def _name(schema: Mapping[str, object]) -> str:
    return str(schema["$ref"]).rpartition("/")[2]


def _anchor(heading: str) -> str:
    """Return the anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _one_line(text: str) -> str:
    return " ".join(text.replace("``", "`").split())
