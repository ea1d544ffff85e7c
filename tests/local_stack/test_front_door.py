"""Everything stands on one address, bytes pass unchanged, and nobody else's page gets in."""

import http.client
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import pytest
import requests
from botocore.config import Config

from infra.local import administrator
from infra.local.paths import Stack

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

KEY = "front-door/héllo wörld+1 %2B.bin"
CONTENT = bytes(range(256)) * 4096 * 3


@pytest.fixture(scope="module")
def presigned(stack: Stack, s3: "S3Client") -> Iterator[str]:
    """A URL for an object, signed for the front door as `downloads` signs it."""
    s3.put_object(Bucket=stack.media_bucket, Key=KEY, Body=CONTENT)
    signer: S3Client = administrator.session().client(
        "s3",
        endpoint_url=stack.site_url,
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
    )
    wanted = {"Bucket": stack.media_bucket, "Key": KEY}
    yield signer.generate_presigned_url("get_object", Params=wanted, ExpiresIn=600)
    s3.delete_object(Bucket=stack.media_bucket, Key=KEY)


def test_a_presigned_url_of_a_strange_key_gives_the_same_bytes(presigned: str) -> None:
    assert requests.get(presigned, timeout=30).content == CONTENT


def test_a_piece_of_a_presigned_url_is_partial_content(presigned: str) -> None:
    size = len(CONTENT)
    answer = requests.get(presigned, headers={"Range": f"bytes={size - 100}-"}, timeout=30)
    assert answer.status_code == 206
    assert answer.headers["Content-Range"] == f"bytes {size - 100}-{size - 1}/{size}"
    assert answer.content == CONTENT[-100:]


def test_a_changed_signature_is_refused(presigned: str) -> None:
    assert requests.get(presigned[:-4] + "0000", timeout=30).status_code == 403


def test_the_object_below_another_name_is_not_what_was_signed(presigned: str, stack: Stack) -> None:
    wrong = presigned.replace(quote("héllo"), quote("hallo"))
    assert requests.get(wrong, timeout=30).status_code in {403, 404}
    assert stack.media_bucket in wrong


def test_a_foreign_name_for_this_machine_is_refused(stack: Stack) -> None:
    for path in ("/", "/mailbox/messages.json", "/api/health"):
        url = stack.site_url + path
        answer = requests.get(url, headers={"Host": "evil.example:8080"}, timeout=30)
        assert answer.status_code == 421


def test_the_front_door_is_no_proxy_for_other_hosts(stack: Stack) -> None:
    site = urlsplit(stack.site_url)
    connection = http.client.HTTPConnection("127.0.0.1", site.port or 80, timeout=30)
    try:
        connection.request("GET", "http://192.0.2.1/secret", headers={"Host": "localhost"})
        assert connection.getresponse().status in {400, 403, 404}
    finally:
        connection.close()


def test_a_viewer_cannot_claim_another_address_by_a_header(stack: Stack) -> None:
    forged = {"X-Forwarded-For": "203.0.113.9", "X-Viewer-Address": "203.0.113.9"}
    answer = requests.get(f"{stack.api_url}/health", headers=forged, timeout=30)
    assert answer.status_code == 200
    assert "203.0.113.9" not in answer.text


def test_pages_travel_compressed_as_cloudfront_sends_them(stack: Stack) -> None:
    plain = requests.get(stack.site_url, headers={"Accept-Encoding": "identity"}, timeout=30)
    small = requests.get(stack.site_url, headers={"Accept-Encoding": "gzip"}, timeout=30)
    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert small.content == plain.content
