"""What an account's owner sees and changes: profile, newsletter, terms, sessions, downloads."""

import hashlib
from typing import Any

import pytest
from newsreel import clock
from newsreel.accounts.table import downloads
from newsreel.accounts.table.base import AccountsTable
from newsreel.accounts.web import models
from newsreel.texts.messages import LANGUAGES

from functions.account import app as account_app
from functions.newsletter import app as newsletter_app
from functions.sessions import app as sessions_app
from tests.support.accounts import PASSWORD, Reply, call, items, log_in, open_account, read_account
from tests.support.cloud import Cloud, FakeClock

ADDRESS = "jane@example.org"


@pytest.fixture
def jane(cloud: Cloud, fake_clock: FakeClock) -> Reply:
    return open_account(cloud.dynamodb, ADDRESS)


def ask(jane: Reply, method: str, resource: str, **more: Any) -> Reply:
    app = newsletter_app if resource.endswith("newsletter") else account_app
    return call(app, method, resource, cookie=jane.cookie, **more)


@pytest.mark.thorough
def test_the_account_shows_no_secret(jane: Reply) -> None:
    assert read_account(jane.cookie).json == {
        "account_id": jane.json["account"]["account_id"],
        "email": ADDRESS,
        "language": "en",
        "newsletter": False,
        "newsletter_since": None,
        "terms_version": None,
        "created_at": "2026-02-14T02:04:00Z",
    }


def test_the_languages_of_routes_are_those_of_the_words() -> None:
    assert models.Language.__args__ == LANGUAGES  # type: ignore[attr-defined]


def test_the_language_can_be_changed(jane: Reply) -> None:
    language = LANGUAGES[-1]
    reply = ask(jane, "PATCH", "/account", body={"language": language})
    assert (reply.status, reply.json["language"]) == (200, language)
    assert read_account(jane.cookie).json["language"] == language
    assert ask(jane, "PATCH", "/account", body={"language": "xx"}).status == 422
    assert ask(jane, "PATCH", "/account", body={"email": "x@y.org"}).status == 422


def test_one_click_subscribes_and_keeps_what_was_agreed_to(
    cloud: Cloud, jane: Reply, fake_clock: FakeClock
) -> None:
    body = {"text_version": "2026-01", "language": "en", "place": "registration"}
    assert ask(jane, "PUT", "/account/newsletter", body=body).status == 204
    known = read_account(jane.cookie).json
    assert (known["newsletter"], known["newsletter_since"]) == (True, "2026-02-14T02:04:00Z")
    [consent] = items(cloud.dynamodb, "consent")
    kept = {name: next(iter(value.values())) for name, value in consent.items()}
    agreed = {
        "given": True,
        "text_version": "2026-01",
        "language": "en",
        "place": "registration",
        "at": "1771034640",
    }
    assert kept | agreed == kept
    fake_clock.forward(hours=1)
    assert ask(jane, "PUT", "/account/newsletter", body=body).status == 204
    assert read_account(jane.cookie).json["newsletter_since"] == "2026-02-14T02:04:00Z"
    assert ask(jane, "DELETE", "/account/newsletter").status == 204
    known = read_account(jane.cookie).json
    assert (known["newsletter"], known["newsletter_since"]) == (False, None)
    assert ask(jane, "PUT", "/account/newsletter", body=body).status == 204
    assert read_account(jane.cookie).json["newsletter_since"] == "2026-02-14T03:04:00Z"


def test_an_account_that_subscribed_before_times_were_recorded_shows_none(
    cloud: Cloud, jane: Reply
) -> None:
    [account] = items(cloud.dynamodb, "account")
    account.pop("newsletter_at")
    cloud.dynamodb.put_item(TableName="accounts", Item=account | {"newsletter": {"BOOL": True}})
    known = read_account(jane.cookie).json
    assert (known["newsletter"], known["newsletter_since"]) == (True, None)


def test_an_unknown_version_of_a_text_cannot_be_agreed_to(jane: Reply) -> None:
    body = {"text_version": "9999-99", "language": "en"}
    assert ask(jane, "PUT", "/account/newsletter", body=body).status == 422


def test_ending_the_newsletter_is_kept_too(
    cloud: Cloud, jane: Reply, fake_clock: FakeClock
) -> None:
    ask(jane, "PUT", "/account/newsletter", body={"text_version": "2026-01", "language": "en"})
    fake_clock.forward(minutes=1)
    assert ask(jane, "DELETE", "/account/newsletter").status == 204
    assert read_account(jane.cookie).json["newsletter"] is False
    assert len(items(cloud.dynamodb, "consent")) == 2


def test_a_session_tells_the_country_that_the_edge_saw_and_no_other(
    cloud: Cloud, jane: Reply, fake_clock: FakeClock
) -> None:
    places = []
    for country, direct in (("BE", {}), ("", {}), ("be1", {}), ("", {"X-Viewer-Country": "FR"})):
        fake_clock.forward(minutes=1)
        body = {"email": ADDRESS, "password": PASSWORD}
        call(sessions_app, "POST", "/sessions", body=body, country=country, headers=direct)
        newest = max(
            ask(jane, "GET", "/account/sessions").json["items"], key=lambda one: one["created_at"]
        )
        places.append(newest["country"])
    assert places == ["BE", None, None, None]


def test_sessions_are_listed_and_one_is_ended(
    cloud: Cloud, jane: Reply, fake_clock: FakeClock
) -> None:
    fake_clock.forward(minutes=1)
    other = log_in(ADDRESS, keep=True)
    listed = ask(jane, "GET", "/account/sessions").json["items"]
    assert [(entry["keep"], entry["current"]) for entry in listed] == [(True, False), (False, True)]
    path = {"session_id": listed[0]["session_id"]}
    assert ask(jane, "DELETE", "/account/sessions/{session_id}", path=path).status == 204
    assert read_account(other.cookie).status == 401
    assert read_account(jane.cookie).status == 200
    assert ask(jane, "DELETE", "/account/sessions/{session_id}", path=path).status == 204


@pytest.mark.thorough
def test_a_session_of_another_account_cannot_be_ended(cloud: Cloud, jane: Reply) -> None:
    joe = open_account(cloud.dynamodb, "joe@example.org")
    [entry] = ask(joe, "GET", "/account/sessions").json["items"]
    ask(jane, "DELETE", "/account/sessions/{session_id}", path={"session_id": entry["session_id"]})
    assert read_account(joe.cookie).status == 200


def test_ended_sessions_are_not_listed(cloud: Cloud, jane: Reply, fake_clock: FakeClock) -> None:
    kept = log_in(ADDRESS, keep=True)
    fake_clock.forward(hours=12)
    [entry] = ask(kept, "GET", "/account/sessions").json["items"]
    assert entry["current"] is True


def note_downloads(account_id: str, number: int, *, now: int) -> None:
    table = AccountsTable("accounts")
    for entry in range(number):
        details = {"video_id": "v", "rendition_id": f"r{entry:02d}"}
        downloads.note(table, account_id, f"{entry:016x}", details, now=now)


def test_the_download_history_is_listed_page_by_page_and_erased(
    cloud: Cloud, jane: Reply, fake_clock: FakeClock
) -> None:
    note_downloads(jane.json["account"]["account_id"], 60, now=clock.epoch())
    first = ask(jane, "GET", "/account/downloads").json
    assert len(first["items"]) == 50
    assert first["items"][0] == {
        "video_id": "v",
        "rendition_id": "r59",
        "downloaded_at": clock.rfc3339(clock.epoch()),
    }
    query = {"cursor": first["next_cursor"]}
    last = ask(jane, "GET", "/account/downloads", query=query).json
    assert last["next_cursor"] is None
    listed = [entry["rendition_id"] for entry in [*first["items"], *last["items"]]]
    assert listed == [f"r{entry:02d}" for entry in reversed(range(60))]
    assert ask(jane, "DELETE", "/account/downloads").status == 204
    assert ask(jane, "GET", "/account/downloads").json == {"items": [], "next_cursor": None}
    assert items(cloud.dynamodb, "download") == []
    assert read_account(jane.cookie).status == 200


def test_a_download_is_forgotten_after_90_days_however_late_the_table_deletes_it(
    cloud: Cloud, jane: Reply, fake_clock: FakeClock
) -> None:
    note_downloads(jane.json["account"]["account_id"], 1, now=clock.epoch())
    fake_clock.forward(days=90, seconds=-1)
    again = log_in(ADDRESS)
    assert len(ask(again, "GET", "/account/downloads").json["items"]) == 1
    fake_clock.forward(seconds=1)
    assert ask(again, "GET", "/account/downloads").json["items"] == []


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "2026-02-14#", "٢٠٢٦-٠٢-١٤#" + "0" * 16, "2026-02-14#" + "g" * 16, "#" * 300],
)
def test_a_made_up_place_in_the_history_is_refused(jane: Reply, cursor: str) -> None:
    reply = ask(jane, "GET", "/account/downloads", query={"cursor": cursor})
    assert (reply.status, reply.json["errors"][0]["field"]) == (422, "cursor")


def test_terms_are_shown_to_everybody_and_accepted_by_version(cloud: Cloud, jane: Reply) -> None:
    terms = call(account_app, "GET", "/terms").json
    assert terms["items"][0]["version"] == terms["current"]
    assert len(terms["items"][0]["paragraphs"]) > 3
    body = {"version": terms["current"]}
    assert ask(jane, "PUT", "/account/terms", body=body).status == 204
    assert read_account(jane.cookie).json["terms_version"] == terms["current"]
    assert ask(jane, "PUT", "/account/terms", body={"version": "1999-01"}).status == 422


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("method", "resource", "body"),
    [
        ("PATCH", "/account", {"language": "en"}),
        ("GET", "/account/sessions", None),
        ("DELETE", "/account/sessions/{session_id}", None),
        ("GET", "/account/downloads", None),
        ("DELETE", "/account/downloads", None),
        ("GET", "/account/journal", None),
        ("PUT", "/account/terms", {"version": "2026-01"}),
        ("PUT", "/account/newsletter", {"text_version": "2026-01", "language": "en"}),
        ("DELETE", "/account/newsletter", None),
    ],
)
def test_every_change_needs_a_session(cloud: Cloud, method: str, resource: str, body: Any) -> None:
    app = newsletter_app if resource.endswith("newsletter") else account_app
    path = {"session_id": "0" * 16} if "{" in resource else None
    reply = call(app, method, resource, body=body, path=path)
    assert (reply.status, reply.code) == (401, "not_signed_in")


@pytest.mark.thorough
def test_every_session_among_very_many_is_listed_and_can_be_ended(
    cloud: Cloud, jane: Reply
) -> None:
    """A password thief could hide one session behind many: one answer of a query ends at 1 MB."""
    [own] = items(cloud.dynamodb, "session")
    for number in range(1100):
        key = hashlib.sha256(bytes([number % 256, number // 256])).hexdigest()
        item = {**own, "sk": {"S": f"SESSION#{key}"}, "session_key": {"S": key}}
        cloud.dynamodb.put_item(TableName="accounts", Item={**item, "note": {"S": "x" * 1500}})
    listed = ask(jane, "GET", "/account/sessions").json["items"]
    assert len(listed) == 1101
    last = max(entry["session_id"] for entry in listed if not entry["current"])
    path = {"session_id": last}
    assert ask(jane, "DELETE", "/account/sessions/{session_id}", path=path).status == 204
    left = ask(jane, "GET", "/account/sessions").json["items"]
    assert {entry["session_id"] for entry in left} == {e["session_id"] for e in listed} - {last}


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("session_id", "status"),
    # The first cannot be part of a path; the others count as sessions that have ended.
    [("", 404), ("#" * 16, 404)]
    + [(text, 204) for text in ("%", "0", "f" * 15, "F" * 16, "f" * 64, "é" * 16)],
)
def test_no_other_text_ends_a_session(jane: Reply, session_id: str, status: int) -> None:
    log_in(ADDRESS)
    listed = ask(jane, "GET", "/account/sessions").json["items"]
    assert len(listed) == 2
    path = {"session_id": session_id}
    assert ask(jane, "DELETE", "/account/sessions/{session_id}", path=path).status == status
    assert ask(jane, "GET", "/account/sessions").json["items"] == listed


def test_a_part_of_its_id_ends_no_session(jane: Reply) -> None:
    [entry] = ask(jane, "GET", "/account/sessions").json["items"]
    for text in (entry["session_id"][:15], entry["session_id"][0], entry["session_id"] + "0"):
        path = {"session_id": text}
        assert ask(jane, "DELETE", "/account/sessions/{session_id}", path=path).status == 204
    assert ask(jane, "GET", "/account/sessions").json["items"] == [entry]


def test_a_yes_and_a_no_of_the_same_second_are_both_kept(cloud: Cloud, jane: Reply) -> None:
    body = {"text_version": "2026-01", "language": "en"}
    ask(jane, "PUT", "/account/newsletter", body=body)
    ask(jane, "DELETE", "/account/newsletter")
    kept = [consent["given"]["BOOL"] for consent in items(cloud.dynamodb, "consent")]
    assert sorted(kept) == [False, True]
    assert read_account(jane.cookie).json["newsletter"] is False
