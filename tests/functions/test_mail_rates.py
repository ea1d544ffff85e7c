"""What the alarms on bounces and complaints reckon with is what the functions really log."""

import io
import json

import pytest

from functions.notices import app as notices_app
from tests.support.accounts import items, open_account
from tests.support.cloud import Cloud, FakeClock
from tests.support.events import stream_event
from tests.support.metric_filters import count
from tests.support.newsletter_run import Context, newsletter, publish, subscribe
from tests.support.template import ROOT, resources
from tests.support.told_mails import mailed_code, tell

FILTERS = [
    one["Properties"]
    for one in resources("AWS::Logs::MetricFilter", ROOT / "infra/alarms.yaml").values()
]


def counted(logged: io.StringIO) -> dict[str, float]:
    """Return what CloudWatch counts of the lines so far; they are then gone."""
    lines = [json.loads(line) for line in logged.getvalue().splitlines()]
    logged.truncate(0)
    logged.seek(0)
    return count(FILTERS, lines)


@pytest.mark.thorough
def test_each_code_that_ses_took_counts_once_and_one_withheld_does_not(
    cloud: Cloud, fake_clock: FakeClock, logged: io.StringIO
) -> None:
    for number in range(3):
        mailed_code(cloud, f"jane{number}@example.org")
    assert counted(logged) == {"MailsSent": 3}
    tell("hard bounce")
    assert counted(logged) == {"HardBounces": 1}
    mailed_code(cloud, "jane2@example.org")
    assert counted(logged).get("MailsSent") is None


def test_a_notice_that_ses_took_counts_too(
    cloud: Cloud, fake_clock: FakeClock, logged: io.StringIO
) -> None:
    open_account(cloud.dynamodb, "jane@example.org")
    (welcome,) = items(cloud.dynamodb, "notice")
    counted(logged)
    notices_app.handler(stream_event(welcome), None)  # type: ignore[arg-type]
    assert counted(logged) == {"MailsSent": 1}
    notices_app.handler(stream_event(welcome), None)  # type: ignore[arg-type]
    assert counted(logged).get("MailsSent") is None


@pytest.mark.thorough
@pytest.mark.parametrize("told", ["complaint", "not spam", "out of office", "delivery", "full"])
def test_only_a_complaint_counts_as_one_and_nothing_else_as_a_hard_bounce(
    cloud: Cloud, fake_clock: FakeClock, logged: io.StringIO, told: str
) -> None:
    mailed_code(cloud)
    counted(logged)
    tell(told)
    assert counted(logged) == ({"Complaints": 1} if told == "complaint" else {})


@pytest.mark.thorough
def test_each_mail_of_an_edition_counts_also_of_a_chunk_that_was_put_back(
    cloud: Cloud, fake_clock: FakeClock, logged: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = newsletter(fake_clock, monkeypatch)
    for number in range(1, 31):
        subscribe(number)
    publish(1)
    letter.order(letter.make(), "approve")
    counted(logged)
    # A few mails into a chunk its worker has no time left; the rest comes again.
    time_left = iter([120_000] * 5 + [10_000])
    monkeypatch.setattr(
        Context, "get_remaining_time_in_millis", lambda _self: next(time_left, 120_000)
    )
    letter.work()
    assert next(time_left, None) is None
    assert counted(logged) == {"MailsSent": 30}
