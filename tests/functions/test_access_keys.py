"""Access keys of newsroom systems: shown once, good for videos alone, never for the account."""

from collections.abc import Callable, Iterator

import pytest

from functions.account import app as account_app
from functions.catalogue import app as catalogue_app
from functions.credentials import app as credentials_app
from functions.downloads import app as downloads_app
from tests.support import uploads
from tests.support.accounts import Reply, call, deliver, items, newest_code, open_account
from tests.support.cloud import Cloud, FakeClock
from tests.support.credentials import (
    ADDRESS,
    KEYS,
    NEW_ADDRESS,
    WRONG,
    bearer,
    change_password,
    confirm_change,
    list_keys,
    mails_to,
    make_key,
    notify,
    revoke_key,
    start_change,
    undo,
    undo_token,
)
from tests.support.reset_steps import complete, proved_reset
from tests.support.scenarios import TERMS, publish

READS: tuple[tuple[str, dict[str, str]], ...] = (
    ("/videos", {}),
    ("/videos/changes", {}),
    ("/videos/{video_id}", {"video_id": uploads.VIDEO}),
    ("/videos/{video_id}/transcript", {"video_id": uploads.VIDEO}),
    ("/videos/{video_id}/transcript.txt", {"video_id": uploads.VIDEO}),
)


@pytest.fixture
def jane(cloud: Cloud, fake_clock: FakeClock) -> str:
    """Open Jane's account, publish a video, and return her browser's cookies."""
    publish()
    cookie = open_account(cloud.dynamodb, ADDRESS).cookie
    fake_clock.forward(minutes=1)
    return cookie


@pytest.fixture
def key(jane: str) -> str:
    return str(make_key(jane).json["key"])


def read(resource: str, path: dict[str, str], key: str) -> Reply:
    return call(catalogue_app, "GET", resource, path=path, headers=bearer(key))


def download(key: str, **event: object) -> Reply:
    body = {"rendition": "preview-mp4", "terms_version": TERMS}
    path = {"video_id": uploads.VIDEO}
    return call(
        downloads_app, "POST", uploads.LINK, path=path, body=body, headers=bearer(key), **event
    )


@pytest.mark.thorough
def test_a_key_is_shown_once_and_kept_as_a_hash(cloud: Cloud, jane: str) -> None:
    made = make_key(jane)
    assert made.status == 201
    secret = made.json["key"].partition(".")[2]
    assert made.json["key"].startswith("nrk_")
    assert len(secret) == 43
    [shown] = list_keys(jane).json["items"]
    assert shown == {
        "key_id": made.json["key_id"],
        "name": "Playout server",
        "scopes": ["catalogue", "download"],
        "created_at": "2026-02-14T02:05:00Z",
        "last_used_at": None,
    }
    assert secret not in str(items(cloud.dynamodb, "access_key"))


@pytest.mark.thorough
def test_a_key_makes_download_links(key: str) -> None:
    reply = download(key)
    assert reply.status == 201
    assert uploads.follow(reply.json["download_url"]).status == 302


@pytest.mark.parametrize(("resource", "path"), READS)
def test_a_key_reads_the_catalogue_and_no_cache_keeps_it_for_others(
    key: str, resource: str, path: dict[str, str]
) -> None:
    reply = read(resource, path, key)
    assert reply.status == 200
    assert reply.headers["Cache-Control"] == ["no-store"]


def test_the_catalogue_stays_open_without_a_key(jane: str) -> None:
    for resource, path in READS:
        assert call(catalogue_app, "GET", resource, path=path).status == 200


def test_a_key_needs_no_header_of_a_browser(key: str) -> None:
    assert download(key).status == 201
    foreign = {**bearer(key), "Origin": "https://elsewhere.example"}
    body = {"rendition": "preview-mp4", "terms_version": TERMS}
    path = {"video_id": uploads.VIDEO}
    reply = call(downloads_app, "POST", uploads.LINK, path=path, body=body, headers=foreign)
    assert reply.status == 201


def test_a_key_is_good_for_its_scopes_alone(jane: str) -> None:
    only_reads = make_key(jane, ("catalogue",)).json["key"]
    only_loads = make_key(jane, ("download",)).json["key"]
    refused = download(only_reads)
    assert (refused.status, refused.code) == (403, "key_not_allowed")
    assert (refused.json["scope"], refused.json["next"]) == ("download", "make_key")
    assert read("/videos", {}, only_loads).code == "key_not_allowed"
    assert download(only_loads).status == 201


def test_a_key_opens_no_route_of_the_account(key: str) -> None:
    routes = [
        (app, route)
        for app in (account_app, credentials_app)
        for route in app.api.routes
        if route.path.startswith("/account")
    ]
    assert len(routes) > 10
    for app, route in routes:
        assert not route.scope
        path = {part.strip("{}"): "x" for part in route.path.split("/") if part.startswith("{")}
        body: object = {} if route.body else None
        reply = call(app, route.method, route.path, path=path, body=body, headers=bearer(key))
        assert (reply.status, reply.code) == (401, "not_signed_in"), route.path


def test_a_key_beside_a_cookie_does_not_hide_where_a_change_comes_from(jane: str, key: str) -> None:
    foreign = {**bearer(key), "Sec-Fetch-Site": "cross-site"}
    body = {"language": "fr"}
    reply = call(account_app, "PATCH", "/account", cookie=jane, body=body, headers=foreign)
    assert reply.code == "cross_site"


def test_a_bad_key_is_refused_even_beside_a_good_cookie(jane: str) -> None:
    reply = download("nrk_x", cookie=jane)
    assert (reply.status, reply.code) == (401, "key_refused")


@pytest.mark.parametrize(
    "damage",
    [
        lambda key: "",
        lambda key: key[:-1],
        lambda key: key + "x",
        lambda key: key.removeprefix("nrk_"),
        lambda key: key[:-1] + ("A" if key[-1] != "A" else "B"),
        lambda key: "nrk_" + "0" * 32 + key[36:],
    ],
)
def test_what_is_no_key_is_refused(key: str, damage: Callable[[str], str]) -> None:
    broken = damage(key)
    assert download(broken).code == "key_refused"
    assert read("/videos", {}, broken).code == "key_refused"


@pytest.mark.thorough
def test_its_last_use_is_kept_to_the_hour(
    cloud: Cloud, jane: str, key: str, fake_clock: FakeClock
) -> None:
    def last() -> object:
        return list_keys(jane).json["items"][0]["last_used_at"]

    download(key)
    assert last() == "2026-02-14T02:05:00Z"
    fake_clock.forward(minutes=59)
    read("/videos", {}, key)
    assert last() == "2026-02-14T02:05:00Z"
    fake_clock.forward(minutes=1)
    read("/videos", {}, key)
    assert last() == "2026-02-14T03:05:00Z"


def test_a_revoked_key_ends_at_once_and_the_others_stay(jane: str, key: str) -> None:
    other = make_key(jane, name="Archive").json
    path_id = [one["key_id"] for one in list_keys(jane).json["items"] if one["name"] != "Archive"]
    assert revoke_key(jane, path_id[0]).status == 204
    assert download(key).code == "key_refused"
    assert download(other["key"]).status == 201
    assert [one["name"] for one in list_keys(jane).json["items"]] == ["Archive"]
    assert revoke_key(jane, path_id[0]).status == 204


@pytest.mark.thorough
def test_a_revoked_key_ends_the_links_that_it_made_and_no_others(jane: str, key: str) -> None:
    other = str(make_key(jane, name="Archive").json["key"])
    links = [download(one).json["download_url"] for one in (key, other)]
    links.append(uploads.make_link(jane).json["download_url"])
    assert [uploads.follow(one).status for one in links] == [302, 302, 302]
    ids = {one["name"]: one["key_id"] for one in list_keys(jane).json["items"]}
    archive = ids.pop("Archive")
    assert revoke_key(jane, *ids.values()).status == 204
    refused = uploads.follow(links[0])
    assert (refused.status, refused.json["reason"]) == (410, "ended")
    assert [uploads.follow(one).status for one in links[1:]] == [302, 302]
    assert revoke_key(jane, archive).status == 204
    assert [uploads.follow(one).status for one in links] == [410, 410, 302]


def test_nobody_revokes_the_key_of_another_account(cloud: Cloud, jane: str, key: str) -> None:
    joe = open_account(cloud.dynamodb, "joe@example.org").cookie
    [shown] = list_keys(jane).json["items"]
    assert revoke_key(joe, shown["key_id"]).status == 204
    assert revoke_key(jane, "").status in {204, 404}
    assert download(key).status == 201


def test_a_new_password_keeps_keys(jane: str, key: str) -> None:
    assert change_password(jane).status == 204
    assert download(key).status == 201


@pytest.mark.thorough
def test_a_reset_ends_every_key(cloud: Cloud, jane: str, key: str) -> None:
    assert complete(*proved_reset(cloud.dynamodb, ADDRESS)).status == 204
    assert download(key).code == "key_refused"
    assert read("/videos", {}, key).code == "key_refused"
    notify(cloud.dynamodb)
    assert "every access key" in dict(mails_to(ADDRESS))["Your password was changed"]


@pytest.mark.thorough
def test_a_change_of_address_keeps_keys_and_its_undoing_ends_them(
    cloud: Cloud, jane: str, key: str, fake_clock: FakeClock
) -> None:
    change_id = start_change(jane).json["change_id"]
    deliver(cloud.dynamodb)
    renewed = confirm_change(jane, change_id, newest_code(NEW_ADDRESS)).cookie
    notify(cloud.dynamodb)
    assert download(key).status == 201
    later = make_key(renewed, name="Of a thief").json["key"]
    assert undo(undo_token()).status == 204
    assert [download(one).code for one in (key, later)] == ["key_refused"] * 2


def test_a_key_wants_the_password(cloud: Cloud, jane: str) -> None:
    refused = make_key(jane, password=WRONG)
    assert (refused.status, refused.code) == (403, "wrong_password")
    assert items(cloud.dynamodb, "access_key") == []


@pytest.mark.parametrize(
    "body",
    [
        {"name": "", "scopes": ["catalogue"]},
        {"name": "   ", "scopes": ["catalogue"]},
        {"name": "x" * 61, "scopes": ["catalogue"]},
        {"name": "x", "scopes": []},
        {"name": "x", "scopes": ["account"]},
    ],
)
def test_a_key_without_a_name_or_a_known_scope_is_refused(
    jane: str, body: dict[str, object]
) -> None:
    given = {**body, "current_password": WRONG}
    reply = call(credentials_app, "POST", KEYS, cookie=jane, body=given)
    assert (reply.status, reply.code) == (422, "fields_rejected")


@pytest.mark.thorough
def test_an_account_has_at_most_twenty_keys_and_ending_one_makes_room(jane: str) -> None:
    for number in range(20):
        assert make_key(jane, name=f"Key {number}").status == 201
    refused = make_key(jane)
    assert (refused.status, refused.code, refused.json["next"]) == (
        409,
        "too_many_keys",
        "revoke_key",
    )
    revoke_key(jane, list_keys(jane).json["items"][0]["key_id"])
    assert make_key(jane).status == 201


def test_keys_that_a_reset_ended_take_no_room(cloud: Cloud, jane: str) -> None:
    for _ in range(3):
        make_key(jane)
    [account] = items(cloud.dynamodb, "account")
    raised = {**account, "key_epoch": {"N": "2"}}
    cloud.dynamodb.put_item(TableName="accounts", Item=raised)
    assert list_keys(jane).json["items"] == []
    assert make_key(jane).status == 201
    assert len(items(cloud.dynamodb, "access_key")) == 1


def test_the_owner_gets_a_notice(cloud: Cloud, key: str) -> None:
    notify(cloud.dynamodb)
    text = dict(mails_to(ADDRESS))["An access key was made for your account"]
    assert "made an access key" in text


@pytest.fixture(autouse=True)
def _no_signer_kept() -> Iterator[None]:
    """Make no test use the signer's role that another one assumed."""
    yield
    downloads_app.signer.forget()
