"""Who is let in, and whose address counts: what the client sends under any name changes neither."""

import importlib
import json
from typing import Any

import pytest
from newsreel.aws import clients, stored_secrets
from newsreel.http.api import Access, Api, Response
from newsreel.http.request import Request
from newsreel.http.viewer import Door

from functions.catalogue import app as catalogue_app
from tests.support.accounts import call
from tests.support.cloud import ENVIRONMENT, Cloud, FakeClock
from tests.support.events import ORIGIN_SECRET, api_event
from tests.support.gateway import ROUTES
from tests.support.permissions import recorded
from tests.support.template import functions

SOURCE, VIEWER, FORGED = "192.0.2.10", "198.51.100.7", "203.0.113.9"
FORGERIES = {
    "X-Forwarded-For": FORGED,
    "CloudFront-Viewer-Address": f"{FORGED}:443",
    "X-Viewer-Address": FORGED,
    "Forwarded": f"for={FORGED}",
    "X-Real-IP": FORGED,
    "True-Client-IP": FORGED,
}


def whose(event: dict[str, Any], *, direct: bool = False) -> tuple[int, str]:
    """Return what a route is told of a request's address."""
    api = Api(Door(ENVIRONMENT["ORIGIN_SECRET"], direct=direct))

    @api.route("GET", "/whose", access=Access.PUBLIC)
    def tell(request: Request) -> Response:
        return Response(200, request.address, "text/plain")

    answer: Any = api.answer(event, None)  # type: ignore[arg-type]
    return answer["statusCode"], answer["body"]


def store(**ring: str) -> None:
    secret = ENVIRONMENT["ORIGIN_SECRET"]
    clients.secretsmanager().put_secret_value(SecretId=secret, SecretString=json.dumps(ring))


def ask(secret: str | None) -> int:
    headers = {} if secret is None else {"x-origin-secret": secret}
    return whose(api_event("GET", "/whose", headers=headers, distribution=False))[0]


def test_health_alone_answers_what_does_not_come_through_the_distribution(cloud: Cloud) -> None:
    open_to_all = []
    for (method, _), (resource, app) in ROUTES.items():
        asked = "GET" if method == "ANY" else method
        reply = call(app, asked, resource, distribution=False, headers=FORGERIES)
        if (reply.status, reply.json.get("code")) != (403, "other_door"):
            open_to_all.append(resource)
    assert open_to_all == ["/health"]
    assert call(catalogue_app, "GET", "/health", distribution=False).status == 200


def test_a_refused_request_reads_no_table(cloud: Cloud) -> None:
    with recorded() as calls:
        for (method, _), (resource, app) in ROUTES.items():
            for asked in ("GET", "HEAD", "DELETE") if method == "ANY" else (method,):
                call(app, asked, resource, distribution=False)
    assert {operation for _, _, operation, _ in calls} == {"GetSecretValue"}


@pytest.mark.parametrize("secret", [None, "", "wrong", ORIGIN_SECRET[:-1], ORIGIN_SECRET + " "])
def test_no_other_secret_opens(cloud: Cloud, secret: str | None) -> None:
    assert ask(secret) == 403


def test_an_empty_previous_value_opens_nothing(cloud: Cloud) -> None:
    store(current="new", previous="")
    assert [ask(""), ask("new")] == [403, 200]


def test_through_the_distribution_forged_headers_change_no_address(cloud: Cloud) -> None:
    event = api_event("GET", "/whose", headers=FORGERIES, source_ip=VIEWER)
    event["requestContext"]["identity"]["sourceIp"] = SOURCE  # the edge's own address
    assert whose(event) == (200, VIEWER)


def test_on_an_open_stage_forged_headers_change_no_address(cloud: Cloud) -> None:
    for secret in ({}, {"x-origin-secret": "wrong"}):
        event = api_event("GET", "/whose", headers={**FORGERIES, **secret}, distribution=False)
        assert whose(event, direct=True) == (200, SOURCE)


@pytest.mark.parametrize("told", ["", "nonsense", "198.51.100.7:443", "198.51.100.7, 203.0.113.9"])
def test_what_is_no_address_leaves_the_callers_own(cloud: Cloud, told: str) -> None:
    event = api_event("GET", "/whose")
    event["headers"]["x-viewer-address"] = told
    assert whose(event) == (200, SOURCE)


def test_a_rotation_with_requests_running_refuses_none(
    cloud: Cloud, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As docs/operations.md says it, minute by minute, in five environments of different ages."""
    environments: list[dict[str, Any]] = [{} for _ in range(5)]
    rings = {0: ("one", ""), 5: ("two", "one"), 20: ("two", "")}
    for minute in range(30):
        if minute in rings:
            store(current=rings[minute][0], previous=rings[minute][1])
        # Edges get the new value one by one, from five minutes after the ring has it.
        sent = {"one"} if minute < 11 else {"one", "two"} if minute < 20 else {"two"}
        for number, kept in enumerate(environments):
            if minute >= number:  # it started so many minutes after the first
                monkeypatch.setattr(stored_secrets, "_kept", kept)
                assert {ask(secret) for secret in sent} == {200}, (minute, number)
        fake_clock.forward(minutes=1)
    for kept in environments:
        monkeypatch.setattr(stored_secrets, "_kept", kept)
        assert [ask("one"), ask("two")] == [403, 200]


def test_a_ring_is_read_once_and_kept_five_minutes(cloud: Cloud, fake_clock: FakeClock) -> None:
    with recorded() as calls:
        for _ in range(10):
            call(catalogue_app, "GET", "/openapi.json")
            fake_clock.forward(seconds=29)
        assert len(calls) == 1
        fake_clock.forward(seconds=11)
        call(catalogue_app, "GET", "/openapi.json")
    assert [operation for _, _, operation, _ in calls] == ["GetSecretValue"] * 2


def test_every_function_behind_the_api_has_the_door_of_its_settings() -> None:
    behind = [name for name, function in functions().items() if function.routes]
    for name in behind:
        app = importlib.import_module(f"functions.{name}.app")
        assert app.api._door == Door(ENVIRONMENT["ORIGIN_SECRET"], direct=False)


def test_the_stage_is_closed_unless_the_parameter_opens_it() -> None:
    for function in functions().values():
        if function.routes:
            assert function.environment["DIRECT_API"] == {"Ref": "DirectApi"}
