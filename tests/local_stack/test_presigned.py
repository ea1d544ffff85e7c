"""A presigned URL opens the one file that it was made for, until it expires, and nothing else.

Asked at the front door, where people follow it, and at the local AWS itself.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

import botocore.auth
import pytest
import requests
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

from infra.local import administrator
from infra.local.paths import Stack
from tests.local_stack.client import TERMS, Person
from tests.local_stack.roles import probe, role_of

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client

Query = dict[str, str]
PIECE = {"Range": "bytes=0-9"}
SECRET = b"of an embargoed video"


@pytest.fixture(scope="module")
def url(stack: Stack, member: Person) -> str:
    """What a link leads to now."""
    video = requests.get(f"{stack.api_url}/videos", timeout=30).json()["items"][0]["video_id"]
    (file, *_) = requests.get(f"{stack.api_url}/videos/{video}", timeout=30).json()["renditions"]
    wish = {"rendition": file["rendition_id"], "terms_version": TERMS}
    link = member.client.post(f"/api/videos/{video}/downloads", wish).json()["download_url"]
    answer = requests.get(link, allow_redirects=False, timeout=30)
    return str(answer.headers["Location"])


@pytest.fixture(scope="module")
def hidden(stack: Stack, s3: "S3Client") -> Iterator[str]:
    """The key of a file that nobody was given a link to."""
    key = "presigned/hidden.bin"
    s3.put_object(Bucket=stack.media_bucket, Key=key, Body=SECRET)
    yield key
    s3.delete_object(Bucket=stack.media_bucket, Key=key)


def _with(url: str, **changed: str) -> str:
    """Change parameters of a URL; a hyphen is written as an underscore."""
    parts = urlsplit(url)
    query: Query = dict(parse_qsl(parts.query))
    query |= {name.replace("_", "-"): value for name, value in changed.items()}
    kept = {name: value for name, value in query.items() if value}
    return urlunsplit(parts._replace(query=urlencode(kept, quote_via=quote)))


def _value(url: str, name: str) -> str:
    return dict(parse_qsl(urlsplit(url).query))[name]


def _turned(text: str) -> str:
    """Change the last letter alone."""
    return text[:-1] + ("0" if text[-1] != "0" else "1")


def _doors(stack: Stack, url: str) -> Iterator[str]:
    """Yield a URL at the front door and at the local AWS, both under the name it is signed for."""
    parts = urlsplit(url)
    yield url
    yield urlunsplit(parts._replace(netloc=urlsplit(stack.aws_endpoint_url).netloc))


def _ask(stack: Stack, url: str, method: str = "GET") -> set[int]:
    host = {"Host": urlsplit(stack.site_url).netloc}
    headers = PIECE | host
    asked = [
        requests.request(method, door, headers=headers, timeout=30) for door in _doors(stack, url)
    ]
    assert all(SECRET not in answer.content for answer in asked)
    return {answer.status_code for answer in asked}


def test_as_it_was_given_it_opens_its_file(stack: Stack, url: str) -> None:
    assert _ask(stack, url) == {206}
    assert _ask(stack, _with(url)) == {206}


ALTERED: dict[str, Callable[[str], str]] = {
    "signature": lambda url: _with(url, X_Amz_Signature=_turned(_value(url, "X-Amz-Signature"))),
    "no signature": lambda url: _with(url, X_Amz_Signature=""),
    "any signature": lambda url: _with(url, X_Amz_Signature="x"),
    "longer life": lambda url: _with(url, X_Amz_Expires="604800"),
    "later date": lambda url: _with(url, X_Amz_Date=f"{datetime.now(UTC):%Y%m%dT}235959Z"),
    "no algorithm": lambda url: _with(url, X_Amz_Algorithm=""),
    "another algorithm": lambda url: _with(url, X_Amz_Algorithm="AWS4-ECDSA-P256-SHA256"),
    "another credential": lambda url: _with(
        url, X_Amz_Credential=f"test/{_value(url, 'X-Amz-Credential').partition('/')[2]}"
    ),
    "no session": lambda url: _with(url, X_Amz_Security_Token=""),
    "another session": lambda url: _with(
        url, X_Amz_Security_Token=_turned(_value(url, "X-Amz-Security-Token"))
    ),
    "no headers signed": lambda url: _with(url, X_Amz_SignedHeaders="x"),
    "another version": lambda url: _with(url, versionId="null"),
    "no version": lambda url: _with(url, versionId=""),
    "another name to save it under": lambda url: _with(
        url, response_content_disposition='attachment; filename="setup.exe"'
    ),
    "no name to save it under": lambda url: _with(url, response_content_disposition=""),
    "another type": lambda url: _with(url, response_content_type="text/html"),
    "a further parameter": lambda url: _with(url, acl="x"),
}


@pytest.mark.parametrize("altered", ALTERED.values(), ids=ALTERED.keys())
def test_altered_it_opens_nothing(stack: Stack, url: str, altered: Callable[[str], str]) -> None:
    changed = altered(url)
    assert changed != url
    assert _ask(stack, changed) <= {400, 401, 403}


def test_it_opens_no_other_file(stack: Stack, url: str, hidden: str) -> None:
    other = urlsplit(url)._replace(path=f"/{stack.media_bucket}/{hidden}")
    assert _ask(stack, urlunsplit(other)) == {403}
    for path in (f"/{stack.media_bucket}", f"/{stack.media_bucket}/"):
        listing = urlsplit(url)._replace(path=path)
        assert 200 not in _ask(stack, urlunsplit(listing), "HEAD")


@pytest.mark.parametrize("method", ["HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS"])
def test_it_serves_no_other_method(stack: Stack, url: str, method: str) -> None:
    assert all(status >= 400 for status in _ask(stack, url, method))
    assert _ask(stack, url) == {206}


def _signed(stack: Stack, keys: tuple[str, ...], key: str, seconds: int, **further: str) -> str:
    own, secret, *token = keys
    signer: S3Client = administrator.session().client(
        "s3",
        endpoint_url=stack.site_url,
        aws_access_key_id=own,
        aws_secret_access_key=secret,
        aws_session_token=token[0] if token else None,
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
    )
    wanted = {"Bucket": stack.media_bucket, "Key": key, **further}
    return signer.generate_presigned_url("get_object", Params=wanted, ExpiresIn=seconds)


def _own() -> tuple[str, str]:
    keys = administrator.keys()
    return keys.access_key_id, keys.secret_access_key


@pytest.mark.parametrize("name", ["test", "000000000000", "AKIAIOSFODNN7EXAMPLE"])
def test_one_that_a_stranger_signed_opens_nothing(stack: Stack, hidden: str, name: str) -> None:
    own, secret = _own()
    assert _ask(stack, _signed(stack, (name, "test"), hidden, 600)) == {403}
    assert _ask(stack, _signed(stack, (own, "test"), hidden, 600)) == {403}
    assert _ask(stack, _signed(stack, (name, secret), hidden, 600)) == {403}


@pytest.mark.parametrize(("age", "opens"), [(590, True), (610, False)], ids=["before", "after"])
def test_it_opens_its_file_until_it_expires(
    stack: Stack, hidden: str, monkeypatch: pytest.MonkeyPatch, age: int, opens: bool
) -> None:
    then = datetime.now(UTC) - timedelta(seconds=age)
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda: then)
    request = AWSRequest("GET", f"{stack.site_url}/{stack.media_bucket}/{hidden}")
    keys = Credentials(*_own())
    botocore.auth.S3SigV4QueryAuth(keys, "s3", stack.region, expires=600).add_auth(request)
    answer = requests.get(str(request.url), timeout=30)
    assert answer.status_code == (200 if opens else 403)
    assert ("Request has expired" in answer.text) is not opens


def test_the_signers_role_signs_for_uploaded_files_alone(
    stack: Stack, lambdas: "LambdaClient", url: str, hidden: str
) -> None:
    key = unquote(urlsplit(url).path.partition(f"/{stack.media_bucket}/")[2])
    with probe(lambdas, role_of(lambdas, "Downloads")) as downloads:
        wanted = {"RoleArn": _signers_role(lambdas), "RoleSessionName": "presigned"}
        given = downloads.ask("sts", "assume_role", **wanted)["told"]["Credentials"]
    keys = (given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    version = _value(url, "versionId")
    assert _ask(stack, _signed(stack, keys, key, 600, VersionId=version)) == {206}
    assert _ask(stack, _signed(stack, keys, key, 600)) == {403}
    assert _ask(stack, _signed(stack, keys, hidden, 600)) == {403}


def _signers_role(lambdas: "LambdaClient") -> str:
    for page in lambdas.get_paginator("list_functions").paginate():
        for one in page["Functions"]:
            told = one.get("Environment", {}).get("Variables", {})
            if role := told.get("DOWNLOAD_SIGNER_ROLE"):
                return role
    raise AssertionError("no function signs")


def test_without_a_signature_nothing_opens_but_through_the_distribution(
    stack: Stack, hidden: str
) -> None:
    videos = requests.get(f"{stack.api_url}/videos", timeout=30).json()["items"]
    poster = urlsplit(next(one["posters"]["320"] for one in videos if one["posters"])).path
    shown = requests.get(stack.site_url + poster, timeout=30)
    assert shown.status_code == 200
    assert shown.headers["Content-Type"].startswith("image/")
    buckets = (stack.outputs["PublicBucket"], stack.outputs["SiteBucket"], stack.media_bucket)
    for bucket, path in zip(buckets, (poster, "/help/index.html", f"/{hidden}"), strict=True):
        direct = requests.get(f"{stack.aws_endpoint_url}/{bucket}{path}", timeout=30)
        assert direct.status_code == 403
        listed = requests.get(f"{stack.aws_endpoint_url}/{bucket}?list-type=2", timeout=30)
        assert listed.status_code == 403


def test_the_distribution_opens_no_presigned_url(stack: Stack, url: str) -> None:
    parts = urlsplit(url)
    at = urlunsplit(parts._replace(netloc=urlsplit(stack.aws_endpoint_url).netloc))
    headers = {"Host": stack.outputs["DistributionDomain"], "X-Forwarded-Proto": "https"}
    answer = requests.get(at, headers=headers, timeout=30)
    assert answer.status_code in {403, 404}
