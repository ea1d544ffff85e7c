"""Once a day: owners of unused accounts are warned, then those end; deletions are finished."""

from typing import Any

import pytest
from newsreel import clock
from newsreel.accounts.table import uses
from newsreel.accounts.table.base import AccountsTable
from newsreel.accounts.table.uses import Use
from newsreel.policy import DAY, POLICY
from newsreel.refusals import Refusal

from functions.account_care import app as care_app
from functions.credentials import app as credentials_app
from tests.support.accounts import PASSWORD, Reply, call, items, log_in, mails, open_account
from tests.support.cloud import Cloud, FakeClock
from tests.support.invariants import redrive

ADDRESS = "jane@example.org"
TABLE = AccountsTable("accounts")
SESSION_DAYS = POLICY.session.absolute // DAY
WARNED_AFTER = SESSION_DAYS + 730 - 30


@pytest.fixture
def jane(cloud: Cloud, fake_clock: FakeClock) -> Reply:
    reply = open_account(cloud.dynamodb, ADDRESS)
    redrive()
    return reply


def care() -> dict[str, int]:
    return care_app.handler({}, None)  # type: ignore[arg-type]


def test_nothing_happens_before_its_day(cloud: Cloud, jane: Reply, fake_clock: FakeClock) -> None:
    fake_clock.forward(days=WARNED_AFTER, seconds=-1)
    assert set(care()) <= {"used"}
    assert log_in(ADDRESS).status == 201


@pytest.mark.thorough
def test_the_owner_is_warned_a_month_before(
    cloud: Cloud, jane: Reply, fake_clock: FakeClock
) -> None:
    fake_clock.forward(days=WARNED_AFTER)
    assert care() == {"warned": 1}
    redrive()
    assert str(mails()[-1]["Subject"]) == "Your account will be deleted in 30 days"
    assert mails()[-1]["To"] == ADDRESS
    assert set(care()) <= {"used"}, "once"


def test_the_account_ends_24_months_after_it_could_last_have_been_used(
    cloud: Cloud, jane: Reply, fake_clock: FakeClock
) -> None:
    fake_clock.forward(days=WARNED_AFTER)
    care()
    fake_clock.forward(days=30, seconds=-1)
    assert set(care()) <= {"used"}
    fake_clock.forward(seconds=1)
    assert care() == {"deleted": 1}
    redrive()
    assert items(cloud.dynamodb, "account") == []
    assert items(cloud.dynamodb, "use") == []
    assert str(mails()[-1]["Subject"]) == "Your account is deleted"


def test_a_log_in_after_the_warning_keeps_the_account(
    cloud: Cloud, jane: Reply, fake_clock: FakeClock
) -> None:
    fake_clock.forward(days=WARNED_AFTER)
    care()
    assert log_in(ADDRESS).status == 201
    fake_clock.forward(days=31)
    assert set(care()) <= {"used"}
    assert len(items(cloud.dynamodb, "account")) == 1


def test_a_warning_that_came_late_gives_the_owner_a_month_all_the_same(
    cloud: Cloud, jane: Reply, fake_clock: FakeClock
) -> None:
    fake_clock.forward(days=WARNED_AFTER + 29)
    assert care() == {"warned": 1}
    fake_clock.forward(days=29)
    assert set(care()) <= {"used"}
    fake_clock.forward(days=1)
    assert care() == {"deleted": 1}


def test_a_browser_that_stays_logged_in_counts_from_the_end_of_its_session(
    cloud: Cloud, jane: Reply, fake_clock: FakeClock
) -> None:
    log_in(ADDRESS, keep=True)
    fake_clock.forward(days=WARNED_AFTER)
    assert set(care()) <= {"used"}
    fake_clock.forward(days=90 - SESSION_DAYS)
    assert care() == {"warned": 1}


def test_an_access_key_that_is_used_keeps_the_account(
    cloud: Cloud, jane: Reply, fake_clock: FakeClock
) -> None:
    [account] = items(cloud.dynamodb, "account")
    fake_clock.forward(days=WARNED_AFTER)
    key = {"pk": account["pk"], "sk": {"S": "KEY#1"}, "entity": {"S": "access_key"}}
    used = {"last_used_at": {"N": str(clock.epoch() - DAY)}}
    cloud.dynamodb.put_item(TableName="accounts", Item={**key, **used})
    assert care() == {"used": 1}
    fake_clock.forward(days=31)
    assert set(care()) <= {"used"}


def test_a_log_in_at_the_moment_of_the_deletion_keeps_the_account(
    cloud: Cloud, jane: Reply, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_clock.forward(days=WARNED_AFTER)
    care()
    fake_clock.forward(days=30)
    last_use = uses.last_use

    def meanwhile(*values: Any) -> int:
        assert log_in(ADDRESS).status == 201
        return last_use(*values) * 0

    monkeypatch.setattr(uses, "last_use", meanwhile)
    assert "deleted" not in care()
    assert len(items(cloud.dynamodb, "account")) == 1


def test_a_schedule_that_did_not_run_for_weeks_makes_up_for_it(
    cloud: Cloud, jane: Reply, fake_clock: FakeClock
) -> None:
    fake_clock.forward(days=WARNED_AFTER + 20)
    assert care() == {"warned": 1}


def test_a_deletion_that_was_broken_off_is_finished(
    cloud: Cloud, jane: Reply, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_values: object, **_more: object) -> None:
        raise Refusal("busy", retry_after=1)

    body = {"current_password": PASSWORD}
    with monkeypatch.context() as broken:
        broken.setattr("newsreel.mail_table.trail.erase", fail)
        call(credentials_app, "POST", "/account/deletion", body=body, cookie=jane.cookie)
    fake_clock.forward(minutes=16)
    assert care() == {"finished": 1}
    redrive()
    assert items(cloud.dynamodb, "account") == []
    assert care() == {}


@pytest.mark.parametrize(
    ("warned_at", "due"),
    [(0, 700 * DAY), (700 * DAY, 730 * DAY), (729 * DAY, 759 * DAY)],
)
def test_when_an_account_is_looked_at_next(warned_at: int, due: int) -> None:
    assert Use("0" * 32, 0, warned_at).due == due
