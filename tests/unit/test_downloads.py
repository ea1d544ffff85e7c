"""Download links: the content of a token, the name of a file, the life of a presigned URL."""

import re
import string
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote, unquote, urlsplit

import boto3
import botocore.auth
import pytest
from botocore.auth import S3SigV4QueryAuth
from botocore.config import Config
from hypothesis import example, given, settings
from hypothesis import strategies as st
from newsreel import clock
from newsreel.aws import clients
from newsreel.aws.keyring import Keyring
from newsreel.downloads import signer as signing
from newsreel.downloads import tokens
from newsreel.downloads.disposition import content_disposition, url_name
from newsreel.downloads.signer import Signer
from newsreel.downloads.tokens import BrokenTokenError, Link

ID = "the-renditions-id"
BUCKET_URL = "https://media.s3.eu-central-1.amazonaws.com"
CREDENTIALS = {
    "AccessKeyId": "ASIAEXAMPLE",
    "SecretAccessKey": "secret",
    "SessionToken": "session",
}
DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)", re.IGNORECASE)
KEYS = Keyring("k2", {"k1": b"old" * 20, "k2": b"new" * 20})
LINK = Link(
    account_id="0" * 32,
    epoch=3,
    video_id="2026-02-14-munich-doorstep",
    rendition_id="a-mxf",
    version_id="v1",
    etag='"d41d8"',
    expires_at=1771059600,
    link_id="ab" * 8,
)


def test_a_token_comes_back_as_the_link_it_was_made_for() -> None:
    assert tokens.unseal(tokens.seal(LINK, KEYS), KEYS) == LINK


def test_a_token_shows_nothing_and_fits_into_a_path() -> None:
    token = tokens.seal(LINK, KEYS)
    assert re.fullmatch(r"[A-Za-z0-9._-]+", token)
    for value in (LINK.account_id, LINK.video_id, LINK.rendition_id):
        assert value not in token
    assert tokens.seal(LINK, KEYS) != token


def test_a_token_of_the_key_before_still_works_until_that_key_is_removed() -> None:
    old = tokens.seal(LINK, Keyring("k1", KEYS.keys))
    assert tokens.unseal(old, KEYS) == LINK
    with pytest.raises(BrokenTokenError):
        tokens.unseal(old, Keyring("k2", {"k2": KEYS.keys["k2"]}))


@settings(deadline=None)
@given(st.data())
def test_a_changed_token_is_refused(data: st.DataObject) -> None:
    token = tokens.seal(LINK, KEYS)
    position = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from("ABab09-_.").filter(lambda c: c != token[position]))
    changed = token[:position] + other + token[position + 1 :]
    try:
        link = tokens.unseal(changed, KEYS)
    except BrokenTokenError:
        return
    # Some bits of base64's last character are unused, so a change there may have no effect.
    assert position == len(token) - 1
    assert link == LINK


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "k2.",
        "k9." + "A" * 200,
        "../../etc/passwd",
        "k2.../" + "A" * 60,
        "k2." + "A" * 5000,
        "current." + "A" * 100,
        "k2." + "é" * 60,
    ],
)
def test_any_other_text_is_no_token(token: str) -> None:
    with pytest.raises(BrokenTokenError):
        tokens.unseal(token, KEYS)


def test_a_token_for_another_purpose_is_no_link() -> None:
    with pytest.raises(BrokenTokenError):
        tokens.unseal(tokens.seal(LINK, KEYS), Keyring("k2", {"k2": b"other" * 20}))


def test_a_file_keeps_its_name_and_old_clients_get_an_ascii_one() -> None:
    header = content_disposition("héllo wörld+1 %2B.MP4", ID)
    assert header == (
        'attachment; filename="hello world+1 _2B.MP4"; '
        "filename*=UTF-8''h%C3%A9llo%20w%C3%B6rld+1%20%252B.MP4"
    )


def test_characters_outside_attr_char_are_escaped() -> None:
    header = content_disposition("ét's (a) *b*, c.mp4", ID)
    extended = header.partition("filename*=UTF-8''")[2]
    assert extended == "%C3%A9t%27s%20%28a%29%20%2Ab%2A%2C%20c.mp4"


@pytest.mark.parametrize("name", ["a.mxf", "it's (a) *b* + c.mp4", "a b.mxf", "100 $ & more=#.mov"])
def test_a_plain_name_is_written_once_without_a_percent_sign(name: str) -> None:
    header = content_disposition(name, ID)
    assert header == f'attachment; filename="{name}"'
    assert "%" not in header


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Пресс.mp4", f"{ID}.mp4"),
        ("日本語.mov", f"{ID}.mov"),
        ("Пресс-конференция 2026.mp4", "2026.mp4"),
        (".hidden.mp4", "hidden.mp4"),
        ("...mp4", f"{ID}.mp4"),
        ("\u202e\u200f.wav", f"{ID}.wav"),
        ("---.wav", f"{ID}.wav"),
        ("-rf.mp4", "rf.mp4"),
        ("con.mp4", f"{ID}.mp4"),
        ("COM1.tar.mp4", f"{ID}.mp4"),
        ("com¹.mp4", f"{ID}.mp4"),
        ("Aux .mp4", f"{ID}.mp4"),
        ("console.mp4", "console.mp4"),
        ("trailing. .mp4", "trailing.mp4"),
        ("dots.mp4. .", "dots.mp4"),
        ("é" * 200 + ".mp4", "e" * 146 + ".mp4"),
    ],
)
def test_a_plain_name_is_never_hidden_empty_or_a_device(name: str, plain: str) -> None:
    assert content_disposition(name, ID).split(";")[1] == f' filename="{plain}"'


@pytest.mark.parametrize("name", ["Пресс.mp4", "می\u200cخواهم.mp4", "👩\u200d🚀.mp4"])
def test_a_name_in_other_letters_keeps_them_for_browsers(name: str) -> None:
    header = content_disposition(f"a {name}", ID)
    assert header.endswith(f"UTF-8''{quote(f'a {name}')}")
    assert unquote(url_name("Пресс.mp4", ID)) == "Пресс.mp4"


@settings(deadline=None)
@example(".mp4")
@example("con")
@example("\u0301.mp4")
@example("a\N{FULLWIDTH QUOTATION MARK}; filename=evil.html")
@example("x\N{FULLWIDTH REVERSE SOLIDUS}y\N{FULLWIDTH SOLIDUS}z\N{GREEK QUESTION MARK}.mp4")
@given(st.text(min_size=1, max_size=120))
def test_no_name_breaks_out_of_the_header(name: str) -> None:
    header = content_disposition(name, ID)
    assert header.isascii()
    assert header.isprintable()
    match = re.fullmatch(
        r"attachment; filename=\"([^\"\\/;,%]*)\"(; filename\*=UTF-8''([\w!#$&+.^`|~%-]*))?",
        header,
    )
    assert match is not None
    assert match[1]
    assert "/" not in unquote(match[3] or "")
    for saved in (match[1], unquote(match[3] or match[1]), unquote(url_name(name, ID))):
        assert any(c.isalnum() for c in saved)
        assert saved[0] not in ".-"
        assert saved[-1] not in ". "
        assert not DEVICE.match(saved)
    assert "/" not in url_name(name, ID)


@settings(deadline=None)
@given(st.text(min_size=1, max_size=60))
def test_a_name_in_a_path_is_one_that_every_router_takes(name: str) -> None:
    # The characters that Powertools accepts in one path segment, after the gateway decoded it.
    part = re.compile(r"[-._~()'!*:@,;=+&$%<> \[\]{}|^\w]+")
    assert part.fullmatch(unquote(url_name(name, ID)))


def test_a_name_from_a_mac_keeps_its_letters() -> None:
    assert unquote(url_name("he\u0301llo #1?.mp4", ID)) == "h\u00e9llo _1_.mp4"


@pytest.fixture
def sts(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Give credentials for an hour, by the stopped clock, and count the calls."""
    state = SimpleNamespace(now=datetime(2026, 2, 14, 9, tzinfo=UTC), taken=[])

    def assume_role(**parameters: Any) -> dict[str, Any]:
        state.taken.append(parameters)
        return {
            "Credentials": {
                **CREDENTIALS,
                "Expiration": state.now + timedelta(seconds=parameters["DurationSeconds"]),
            }
        }

    meta = SimpleNamespace(region_name="eu-central-1")
    monkeypatch.setattr(clock, "now", lambda: state.now)
    monkeypatch.setattr(clients, "sts", lambda: SimpleNamespace(assume_role=assume_role, meta=meta))
    return state


def sign(signer: Signer, method: signing.Method = "GET") -> Any:
    signer.seconds_left()
    url = signer.sign(
        method, "incoming/x/héllo wörld+1 %2B.MP4", "v1", content_disposition("é.mp4", ID), 600
    )
    return urlsplit(url)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_presigned_url_is_version_4_regional_and_signs_the_host_alone(
    sts: SimpleNamespace, method: signing.Method
) -> None:
    url = sign(Signer("arn:aws:iam::123456789012:role/signer", BUCKET_URL), method)
    query = parse_qs(url.query)
    assert url.netloc == "media.s3.eu-central-1.amazonaws.com"
    assert unquote(url.path) == "/incoming/x/héllo wörld+1 %2B.MP4"
    assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert query["X-Amz-SignedHeaders"] == ["host"]
    assert query["X-Amz-Expires"] == ["600"]
    assert query["X-Amz-Security-Token"] == ["session"]
    assert query["versionId"] == ["v1"]
    assert query["response-content-disposition"] == [content_disposition("é.mp4", ID)]


def test_a_head_is_signed_for_head(sts: SimpleNamespace) -> None:
    signer = Signer("role", BUCKET_URL)
    signatures = {
        method: parse_qs(sign(signer, method).query)["X-Amz-Signature"]
        for method in ("GET", "HEAD")
    }
    assert signatures["GET"] != signatures["HEAD"]


def test_a_bucket_may_stand_in_the_path_of_another_host(sts: SimpleNamespace) -> None:
    url = sign(Signer("role", "http://localhost:8080/media"))
    assert (url.scheme, url.netloc) == ("http", "localhost:8080")
    assert url.path.startswith("/media/incoming/x/")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    ("url", "endpoint"),
    [(BUCKET_URL, None), ("http://localhost:8080/media", "http://localhost:8080")],
)
def test_a_url_is_the_one_that_boto3_would_presign(
    sts: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
    url: str,
    endpoint: str | None,
    method: signing.Method,
) -> None:
    """For every character that a key or a name may have, with the same signature."""
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda: sts.now)
    # As in Lambda's runtime, which lacks the C library that boto3 signs with where it finds it.
    monkeypatch.setitem(botocore.auth.AUTH_TYPE_MAPS, "s3v4-query", S3SigV4QueryAuth)
    config = Config(
        signature_version="s3v4", s3={"addressing_style": "path" if endpoint else "virtual"}
    )
    client = boto3.client(
        "s3",
        region_name="eu-central-1",
        endpoint_url=endpoint,
        config=config,
        aws_access_key_id=CREDENTIALS["AccessKeyId"],
        aws_secret_access_key=CREDENTIALS["SecretAccessKey"],
        aws_session_token=CREDENTIALS["SessionToken"],
    )
    signer = Signer("role", url)
    signer.seconds_left()
    for key in ("incoming/x/a.mp4", f"incoming/x/{string.printable}", "incoming/é ü+%2B/ 漢.mxf"):
        wanted = {
            "Bucket": "media",
            "Key": key,
            "VersionId": "v+1/=",
            "ResponseContentDisposition": content_disposition('é+" 漢.mp4', ID),
        }
        operation = "get_object" if method == "GET" else "head_object"
        theirs = client.generate_presigned_url(operation, wanted, ExpiresIn=600, HttpMethod=method)
        ours = signer.sign(method, key, "v+1/=", wanted["ResponseContentDisposition"], 600)
        assert split_of(ours) == split_of(theirs)


def split_of(url: str) -> tuple[str, str, str, list[tuple[str, str]]]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc, parts.path, sorted(parse_qsl(parts.query))


def test_the_role_is_taken_once_and_again_with_under_twenty_minutes_left(
    sts: SimpleNamespace,
) -> None:
    signer = Signer("role", BUCKET_URL)
    assert signer.seconds_left() == 3600
    sts.now += timedelta(minutes=40)
    assert signer.seconds_left() == 1200
    assert len(sts.taken) == 1
    sts.now += timedelta(seconds=1)
    assert signer.seconds_left() == 3600
    assert len(sts.taken) == 2


def test_the_links_life_is_seven_days() -> None:
    assert timedelta(days=7).total_seconds() == tokens.LIFE
