"""Other sites' pages cannot reach the local AWS, which could run code on this machine."""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

import pytest

from infra.local.origin_guard import Asked, Guard, keep_out
from infra.local.paths import Stack
from tests.support.fences import (
    API,
    API_ID,
    BUCKET,
    DISTRIBUTION,
    FILE,
    FOREIGN_MARKS,
    LOCAL,
    SIGNED,
    SITE,
    STACK,
)

CROSS = {"sec-fetch-site": "cross-site"}
LINK = f"{FILE}?{SIGNED}"
FOREIGN = pytest.mark.parametrize("marks", FOREIGN_MARKS, ids=str)


def _is_route(api_id: str, stage: str, method: str, path: str) -> bool:
    assert (api_id, stage) == (API_ID, "api")
    return (method, path.removesuffix("/")) in {("GET", "/videos/v1"), ("POST", "/sessions")}


def lets_in(
    method: str,
    target: str,
    headers: Mapping[str, str] | None = None,
    host: str = LOCAL,
    stack: Stack | None = STACK,
) -> bool:
    """Ask a guard as MiniStack's server would."""
    raw_path, _, query = target.partition("?")
    told = [("host", host), *(headers or {}).items()]
    scope = {
        "type": "http",
        "method": method,
        "raw_path": raw_path.encode(),
        "path": unquote(raw_path),
        "query_string": query.encode(),
        "headers": [(name.title().encode(), value.encode()) for name, value in told],
    }
    return Guard(lambda: stack, _is_route).lets_in(Asked.of(scope))


@pytest.mark.parametrize(
    "host",
    [
        "evil.example:4566",
        "",
        "[",
        "localhost.evil.example",
        "localhost.",
        "127.0.0.1.:4566",
        "user:word@localhost:4566",
        "localhost:4566@evil.example",
        "localhost:4566, evil.example",
        "localhost:",
        "10.0.0.5",
        "0.0.0.0:4566",
        "[::]:4566",
        "[::ffff:127.0.0.1]:4566",
        "evil.localhost:4566",
        "media.s3.eu-central-1.amazonaws.com",
        f"{API_ID}.execute-api.eu-central-1.amazonaws.com",
        "d2.cloudfront.net",
        f"{DISTRIBUTION}:4566",
        f"{DISTRIBUTION}.",
    ],
)
def test_a_name_that_is_not_ours_reaches_nothing(host: str) -> None:
    assert not lets_in("GET", "/2015-03-31/functions", host=host)
    assert not lets_in("POST", f"{API}/sessions", host=host)
    assert not lets_in("GET", LINK, host=host)


def test_of_two_names_neither_counts() -> None:
    headers = [(b"host", LOCAL.encode()), (b"host", b"evil.example")]
    for told in (headers, headers[::-1], [headers[0]] * 2, []):
        scope = {"type": "http", "method": "GET", "path": "/", "headers": told}
        assert not Guard(lambda: STACK, _is_route).lets_in(Asked.of(scope))


@FOREIGN
@pytest.mark.parametrize("method", ["OPTIONS", "POST", "PUT", "GET", "HEAD", "DELETE"])
def test_another_sites_page_reaches_nothing(method: str, marks: Mapping[str, str]) -> None:
    for target in ("/", "/?Action=CreateStack", "/_ministack/reset", FILE, f"/{BUCKET}"):
        assert not lets_in(method, target, marks)


@pytest.mark.parametrize(
    "marks",
    [
        {"origin": SITE},
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
        {"sec-ch-ua": "x"},
        {"user-agent": "Mozilla/5.0 (X11; Linux x86_64)"},
        {"purpose": "prefetch"},
    ],
    ids=str,
)
def test_our_own_pages_and_typed_addresses_reach_no_service_either(
    marks: Mapping[str, str],
) -> None:
    assert not lets_in("GET", "/?Action=CreateStack", marks)
    assert not lets_in("GET", "/2015-03-31/functions", marks)
    assert lets_in("GET", f"{API}/videos/v1", marks)
    assert lets_in("GET", f"{API}/unknown", marks)


@FOREIGN
def test_our_api_answers_other_sites_itself(marks: Mapping[str, str]) -> None:
    for target in (f"{API}/videos/v1", f"{API}/videos/v1/", f"{API}/videos/v1?Action=CreateStack"):
        assert lets_in("GET", target, marks)
    assert lets_in("POST", f"{API}/sessions", marks)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/_aws/execute-api/x"),
        ("GET", "/_aws/execute-api/"),
        ("GET", "/_aws/execute-api/0badc0de/api/videos/v1"),
        ("GET", f"/_aws/execute-api/{API_ID}"),
        ("GET", f"/_aws/execute-api/{API_ID}/"),
        ("GET", API),
        ("GET", f"{API}/"),
        ("GET", f"{API}x/videos/v1"),
        ("GET", f"{API.upper()}/videos/v1"),
        ("GET", f"/_aws/execute-api/{API_ID}/API/videos/v1"),
        ("GET", f"/_aws/execute-api/{API_ID}/$default/videos/v1"),
        ("GET", f"/restapis/{API_ID}/api/_user_request_/videos/v1"),
        ("GET", f"{API}/@connections/x"),
        ("GET", f"{API}/unknown"),
        ("POST", f"{API}/videos/v1"),
        ("OPTIONS", f"{API}/sessions"),
        ("PROPFIND", f"{API}/videos/v1"),
        ("GET", f"/{API}/videos/v1"),
        ("GET", f"{API}//videos/v1"),
        ("GET", f"{API}/videos//v1"),
        ("GET", f"{API}/videos/v1//"),
        ("GET", f"{API}/videos%2fv1"),
        ("GET", f"{API}/videos/v1%2f"),
        ("GET", f"{API}/../api/videos/v1"),
        ("GET", f"{API}/%2e%2e/api/videos/v1"),
        ("GET", f"{API}/..;/api/videos/v1"),
        ("GET", f"/%5faws/execute-api/{API_ID}/api/videos/v1"),
        ("GET", f"/x/..{API}/videos/v1"),
        ("GET", f"/;{API}/videos/v1"),
        ("GET", f"/{API_ID}/api/videos/v1"),
        ("GET", f"http://evil.example{API}/videos/v1"),
    ],
)
def test_what_only_looks_like_our_api_is_closed_to_other_sites(method: str, path: str) -> None:
    assert not lets_in(method, path, CROSS)


def test_a_proxys_request_is_answered_to_nobody() -> None:
    for target in ("http://127.0.0.1:4566/", "http://localhost/videos", "*"):
        assert not lets_in("GET", target)


@pytest.mark.parametrize("host", [LOCAL, "localhost:8080", "[::1]:4566"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_signed_link_may_be_followed_from_anywhere(method: str, host: str) -> None:
    assert lets_in(method, LINK, {**CROSS, "referer": "https://mail.example/"}, host)


def _without(name: str) -> str:
    return "&".join(one for one in SIGNED.split("&") if not one.startswith(name))


@pytest.mark.parametrize(
    "query",
    [
        "X-Amz-Signature=x",
        "Action=ListStacks&X-Amz-Signature=x",
        f"Action=ListStacks&{SIGNED}",
        f"{SIGNED}&Action=ListStacks",
        f"{SIGNED}&%41ction=ListStacks",
        f"{SIGNED}&action=ListStacks",
        f"{SIGNED}&Version=2010-05-15",
        f"{SIGNED}&X-Amz-Target=DynamoDB_20120810.ListTables",
        f"{SIGNED}&acl",
        f"{SIGNED}&list-type=2",
        f"{SIGNED}&versionId=v2",
        f"{SIGNED}&X-Amz-Signature={'ab12' * 16}",
        f"{SIGNED}&x-amz-credential=a%2F20261127%2Feu-central-1%2Flambda%2Faws4_request",
        SIGNED.replace("%2Fs3%2F", "%2Flambda%2F"),
        SIGNED.replace("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"),
        SIGNED.replace("X-Amz-Date", "x-amz-date"),
        SIGNED.replace("600", "600;Action=x"),
        *[_without(one) for one in ("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date")],
        *[_without(one) for one in ("X-Amz-Expires", "X-Amz-SignedHeaders", "X-Amz-Signature")],
        "",
    ],
)
def test_a_link_that_is_not_whole_or_says_more_is_closed(query: str) -> None:
    assert not lets_in("GET", f"{FILE}?{query}", CROSS)


@pytest.mark.parametrize(
    "path",
    [
        f"/{BUCKET}",
        f"/{BUCKET}/",
        f"/{BUCKET}x/a.mxf",
        f"/x/{BUCKET}/a.mxf",
        f"//{BUCKET}/a.mxf",
        f"/{BUCKET}//a.mxf",
        f"/{BUCKET}/../other/a.mxf",
        f"/{BUCKET}/%2e%2e/other/a.mxf",
        f"/{BUCKET}/%2e%2e%2fother/a.mxf",
        f"/{BUCKET}/a%00.mxf",
        f"/{BUCKET}\\..\\other",
        f"/{BUCKET}%2fa.mxf",
        f"/{BUCKET.upper()}/a.mxf",
        f"http://localhost/{BUCKET}/a.mxf",
        "/newsreel-local-public/a.jpg",
        "/",
        "/_ministack/ses/messages",
    ],
)
def test_a_signed_query_opens_nothing_but_files_of_our_bucket(path: str) -> None:
    assert not lets_in("GET", f"{path}?{SIGNED}", CROSS)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "get", "TRACE"])
def test_a_signed_link_changes_nothing(method: str) -> None:
    assert not lets_in(method, LINK, CROSS)


@pytest.mark.parametrize(
    "more",
    [
        {"x-amz-target": "DynamoDB_20120810.ListTables"},
        {"authorization": "AWS4-HMAC-SHA256 Credential=a/20261127/eu-central-1/lambda/aws4"},
        {"x-amz-request-route": "x"},
        {"content-length": "12", "content-type": "application/x-www-form-urlencoded"},
        {"transfer-encoding": "chunked"},
        {"origin": "https://evil.example"},
    ],
    ids=str,
)
def test_a_signed_link_chooses_no_service_by_header_or_form(more: Mapping[str, str]) -> None:
    assert not lets_in("GET", LINK, {**CROSS, **more})


def test_a_method_in_a_header_is_no_method() -> None:
    override = {**CROSS, "x-http-method-override": "GET"}
    assert not lets_in("POST", LINK, override)
    assert not lets_in("DELETE", f"{API}/videos/v1", override)


def test_before_a_stack_is_deployed_no_browser_gets_in() -> None:
    for target in (f"{API}/videos/v1", LINK):
        assert not lets_in("GET", target, CROSS, stack=None)
    assert not lets_in("GET", "/videos", host=DISTRIBUTION, stack=None)
    assert lets_in("POST", "/", stack=None)


@pytest.mark.parametrize(
    "headers",
    [
        {"x-amz-target": "DynamoDB_20120810.ListTables", "authorization": "AWS4-HMAC-SHA256 x"},
        {"user-agent": "aws-cli/2.31.0 md/awscrt#0.27.6", "content-length": "200"},
        {"user-agent": "Boto3/1.40.0 md/Botocore#1.40.0"},
        {"user-agent": "curl/8.5.0", "accept": "*/*"},
    ],
    ids=str,
)
@pytest.mark.parametrize("host", [LOCAL, "localhost:4566", "[::1]:4566", "LOCALHOST:4566"])
def test_tools_may_do_all_that_they_have_keys_for(headers: Mapping[str, str], host: str) -> None:
    assert lets_in("POST", "/", headers, host)


def test_the_front_door_passes_on_what_browsers_say_to_the_distribution() -> None:
    for marks in FOREIGN_MARKS:
        assert lets_in("POST", "/api/sessions", marks, DISTRIBUTION)
        assert not lets_in("POST", "/_ministack/rds/iam-auth", marks, DISTRIBUTION)


@pytest.mark.parametrize(("kind", "refusal"), [("http", 403), ("websocket", 1008)])
def test_a_foreign_request_never_reaches_what_it_asks_for(kind: str, refusal: int) -> None:
    sent: list[Any] = []

    async def app(*_values: object) -> None:
        pytest.fail("let in")

    async def receive() -> dict[str, Any]:
        pytest.fail("read")

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"Host", LOCAL.encode()), (b"Origin", b"https://evil.example")]
    path = f"{API}/unknown"
    scope = {"type": kind, "method": "GET", "path": path, "headers": headers}
    asyncio.run(keep_out(app, Guard(lambda: STACK, _is_route))(scope, receive, send))
    assert sent[0].get("status", sent[0].get("code")) == refusal
    assert not any(b"access-control" in name for name, _value in sent[0].get("headers", []))


def test_everything_else_reaches_it_unchanged() -> None:
    seen: list[Any] = []

    async def app(scope: Any, *_values: object) -> None:
        seen.append(scope)

    async def unused(*_values: object) -> Any:
        return {}

    scopes: list[dict[str, Any]] = [
        {"type": "lifespan"},
        {"type": "http", "method": "POST", "path": "/", "headers": [(b"host", LOCAL.encode())]},
    ]
    for scope in scopes:
        asyncio.run(keep_out(app, Guard(lambda: STACK, _is_route))(scope, unused, unused))
    assert seen == scopes
