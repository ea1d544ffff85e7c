"""No address, token or subject of a newsletter, or of a mail to us, is written or queued.

Each call in turn fails with an error whose text quotes all parameters. What is written covers logs,
output, what Lambda would print, messages in queues and items of the mail table.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends
from newsreel.aws import clients
from newsreel.aws.keyring import read_keyring
from newsreel.lambda_runtime.error_log import RecordFailedError
from newsreel.newsletter import tokens

from functions.inbound_mail import app as inbound_app
from functions.newsletter_editions import app as editions_app
from tests.functions.test_newsletter_fault_injection import memory
from tests.support.accounts import register
from tests.support.canaries import told
from tests.support.cloud import ENVIRONMENT, REGION, Cloud, FakeClock
from tests.support.events import s3_event, schedule_event
from tests.support.fault_injection import FAULTS, QUOTING, forget, inject_fault
from tests.support.incoming import BUCKET, MAIL_DOMAIN, queue_event, raw_mail, received
from tests.support.log_capture import CapturedOutput
from tests.support.mail_items import mail_items
from tests.support.newsletter_run import (
    MEDIA,
    Newsletter,
    _messages,
    newsletter,
    publish,
    subscribe,
)

pytestmark = pytest.mark.thorough

[BROKEN] = [fault for fault in FAULTS if fault.name == "broken"]
READER = "zqcanary-reader@newsroom.example"


@pytest.fixture
def letter(cloud: Cloud, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Newsletter:
    monkeypatch.setattr("newsreel.aws.transactions.time.sleep", lambda _seconds: None)
    run = newsletter(fake_clock, monkeypatch, shards=("01",))
    subscribe(1, email=READER)
    publish(1)
    return run


@pytest.fixture
def secrets() -> dict[str, str]:
    """What must stay secret: who reads, who previews, and what ends the newsletter."""
    ring = read_keyring(ENVIRONMENT["UNSUBSCRIBE_KEYS_SECRET"])
    return {
        "reader": READER,
        "press office": ENVIRONMENT["PRESS_OFFICE_EMAIL"],
        "token": tokens.seal("01" * 16, ring),
    }


def queued() -> list[str]:
    return [str(one.body) for queue in ("walk", "send") for one in _messages(queue)]


def assert_untold(
    act: Callable[[], None],
    bring_back: Callable[[], None],
    captured: CapturedOutput,
    secrets: dict[str, str],
) -> list[str]:
    """Act once well and once for each failed call; find no secret; return the calls."""
    bring_back()
    with inject_fault() as whole:
        act()
    for fault in (None, QUOTING, BROKEN):
        for at in range(len(whole.calls) if fault else 1):
            bring_back()
            forget()
            with inject_fault(fault=fault, at=at) as happened:
                try:
                    act()
                except RecordFailedError as error:
                    captured.raised.append(error)
            held = [json.dumps(one, default=str) for one in mail_items()]
            found = told([*captured.texts(), *queued(), *held], secrets)
            assert found == set(), (str(fault), happened.hit)
            captured.forget()
    return whole.calls


def test_a_secret_that_was_queued_would_be_found(
    letter: Newsletter, captured: CapturedOutput, secrets: dict[str, str]
) -> None:
    def leak() -> None:
        url = f"https://sqs.{REGION}.amazonaws.com/123456789012/send"
        clients.sqs().send_message(QueueUrl=url, MessageBody=f"to {READER}")

    with pytest.raises(AssertionError):
        assert_untold(leak, memory(), captured, secrets)


def test_nothing_of_a_preview_is_written(
    letter: Newsletter, captured: CapturedOutput, secrets: dict[str, str]
) -> None:
    event = schedule_event(letter.moment)
    calls = assert_untold(
        lambda: editions_app.handler(event, None),  # type: ignore[arg-type]
        memory(),
        captured,
        secrets,
    )
    assert "SendRawEmail" in calls


@pytest.mark.parametrize("order", ["approve", "cancel"])
def test_nothing_is_written_when_the_press_office_is_obeyed(
    letter: Newsletter, captured: CapturedOutput, secrets: dict[str, str], order: str
) -> None:
    event = s3_event(MEDIA, f"newsletter/{letter.make()}/{order}")
    calls = assert_untold(
        lambda: editions_app.handler(event, None),  # type: ignore[arg-type]
        memory(),
        captured,
        secrets,
    )
    assert "TransactWriteItems" in calls


def test_nothing_is_written_when_the_clock_comes_by(
    letter: Newsletter, captured: CapturedOutput, secrets: dict[str, str]
) -> None:
    letter.order(letter.make(), "approve")
    letter.work()
    calls = assert_untold(letter.carry_on, memory(), captured, secrets)
    assert "Query" in calls


def test_nothing_of_a_reader_is_written_by_walk_and_send(
    letter: Newsletter, captured: CapturedOutput, secrets: dict[str, str]
) -> None:
    letter.order(letter.make(), "approve")
    calls = assert_untold(letter.work, memory(), captured, secrets)
    assert calls.count("SendRawEmail") == 1
    [sent] = ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages[-1:]
    assert secrets["reader"] in str(sent.raw_data)


WRITTEN_TO = ("codes", "unsubscribe", "press", "unsubscribe+token")


@pytest.mark.parametrize("to", WRITTEN_TO)
def test_nothing_of_a_mail_to_us_is_written(
    letter: Newsletter, captured: CapturedOutput, secrets: dict[str, str], to: str
) -> None:
    canary = "zqcanarywords"
    register(READER)
    letter.hands.forward(minutes=1)
    raw = raw_mail(f"Subject: {canary}", f"X-Canary: {canary}", sender=READER, body=canary)
    clients.s3().put_object(Bucket=BUCKET, Key=f"inbound/{'a' * 40}", Body=raw)
    address = f"{to.replace('token', secrets['token'])}@{MAIL_DOMAIN}"
    event: dict[str, Any] = queue_event(received([address], source=READER, message_id="a" * 40))

    def act() -> None:
        inbound_app.handler(event, None)  # type: ignore[arg-type]

    calls = assert_untold(act, memory(), captured, {**secrets, "words": canary})
    assert "TransactWriteItems" in calls or "UpdateItem" in calls
