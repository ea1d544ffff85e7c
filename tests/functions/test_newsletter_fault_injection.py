"""AWS fails at each call of each function of the newsletter: nobody is mailed twice or in silence.

The platform hands the same event over again, and the clock's schedule comes by every five minutes.
"""

import copy
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.ses.models import ses_backends
from newsreel.aws import clients
from newsreel.lambda_runtime.error_log import RecordFailedError

from functions.newsletter_editions import app as editions_app
from tests.support.cloud import REGION, Cloud, FakeClock
from tests.support.events import s3_event, schedule_event
from tests.support.fault_injection import FAULTS, LIKE_THROTTLED, Fault, forget, inject_fault
from tests.support.newsletter_run import (
    MEDIA,
    Newsletter,
    _messages,
    addressees,
    edition_item,
    marks,
    newsletter,
    publish,
    report,
    subscribe,
)

pytestmark = pytest.mark.thorough

EVERYBODY = [f"person{number}@example.org" for number in (1, 2, 3)]
# After the doubtful ones SES may have taken the mail, so it is never sent again.
STRIKES = [fault for fault in FAULTS if fault.name not in LIKE_THROTTLED]
DOUBTFUL = {"broken", "timeout before the effect", "timeout after the effect"}


@pytest.fixture
def letter(cloud: Cloud, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Newsletter:
    monkeypatch.setattr("newsreel.aws.transactions.time.sleep", lambda _seconds: None)
    run = newsletter(fake_clock, monkeypatch, shards=("00",))
    for number in (1, 2, 3):
        subscribe(number)
    publish(1)
    return run


def reports() -> dict[str, bytes]:
    """Return what the press office reads of each edition."""
    s3 = clients.s3()
    found = s3.list_objects_v2(Bucket=MEDIA, Prefix="receipts/").get("Contents", [])
    return {one["Key"]: s3.get_object(Bucket=MEDIA, Key=one["Key"])["Body"].read() for one in found}


def memory() -> Callable[[], None]:
    """Remember tables, queues, mails and reports; what is returned brings them back."""
    tables = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables
    sender = ses_backends[DEFAULT_ACCOUNT_ID][REGION]
    kept = {name: copy.deepcopy(tables[name].items) for name in ("accounts", "mail")}
    sent, counted = list(sender.sent_messages), sender.sent_message_count
    queued = {queue: list(_messages(queue)) for queue in ("walk", "send")}
    told = reports()

    def bring_back() -> None:
        for key in reports().keys() - told.keys():
            clients.s3().delete_object(Bucket=MEDIA, Key=key)
        for key, body in told.items():
            clients.s3().put_object(Bucket=MEDIA, Key=key, Body=body)
        for name, items in kept.items():
            tables[name].items = copy.deepcopy(items)
        sender.sent_messages[:] = sent
        sender.sent_message_count = counted  # or a day's quota would be spent in the end
        for queue, waiting in queued.items():
            _messages(queue)[:] = waiting
            for message in waiting:
                message.delayed_until = 0.0
        forget()

    return bring_back


def count_calls(act: Callable[[], None], bring_back: Callable[[], None]) -> list[str]:
    """Return every call of an act that goes well, in a new environment."""
    bring_back()
    with inject_fault() as told:
        act()
    return told.calls


def strikes(calls: list[str], faults: Sequence[Fault] = STRIKES) -> list[tuple[int, str, Fault]]:
    return [(at, name, fault) for at, name in enumerate(calls) for fault in faults]


def handle(event: dict[str, Any]) -> None:
    """Hand an event to the editions as Lambda does: three times at most."""
    for _ in range(3):
        try:
            editions_app.handler(event, None)  # type: ignore[arg-type]
        except RecordFailedError as failed:
            assert str(failed) == ""  # noqa: PT017 - the runtime prints it
        else:
            return


def finish(letter: Newsletter) -> None:
    """Let the clock and the queues do what they do until nothing is left."""
    for _ in range(4):
        letter.carry_on()
        letter.work()
        letter.end_delays()


def test_whatever_call_fails_an_edition_is_made_and_previewed(letter: Newsletter) -> None:
    event = schedule_event(letter.moment)
    edition_id = f"{letter.hands.time:%Y-%m-%d-%H%M}"
    bring_back = memory()
    calls = count_calls(lambda: handle(event), bring_back)
    for at, name, fault in strikes(calls):
        bring_back()
        with inject_fault(fault, at=at) as told:
            handle(event)
        if not told.hit:
            continue
        letter.carry_on()
        assert edition_item(edition_id)["state"] == "review", (at, name, fault)
        previews = Counter(ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages)
        assert len(previews) >= 2, (at, name, fault)


def test_whatever_call_fails_an_approved_edition_reaches_everybody_once(
    letter: Newsletter,
) -> None:
    edition_id = letter.make()
    event = s3_event(MEDIA, f"newsletter/{edition_id}/approve")
    bring_back = memory()
    calls = count_calls(lambda: handle(event), bring_back)
    for at, name, fault in strikes(calls):
        bring_back()
        with inject_fault(fault, at=at) as told:
            handle(event)
        if not told.hit:
            continue
        finish(letter)
        assert addressees() == EVERYBODY, (at, name, fault)
        assert edition_item(edition_id)["state"] == "sent", (at, name, fault)


LEADS_TO = {"pause": "paused", "resume": "sending", "cancel": "cancelled"}


@pytest.mark.parametrize("order", LEADS_TO)
def test_whatever_call_fails_the_press_office_is_obeyed_and_told_so(
    letter: Newsletter, order: str
) -> None:
    edition_id = letter.make()
    letter.order(edition_id, "approve")
    if order == "resume":
        letter.order(edition_id, "pause")
    event = s3_event(MEDIA, f"newsletter/{edition_id}/{order}")
    bring_back = memory()
    calls = count_calls(lambda: handle(event), bring_back)
    for at, name, fault in strikes(calls):
        bring_back()
        with inject_fault(fault, at=at) as told:
            handle(event)
        if not told.hit:
            continue
        where = (at, name, str(fault))
        assert edition_item(edition_id)["state"] == LEADS_TO[order], where
        letter.carry_on()
        assert report(edition_id)["state"] == LEADS_TO[order], where
        finish(letter)
        assert addressees() == (EVERYBODY if order == "resume" else []), where


def test_whatever_call_fails_the_clock_ends_an_edition_that_is_sent(letter: Newsletter) -> None:
    edition_id = letter.make()
    letter.order(edition_id, "approve")
    letter.work()
    bring_back = memory()
    event = {"task": "carry_on"}
    calls = count_calls(lambda: handle(event), bring_back)
    for at, name, fault in strikes(calls):
        bring_back()
        with inject_fault(fault, at=at) as told:
            handle(event)
        if not told.hit:
            continue
        letter.carry_on()
        where = (at, name, str(fault))
        assert edition_item(edition_id)["state"] == "sent", where
        assert report(edition_id)["mails"] == {"sent": 3}, where


def test_whatever_call_of_the_walk_fails_everybody_is_reached_once(letter: Newsletter) -> None:
    edition_id = letter.make()
    letter.order(edition_id, "approve")
    bring_back = memory()

    def walk() -> None:
        message = letter._next()
        while message is not None and message[0] == "walk":
            letter._hand_over(*message, seconds=120)
            message = letter._next()
        if message is not None:
            clients.sqs().send_message(
                QueueUrl="https://sqs.eu-central-1.amazonaws.com/123456789012/send",
                MessageBody=message[1],
            )

    calls = count_calls(walk, bring_back)[:-1]
    for at, name, fault in strikes(calls):
        bring_back()
        with inject_fault(fault, at=at) as told:
            walk()
        if not told.hit:
            continue
        finish(letter)
        assert letter.given_up == [], (at, name, fault)
        assert addressees() == EVERYBODY, (at, name, fault)


def test_whatever_call_of_a_worker_fails_nobody_is_mailed_twice_or_forgotten(
    letter: Newsletter,
) -> None:
    edition_id = letter.make()
    letter.order(edition_id, "approve")
    message = letter._next()
    while message is not None and message[0] == "walk":
        letter._hand_over(*message, seconds=120)
        message = letter._next()
    assert message is not None
    queue, body = message
    bring_back = memory()

    def send() -> None:
        letter._hand_over(queue, body, seconds=120)

    calls = count_calls(send, bring_back)
    assert calls.count("SendRawEmail") == 3
    for at, name, fault in strikes(calls, FAULTS):
        if name != "SendRawEmail" and fault not in STRIKES:
            continue
        bring_back()
        with inject_fault(fault, at=at) as told:
            send()
        if not told.hit:
            continue
        finish(letter)
        where = (at, name, str(fault))
        assert letter.given_up == [], where
        sent = addressees()
        assert len(sent) == len(set(sent)), where
        states = Counter(marks(edition_id).values())
        assert sum(states.values()) == 3, where
        # A claim that stays is in doubt; without one, everybody got the mail.
        lost = name == "SendRawEmail" and fault.name in DOUBTFUL
        assert states["claimed"] == (1 if lost else 0), (where, states)
        assert len(sent) >= 3 - states["claimed"], where
        assert edition_item(edition_id)["state"] == "sent", where
        counted = edition_item(edition_id)["counts"]
        assert counted.get("in_doubt", 0) == states["claimed"], where
