"""Writes the OpenAPI 3.1 document from the routes as the functions declare them.

``python infra/write_openapi.py`` writes ``layers/code/newsreel/openapi.json``, which the catalogue
function serves; ``--check`` fails when the file is not what the code says.
"""

import argparse
import importlib
import json
import os
import re
import sys
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, cast, get_args

if TYPE_CHECKING:
    from pydantic_core.core_schema import DataclassField, ModelField, TypedDictField

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "layers" / "code")]

from newsreel import settings  # noqa: E402
from newsreel.downloads.delivery import Reason  # noqa: E402
from newsreel.http.api import LONGEST_IDEMPOTENCY_KEY, Access, Route  # noqa: E402
from newsreel.http.problems import CONTENT_TYPE, KINDS  # noqa: E402
from newsreel.refusals import Code  # noqa: E402
from pydantic import BaseModel  # noqa: E402
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema  # noqa: E402

from infra.api.examples import EXAMPLES, Example, Json  # noqa: E402
from infra.api.words import FIELDS, PARAMETERS, TAGS  # noqa: E402

DOCUMENT = ROOT / "layers" / "code" / "newsreel" / "openapi.json"

_ABOUT = """Journalists register, prove their address, and download video free of charge.

JSON in and out, UTF-8; names in snake_case; times in RFC 3339, UTC. Refusals are
application/problem+json (RFC 9457) with a stable code and one next step. Answers may gain fields;
anything else gets a new base path."""

# What any route may answer besides what it declares itself.
_ALWAYS: tuple[Code, ...] = ("body_too_large", "too_many_requests", "fault", "busy")
_WITH_BODY: tuple[Code, ...] = (
    "malformed",
    "wrong_content_type",
    "fields_rejected",
)
_WAITING: tuple[Code, ...] = ("too_many_requests", "busy")
_REPEATABLE = {("POST", "/registrations"), ("POST", "/password-resets")}
_TAGS = {
    "registrations": "Registration",
    "password-resets": "Password reset",
    "sessions": "Sessions",
    "account": "Account",
    "terms": "Terms of use",
    "videos": "Catalogue",
    "downloads": "Downloads",
    "pages": "Pages",
}
_IDEMPOTENCY_KEY: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A repeat within 10 minutes with the same key and body is the same flow.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_IDEMPOTENCY_KEY},
}
_RETRY_AFTER: Json = {
    "required": True,
    "description": "Seconds.",
    "schema": {"type": "integer", "minimum": 1},
}
_REASONS: Json = sorted(get_args(Reason))
_NOTHING, _SENT_ON, _FIRST_REFUSAL = 204, 302, 400


def declared_routes() -> list[tuple[Route, str]]:
    """Return every route of every function, with its description."""
    os.environ["POWERTOOLS_LOG_LEVEL"] = "INFO"
    for kind in vars(settings).values():
        if isinstance(kind, type) and issubclass(kind, settings.CommonSettings):
            for field in fields(kind):
                os.environ.setdefault(field.name.upper(), "1" if field.type is int else "x")
    os.environ.setdefault("AWS_DEFAULT_REGION", "eu-central-1")
    found = []
    for folder in sorted((ROOT / "functions").iterdir()):
        if not (folder / "app.py").exists():
            continue
        app = importlib.import_module(f"functions.{folder.name}.app")
        api = getattr(app, "api", None)
        found += [(route, route.summary) for route in api.routes] if api else []
    return sorted(found, key=lambda entry: (entry[0].path, entry[0].method))


class _Shapes(GenerateJsonSchema):
    """An answer always has all of its fields; a body may leave out what has a default."""

    def field_is_required(
        self,
        field: "ModelField | DataclassField | TypedDictField",
        total: bool,  # noqa: FBT001
    ) -> bool:
        return self.mode == "serialization" or super().field_is_required(field, total)


def document() -> Json:
    """Return the OpenAPI document."""
    routes = declared_routes()
    bodies = {route.body for route, _ in routes if route.body}
    answers = {route.answer for route, _ in routes if route.answer}
    modes: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        (model, "validation") for model in bodies
    ]
    modes += [(model, "serialization") for model in answers]
    modes.sort(key=lambda entry: entry[0].__name__)
    _, schemas = models_json_schema(
        modes, ref_template="#/components/schemas/{model}", schema_generator=_Shapes
    )
    paths: dict[str, dict[str, Json]] = {}
    for route, summary in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, summary)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Newsreel",
            "version": "1",
            "summary": "Accounts, catalogue and downloads of an organisation's media service",
            "description": _ABOUT,
        },
        "servers": [{"url": "/api", "description": "On the site's own origin"}],
        "tags": [{"name": name, "description": about} for name, about in TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": _told({**schemas["$defs"], "Problem": _problem()}),
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": "__Host-session"}
            },
        },
    }


def _told(schemas: dict[str, dict[str, Json]]) -> Json:
    """Return schemas whose fields say what they hold."""
    for model, schema in schemas.items():
        fields = cast("dict[str, dict[str, Json]]", schema.get("properties", {}))
        for name, field in fields.items():
            if "description" not in field:
                field["description"] = FIELDS.get(f"{model}.{name}") or FIELDS[name]
    return schemas


def _operation(route: Route, summary: str) -> Json:
    example = EXAMPLES.get(f"{route.method} {route.path}", Example())
    parameters: list[Json] = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": PARAMETERS[name],
            "schema": {"type": "string"},
        }
        for name in re.findall(r"{(\w+)}", route.path)
    ]
    if route.query is not None:
        parameters += _query_parameters(route.query)
    if (route.method, route.path) in _REPEATABLE:
        parameters.append(_IDEMPOTENCY_KEY)
    operation: dict[str, Json] = {
        "operationId": _name_of(route),
        "summary": summary,
        "tags": [_tag_of(route.path)],
        "responses": _responses(route),
    }
    if parameters:
        operation["parameters"] = parameters
    if route.access is Access.SESSION:
        operation["security"] = [{"session": []}]
    if route.body is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {
                "application/json": {"schema": _reference(route.body), "example": example.body}
            },
        }
    return operation


def _tag_of(path: str) -> str:
    if path in {"/account/terms", "/videos/{video_id}/downloads"}:
        return _TAGS[path.rpartition("/")[2]]
    return _TAGS.get(path.split("/")[1], "Service")


def _name_of(route: Route) -> str:
    words_of_path = re.sub(r"[{}]", "", route.path).replace("-", "_").strip("/").replace("/", "_")
    return f"{route.method.lower()}_{words_of_path}"


def _query_parameters(model: type[BaseModel]) -> list[Json]:
    schema = model.model_json_schema()
    required = schema.get("required", [])
    return [
        {
            "name": name,
            "in": "query",
            "required": name in required,
            "description": PARAMETERS[name],
            "schema": shape,
        }
        for name, shape in schema["properties"].items()
    ]


def _responses(route: Route) -> Json:
    answers = {str(route.status): _answer(route)}
    for status in route.also:
        answers[str(status)] = _also(route, status)
    for status, codes in sorted(_refusals(route).items()):
        refused = answers.setdefault(str(status), {"description": "", "content": {}})
        names = ", ".join(f"`{name}`" for name in sorted(codes))
        refused["description"] = " ".join(filter(None, (str(refused["description"]), names)))
        content = cast("dict[str, Json]", refused.setdefault("content", {}))
        content[CONTENT_TYPE] = {"schema": {"$ref": "#/components/schemas/Problem"}}
        if codes & set(_WAITING):
            refused["headers"] = {"Retry-After": _RETRY_AFTER}
    return answers


def _answer(route: Route) -> dict[str, Json]:
    answer: dict[str, Json] = {"description": _success(route)}
    if route.status == _SENT_ON:
        return _also(route, route.status)
    if route.status != _NOTHING:
        answer["content"] = {media: _content(route, media) for media in route.media_types}
    return answer


def _content(route: Route, media: str) -> Json:
    if media != "application/json":
        return {"schema": {"type": "string"}}
    if route.answer is None:
        return {"schema": {"type": "object"}}
    example = EXAMPLES.get(f"{route.method} {route.path}", Example()).answer
    shown: dict[str, Json] = {"example": example} if example else {}
    return {"schema": _reference(route.answer), **shown}


def _also(route: Route, status: int) -> dict[str, Json]:
    if status >= _FIRST_REFUSAL:
        page: Json = {media: {"schema": {"type": "string"}} for media in route.media_types}
        return {"description": "A page that says so.", "content": page}
    location: Json = {"required": True, "schema": {"type": "string", "format": "uri"}}
    return {"description": "Sent on; see Location.", "headers": {"Location": location}}


def _refusals(route: Route) -> dict[int, set[Code]]:
    """Return the codes of everything that a route may refuse, by status."""
    codes: list[Code] = [*_ALWAYS, *route.refusals]
    if route.body is not None:
        codes += _WITH_BODY
    if (route.method, route.path) in _REPEATABLE:
        codes.append("fields_rejected")
    if "{" in route.path:
        codes.append("no_such_route")
    if route.access is Access.SESSION:
        codes.append("not_signed_in")
    if route.method not in {"GET", "HEAD"}:
        codes.append("cross_site")
    by_status: dict[int, set[Code]] = {}
    for code in codes:
        by_status.setdefault(KINDS[code].status, set()).add(code)
    return by_status


def _success(route: Route) -> str:
    return {201: "Made.", 202: "Accepted.", 204: "Done."}.get(route.status, "The answer.")


def _reference(model: type[BaseModel]) -> Json:
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def _problem() -> dict[str, Json]:
    return {
        "title": "Problem",
        "type": "object",
        "description": "A refusal (RFC 9457). `next` names the one step that helps.",
        "required": ["type", "title", "status", "detail", "code", "next"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "code": {"type": "string", "enum": sorted(KINDS)},
            "next": {"type": "string", "enum": sorted({kind.next for kind in KINDS.values()})},
            "retry_in": {"type": "integer", "description": "Seconds."},
            "attempts_left": {"type": "integer", "description": "With `code_wrong`."},
            "terms_version": {"type": "string", "description": "With `terms_not_accepted`."},
            "withdrawn_at": {"type": "string", "description": "With `withdrawn`."},
            "note": {"type": ["string", "null"], "description": "With `withdrawn`: why."},
            "reason": {"type": "string", "description": "With `link_refused`.", "enum": _REASONS},
            "at": {"type": ["string", "null"], "description": "With `link_refused`: since when."},
            "video_id": {"type": ["string", "null"], "description": "With `link_refused`."},
            "reference": {"type": "string", "description": "With `fault`: what to tell us."},
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["field", "code", "message"],
                    "properties": {
                        "field": {"type": "string"},
                        "code": {"type": "string"},
                        "message": {"type": "string"},
                    },
                },
            },
        },
    }


def main() -> int:
    """Write the document, or check that it is what the code says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail when the file differs")
    text = json.dumps(document(), indent=1, ensure_ascii=False) + "\n"
    if parser.parse_args().check:
        same = DOCUMENT.exists() and DOCUMENT.read_text(encoding="utf-8") == text
        print("openapi.json is what the code says" if same else "run infra/write_openapi.py")
        return 0 if same else 1
    DOCUMENT.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
