"""Every account route refuses invalid input, and logs no secret."""

import base64
import importlib
import io
import logging
from collections.abc import Iterator
from typing import Any

import newsreel
import pytest
from newsreel.accounts import session_auth
from newsreel.http.api import Access, Api
from newsreel.http.viewer import Door

from functions.account import app as account_app
from functions.registration import app as registration_app
from functions.sessions import app as sessions_app
from tests.support.accounts import (
    CODE,
    CONFIRM,
    FLOW,
    PASSWORD,
    REGISTRATIONS,
    call,
    confirm,
    deliver,
    log_in,
    log_out,
    look,
    newest_code,
    read_account,
    register,
    send_new_code,
)
from tests.support.cloud import ENVIRONMENT, Cloud

FLOW_PATH = {"registration_id": "no-such-flow"}
BODY_ROUTES = [
    (registration_app, "POST", REGISTRATIONS, None, {"email": "a@b.org", "password": PASSWORD}),
    (registration_app, "POST", CONFIRM, FLOW_PATH, {"code": "123456"}),
    (sessions_app, "POST", "/sessions", None, {"email": "a@b.org", "password": PASSWORD}),
]
ALL_ROUTES = [
    *[(app, method, resource, path) for app, method, resource, path, _ in BODY_ROUTES],
    (registration_app, "POST", CODE, FLOW_PATH),
    (registration_app, "GET", FLOW, FLOW_PATH),
    (sessions_app, "DELETE", "/sessions/current", None),
    (account_app, "GET", "/account", None),
]


def named(route: Any) -> str:
    return f"{route[1]} {route[2]}" if isinstance(route, tuple) else ""


@pytest.mark.thorough
@pytest.mark.parametrize("route", BODY_ROUTES, ids=named)
@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        ("", 400, "malformed"),
        ("{", 400, "malformed"),
        ("null", 400, "malformed"),
        ("[]", 400, "malformed"),
        ('"text"', 400, "malformed"),
        ('{"email": NaN}', 400, "malformed"),
        ("[" * 9000, 400, "malformed"),
        ('{"a":' * 2500 + "1" + "}" * 2500, 400, "malformed"),
        ("\ufeff\ufeff{}", 400, "malformed"),
        ('{"email": "\\ud800"}', 400, "malformed"),
        ("{}", 422, "fields_rejected"),
        ('{"email": {}, "password": [], "code": 5, "keep": "yes"}', 422, "fields_rejected"),
        (f'{{"email": "{"a" * 17_000}"}}', 413, "body_too_large"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_an_invalid_body_is_refused_clearly(
    cloud: Cloud, route: Any, raw: str, status: int, code: str
) -> None:
    app, method, resource, path, _ = route
    headers = {"Content-Type": "application/json"}
    reply = call(app, method, resource, path=path, raw_body=raw, headers=headers)
    assert (reply.status, reply.code) == (status, code)
    assert reply.headers["Content-Type"] == ["application/problem+json"]
    assert reply.headers["Cache-Control"] == ["no-store"]
    assert {"type", "title", "status", "detail", "code", "next"} <= reply.json.keys()


@pytest.mark.parametrize("route", BODY_ROUTES, ids=named)
def test_a_body_must_say_that_it_is_json_and_be_utf_8(cloud: Cloud, route: Any) -> None:
    app, method, resource, path, body = route
    for content_type in ("text/plain", "application/x-www-form-urlencoded", ""):
        headers = {"Content-Type": content_type}
        reply = call(app, method, resource, path=path, body=body, headers=headers)
        assert (reply.status, reply.code) == (415, "wrong_content_type")
    latin = base64.b64encode(b'{"email": "\xe9"}').decode()
    reply = call(app, method, resource, path=path, raw_body=latin, base64_encoded=True)
    assert reply.code == "malformed"
    for no_base64 in ("%%%", "\xe9"):
        reply = call(app, method, resource, path=path, raw_body=no_base64, base64_encoded=True)
        assert reply.code == "malformed"


@pytest.mark.parametrize("route", BODY_ROUTES, ids=named)
def test_an_unknown_field_is_named_and_refused(cloud: Cloud, route: Any) -> None:
    app, method, resource, path, body = route
    reply = call(app, method, resource, path=path, body={**body, "account_id": "x" * 5000})
    assert (reply.status, reply.code) == (422, "fields_rejected")
    assert reply.json["errors"] == [
        {"field": "account_id", "code": "extra_forbidden", "message": "There is no such field."}
    ]


@pytest.mark.parametrize("route", ALL_ROUTES, ids=named)
def test_a_fault_answers_500_with_a_reference_and_logs_no_text(
    cloud: Cloud, route: Any, monkeypatch: pytest.MonkeyPatch, logged: io.StringIO
) -> None:
    app, method, resource, path = route

    def fail(*_values: object, **_more: object) -> None:
        raise RuntimeError("secret-in-the-text")

    for name in ("flows.put_new", "flows.read", "flows.count_try"):
        monkeypatch.setattr(f"newsreel.accounts.table.{name}", fail)
    for name in ("log_in_failures.read_with_reservation", "sessions.read_with_account"):
        monkeypatch.setattr(f"newsreel.accounts.table.{name}", fail)
    body = next((entry[4] for entry in BODY_ROUTES if entry[2] == resource), None)
    cookie = "__Host-session=" + "0" * 32 + "." + "A" * 43
    reply = call(app, method, resource, path=path, body=body, cookie=cookie)
    assert (reply.status, reply.code, reply.json["next"]) == (500, "fault", "try_again")
    assert reply.json["reference"] in logged.getvalue()
    assert "secret-in-the-text" not in logged.getvalue() + reply.text


def test_a_route_is_private_unless_it_is_declared_public(cloud: Cloud) -> None:
    api = Api(Door(ENVIRONMENT["ORIGIN_SECRET"], direct=False))
    api.route("GET", "/forgotten")(lambda _request: None)
    assert api.routes[0].access is Access.SESSION
    from tests.support.events import api_event  # noqa: PLC0415

    answer = api.answer(api_event("GET", "/forgotten"), None)  # type: ignore[arg-type]
    assert answer["statusCode"] == 401


def test_an_unknown_route_is_a_problem_too(cloud: Cloud) -> None:
    reply = call(account_app, "GET", "/nowhere")
    assert (reply.status, reply.code) == (404, "no_such_route")


@pytest.mark.thorough
def test_no_secret_of_the_journey_is_logged(
    cloud: Cloud, logged: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "canary.person@example.org"
    flow = register(address, headers={"Idempotency-Key": "canary-key"}).json["registration_id"]
    deliver(cloud.dynamodb)
    code = newest_code(address)
    confirm(flow, "canary-code")
    look(flow)
    send_new_code(flow)
    first = confirm(flow, code).cookie
    register(address)
    deliver(cloud.dynamodb)
    log_in(address, "canary-password")
    second = log_in(address).cookie
    read_account(second)
    log_out(second)

    def fail(*_values: object, **_more: object) -> None:
        raise RuntimeError(f"{address} {code} {flow}")

    monkeypatch.setattr(session_auth, "authenticate", fail)
    read_account(first)
    monkeypatch.setattr("newsreel.accounts.table.flows.read", fail)
    look(flow)
    text = logged.getvalue()
    assert '"fault"' in text
    secrets = [address, "canary", code, flow, PASSWORD]
    secrets += [cookie.partition(".")[2].partition(";")[0] for cookie in (first, second)]
    assert [secret for secret in secrets if secret in text] == []


@pytest.fixture
def logged_by_libraries() -> Iterator[io.StringIO]:
    """Collect what reaches CloudWatch beside our own log when the log level is DEBUG.

    Lambda gives its root logger a handler and the level of ``ApplicationLogLevel`` before it
    imports a function (awslambdaric 4, ``bootstrap._setup_logging``).
    """
    root, collected = logging.getLogger(), io.StringIO()
    level, handler = root.level, logging.StreamHandler(collected)
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    importlib.reload(newsreel)
    yield collected
    root.removeHandler(handler)
    root.setLevel(level)


def test_no_library_logs_a_mail_a_path_or_a_request_at_any_level(
    cloud: Cloud, logged_by_libraries: io.StringIO
) -> None:
    address = "canary.person@example.org"
    flow = register(address).json["registration_id"]
    deliver(cloud.dynamodb)
    code = newest_code(address)
    cookie = confirm(flow, code).cookie
    read_account(cookie)
    logging.getLogger("library").warning("so much is heard")
    text = logged_by_libraries.getvalue()
    assert "so much is heard" in text
    secrets = [address, "canary", code, flow, PASSWORD, cookie.partition(".")[2].partition(";")[0]]
    assert [secret for secret in secrets if secret in text] == []
