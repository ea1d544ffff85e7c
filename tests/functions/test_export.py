"""The export of an account: everything that is held, in parts, without a secret."""

import hashlib
import json
import re
from typing import Any

import pytest
from newsreel import clock
from newsreel.accounts.table import downloads, held_items
from newsreel.accounts.table.base import AccountsTable
from newsreel.accounts.table.subscribers import shard_of
from newsreel.aws.items import from_item
from newsreel.mail_table import held_back
from newsreel.mail_table.marks import MarksTable

from functions.credentials import app as credentials_app
from functions.newsletter import app as newsletter_app
from tests.support import uploads
from tests.support.accounts import Reply, call, items, log_in, open_account, read_account
from tests.support.cloud import Cloud, FakeClock
from tests.support.invariants import redrive
from tests.support.mail_items import name_of
from tests.support.scenarios import publish

ADDRESS = "jane@example.org"
PLACES = {"pk", "sk", "ttl", "work", "entity"}
LAMBDA_TAKES = 6_000_000


@pytest.fixture
def jane(cloud: Cloud, fake_clock: FakeClock) -> Reply:
    """An account with something of every kind."""
    publish()
    reply = open_account(cloud.dynamodb, ADDRESS)
    redrive()
    body = {"text_version": "2026-01", "language": "en"}
    call(newsletter_app, "PUT", "/account/newsletter", body=body, cookie=reply.cookie)
    uploads.follow(uploads.make_link(reply.cookie).json["download_url"])
    log_in(ADDRESS, "Wrong-Otter-44-Maps")
    log_in(ADDRESS)
    redrive()
    until = clock.epoch() + 86_400
    held_back.mute("mail", name_of(ADDRESS), until=until, now=clock.epoch())
    owner = account_id(reply)
    MarksTable("mail").claim("2026-02-13", shard_of(owner), owner, worker="w", now=clock.epoch())
    return reply


def account_id(reply: Reply) -> str:
    return str(reply.json["account"]["account_id"])


def part(cookie: str, cursor: str | None = None) -> Reply:
    query = {"cursor": cursor} if cursor else None
    return call(credentials_app, "GET", "/account/export", cookie=cookie, query=query)


def export(cookie: str) -> list[dict[str, Any]]:
    """Return all parts, as the page puts them together."""
    items: list[dict[str, Any]] = []
    cursor: str | None = None
    for _ in range(50):
        reply = part(cookie, cursor)
        assert reply.status == 200
        assert len(reply.text.encode()) < LAMBDA_TAKES
        items += reply.json["items"]
        cursor = reply.json["next_cursor"]
        if cursor is None:
            return items
    raise AssertionError("an export without an end")


def held(cloud: Cloud, owner: str) -> list[dict[str, Any]]:
    """Return every item of both tables whose key names the account or its address."""
    marks = (owner, name_of(ADDRESS), hashlib.sha256(ADDRESS.encode()).hexdigest())
    tables = [cloud.dynamodb.scan(TableName=name)["Items"] for name in ("accounts", "mail")]
    items = [from_item(item) for table in tables for item in table]
    return [one for one in items if any(mark in str(one["pk"]) + str(one["sk"]) for mark in marks)]


@pytest.mark.thorough
def test_everything_that_is_held_of_an_account_is_in_its_export(cloud: Cloud, jane: Reply) -> None:
    exported = export(jane.cookie)
    found = held(cloud, account_id(jane))
    assert {str(one.get("entity")) for one in found} == {
        "account",
        "session",
        "device",
        "consent",
        "download",
        "notice",
        "journal",
        "use",
        "email_reservation",
        "log_in_failures",
        "trail",
        "suppression",
        "budget",
        "None",  # the mark of an edition
    }
    for item in found:
        names = item.keys() - PLACES
        assert [
            one
            for one in exported
            if names <= one["values"].keys() | set(one["left_out"])
            and all(one["values"][name] == item[name] for name in names - set(one["left_out"]))
        ], item


def test_no_hash_and_no_other_secret_is_told_but_each_is_named(cloud: Cloud, jane: Reply) -> None:
    exported = export(jane.cookie)
    account = next(one for one in exported if one["kind"] == "account")
    assert account["left_out"] == ["email_change", "password_hash", "session_list"]
    assert {tuple(one["left_out"]) for one in exported if one["kind"] == "session"} == {
        ("session_key",)
    }
    text = json.dumps(exported)
    assert "argon2" not in text
    assert re.findall(r"[0-9a-f]{64}", text) == []


def test_what_is_told_of_an_account_is_what_was_entered(jane: Reply) -> None:
    exported = export(jane.cookie)
    account = next(one for one in exported if one["kind"] == "account")["values"]
    assert (account["email"], account["newsletter"], account["language"]) == (ADDRESS, True, "en")
    assert sorted(one["values"]["subject"] for one in exported if one["kind"] == "consent") == [
        "newsletter",
        "terms",
    ]


@pytest.mark.thorough
def test_a_large_account_comes_in_parts_of_which_none_is_lost_or_twice(
    cloud: Cloud, jane: Reply
) -> None:
    owner, table = account_id(jane), AccountsTable("accounts")
    for number in range(60):
        details = {"video_id": f"v{number}", "rendition_id": "r" * 60_000}
        downloads.note(table, owner, f"{number:016x}", details, now=clock.epoch())
    exported = export(jane.cookie)
    ids = [one["values"]["video_id"] for one in exported if one["kind"] == "download"]
    assert len(ids) == len(set(ids)) == 61


@pytest.mark.thorough
def test_a_cursor_tells_no_hash_and_is_followed_all_the_same(
    cloud: Cloud, jane: Reply, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = len(export(jane.cookie))
    page = held_items.page

    def one_at_a_time(name: str, partition: str, *, after: str) -> Any:
        items, last = page(name, partition, after=after)
        return items[:1], str(items[0]["sk"]) if len(items) > 1 or last else None

    monkeypatch.setattr(held_items, "page", one_at_a_time)
    cursors, items, cursor = [], 0, None
    for _ in range(60):
        reply = part(jane.cookie, cursor)
        items += len(reply.json["items"])
        cursor = reply.json["next_cursor"]
        if cursor is None:
            break
        cursors.append(cursor)
    assert [one for one in cursors if re.search(r"[0-9a-f]{33}", one)] == []
    assert items == whole + 1, "the second export is in the journal too"


@pytest.mark.thorough
def test_the_first_part_is_noted_in_the_journal(jane: Reply) -> None:
    export(jane.cookie)
    exported = [one["values"] for one in export(jane.cookie) if one["kind"] == "journal"]
    assert [one["kind"] for one in exported].count("exported") == 2


@pytest.mark.parametrize("cursor", ["x", "account", "trail", "account#é", "#" * 300, "rest#"])
def test_a_made_up_place_is_refused(jane: Reply, cursor: str) -> None:
    assert part(jane.cookie, cursor).code == "fields_rejected"


@pytest.mark.thorough
def test_a_place_in_another_account_cannot_be_named(cloud: Cloud, jane: Reply) -> None:
    joe = open_account(cloud.dynamodb, "joe@example.org")
    for cursor in ("account#", "account#ACCOUNT", "trail0#", "trail99#", "rest"):
        assert ADDRESS not in part(joe.cookie, cursor).text


def test_an_export_needs_a_session_and_changes_nothing_of_it(jane: Reply) -> None:
    assert part("").code == "not_signed_in"
    assert read_account(jane.cookie).status == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_cannot_have_exports_noted_in_the_journal(
    cloud: Cloud, jane: Reply, site: str
) -> None:
    # A link or a new window there sends the session's cookie along (SameSite=Lax).
    reply = call(
        credentials_app,
        "GET",
        "/account/export",
        cookie=jane.cookie,
        headers={"Sec-Fetch-Site": site},
    )
    assert reply.code == "cross_site"
    kinds = {one["kind"]["S"] for one in items(cloud.dynamodb, "journal")}
    assert kinds == {"registered", "logged_in"}
