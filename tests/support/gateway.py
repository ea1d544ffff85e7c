"""The REST API in this process: turns WSGI requests into proxy events, and answers back.

It does what the gateway does itself: matches routes by segment, decodes path values, passes bodies
as text, and answers unknown routes with its own problem. It reproduces the shape of events, not the
network.
"""

import importlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

from werkzeug.test import Client

from tests.support import template
from tests.support.events import api_event
from tests.support.transport import Response

Start = Callable[[str, list[tuple[str, str]]], Any]
_FOUND_NOTHING = template.resources("AWS::Serverless::Api")["Api"]["Properties"][
    "GatewayResponses"
]["MISSING_AUTHENTICATION_TOKEN"]

STAGE = "/api"


def _routes() -> dict[tuple[str, tuple[str, ...]], tuple[str, Any]]:
    routes = {}
    for folder, function in template.functions().items():
        for method, path in sorted(function.declared, key=_precedence):
            app = importlib.import_module(f"functions.{folder}.app")
            routes[method, tuple(path.split("/"))] = (path, app)
    return dict(sorted(routes.items(), key=lambda one: _precedence((one[0][0], one[1][0]))))


def _precedence(route: tuple[str, str]) -> tuple[bool, bool, bool, str]:
    """Tell what goes first: literal paths, then values, then whole paths; a method, then ANY."""
    method, path = route
    return "+" in path, "{" in path, method == "ANY", path


ROUTES = _routes()


def gateway(environ: Mapping[str, Any], start: Start) -> Iterable[bytes]:
    """Answer one WSGI request."""
    method = environ["REQUEST_METHOD"]
    raw_path = environ["REQUEST_URI"].partition("?")[0]
    matched = match(method, raw_path.removeprefix(STAGE))
    if matched is None:
        body = _FOUND_NOTHING["ResponseTemplates"]["application/json"]
        fixed_headers = _FOUND_NOTHING["ResponseParameters"]["Headers"]
        start("404 .", [(name, value.strip("'")) for name, value in fixed_headers.items()])
        return [body.encode()]
    resource, app, values = matched
    query_values: dict[str, list[str]] = {}
    for name, value in parse_qsl(environ["QUERY_STRING"], keep_blank_values=True):
        query_values.setdefault(name, []).append(value)
    event = api_event(
        method,
        resource,
        path=values,
        query=query_values,
        headers=_headers(environ),
        raw_body=_body(environ),
    )
    answer = app.handler(event, None)
    headers = [
        (name, value) for name, held in answer["multiValueHeaders"].items() for value in held
    ]
    start(f"{answer['statusCode']} .", headers)
    return [] if method == "HEAD" else [(answer.get("body") or "").encode()]


def match(method: str, raw_path: str) -> tuple[str, Any, dict[str, str]] | None:
    """Return the route that a path leads to, its function's module, and the values in the path."""
    for (allowed, segments), (resource, app) in ROUTES.items():
        if allowed not in {method, "ANY"}:
            continue
        last = len(segments) - 1
        requested = raw_path.split("/", last if segments[last] == "{path+}" else -1)
        if len(segments) != len(requested):
            continue
        values = {}
        for segment, given in zip(segments, requested, strict=True):
            if segment.startswith("{") and given:
                values[segment.strip("{+}")] = unquote(given)
            elif segment != given:
                break
        else:
            return resource, app, values
    return None


def _headers(environ: Mapping[str, Any]) -> dict[str, str]:
    headers = {
        name.removeprefix("HTTP_").replace("_", "-").title(): value.encode("latin-1").decode(
            "utf-8", "replace"
        )
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    if environ.get("CONTENT_TYPE"):
        headers["Content-Type"] = environ["CONTENT_TYPE"]
    return headers


def _body(environ: Mapping[str, Any]) -> str | None:
    # Without binary media types, the gateway passes every body as text.
    length = int(environ.get("CONTENT_LENGTH") or 0)
    return environ["wsgi.input"].read(length).decode("utf-8", "replace") if length else None


class InProcess:
    """Sends requests to the handlers in this process."""

    def call(self, case: Any, headers: dict[str, str]) -> Any:
        return case.call(headers=headers)

    def open(
        self, method: str, path: str, *, query: Any, headers: dict[str, str], body: bytes
    ) -> Response:
        answer = Client(gateway, use_cookies=False).open(
            f"{STAGE}{path}",
            method=method,
            headers={name: value.encode().decode("latin-1") for name, value in headers.items()},
            query_string=query,
            data=body,
        )
        return Response(answer.status_code, dict(answer.headers), answer.text)
