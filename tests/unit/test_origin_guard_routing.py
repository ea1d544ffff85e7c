"""What the guard lets in leads where it says, by MiniStack's own router, for each of its services.

A request can name a service by target, credential, host, path, query or form. Each spelling of each
service that MiniStack has is tried on every way in, so a service that a release adds is tried too.
"""

import asyncio
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, unquote, urlencode

import pytest
from ministack import app as ministack
from ministack.core import router

from infra.local.ministack_patches import distribution_first
from infra.local.origin_guard import Application, Asked, Guard, Scope, keep_out
from tests.support.fences import API, DISTRIBUTION, FILE, FOREIGN_MARKS, LOCAL, SIGNED, STACK

FORM = "application/x-www-form-urlencoded"
ACTIONS = ("CreateStack", "SendEmail", "CreateRole", "DescribeInstances", "PutMetricData")
# Where MiniStack answers by path, before it asks which service is meant.
PATHS = (
    "/_ministack/reset",
    "/_localstack/health",
    "/_aws/ses",
    "/_aws/execute-api/x",
    "/_ministack/lambda-code/x",
    "/iceberg/v1/config",
    "/v2/email/identities",
    "/v2/",
    "/v20180820/mrap/instances",
    "/Execute",
    "/oauth2/token",
    "/.well-known/jwks.json",
    "/latest/meta-data/iam/security-credentials/",
    "/oidc/x",
    "/health",
    "/WriteGetObjectResponse",
    "/restapis/x/y/_user_request_/z",
    "/2015-03-31/functions",
)
# Services that are meant by a path alone. A release that adds one fails the last test of this file.
ONLY_BY_PATH = {"imds": "/latest/meta-data/", "ecs-metadata": "/v4/abcdefgh12"}


def _spelled(service: str) -> Iterator[dict[str, Any]]:
    """Yield each way in which a request can ask for a service."""
    patterns: dict[str, Any] = router.SERVICE_PATTERNS.get(service, {})
    config = ministack.SERVICE_REGISTRY[service]
    names = {service, *config.get("aliases", ()), patterns.get("credential_scope", service)}
    for name in sorted(names):
        scope = f"AKIAEXAMPLE/20261127/eu-central-1/{name}/aws4_request"
        signed = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=ab12"
        yield {"headers": {"authorization": signed}}
        yield {"query": urlencode({"X-Amz-Credential": scope})}
    if service in ONLY_BY_PATH:
        yield {"path": ONLY_BY_PATH[service]}
    for prefix in patterns.get("target_prefixes", ()):
        yield {"headers": {"x-amz-target": f"{prefix.rstrip('.')}.ListTables"}}
    for pattern in patterns.get("host_patterns", ()):
        yield {"host": re.sub(r"\\|\^|\(.*?\)|\[.*?\]", "", pattern) + "eu-central-1.amazonaws.com"}
    for pattern in (*patterns.get("path_patterns", ()), *patterns.get("path_prefixes", ())):
        if "Action=" not in pattern:
            yield {"path": "/" + re.sub(r"[\^$\\]|\(.*\)", "", pattern).strip("/")}
    for action in ACTIONS:
        yield {"query": f"Action={action}&Version=2010-05-15"}
        yield {"headers": {"content-type": FORM}, "body": f"Action={action}".encode()}


def _scope(asked: dict[str, Any], **other: Any) -> Scope:
    """Return a request; `other` overrides what a spelling says, its headers are added."""
    told = {
        "host": asked.get("host", LOCAL),
        **asked.get("headers", {}),
        **other.get("headers", {}),
    }
    raw_path = other.get("path", asked.get("path", "/"))
    query = "&".join(one for one in (other.get("query", ""), asked.get("query", "")) if one)
    body = asked.get("body", b"")
    if body:
        told["content-length"] = str(len(body))
    return {
        "type": "http",
        "method": other.get("method", "POST" if body else "GET"),
        "scheme": "http",
        "path": unquote(raw_path),
        "raw_path": raw_path.encode(),
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in told.items()],
        "client": ("127.0.0.1", 1),
        "body": body,
    }


def _ask(app: Application, scope: Scope) -> tuple[int, bytes]:
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": scope["body"], "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    body = b"".join(one.get("body", b"") for one in sent)
    return sent[0]["status"], body


async def _fail(*_values: object, **_more: object) -> None:
    pytest.fail("another service was reached")


SERVICES = sorted(ministack.SERVICE_REGISTRY)
EACH_SERVICE = pytest.mark.parametrize("service", SERVICES)
GUARD = Guard(lambda: STACK, lambda *_: True)


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have MiniStack fail the test where it would ask a service."""
    monkeypatch.setattr(ministack, "_dispatch_service_request", _fail)
    monkeypatch.setattr(ministack, "AUTH", True)


@pytest.mark.thorough
@EACH_SERVICE
def test_no_spelling_of_a_service_is_open_to_a_foreign_page(service: str) -> None:
    near = ("/_aws/execute-api/x", API, f"{API}x/videos", f"/{FILE.split('/')[1]}/", *PATHS)
    for number, asked in enumerate(_spelled(service)):
        marks = FOREIGN_MARKS[number % len(FOREIGN_MARKS)]
        assert not GUARD.lets_in(Asked.of(_scope(asked, headers=marks)))
        for path in near:
            for query in ("", SIGNED):
                scope = _scope(asked, headers=marks, path=path, query=query)
                assert not GUARD.lets_in(Asked.of(scope))


@pytest.mark.thorough
@EACH_SERVICE
@pytest.mark.usefixtures("nowhere")
def test_our_apis_address_leads_to_our_api_alone(
    service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def answer(*_values: object, **_more: object) -> Any:
        return 200, {}, b"our API"

    monkeypatch.setattr(ministack, "_handle_execute_api_request", answer)
    guarded = keep_out(ministack.app, GUARD)
    for asked in _spelled(service):
        scope = _scope({**asked, "host": LOCAL}, headers=FOREIGN_MARKS[0], path=f"{API}/videos")
        assert _ask(guarded, scope) == (200, b"our API")


@pytest.mark.thorough
@EACH_SERVICE
def test_a_signed_links_address_leads_to_s3_alone(service: str) -> None:
    marks = {"sec-fetch-site": "cross-site"}
    assert GUARD.lets_in(Asked.of(_scope({}, headers=marks, path=FILE, query=SIGNED)))
    for asked in _spelled(service):
        told = Asked.of(_scope(asked, headers=marks, path=FILE, query=SIGNED, method="GET"))
        if GUARD.lets_in(told):
            query = dict(one.split("=", 1) for one in told.query.split("&"))
            named = {name: [unquote(value)] for name, value in query.items()}
            found = router.detect_service("GET", told.path, dict(told.headers), named)
            assert (found, told.query) == ("s3", SIGNED)


@pytest.mark.thorough
@EACH_SERVICE
@pytest.mark.usefixtures("nowhere")
def test_a_distributions_name_leads_to_the_distribution_alone(
    service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached: list[str] = []

    async def answer(host: str, path: str, *_more: object) -> Any:
        reached.append(path)
        return (200, {}, b"our site") if host == DISTRIBUTION else None

    monkeypatch.setattr(ministack, "_handle_cloudfront_dataplane_request", answer)
    for name, mend in (
        ("_handle_pre_body_request", distribution_first.not_for_distributions),
        ("_handle_post_body_shortcuts", distribution_first.not_for_distributions),
        ("_handle_special_data_plane_request", distribution_first.to_the_distribution),
    ):
        monkeypatch.setattr(ministack, name, mend(getattr(ministack, name)))
    guarded = keep_out(ministack.app, GUARD)
    for number, asked in enumerate(_spelled(service)):
        path = asked.get("path") or PATHS[number % len(PATHS)]
        marks = FOREIGN_MARKS[number % len(FOREIGN_MARKS)]
        scope = _scope({**asked, "host": DISTRIBUTION}, headers=marks, path=quote(path))
        expected = (200, b"our site")
        if path.startswith("/_"):
            assert _ask(guarded, scope)[0] == 403
        else:
            assert _ask(guarded, scope) == expected
            assert reached.pop() == path


@pytest.mark.usefixtures("nowhere")
def test_the_release_still_leads_a_distributions_name_elsewhere() -> None:
    scope = _scope({"host": DISTRIBUTION}, path="/v2/email/identities")
    status, said = _ask(ministack.app, scope)
    assert status == 403
    assert b"Authentication Token" in said


@pytest.mark.thorough
def test_every_service_is_asked_for_by_a_spelling_that_the_router_takes() -> None:
    missed = set(SERVICES)
    for service in SERVICES:
        for asked in _spelled(service):
            scope = _scope(asked)
            told = Asked.of(scope)
            pairs = (one.partition("=") for one in told.query.split("&") if one)
            query = {name: [unquote(value)] for name, _, value in pairs}
            found = router.detect_service(scope["method"], told.path, dict(told.headers), query)
            missed.discard(found)
    assert missed == set()
