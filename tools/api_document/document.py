"""Decides what the OpenAPI 3.1 document says about each route; all of it comes from the code."""

import json
import re
from collections.abc import Iterator
from typing import cast

from newsreel.http.api import Access, Route
from newsreel.http.problems import CONTENT_TYPE, PAGE_TYPE
from newsreel.refusals import Code

from tools.api_document import parts, schemas
from tools.api_document.descriptions import FIELDS, PARAMETERS, TAGS
from tools.api_document.example_values import Json
from tools.api_document.examples import EXAMPLES, Example
from tools.api_document.explanations import ROUTES
from tools.api_document.refusals import REPEATABLE, looks_at_origin, refusals_of
from tools.api_document.routes import described_routes

_ABOUT = """Journalists register, prove their address, and download video free of charge.

JSON in and out, UTF-8; names in snake_case; times in RFC 3339, UTC. Refusals are
application/problem+json (RFC 9457) with a stable code and one next step. Answers may gain fields;
any other change gets a new base path. What everybody may read with GET answers HEAD too, with the
same headers; it is not listed again for each route."""

_WAITING: set[Code] = {"too_many_requests", "busy", "undo_open"}
_WITH_COOKIES = {
    ("POST", "/registrations/{registration_id}/confirm"),
    ("POST", "/password-resets/{reset_id}/verify"),
    ("POST", "/sessions"),
    ("PUT", "/account/password"),
    ("POST", "/account/email-changes/{change_id}/confirm"),
}
_TAGS = {
    "registrations": "Registration",
    "password-resets": "Password reset",
    "sessions": "Sessions",
    "account": "Account",
    "terms": "Terms of use",
    "videos": "Catalogue",
    "downloads": "Downloads",
    "pages": "Pages",
    "newsletter": "Account",
    "email-changes": "Account",
    "not-me": "Account",
}
_NOTHING, _FIRST_REFUSAL = 204, 400
_SENDING_ON = {302, 303}
_KNOWN = 304


def document() -> Json:
    """Return the OpenAPI document."""
    routes = described_routes()
    bodies = {route.body for route, _ in routes if route.body}
    answers = {route.answer for route, _ in routes if route.answer}
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
            "license": {"name": "Apache License 2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/api", "description": "On the site's own origin"}],
        "tags": [{"name": name, "description": about} for name, about in TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": _described(
                {
                    **schemas.schemas(bodies, answers),
                    "Problem": parts.problem(),
                    "FieldProblem": parts.field_problem(),
                }
            ),
            "parameters": parts.PARAMETERS,
            "headers": parts.HEADERS,
            "securitySchemes": {
                "session": parts.SESSION_COOKIE,
                "accessKey": parts.ACCESS_KEY,
            },
        },
    }


def _described(schemas: dict[str, dict[str, Json]]) -> Json:
    """Return schemas whose fields have descriptions, in which a default is told.

    As a keyword of its own, generators would make a field with a default one that must be sent.
    """
    for model, schema in schemas.items():
        fields_of = cast("dict[str, dict[str, Json]]", schema.get("properties", {}))
        required = cast("list[str]", schema.get("required", []))
        for name, shape in fields_of.items():
            if "description" not in shape:
                shape["description"] = FIELDS.get(f"{model}.{name}") or FIELDS[name]
            default = shape.pop("default", None)
            if default is not None and name not in required:
                shape["description"] = (
                    f"{shape['description']} Without it: `{json.dumps(default)}`."
                )
    return schemas


def _example_of(route: Route) -> Example:
    return EXAMPLES.get(f"{route.method} {route.path}", Example())


def _operation(route: Route, summary: str) -> Json:
    operation: dict[str, Json] = {
        "operationId": _name_of(route),
        "summary": summary,
        "description": _description(route),
        "tags": [_tag_of(route.path)],
        "parameters": list(_parameters(route)),
        "responses": _responses(route),
    }
    operation["security"] = []
    if route.access is Access.SESSION:
        operation["security"] = [{"session": []}, *([{"accessKey": []}] if route.scope else [])]
    elif route.scope:
        operation["security"] = [{}, {"accessKey": []}]
    if route.body is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {
                "application/json": {
                    "schema": schemas.reference(route.body),
                    "example": _example_of(route).body,
                }
            },
        }
    return operation


def _description(route: Route) -> str:
    """Return what the summary does not say, and at the end who may call the route."""
    who = "For everybody"
    if route.access is Access.SESSION:
        who = "With a session"
    also = ", with HEAD too." if "HEAD" in route.methods else "."
    own = ROUTES.get(f"{route.method} {route.path}", "")
    return f"{own}\n\n{who}{also}".strip()


def _tag_of(path: str) -> str:
    if path in {"/account/terms", "/videos/{video_id}/downloads"}:
        return _TAGS[path.rpartition("/")[2]]
    return _TAGS.get(path.split("/")[1], "Service")


def _name_of(route: Route) -> str:
    words_of_path = re.sub(r"[{}]", "", route.path).replace("-", "_").strip("/").replace("/", "_")
    return f"{route.method.lower()}_{words_of_path}"


def _parameters(route: Route) -> Iterator[Json]:
    for name in re.findall(r"{(\w+)}", route.path):
        yield {
            "name": name,
            "in": "path",
            "required": True,
            "description": PARAMETERS[name],
            "schema": {"type": "string"},
        }
    if route.query is not None:
        yield from schemas.query_parameters(route.query)
    names = ["AcceptLanguage"]
    names += ["Origin"] if looks_at_origin(route) else []
    names += ["IfNoneMatch"] if _KNOWN in route.also else []
    repeat_key = REPEATABLE.get((route.method, route.path))
    names += [repeat_key] if repeat_key else []
    for name in names:
        yield {"$ref": f"#/components/parameters/{name}"}


def _responses(route: Route) -> Json:
    answers = {str(route.status): _answer(route)}
    for status in route.also:
        answers[str(status)] = _also(route, status)
    for status, codes in sorted(refusals_of(route).items()):
        refused = answers.setdefault(str(status), {"description": "", "content": {}})
        names = ", ".join(f"`{name}`" for name in sorted(codes))
        refused["description"] = " ".join(filter(None, (str(refused["description"]), names)))
        content = cast("dict[str, Json]", refused.setdefault("content", {}))
        if route.page_language:
            content[PAGE_TYPE.partition(";")[0]] = {"schema": {"type": "string"}}
        else:
            content[CONTENT_TYPE] = {"schema": {"$ref": "#/components/schemas/Problem"}}
    for number, answer in answers.items():
        answer["headers"] = {
            name: {"$ref": f"#/components/headers/{part}"}
            for name, part in _headers(route, int(number))
        }
    return answers


def _headers(route: Route, status: int) -> Iterator[tuple[str, str]]:
    """Yield the headers of one answer, each with its reference to a shared one."""
    is_own = status in {route.status, *route.also}
    yield "Cache-Control", "Kept" if route.cacheable and is_own else "NotKept"
    if status in _SENDING_ON:
        yield "Location", "Location"
    if status == route.status and (route.method, route.path) in _WITH_COOKIES:
        yield "Set-Cookie", "Cookies"
    if _KNOWN in route.also and is_own:
        yield "ETag", "ETag"
    if refusals_of(route).get(status, set()) & _WAITING:
        yield "Retry-After", "RetryAfter"


def _answer(route: Route) -> dict[str, Json]:
    answer: dict[str, Json] = {"description": _success(route)}
    if route.status in _SENDING_ON:
        return _also(route, route.status)
    if route.status != _NOTHING:
        answer["content"] = _contents(route)
    return answer


def _contents(route: Route) -> dict[str, Json]:
    # Without "; charset=utf-8", because generators look these names up literally.
    plain = [media.partition(";")[0] for media in route.media_types]
    return {media: _content(route, media) for media in plain}


def _content(route: Route, media: str) -> Json:
    if media != "application/json":
        return {"schema": {"type": "string"}}
    if route.answer is None:
        return {"schema": {"type": "object"}}
    example = _example_of(route).answer
    shown: dict[str, Json] = {"example": example} if example else {}
    return {"schema": schemas.reference(route.answer), **shown}


def _also(route: Route, status: int) -> dict[str, Json]:
    if status >= _FIRST_REFUSAL:
        return {"description": "A page that says so.", "content": _contents(route)}
    if status == _KNOWN:
        return {"description": "The answer with the ETag of `If-None-Match` is still the same."}
    return {"description": "Sent on; see Location."}


def _success(route: Route) -> str:
    return {201: "Made.", 202: "Accepted.", 204: "Done."}.get(route.status, "The answer.")


def text() -> str:
    """Return the document as the catalogue function serves it."""
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"
