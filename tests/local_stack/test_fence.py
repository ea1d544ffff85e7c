"""The local stack's ports answer no foreign page, said in bytes as a browser would never send them.

What a real page can try stands in tests/browser/test_foreign_pages.py; each service of the local
AWS in tests/unit/test_origin_guard_routing.py.
"""

import socket
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
import requests
from botocore.config import Config

from infra.local import administrator
from infra.local.paths import Stack
from tests.local_stack.client import Person

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

NewPerson = Callable[[], Person]
EVIL = "Origin: https://evil.example\r\n"
FOLLOWED = {"Sec-Fetch-Site": "cross-site", "Referer": "https://mail.example/"}
TABLES = "X-Amz-Target: DynamoDB_20120810.ListTables\r\n"
BYTES = b"of a file that a mail links to"


def _say(url: str, words: str) -> bytes:
    """Send exactly these bytes to a port, and return all that comes back."""
    place = urlsplit(url)
    with socket.create_connection(("127.0.0.1", place.port or 80), timeout=30) as connection:
        connection.sendall(words.encode())
        return b"".join(iter(lambda: connection.recv(65536), b""))


def _ask(url: str, target: str, headers: str = "", body: str = "", host: str = "") -> bytes:
    method = "POST" if body else "GET"
    length = f"Content-Length: {len(body)}\r\n" if body else ""
    head = f"{method} {target} HTTP/1.1\r\nHost: {host or urlsplit(url).netloc}\r\n"
    return _say(url, f"{head}{headers}{length}Connection: close\r\n\r\n{body}")


def _status(answer: bytes) -> int:
    return int(answer.split(b" ")[1])


@pytest.fixture(scope="module")
def link(stack: Stack, s3: "S3Client") -> Iterator[str]:
    """A presigned URL of the front door."""
    key = "fence/linked.bin"
    s3.put_object(Bucket=stack.media_bucket, Key=key, Body=BYTES)
    signer: S3Client = administrator.session().client(
        "s3",
        endpoint_url=stack.site_url,
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
    )
    wanted = {"Bucket": stack.media_bucket, "Key": key}
    yield signer.generate_presigned_url("get_object", Params=wanted, ExpiresIn=600)
    s3.delete_object(Bucket=stack.media_bucket, Key=key)


def test_a_foreign_page_is_answered_by_our_api_and_by_nothing_else(stack: Stack) -> None:
    aws, door = stack.aws_endpoint_url, f"/_aws/execute-api/{stack.outputs['ApiId']}/api"
    for more in ("", TABLES, "Authorization: AWS4-HMAC-SHA256 Credential=test/x/y/lambda/z\r\n"):
        answer = _ask(aws, f"{door}/videos?Action=ListStacks", EVIL + more)
        assert b"urn:newsreel:problem" in answer or b'"video_id"' in answer
        assert _status(_ask(aws, f"{door}/health", EVIL + more)) == 200
        assert b"access-control-allow-origin" not in answer.lower()
        for target in (f"{door}/no-route", f"{door}//health", f"{door}x/health", door, "/"):
            assert _status(_ask(aws, target, EVIL + more)) == 403
            assert _status(_ask(aws, target, EVIL + more, "Action=ListStacks")) == 403


@pytest.mark.parametrize("host", ["evil.example", "localhost.", "user:word@localhost", "[::2]"])
def test_no_port_answers_to_another_name(stack: Stack, host: str) -> None:
    for url in (stack.site_url, stack.aws_endpoint_url):
        port = urlsplit(url).port
        for path in ("/", "/mailbox/messages.json", "/_ministack/health", "/api/health"):
            assert _status(_ask(url, path, host=f"{host}:{port}")) in {400, 403, 421}
        twice = _ask(url, "/", "Host: evil.example\r\n")
        assert _status(twice) == 400
        absolute = _ask(url, f"{url}/_ministack/health")
        assert _status(absolute) in {400, 403}


def test_a_distributions_name_leads_to_no_service(stack: Stack) -> None:
    name = stack.outputs["DistributionDomain"]
    for path in (
        "/v2/email/identities",
        "/iceberg/v1/config",
        "/2015-03-31/functions",
        "/_aws/ses",
    ):
        for headers in (EVIL, EVIL + TABLES):
            over_tls = f"{headers}X-Forwarded-Proto: https\r\n"
            answer = _ask(stack.aws_endpoint_url, path, over_tls, host=name)
            assert _status(answer) in {403, 404}
            assert b"MissingAuthenticationToken" not in answer
            assert _status(_ask(stack.site_url, path, headers)) in {403, 404}


def test_the_second_request_of_a_connection_is_looked_at_like_the_first(stack: Stack) -> None:
    host = f"Host: {urlsplit(stack.aws_endpoint_url).netloc}\r\n"
    door = f"/_aws/execute-api/{stack.outputs['ApiId']}/api/health"
    first = f"GET {door} HTTP/1.1\r\n{host}{EVIL}\r\n"
    second = (
        f"POST / HTTP/1.1\r\n{host}{EVIL}{TABLES}Content-Length: 2\r\nConnection: close\r\n\r\n{{}}"
    )
    answers = _say(stack.aws_endpoint_url, first + second)
    assert answers.count(b"HTTP/1.1 ") == 2
    assert b"HTTP/1.1 403" in answers
    assert b"TableNames" not in answers


def test_a_form_in_pieces_is_refused_like_a_whole_one(stack: Stack) -> None:
    form = "Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n"
    for url in (stack.aws_endpoint_url, stack.site_url):
        head = f"POST / HTTP/1.1\r\nHost: {urlsplit(url).netloc}\r\n{EVIL}{form}"
        assert (
            _status(
                _say(url, f"{head}Connection: close\r\n\r\n11\r\nAction=ListStacks\r\n0\r\n\r\n")
            )
            == 403
        )


def test_a_signed_link_in_a_foreign_page_opens_its_file(stack: Stack, link: str) -> None:
    assert requests.get(link, headers=FOLLOWED, timeout=30).content == BYTES
    direct = link.replace(stack.site_url, stack.aws_endpoint_url)
    told = FOLLOWED | {"Host": urlsplit(stack.site_url).netloc}
    assert requests.get(direct, headers=told, timeout=30).content == BYTES


@pytest.mark.parametrize(
    "more", ["&Action=ListStacks", "&X-Amz-Signature=x", "&acl", "&list-type=2"]
)
def test_a_signed_link_that_says_more_opens_nothing(stack: Stack, link: str, more: str) -> None:
    direct = link.replace(stack.site_url, stack.aws_endpoint_url)
    told = FOLLOWED | {"Host": urlsplit(stack.site_url).netloc}
    for url in (link, direct):
        assert requests.get(url + more, headers=told, timeout=30).status_code == 403
    assert requests.get(link, headers={"X-Amz-Target": "x"}, timeout=30).content == BYTES
    chosen = told | {"X-Amz-Target": "DynamoDB_20120810.ListTables"}
    assert requests.get(direct, headers=chosen, timeout=30).status_code == 403


def test_a_request_of_http_is_no_mail(stack: Stack) -> None:
    lines = "HELO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<codes@newsreel.test>\r\nDATA\r\n"
    answer = _ask(f"http{stack.smtp_url.removeprefix('smtp')}", "/", EVIL, lines)
    assert answer.count(b"\r\n") == 2
    assert b"500" in answer


def test_a_session_that_comes_twice_is_none(stack: Stack, new_person: NewPerson) -> None:
    person = new_person()
    person.register()
    name, session = "__Host-session", person.client.cookies["__Host-session"]
    for cookie, status in (
        (f"{name}={session}", 200),
        (f"a=b; {name}={session}; {name}=x", 401),
        (f"{name}=x; {name}={session}; a=b", 401),
    ):
        told = {"Cookie": cookie}
        answer = requests.get(f"{stack.api_url}/account", headers=told, timeout=30)
        assert answer.status_code == status


def test_what_a_signed_link_shows_is_no_page_of_the_site(link: str) -> None:
    answer = requests.get(link, headers=FOLLOWED, timeout=30)
    assert answer.headers["Content-Security-Policy"] == "sandbox"
