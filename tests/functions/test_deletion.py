"""The end of an account: nothing of it stays, and a deletion that was broken off goes on."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from newsreel import clock
from newsreel.accounts import care, deletion
from newsreel.accounts.deletion import DeletionDeps
from newsreel.accounts.journal import JournalEntry
from newsreel.accounts.table import accounts as account_items
from newsreel.accounts.table import closings, downloads
from newsreel.accounts.table import journal as journal_items
from newsreel.accounts.table.base import AccountsTable
from newsreel.aws.keyring import read_keyring
from newsreel.mail_table import held_back
from newsreel.refusals import Refusal

from functions.credentials import app as credentials_app
from functions.newsletter import app as newsletter_app
from functions.password_reset import app as reset_app
from tests.support.accounts import (
    PASSWORD,
    Reply,
    call,
    confirm,
    deliver,
    items,
    log_in,
    mails,
    newest_code,
    open_account,
    read_account,
    register,
)
from tests.support.cloud import Cloud, FakeClock
from tests.support.credentials import NEW_ADDRESS, confirm_change, start_change
from tests.support.invariants import redrive
from tests.support.mail_items import mail_items, name_of, trail_steps
from tests.support.reset_steps import complete, proved_reset, reset_step

ADDRESS = "jane@example.org"
TABLE = AccountsTable("accounts")


@pytest.fixture
def jane(cloud: Cloud, fake_clock: FakeClock) -> Reply:
    """An account with something of every kind that is kept."""
    reply = open_account(cloud.dynamodb, ADDRESS)
    redrive()
    body = {"text_version": "2026-01", "language": "en"}
    call(newsletter_app, "PUT", "/account/newsletter", body=body, cookie=reply.cookie)
    details = {"video_id": "v", "rendition_id": "r"}
    downloads.note(TABLE, account_id(reply), "0" * 16, details, now=clock.epoch())
    log_in(ADDRESS)
    fake_clock.forward(minutes=1)
    return reply


def account_id(reply: Reply) -> str:
    return str(reply.json["account"]["account_id"])


def delete(jane: Reply, password: str = PASSWORD) -> Reply:
    body = {"current_password": password}
    return call(credentials_app, "POST", "/account/deletion", body=body, cookie=jane.cookie)


def deps() -> DeletionDeps:
    return DeletionDeps(TABLE, "mail", read_keyring("newsreel/test/trail-keys"))


def everything(cloud: Cloud) -> list[dict[str, Any]]:
    return cloud.dynamodb.scan(TableName="accounts")["Items"]


@pytest.mark.thorough
def test_nothing_of_the_account_is_left_but_its_last_notice(cloud: Cloud, jane: Reply) -> None:
    owner = account_id(jane)
    assert len([one for one in everything(cloud) if owner in json.dumps(one)]) > 9
    assert trail_steps(ADDRESS) != []
    assert delete(jane).status == 204
    left = [one for one in everything(cloud) if one["pk"]["S"] == f"ACCOUNT#{owner}"]
    assert [one["entity"]["S"] for one in left] == ["closing", "notice"]
    assert items(cloud.dynamodb, "email_reservation") == []
    assert trail_steps(ADDRESS) == []
    redrive()
    deletion.resume(deps(), owner, now=clock.epoch())
    assert [one for one in everything(cloud) if one["pk"]["S"] == f"ACCOUNT#{owner}"] == []
    assert str(mails()[-1]["Subject"]) == "Your account is deleted"
    assert mails()[-1]["To"] == ADDRESS


@pytest.mark.thorough
def test_nobody_is_logged_in_afterwards_and_the_address_is_free(
    cloud: Cloud, jane: Reply, fake_clock: FakeClock
) -> None:
    other = log_in(ADDRESS).cookie
    assert delete(jane).status == 204
    assert [read_account(one).status for one in (jane.cookie, other)] == [401, 401]
    assert log_in(ADDRESS).code == "wrong_credentials"
    fake_clock.forward(days=1)
    flow_id = register(ADDRESS).json["registration_id"]
    deliver(cloud.dynamodb)
    again = confirm(flow_id, newest_code(ADDRESS))
    assert again.status == 201
    assert account_id(again) != account_id(jane)


def test_a_wrong_password_deletes_nothing(cloud: Cloud, jane: Reply) -> None:
    def kept() -> list[dict[str, Any]]:
        return [one for one in everything(cloud) if one["entity"]["S"] != "log_in_failures"]

    before = kept()
    assert delete(jane, "Wrong-Otter-44-Maps").code == "wrong_password"
    assert kept() == before
    assert read_account(jane.cookie).status == 200


@pytest.mark.thorough
def test_another_account_stays_as_it_is(cloud: Cloud, jane: Reply) -> None:
    joe = open_account(cloud.dynamodb, "joe@example.org")
    redrive()
    delete(jane)
    assert read_account(joe.cookie).status == 200
    assert trail_steps("joe@example.org") != []


@pytest.mark.thorough
def test_a_deletion_that_was_broken_off_logs_everybody_else_out_and_goes_on(
    cloud: Cloud, jane: Reply, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = log_in(ADDRESS).cookie

    def fail(*_values: object, **_more: object) -> None:
        raise Refusal("busy", retry_after=1)

    with monkeypatch.context() as broken:
        broken.setattr("newsreel.mail_table.trail.erase", fail)
        assert delete(jane).code == "busy"
    assert read_account(other).status == 401
    assert log_in(ADDRESS).code == "wrong_credentials"
    assert delete(jane).status == 204
    assert items(cloud.dynamodb, "account") == []
    assert len(items(cloud.dynamodb, "closing")) == 1


def test_a_deletion_that_nobody_repeats_is_on_a_list_until_it_is_finished(
    cloud: Cloud, jane: Reply, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_values: object, **_more: object) -> None:
        raise Refusal("busy", retry_after=1)

    with monkeypatch.context() as broken:
        broken.setattr("newsreel.mail_table.suppression.lift", fail)
        delete(jane)
    fake_clock.forward(minutes=15)
    [waiting] = closings.begun_before(TABLE, clock.epoch())
    deletion.resume(deps(), waiting, now=clock.epoch())
    deletion.resume(deps(), waiting, now=clock.epoch())
    assert closings.begun_before(TABLE, clock.epoch()) == []
    owner = f"ACCOUNT#{account_id(jane)}"
    left = [one["entity"]["S"] for one in everything(cloud) if one["pk"]["S"] == owner]
    assert left == ["notice"]


@pytest.mark.thorough
def test_a_reset_that_was_open_cannot_be_completed(cloud: Cloud, jane: Reply) -> None:
    reset_id, token = proved_reset(cloud.dynamodb, ADDRESS)
    assert delete(jane).status == 204
    assert complete(reset_id, token).code == "flow_over"
    assert items(cloud.dynamodb, "account") == []


@pytest.mark.thorough
def test_what_came_in_when_it_was_deleted_goes_when_the_schedule_looks_again(
    cloud: Cloud, jane: Reply, fake_clock: FakeClock
) -> None:
    """A request that had read the account before: its write knows nothing of the deletion."""
    owner = account_id(jane)
    assert delete(jane).status == 204
    details = {"video_id": "late", "rendition_id": "r"}
    downloads.note(TABLE, owner, "1" * 16, details, now=clock.epoch())
    event = JournalEntry.of(owner, "logged_out", now=clock.epoch(), browser="")
    TABLE.write(journal_items.put(TABLE, event))
    assert care.look_after_all(deps(), now=clock.epoch()) == {}, "requests may still be going on"
    fake_clock.forward(days=1)
    assert care.look_after_all(deps(), now=clock.epoch()) == {"looked_at": 1}
    left = [one for one in everything(cloud) if owner in one["pk"]["S"]]
    assert [one["entity"]["S"] for one in left] == ["notice"]
    assert care.look_after_all(deps(), now=clock.epoch()) == {}


def test_what_came_in_while_it_was_deleted_does_not_stay(
    cloud: Cloud, jane: Reply, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, end = account_id(jane), closings.end
    late: list[str] = []

    def meanwhile(*values: Any) -> Any:
        details = {"video_id": "late", "rendition_id": "r"}
        downloads.note(TABLE, owner, "1" * 16, details, now=clock.epoch())
        late.extend(one["video_id"]["S"] for one in items(cloud.dynamodb, "download"))
        return end(*values)

    monkeypatch.setattr(closings, "end", meanwhile)
    assert delete(jane).status == 204
    assert late == ["late"]
    assert items(cloud.dynamodb, "download") == []


def counts() -> list[dict[str, Any]]:
    return [one for one in mail_items() if str(one["pk"]).startswith("BUDGET#")]


def test_a_mute_and_counts_stay_because_a_stranger_would_see_them_end(
    cloud: Cloud, jane: Reply
) -> None:
    until = clock.epoch() + 86_400
    held_back.mute("mail", name_of(ADDRESS), until=until, now=clock.epoch())
    before = counts()
    assert before
    assert delete(jane).status == 204
    [kept] = mail_items("suppression")
    assert kept["muted_until"] == until
    assert counts() == before


@pytest.mark.thorough
def test_more_items_than_one_write_takes_are_deleted(cloud: Cloud, jane: Reply) -> None:
    for number in range(230):
        details = {"video_id": "v", "rendition_id": "r"}
        downloads.note(TABLE, account_id(jane), f"{number:016x}", details, now=clock.epoch())
    assert delete(jane).status == 204
    assert items(cloud.dynamodb, "download") == []


def test_two_deletions_at_once_end_in_one_and_mail_one_notice(
    cloud: Cloud, jane: Reply, monkeypatch: pytest.MonkeyPatch
) -> None:
    erase, twice = closings.erase, [True]

    def interrupted(*values: Any, **more: Any) -> Any:
        if twice:
            twice.clear()
            account = account_items.read(TABLE, account_id(jane))
            assert account is not None
            deletion.delete(deps(), account, now=clock.epoch())
        return erase(*values, **more)

    monkeypatch.setattr(closings, "erase", interrupted)
    assert delete(jane).status == 204
    assert not twice
    assert len(items(cloud.dynamodb, "notice")) == 1


def seen_by_a_stranger(
    cloud: Cloud, address: str, act: Callable[[], object]
) -> list[tuple[object, ...]]:
    """Return what a reset that a stranger began looks like over an act of the address's owner."""
    reset_id = call(reset_app, "POST", "/password-resets", body={"email": address}).json["reset_id"]
    deliver(cloud.dynamodb)
    act()
    replies = [
        reset_step("GET", reset_id),
        reset_step("POST", reset_id, "verify", {"code": "000000x"}),
        reset_step("POST", reset_id, "code"),
        log_in(address, "Wrong-Otter-44-Maps"),
        register(address),
    ]
    own = {"reset_id": "", "registration_id": "", "reference": ""}
    return [(one.status, one.headers, {**one.json, **own}) for one in replies]


@pytest.mark.thorough
def test_a_stranger_sees_the_same_whether_or_not_the_owner_deletes_the_account(
    cloud: Cloud, jane: Reply
) -> None:
    open_account(cloud.dynamodb, "joe@example.org")
    untouched = seen_by_a_stranger(cloud, "joe@example.org", lambda: None)
    assert seen_by_a_stranger(cloud, ADDRESS, lambda: delete(jane)) == untouched


@pytest.mark.thorough
def test_an_address_that_was_held_for_the_account_is_let_go_with_it(
    cloud: Cloud, jane: Reply, fake_clock: FakeClock
) -> None:
    change_id = start_change(jane.cookie).json["change_id"]
    deliver(cloud.dynamodb)
    changed = confirm_change(jane.cookie, change_id, newest_code(NEW_ADDRESS))
    assert changed.status == 200
    assert len(items(cloud.dynamodb, "email_reservation")) == 2
    body = {"current_password": PASSWORD}
    cookie = changed.cookie
    reply = call(credentials_app, "POST", "/account/deletion", body=body, cookie=cookie)
    assert reply.status == 204
    assert items(cloud.dynamodb, "email_reservation") == []
    redrive()
    assert mails()[-1]["To"] == NEW_ADDRESS
