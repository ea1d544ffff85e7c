"""The local gateway serves routes of any method and answers by itself as AWS does."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from ministack.services import apigateway_v1 as gateway
from newsreel.http.problems import KINDS

from infra.local.ministack_patches import gateway_answers
from tests.support.template import functions
from tests.support.transformed import transformed

BODY: dict[str, Any] = json.loads(
    json.dumps(transformed()["Api"]["Properties"]["Body"]),
    object_hook=lambda held: held.get("Fn::Sub", held),
)
_MENDED = (
    "_OPENAPI_HTTP_METHODS",
    "_import_path_item",
    "_import_rest_api",
    "_execute_in_scope",
    "_lambda_proxy_response",
    "_invoke_lambda_proxy_v1",
)
ANSWER = {"statusCode": 200, "headers": {"Content-Type": "text/plain"}, "body": "here"}
REFUSED: dict[str, dict[str, Any]] = {
    "throttled": {"throttle": True, "body": {"Reason": "ReservedFunctionConcurrentInvocation"}},
    "crashed": {"error": True, "body": {"errorMessage": "exit status 1"}},
    "timed out": {"error": True, "body": {"errorMessage": "Task timed out after 10.00 seconds"}},
}
Heard = tuple[int, Mapping[str, str], bytes]


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The API of our template in a mended MiniStack: its id."""
    for name in _MENDED:
        monkeypatch.setattr(gateway, name, getattr(gateway, name))
    gateway_answers.mend()
    api_id = _deploy()
    yield api_id
    gateway._delete_rest_api(api_id)


def _deploy() -> str:
    api_id = gateway._import_rest_api(BODY, {"name": "tests"})
    gateway._create_deployment(api_id, {"stageName": "api"})
    return str(api_id)


def _ask(
    monkeypatch: pytest.MonkeyPatch,
    api_id: str,
    method: str,
    path: str,
    result: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Heard:
    """Return what a request brings, when the function's execution ended like this."""

    async def call(*_: object, **__: object) -> tuple[Mapping[str, Any], None]:
        return result or {"body": ANSWER}, None

    monkeypatch.setattr(gateway, "_call_lambda_raw", call)
    told = {"host": "localhost", **(headers or {})}
    heard: Heard = asyncio.run(gateway.handle_execute(api_id, "api", method, path, told, b"", {}))
    return heard


def _problem(heard: Heard) -> str:
    status, headers, body = heard
    problem = json.loads(body)
    assert headers["Content-Type"] == "application/problem+json"
    assert headers["Cache-Control"] == "no-store"
    assert status == problem["status"] == KINDS[problem["code"]].status
    return str(problem["code"])


def test_every_route_is_deployed_and_a_public_read_takes_head(
    deployed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for function in functions().values():
        for method, path in function.declared:
            asked = path.replace("{", "").replace("}", "")
            for one in ("GET", "HEAD") if method == "ANY" else (method,):
                assert _ask(monkeypatch, deployed, one, asked)[0] == 200, f"{one} {path}"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/nothing"),
        ("GET", "/"),
        ("HEAD", "/account"),
        ("PUT", "/registrations"),
        ("GET", "/videos/a/b/c"),
        ("OPTIONS", "/account"),
    ],
)
def test_an_unknown_route_or_method_is_told_as_the_template_says(
    deployed: str, monkeypatch: pytest.MonkeyPatch, method: str, path: str
) -> None:
    assert _problem(_ask(monkeypatch, deployed, method, path)) == "no_such_route"


def test_an_authorization_is_looked_at_where_there_is_no_route(
    deployed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bearer = {"Authorization": "Bearer x"}
    assert _problem(_ask(monkeypatch, deployed, "GET", "/nothing", headers=bearer)) == "bad_request"
    assert _ask(monkeypatch, deployed, "GET", "/videos", headers=bearer)[0] == 200


@pytest.mark.parametrize("ended", REFUSED)
def test_a_function_that_gives_no_answer_is_busy(
    deployed: str, monkeypatch: pytest.MonkeyPatch, ended: str
) -> None:
    heard = _ask(monkeypatch, deployed, "GET", "/videos", REFUSED[ended])
    assert (_problem(heard), heard[1]["Retry-After"]) == ("busy", "1")
    assert b"errorMessage" not in heard[2]


def test_the_release_still_does_without(monkeypatch: pytest.MonkeyPatch) -> None:
    api_id = _deploy()
    try:
        status, _, body = _ask(monkeypatch, api_id, "GET", "/videos")
        assert (status, json.loads(body)) == (403, {"message": "Missing Authentication Token"})
        heard = {
            ended: _ask(monkeypatch, api_id, "POST", "/sessions", result)[0]
            for ended, result in REFUSED.items()
        }
        assert heard == {"throttled": 429, "crashed": 502, "timed out": 502}
    finally:
        gateway._delete_rest_api(api_id)
