"""The journal: which security events an account's owner reads, and what is kept of each."""

import json
from typing import Any

import pytest
from newsreel.policy import DAY

from functions.account import app as account_app
from tests.support.accounts import (
    Reply,
    call,
    items,
    log_in,
    log_out,
    open_account,
)
from tests.support.cloud import Cloud, FakeClock
from tests.support.credentials import NEW
from tests.support.reset_steps import complete, proved_reset

ADDRESS = "jane@example.org"
FIREFOX = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}


@pytest.fixture
def jane(cloud: Cloud, fake_clock: FakeClock) -> Reply:
    return open_account(cloud.dynamodb, ADDRESS)


def journal(cookie: str, **more: Any) -> list[dict[str, Any]]:
    reply = call(account_app, "GET", "/account/journal", cookie=cookie, **more)
    assert reply.status == 200
    listed: list[dict[str, Any]] = reply.json["items"]
    return listed


def kinds(cookie: str) -> list[str]:
    return [event["kind"] for event in journal(cookie)]


@pytest.mark.thorough
def test_what_happens_to_an_account_is_read_newest_first(
    cloud: Cloud, jane: Reply, fake_clock: FakeClock
) -> None:
    fake_clock.forward(minutes=1)
    other = log_in(ADDRESS)
    fake_clock.forward(minutes=1)
    log_out(other.cookie)
    fake_clock.forward(minutes=1)
    log_in(ADDRESS)
    fake_clock.forward(minutes=1)
    call(account_app, "DELETE", "/account/sessions/others", cookie=jane.cookie)
    assert kinds(jane.cookie) == [
        "sessions_ended",
        "logged_in",
        "logged_out",
        "logged_in",
        "registered",
    ]


def test_an_event_tells_when_and_in_which_browser(jane: Reply) -> None:
    call(account_app, "DELETE", "/account/sessions/others", cookie=jane.cookie, headers=FIREFOX)
    assert kinds(jane.cookie) == ["registered"], "nothing ended, so nothing happened"
    log_in(ADDRESS)
    call(account_app, "DELETE", "/account/sessions/others", cookie=jane.cookie, headers=FIREFOX)
    [ended] = [event for event in journal(jane.cookie) if event["kind"] == "sessions_ended"]
    assert ended == {
        "kind": "sessions_ended",
        "at": "2026-02-14T02:04:00Z",
        "browser": "Firefox, Linux",
        "actor": "owner",
    }


@pytest.mark.thorough
def test_a_password_reset_is_told_in_two_steps(
    cloud: Cloud, jane: Reply, fake_clock: FakeClock
) -> None:
    fake_clock.forward(seconds=1)
    reset_id, token = proved_reset(cloud.dynamodb, ADDRESS)
    fake_clock.forward(seconds=1)
    assert complete(reset_id, token).status == 204
    fake_clock.forward(seconds=1)
    assert kinds(log_in(ADDRESS, NEW).cookie)[:3] == [
        "logged_in",
        "password_reset",
        "reset_code_entered",
    ]


def test_no_event_holds_an_address_a_network_address_or_a_secret(cloud: Cloud, jane: Reply) -> None:
    log_in(ADDRESS)
    kept = items(cloud.dynamodb, "journal")
    assert {name for one in kept for name in one} == {
        "pk",
        "sk",
        "ttl",
        "entity",
        "account_id",
        "event_id",
        "kind",
        "at",
        "browser",
        "actor",
    }
    assert [word for word in (ADDRESS, "jane", "192.0.2") if word in json.dumps(kept)] == []


@pytest.mark.thorough
def test_long_journals_are_read_page_by_page(
    cloud: Cloud, jane: Reply, fake_clock: FakeClock
) -> None:
    for _ in range(55):
        fake_clock.forward(seconds=1)
        log_in(ADDRESS)
    first = call(account_app, "GET", "/account/journal", cookie=jane.cookie)
    assert first.status == 401, "fifty sessions are the most, so the oldest has ended"
    cookie = log_in(ADDRESS).cookie
    first = call(account_app, "GET", "/account/journal", cookie=cookie)
    assert len(first.json["items"]) == 50
    rest = journal(cookie, query={"cursor": first.json["next_cursor"]})
    assert len(rest) == 7
    assert rest[-1]["kind"] == "registered"


def test_an_event_is_forgotten_after_twelve_months_however_late_the_table_deletes_it(
    cloud: Cloud, jane: Reply, fake_clock: FakeClock
) -> None:
    [kept] = items(cloud.dynamodb, "journal")
    assert int(kept["ttl"]["N"]) - int(kept["at"]["N"]) == 365 * DAY
    fake_clock.forward(days=365, seconds=-1)
    cookie = log_in(ADDRESS).cookie
    assert kinds(cookie) == ["logged_in", "registered"]
    fake_clock.forward(seconds=1)
    assert kinds(cookie) == ["logged_in"]


def test_nobody_reads_the_journal_of_another(cloud: Cloud, jane: Reply) -> None:
    joe = open_account(cloud.dynamodb, "joe@example.org")
    log_in(ADDRESS)
    assert kinds(joe.cookie) == ["registered"]


@pytest.mark.thorough
@pytest.mark.parametrize("cursor", ["", "x", "1" * 12 + "#", "1" * 12 + "#" + "g" * 16, "#" * 300])
def test_a_made_up_place_in_the_journal_is_refused(jane: Reply, cursor: str) -> None:
    query = {"cursor": cursor}
    reply = call(account_app, "GET", "/account/journal", cookie=jane.cookie, query=query)
    assert (reply.status, reply.json["errors"][0]["field"]) == (422, "cursor")
