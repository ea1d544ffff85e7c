"""Replacing a password that one knows: it is asked for again, and every other session ends."""

import pytest
from newsreel import clock
from newsreel.aws.keyring import read_keyring
from newsreel.budgets.counting import count
from newsreel.budgets.subjects import address_subject
from newsreel.mail_table.who import who_of
from newsreel.policy import POLICY

from functions.sessions import app as sessions_app
from tests.support.accounts import PASSWORD, call, items, log_in, open_account, read_account
from tests.support.cloud import ENVIRONMENT, Cloud, FakeClock
from tests.support.credentials import ADDRESS, NEW, WRONG, mails_to, make_key, notify
from tests.support.credentials import change_password as change


@pytest.fixture
def jane(cloud: Cloud, fake_clock: FakeClock) -> str:
    """Open Jane's account and return her browser's cookies."""
    cookie = open_account(cloud.dynamodb, ADDRESS).cookie
    fake_clock.forward(minutes=1)
    return cookie


def test_every_other_session_ends_and_the_own_one_gets_a_new_token(jane: str) -> None:
    other = log_in(ADDRESS, keep=True).cookie
    reply = change(jane)
    assert (reply.status, reply.text) == (204, "")
    assert [read_account(cookie).status for cookie in (jane, other)] == [401, 401]
    assert read_account(reply.cookie).status == 200
    assert log_in(ADDRESS).code == "wrong_credentials"
    assert log_in(ADDRESS, NEW).status == 201


def test_a_kept_session_stays_kept(jane: str, fake_clock: FakeClock) -> None:
    kept = log_in(ADDRESS, keep=True).cookie
    reply = change(kept)
    fake_clock.forward(days=29)
    assert read_account(reply.cookie).status == 200


def test_a_wrong_current_password_changes_nothing(jane: str) -> None:
    refused = change(jane, WRONG)
    assert (refused.status, refused.code) == (403, "wrong_password")
    assert refused.json["next"] == "correct_password"
    assert read_account(jane).status == 200
    assert log_in(ADDRESS).status == 201


def test_wrong_passwords_have_to_wait_and_the_right_one_still_works_after_it(
    jane: str, fake_clock: FakeClock
) -> None:
    answers = [change(jane, WRONG) for _ in range(7)]
    assert [reply.code for reply in answers] == ["wrong_password"] * 6 + ["too_many_requests"]
    assert answers[-1].headers["Retry-After"] == ["2"]
    assert "reset" in answers[-1].json["detail"]
    assert change(jane).code == "too_many_requests"
    fake_clock.forward(seconds=2)
    assert change(jane).status == 204


def test_wrong_passwords_make_nobody_else_wait(jane: str, fake_clock: FakeClock) -> None:
    other = log_in(ADDRESS).cookie
    for _ in range(7):
        change(jane, WRONG)
    assert log_in(ADDRESS).status == 201
    assert change(other).status == 204


def test_failed_log_ins_of_strangers_do_not_keep_the_owner_from_changing_it(jane: str) -> None:
    for _ in range(8):
        log_in(ADDRESS, WRONG)
    assert log_in(ADDRESS).code == "too_many_requests"
    assert change(jane).status == 204


def test_a_refused_new_password_changes_nothing_and_counts_for_no_wrong_one(jane: str) -> None:
    for _ in range(8):
        refused = change(jane, new="short")
        assert (refused.status, refused.code) == (422, "password_rejected")
        assert {error["field"] for error in refused.json["errors"]} == {"new_password"}
    assert change(jane).status == 204


def test_the_browser_stays_known_after_it(cloud: Cloud, jane: str) -> None:
    reply = change(jane)
    before = len(items(cloud.dynamodb, "notice"))
    body = {"email": ADDRESS, "password": NEW}
    device = [one for one in reply.cookie.split("; ") if one.startswith("__Host-device")]
    call(sessions_app, "POST", "/sessions", body=body, cookie=device[0])
    assert len(items(cloud.dynamodb, "notice")) == before


def test_the_owner_gets_a_notice(cloud: Cloud, jane: str) -> None:
    change(jane)
    notify(cloud.dynamodb)
    assert "someone who knew the old one" in dict(mails_to(ADDRESS))["Your password was changed"]


def test_nobody_changes_a_password_without_a_session_or_from_another_site(jane: str) -> None:
    assert change(None).code == "not_signed_in"
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert change(jane, headers=foreign).code == "cross_site"
    assert log_in(ADDRESS).status == 201


@pytest.mark.thorough
def test_a_thief_of_the_password_cannot_fill_the_owners_mailbox_with_notices(
    cloud: Cloud, jane: str, fake_clock: FakeClock
) -> None:
    subject = address_subject(who_of(ADDRESS, read_keyring(ENVIRONMENT["TRAIL_KEYS_SECRET"])))
    limit = POLICY.budgets.changes
    for _ in range(limit.windows[0].most - 2):
        count("mail", subject, (limit,), now=clock.epoch())
    renewed = change(jane).cookie
    assert make_key(renewed, password=NEW).status == 201
    # The password is right, so it is not counted among wrong ones.
    for _ in range(7):
        refused = change(renewed, NEW, PASSWORD)
        assert (refused.status, refused.json["limit"]) == (429, "changes")
    assert make_key(renewed, password=NEW).json["limit"] == "changes"
    assert make_key(renewed, password=WRONG).code == "wrong_password"
    fake_clock.forward(hours=24)
    assert change(log_in(ADDRESS, NEW).cookie, NEW, PASSWORD).status == 204
