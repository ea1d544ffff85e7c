"""Whatever is sent to a route, the answer is one of the API's refusals and never a fault."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from infra.local.paths import PROJECT
from tests.local_stack.client import Client, Person

DESCRIPTION = json.loads(
    (PROJECT / "layers/code/newsreel/openapi.json").read_text(encoding="utf-8")
)
METHODS = {"get", "head", "post", "put", "patch", "delete"}
# Would end the session that the other routes need, or answer for everybody.
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Route:
    method: str
    path: str
    takes_body: bool

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def filled(self, value: str) -> str:
        """Return the path with every parameter set to a value."""
        path = self.path
        for name in path.split("{")[1:]:
            path = path.replace("{" + name.partition("}")[0] + "}", value)
        return f"/api{path}"


def _routes() -> Iterator[Route]:
    for path, operations in DESCRIPTION["paths"].items():
        for method, operation in operations.items():
            if method in METHODS:
                yield Route(method.upper(), path, "requestBody" in operation)


ROUTES = sorted(_routes(), key=str)
WITH_BODY = [route for route in ROUTES if route.takes_body]
UNKNOWN = "AAAAAAAAAAAAAAAAAAAAAA"


def _send(client: Client, route: Route, path: str, **options: Any) -> requests.Response:
    # A session of its own: some of these routes end it.
    own = Client(client.stack, cookies=dict(client.cookies))
    return own.send(route.method, path, **options)


def _problem(answer: requests.Response) -> dict[str, Any]:
    assert answer.headers["Content-Type"] == "application/problem+json", answer.text
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == answer.status_code
    assert {"type", "title", "status", "detail", "code", "next"} <= set(problem)
    assert "Traceback" not in answer.text
    return problem


@pytest.mark.parametrize("route", WITH_BODY, ids=str)
@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b"null", b'"text"', b"\xff\xfe{}", b'{"a":NaN', b"", b"{}{}", b"[" * 5000],
    ids=["open", "list", "null", "text", "not UTF-8", "NaN", "nothing", "two", "deep"],
)
def test_a_body_that_is_no_json_object_is_malformed(
    member: Person, route: Route, body: bytes
) -> None:
    answer = _send(member.client, route, route.filled(UNKNOWN), data=body, headers=JSON)
    assert answer.status_code in {400, 422}, answer.text
    assert _problem(answer)["code"] in {"malformed", "fields_rejected"}


@pytest.mark.parametrize("route", WITH_BODY, ids=str)
def test_unknown_fields_are_refused_by_name_and_without_their_value(
    member: Person, route: Route
) -> None:
    body = {"surprise": "canary-7c1f"}
    answer = _send(member.client, route, route.filled(UNKNOWN), json=body)
    problem = _problem(answer)
    assert (answer.status_code, problem["code"]) == (422, "fields_rejected")
    assert "surprise" in {error["field"] for error in problem["errors"]}
    assert "canary-7c1f" not in answer.text


@pytest.mark.parametrize("route", WITH_BODY, ids=str)
@pytest.mark.parametrize("value", [None, 7, True, [], {}, "", "x" * 5000], ids=repr)
def test_wrong_types_are_refused_field_by_field(
    member: Person, route: Route, value: object
) -> None:
    operation = DESCRIPTION["paths"][route.path][route.method.lower()]
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    if "$ref" in schema:
        schema = DESCRIPTION["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    body = dict.fromkeys(schema["properties"], value)
    answer = _send(member.client, route, route.filled(UNKNOWN), json=body)
    assert 400 <= answer.status_code < 500, answer.text
    _problem(answer)


@pytest.mark.parametrize("route", WITH_BODY, ids=str)
def test_a_body_over_16_kib_is_too_large(member: Person, route: Route) -> None:
    body = json.dumps({"email": "x" * 17_000}).encode()
    answer = _send(member.client, route, route.filled(UNKNOWN), data=body, headers=JSON)
    assert (answer.status_code, _problem(answer)["code"]) == (413, "body_too_large")


@pytest.mark.parametrize("route", WITH_BODY, ids=str)
@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jso"],
)
def test_another_content_type_is_refused(member: Person, route: Route, content_type: str) -> None:
    headers = {"Content-Type": content_type}
    answer = _send(member.client, route, route.filled(UNKNOWN), data=b"{}", headers=headers)
    assert (answer.status_code, _problem(answer)["code"]) == (415, "wrong_content_type")


@pytest.mark.parametrize("route", [route for route in ROUTES if "{" in route.path], ids=str)
@pytest.mark.parametrize(
    "value",
    [
        "x",
        "%00",
        "%2e%2e%2f",
        "a%2Fb",
        "%F0%9F%8E%AC",
        "%27%22%3Cscript%3E",
        "x" * 1500,
        "%ff",
        "%",
    ],
    ids=["x", "NUL", "dots", "slash", "emoji", "script", "long", "byte", "percent"],
)
def test_a_strange_value_in_the_path_is_no_fault(member: Person, route: Route, value: str) -> None:
    answer = _send(member.client, route, route.filled(value))
    assert answer.status_code < 500, answer.text
    assert "Traceback" not in answer.text
    assert "<script>" not in answer.text


@pytest.mark.parametrize("route", [route for route in ROUTES if route.method == "GET"], ids=str)
@pytest.mark.parametrize(
    "query",
    ["limit=-1", "limit=x", "cursor=%00", "cursor=e30", "from=yesterday", "a=1&a=2", "%ff=%"],
)
def test_a_strange_query_is_no_fault(member: Person, route: Route, query: str) -> None:
    answer = _send(member.client, route, f"{route.filled(UNKNOWN)}?{query}")
    assert answer.status_code < 500, answer.text


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_strange_cookies_and_headers_are_no_fault(member: Person, route: Route) -> None:
    client = Client(member.client.stack, cookies={"__Host-session": "x" * 3000, "a": '"'})
    headers = {"Accept-Language": "x" * 500, "Idempotency-Key": "\x7f" * 300, "Range": "bytes=9-1"}
    answer = client.send(route.method, route.filled(UNKNOWN), headers=headers)
    assert answer.status_code < 500, answer.text
