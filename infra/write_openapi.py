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
from collections.abc import Mapping, Sequence  # noqa: TC003 - used by a type alias
from dataclasses import fields
from pathlib import Path
from typing import TypeAlias

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "layers" / "code")]

from newsreel import settings  # noqa: E402
from newsreel.http.api import Access, Route  # noqa: E402
from newsreel.http.problems import CONTENT_TYPE, KINDS  # noqa: E402
from newsreel.refusals import Code  # noqa: E402
from pydantic import BaseModel  # noqa: E402
from pydantic.json_schema import models_json_schema  # noqa: E402

DOCUMENT = ROOT / "layers" / "code" / "newsreel" / "openapi.json"
Json: TypeAlias = "Mapping[str, Json] | Sequence[Json] | str | int | bool | None"

_ABOUT = """Journalists register, prove their address, and download video free of charge.

JSON in and out, UTF-8; names in snake_case; times in RFC 3339, UTC. Refusals are
application/problem+json (RFC 9457) with a stable code and one next step. Answers may gain fields;
anything else gets a new base path."""

# What any route may answer besides what it declares itself.
_ALWAYS: tuple[Code, ...] = ("too_many_requests", "fault", "busy")
_WITH_BODY: tuple[Code, ...] = (
    "malformed",
    "wrong_content_type",
    "body_too_large",
    "fields_rejected",
)
_TAGS = {
    "registrations": "Registration",
    "password-resets": "Password reset",
    "sessions": "Sessions",
    "account": "Account",
    "terms": "Account",
    "videos": "Catalogue",
    "pages": "Pages",
    "downloads": "Downloads",
}


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


def document() -> Json:
    """Return the OpenAPI document."""
    routes = declared_routes()
    models = {
        model for route, _ in routes for model in (route.body, route.answer) if model is not None
    }
    ordered = sorted(models, key=lambda model: model.__name__)
    _, schemas = models_json_schema(
        [(model, "validation") for model in ordered],
        ref_template="#/components/schemas/{model}",
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
        "paths": paths,
        "components": {
            "schemas": {**schemas["$defs"], "Problem": _problem()},
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": "__Host-session"}
            },
        },
    }


def _operation(route: Route, summary: str) -> Json:
    parameters: list[Json] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", route.path)
    ]
    if route.query is not None:
        parameters += _query_parameters(route.query)
    operation: dict[str, Json] = {
        "operationId": _name_of(route),
        "summary": summary,
        "tags": [_TAGS.get(route.path.split("/")[1], "Service")],
        "responses": _responses(route),
    }
    if parameters:
        operation["parameters"] = parameters
    if route.access is Access.SESSION:
        operation["security"] = [{"session": []}]
    if route.body is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": _reference(route.body)}},
        }
    return operation


def _name_of(route: Route) -> str:
    words_of_path = re.sub(r"[{}]", "", route.path).replace("-", "_").strip("/").replace("/", "_")
    return f"{route.method.lower()}_{words_of_path}"


def _query_parameters(model: type[BaseModel]) -> list[Json]:
    schema = model.model_json_schema()
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": shape}
        for name, shape in schema["properties"].items()
    ]


def _responses(route: Route) -> Json:
    answers: dict[str, Json] = {str(route.status): {"description": _success(route)}}
    if route.answer is not None:
        answers[str(route.status)] = {
            "description": _success(route),
            "content": {media: {"schema": _reference(route.answer)} for media in route.media_types},
        }
    for status in route.also:
        answers[str(status)] = {"description": "Sent on; see Location."}
    codes: list[Code] = [*_ALWAYS, *route.refusals]
    if route.body is not None:
        codes += _WITH_BODY
    codes.append("body_too_large")
    if route.access is Access.SESSION:
        codes.append("not_signed_in")
    if route.method not in {"GET", "HEAD"}:
        codes.append("cross_site")
    by_status: dict[int, set[str]] = {}
    for code in codes:
        by_status.setdefault(KINDS[code].status, set()).add(code)
    for status, names in sorted(by_status.items()):
        answers[str(status)] = {
            "description": ", ".join(f"`{name}`" for name in sorted(names)),
            "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    return answers


def _success(route: Route) -> str:
    return {201: "Made.", 202: "Accepted.", 204: "Done."}.get(route.status, "The answer.")


def _reference(model: type[BaseModel]) -> Json:
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def _problem() -> Json:
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
            "attempts_left": {"type": "integer"},
            "reference": {"type": "string"},
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
