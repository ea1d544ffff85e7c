"""Download links: who gets one, what each use of it checks, and what ends it."""

import re
import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from newsreel import terms
from newsreel.aws import clients
from newsreel.ingest.buckets import Listed, MediaBucket

from functions.account import app as account_app
from functions.downloads import app
from tests.support import media_files
from tests.support.accounts import call, open_account
from tests.support.cloud import SITE_URL, Cloud, FakeClock
from tests.support.media_files import make
from tests.support.uploads import (
    FOLLOW,
    LINK,
    VIDEO,
    describe,
    follow,
    make_link,
    observed,
    publish,
    remove,
    upload,
)

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Sec-Fetch-Dest": "document"}
PROGRAM = {"Accept": "*/*"}


@pytest.fixture
def cookie(cloud: Cloud, fake_clock: FakeClock) -> str:
    """Sign somebody in, with one video to download."""
    app.signer.forget()
    publish()
    return open_account(cloud.dynamodb, "reporter@example.org").cookie


def url_of(cookie: str, rendition: str = "preview-mp4") -> str:
    answer = make_link(cookie, rendition)
    assert answer.status == 201
    return str(answer.json["download_url"])


def downloads(cloud: Cloud) -> list[dict[str, Any]]:
    found = cloud.dynamodb.scan(TableName="accounts")["Items"]
    return [dict(item) for item in found if item["entity"]["S"] == "download"]


def account_id(cloud: Cloud) -> str:
    items = cloud.dynamodb.scan(TableName="accounts")["Items"]
    return next(item["pk"]["S"] for item in items if item["sk"]["S"] == "ACCOUNT")


@pytest.mark.thorough
def test_a_link_comes_with_all_details_of_the_file(cookie: str) -> None:
    answer = make_link(cookie)
    assert answer.status == 201
    assert answer.headers["Cache-Control"] == ["no-store"]
    link = answer.json
    assert link["file_name"] == "preview.mp4"
    assert link["size_bytes"] == len(make(media_files.PREVIEW))
    assert link["checksums"][0]["algorithm"] == "SHA256"
    assert link["expires_at"] == "2026-02-21T02:04:00Z"
    assert link["download_url"].startswith(f"{SITE_URL}/api/downloads/k1.")
    assert link["download_url"].endswith("/preview.mp4")


@pytest.mark.thorough
def test_the_first_link_needs_the_terms_in_force_and_later_ones_do_not(cookie: str) -> None:
    version = terms.VERSIONS[-1].version
    for offered in (None, "1999-01"):
        refused = make_link(cookie, terms_version=offered)
        assert (refused.status, refused.code) == (409, "terms_not_accepted")
        assert (refused.json["terms_version"], refused.json["next"]) == (version, "accept_terms")
    assert make_link(cookie, terms_version=version).status == 201
    assert make_link(cookie, terms_version=None).status == 201


@pytest.mark.thorough
def test_a_download_is_noted_with_the_terms_it_was_made_under(cloud: Cloud, cookie: str) -> None:
    follow(url_of(cookie))
    [noted] = downloads(cloud)
    assert noted["terms_version"] == {"S": terms.VERSIONS[-1].version}


def test_a_link_leads_to_a_fresh_presigned_url_every_time(cookie: str) -> None:
    url = url_of(cookie)
    answer = follow(url)
    assert answer.status == 302
    assert answer.headers["Cache-Control"] == ["no-store"]
    assert answer.headers["Referrer-Policy"] == ["no-referrer"]
    assert answer.text == ""
    location = urlsplit(answer.headers["Location"][0])
    assert location.netloc == "newsreel-test-media.s3.eu-central-1.amazonaws.com"
    assert location.path == f"/incoming/{VIDEO}/preview.mp4"
    query = parse_qs(location.query)
    assert query["versionId"][0]
    assert int(query["X-Amz-Expires"][0]) <= 3600
    assert query["response-content-disposition"] == ['attachment; filename="preview.mp4"']


@pytest.mark.thorough
def test_a_file_keeps_its_unicode_name(cookie: str) -> None:
    upload("héllo wörld+1 %2B.MP4", make(media_files.WEB))
    url = url_of(cookie, "hello-world-1-2b-mp4")
    assert url.endswith("/h%C3%A9llo%20w%C3%B6rld%2B1%20_2B.MP4")
    location = urlsplit(follow(url).headers["Location"][0])
    assert unquote(location.path) == f"/incoming/{VIDEO}/héllo wörld+1 %2B.MP4"
    disposition = parse_qs(location.query)["response-content-disposition"][0]
    assert disposition.endswith("filename*=UTF-8''h%C3%A9llo%20w%C3%B6rld+1%20%252B.MP4")


@pytest.mark.thorough
def test_a_program_may_ask_for_the_url_instead(cookie: str) -> None:
    answer = follow(url_of(cookie), query={"redirect": "false", "utm_source": "mail"})
    assert answer.status == 200
    assert answer.json["url"].startswith("https://newsreel-test-media.s3.")
    assert answer.json["expires_in"] <= 3600
    assert answer.json["checksums"][0]["algorithm"] == "SHA256"
    assert follow(url_of(cookie), query={"redirect": "maybe"}).status == 422


@pytest.mark.thorough
def test_a_head_leads_to_a_url_presigned_for_head_and_is_no_download(
    cloud: Cloud, cookie: str
) -> None:
    url = url_of(cookie)
    head, get = (follow(url, method).headers["Location"][0] for method in ("HEAD", "GET"))
    signatures = {
        parse_qs(urlsplit(address).query)["X-Amz-Signature"][0] for address in (head, get)
    }
    assert len(signatures) == 2
    assert len(downloads(cloud)) == 1


@pytest.mark.thorough
def test_the_calls_of_each_route_are_counted(cookie: str) -> None:
    follow(url_of(cookie))  # this environment has read its addresses, secrets and role
    with observed() as calls:
        url = url_of(cookie)
    assert [name for name, _ in calls] == ["BatchGetItem", "GetItem"]
    with observed() as calls:
        follow(url)
    assert [name for name, _ in calls] == ["BatchGetItem", "PutItem"]
    with observed() as calls:
        follow(url, "HEAD")
    assert [name for name, _ in calls] == ["BatchGetItem"]


@pytest.mark.thorough
def test_a_hit_reads_nothing_of_the_account_but_its_epoch(cookie: str) -> None:
    url = url_of(cookie)
    with observed() as calls:
        follow(url)
    requested_tables = calls[0][1]["RequestItems"]
    assert requested_tables["accounts"]["ProjectionExpression"] == "pk, sk, epoch"
    assert requested_tables["accounts"]["ConsistentRead"]


@pytest.mark.thorough
def test_a_download_is_noted_once_per_link_and_day(
    cloud: Cloud, cookie: str, fake_clock: FakeClock
) -> None:
    url = url_of(cookie)
    for _ in range(5):
        follow(url)
    assert len(downloads(cloud)) == 1
    noted = downloads(cloud)[0]
    assert noted["video_id"]["S"] == VIDEO
    assert noted["rendition_id"]["S"] == "preview-mp4"
    assert int(noted["ttl"]["N"]) == int(fake_clock.time.timestamp()) + 90 * 24 * 3600
    fake_clock.forward(days=1)
    follow(url)
    assert len(downloads(cloud)) == 2


@pytest.mark.thorough
def test_parallel_ranges_of_one_download_all_succeed(cloud: Cloud, cookie: str) -> None:
    url = url_of(cookie)
    follow(url, "HEAD")
    statuses: list[int] = []
    threads = [
        threading.Thread(target=lambda: statuses.append(follow(url).status)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [302] * 8
    assert len(downloads(cloud)) == 1


@pytest.mark.thorough
def test_without_a_session_there_is_no_link(cloud: Cloud, cookie: str) -> None:
    assert make_link(None).code == "not_signed_in"
    assert make_link("__Host-session=" + "0" * 32 + "." + "A" * 43).code == "not_signed_in"


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("video_id", "rendition"),
    [
        (VIDEO, "unknown-mp4"),
        (VIDEO, "../../receipts/x"),
        (VIDEO, "incoming/x/preview.mp4"),
        ("unknown", "preview-mp4"),
        ("..", "preview-mp4"),
        ("RECEIPT#x", "preview-mp4"),
    ],
)
def test_an_unknown_video_or_file_has_no_link(cookie: str, video_id: str, rendition: str) -> None:
    answer = make_link(cookie, rendition, video_id)
    assert (answer.status, answer.code) in {(404, "not_available"), (404, "no_such_route")}


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("raw", "status"),
    [
        ("{}", 422),
        ('{"rendition": 5}', 422),
        ('{"rendition": null}', 422),
        ('{"rendition": ""}', 422),
        ('{"rendition": "a", "account_id": "b"}', 422),
        ('{"rendition": "' + "x" * 500 + '"}', 422),
        ("{", 400),
        ("[]", 400),
        ('{"rendition": "' + "x" * 20_000 + '"}', 413),
    ],
    ids=lambda value: str(value)[:24],
)
def test_an_invalid_body_is_refused(cookie: str, raw: str, status: int) -> None:
    path = {"video_id": VIDEO}
    answer = call(app, "POST", LINK, path=path, raw_body=raw, cookie=cookie)
    assert answer.status == status
    headers = {"Content-Type": "text/plain"}
    answer = call(app, "POST", LINK, path=path, raw_body="{}", cookie=cookie, headers=headers)
    assert answer.status == 415


@pytest.mark.thorough
def test_a_link_made_from_another_site_is_refused(cookie: str) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    path, body = {"video_id": VIDEO}, {"rendition": "preview-mp4"}
    answer = call(app, "POST", LINK, path=path, body=body, cookie=cookie, headers=headers)
    assert answer.code == "cross_site"


def refused(url: str) -> dict[str, Any]:
    """Return the answer for a program; a page shows a browser the same."""
    answer = follow(url, headers=PROGRAM)
    assert (answer.status, answer.code) == (410, "link_refused")
    assert answer.json["next"] == "make_new_link"
    browser = follow(url, headers=BROWSER)
    assert browser.status == 303
    location = urlsplit(browser.headers["Location"][0])
    assert f"{location.scheme}://{location.netloc}{location.path}" == f"{SITE_URL}/link"
    assert parse_qs(location.query)["reason"] == [answer.json["reason"]]
    assert follow(url, "HEAD").status == 410
    return answer.json


@pytest.mark.thorough
def test_a_link_ends_after_seven_days(cookie: str, fake_clock: FakeClock) -> None:
    url = url_of(cookie)
    fake_clock.forward(days=7, seconds=-1)
    assert follow(url).status == 302
    fake_clock.forward(seconds=1)
    refusal = refused(url)
    assert (refusal["reason"], refusal["video_id"]) == ("expired", VIDEO)


@pytest.mark.thorough
def test_a_bumped_epoch_ends_every_link_of_the_account(cloud: Cloud, cookie: str) -> None:
    url = url_of(cookie)
    cloud.dynamodb.update_item(
        TableName="accounts",
        Key={"pk": {"S": account_id(cloud)}, "sk": {"S": "ACCOUNT"}},
        UpdateExpression="SET epoch = epoch + :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
    )
    assert refused(url)["reason"] == "ended"


@pytest.mark.thorough
def test_a_deleted_account_has_no_links(cloud: Cloud, cookie: str) -> None:
    url = url_of(cookie)
    cloud.dynamodb.delete_item(
        TableName="accounts", Key={"pk": {"S": account_id(cloud)}, "sk": {"S": "ACCOUNT"}}
    )
    assert refused(url)["reason"] == "ended"


@pytest.mark.thorough
def test_a_withdrawn_video_stops_its_links_and_a_new_one(cookie: str) -> None:
    url = url_of(cookie)
    describe(status="withdrawn")
    assert refused(url)["reason"] == "withdrawn"
    assert make_link(cookie).code == "withdrawn"


@pytest.mark.thorough
def test_a_video_taken_back_under_embargo_is_gone(cookie: str) -> None:
    url = url_of(cookie)
    describe(publish_at="2026-02-14T09:00:00Z")
    refusal = refused(url)
    assert (refusal["reason"], refusal["video_id"]) == ("gone", None)
    assert make_link(cookie).code == "not_available"


@pytest.mark.thorough
def test_a_removed_file_is_gone(cookie: str) -> None:
    upload("web.mp4", make(media_files.WEB))
    url = url_of(cookie, "web-mp4")
    remove("web.mp4")
    assert refused(url)["reason"] == "gone"


@pytest.mark.thorough
def test_a_replaced_file_is_refused_so_that_no_download_mixes_two(cookie: str) -> None:
    url = url_of(cookie)
    upload("preview.mp4", make(media_files.WEB))
    describe(files={"preview.mp4": {"kind": "preview"}})
    refusal = refused(url)
    assert refusal["reason"] == "replaced"
    assert refusal["at"]


@pytest.mark.thorough
def test_the_same_bytes_uploaded_again_are_still_that_file(
    cookie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = url_of(cookie)
    listing = MediaBucket.list_folder

    def a_minute_later(self: MediaBucket, video_id: str) -> list[Listed]:
        return [replace(entry, since="2026-02-14T02:05:00Z") for entry in listing(self, video_id)]

    monkeypatch.setattr(MediaBucket, "list_folder", a_minute_later)
    upload("preview.mp4", make(media_files.PREVIEW))
    key = f"incoming/{VIDEO}/preview.mp4"
    newest = clients.s3().head_object(Bucket="newsreel-test-media", Key=key)["VersionId"]
    location = urlsplit(follow(url).headers["Location"][0])
    # The bucket's lifecycle removes the old version, so the link must lead to the new one.
    assert parse_qs(location.query)["versionId"] == [newest]


@pytest.mark.thorough
def test_a_presigned_url_never_outlives_a_withdrawal(cookie: str, fake_clock: FakeClock) -> None:
    describe(withdraw_at="2026-02-14T02:09:00Z")
    location = urlsplit(follow(url_of(cookie)).headers["Location"][0])
    assert parse_qs(location.query)["X-Amz-Expires"] == ["300"]


@pytest.mark.thorough
def test_a_presigned_url_never_outlives_its_role(cookie: str, fake_clock: FakeClock) -> None:
    url = url_of(cookie)
    follow(url)
    assert app.signer._until is not None
    app.signer._until = fake_clock.time + timedelta(minutes=21)
    location = urlsplit(follow(url).headers["Location"][0])
    assert parse_qs(location.query)["X-Amz-Expires"] == [str(21 * 60)]


@pytest.mark.thorough
@pytest.mark.parametrize(
    "token",
    ["x", "..", "k1." + "A" * 100, "k9." + "A" * 100, "k1.%2e%2e", "k1." + "A" * 3000, "k1.é"],
)
def test_a_forged_token_is_refused_without_an_aws_call(
    cloud: Cloud, cookie: str, token: str
) -> None:
    follow(url_of(cookie))
    path = {"token": token, "file_name": "a.mp4"}
    with observed() as calls:
        answer = call(app, "GET", FOLLOW, path=path, headers=PROGRAM)
    assert (answer.status, answer.code) in {(410, "link_refused"), (404, "no_such_route")}
    assert calls == []


def test_a_token_that_was_changed_is_refused(cookie: str) -> None:
    url = url_of(cookie)
    head, token, name = re.fullmatch(r"(.*/downloads/)([^/]+)(/.*)", url).groups()  # type: ignore[union-attr]
    for position in (3, 10, len(token) // 2, len(token) - 4):
        other = "A" if token[position] != "A" else "B"
        changed = f"{token[:position]}{other}{token[position + 1 :]}"
        assert refused(f"{head}{changed}{name}")["reason"] == "invalid"


@pytest.mark.thorough
def test_the_name_in_the_path_means_nothing(cookie: str) -> None:
    url = url_of(cookie)
    other = url.rpartition("/")[0] + "/..%2F..%2Fetc%2Fpasswd"
    location = urlsplit(follow(other).headers["Location"][0])
    assert location.path == f"/incoming/{VIDEO}/preview.mp4"


@pytest.mark.thorough
def test_a_link_says_nothing_about_its_account(cloud: Cloud, cookie: str) -> None:
    url = url_of(cookie)
    assert account_id(cloud).removeprefix("ACCOUNT#") not in url
    assert account_id(cloud).removeprefix("ACCOUNT#") not in follow(url).headers["Location"][0]
    assert "reporter" not in url


@pytest.mark.thorough
def test_a_download_appears_in_its_owners_history(cookie: str, fake_clock: FakeClock) -> None:
    assert follow(url_of(cookie)).status == 302
    history = call(account_app, "GET", "/account/downloads", cookie=cookie)
    entry = {"video_id": VIDEO, "rendition_id": "preview-mp4"}
    assert history.json["items"] == [{**entry, "downloaded_at": "2026-02-14T02:04:00Z"}]
