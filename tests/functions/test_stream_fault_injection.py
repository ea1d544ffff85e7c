"""AWS fails at each call of the mail and ingest functions; mails and uploads still succeed.

Such a function raises, and its event source delivers the same event again. No mail is lost, none
has a different code than before, and the catalogue matches the folder.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from newsreel.aws import clients, stored_secrets
from newsreel.ingest import batches
from newsreel.lambda_runtime.error_log import RecordFailedError

from functions.code_issuance import app as code_issuance_app
from functions.notices import app as notices_app
from functions.password_reset import app as reset_app
from tests.support import media_files, uploads
from tests.support.accounts import (
    call,
    code_in,
    deliver,
    log_in,
    mails,
    open_account,
    register,
    send_new_code,
)
from tests.support.cloud import Cloud, FakeClock
from tests.support.credentials import NEW
from tests.support.events import s3_event, stream_event
from tests.support.fault_injection import FAULTS, LIKE_THROTTLED, Fault, inject_fault
from tests.support.invariants import assert_every_mail_went_out, memory, redrive, stored
from tests.support.reset_steps import complete
from tests.support.scenarios import ADDRESS, verify
from tests.support.template import resources

pytestmark = pytest.mark.thorough

STRIKES = [fault for fault in FAULTS if fault.name not in LIKE_THROTTLED]
[CONFLICT] = [fault for fault in FAULTS if fault.name == "conflict"]
_QUEUE = resources("AWS::SQS::Queue")["IngestQueue"]["Properties"]
MOST_TRIES = _QUEUE["RedrivePolicy"]["maxReceiveCount"]
CAPTIONS = b"WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann>Good morning.\n"
Prepare = Callable[[Cloud, FakeClock], None]


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsreel.aws.transactions.time.sleep", lambda _seconds: None)


def code(_cloud: Cloud, _hands: FakeClock) -> None:
    register(ADDRESS)


def second_code(cloud: Cloud, fake_clock: FakeClock) -> None:
    flow_id = register(ADDRESS).json["registration_id"]
    deliver(cloud.dynamodb)
    fake_clock.forward(seconds=61)
    send_new_code(flow_id)


def known_address(cloud: Cloud, fake_clock: FakeClock) -> None:
    open_account(cloud.dynamodb, ADDRESS)
    redrive()
    register(ADDRESS)


def reset_code(cloud: Cloud, fake_clock: FakeClock) -> None:
    open_account(cloud.dynamodb, ADDRESS)
    redrive()
    call(reset_app, "POST", "/password-resets", body={"email": ADDRESS})


def unknown_address(_cloud: Cloud, _hands: FakeClock) -> None:
    call(reset_app, "POST", "/password-resets", body={"email": ADDRESS})


def welcome(cloud: Cloud, _hands: FakeClock) -> None:
    open_account(cloud.dynamodb, ADDRESS)


def new_sign_in(cloud: Cloud, _hands: FakeClock) -> None:
    open_account(cloud.dynamodb, ADDRESS)
    redrive()
    log_in(ADDRESS)


def password_changed(cloud: Cloud, fake_clock: FakeClock) -> None:
    open_account(cloud.dynamodb, ADDRESS)
    redrive()
    fake_clock.forward(minutes=1)
    reply = call(reset_app, "POST", "/password-resets", body={"email": ADDRESS})
    reset_id = reply.json["reset_id"]
    redrive()
    assert complete(reset_id, verify(reset_id).json["reset_token"], NEW).status == 204


PREPARED: tuple[Prepare, ...] = (
    code,
    second_code,
    known_address,
    reset_code,
    unknown_address,
    welcome,
    new_sign_in,
    password_changed,
)


def pending() -> tuple[Any, dict[str, Any]]:
    """Return the one requested mail as a stream record, and the function that handles it."""
    held = stored()
    images = [
        (app, image)
        for app, entity in ((code_issuance_app, "mail_request"), (notices_app, "notice"))
        for image in held[entity]
        if image["state"]["S"] == "requested"
    ]
    [(app, image)] = images
    return app, stream_event(image)


def attempt(app: Any, event: dict[str, Any], **strike: Any) -> tuple[bool, list[str], list[str]]:
    """Deliver the record once; return whether it was handled."""
    stored_secrets.forget()
    with inject_fault(**strike) as injected:
        try:
            app.handler(event, None)
        except RecordFailedError as failed:
            # Lambda prints the exception.
            assert str(failed) == ""  # noqa: PT017
            return False, injected.calls, injected.hit
    return True, injected.calls, injected.hit


@pytest.mark.parametrize("prepare", PREPARED, ids=lambda prepare: prepare.__name__)
def test_a_mail_is_sent_with_the_same_code_whichever_call_fails(
    cloud: Cloud, fake_clock: FakeClock, prepare: Prepare
) -> None:
    prepare(cloud, fake_clock)
    app, event = pending()
    bring_back, before = memory(), len(mails())
    done, calls, _ = attempt(app, event)
    assert done
    for at, name in enumerate(calls):
        for fault in STRIKES:
            bring_back()
            done, _, hit = attempt(app, event, fault=fault, at=at)
            if not hit:
                continue
            context = f"{fault} at call {at + 1} ({name})"
            if not done:
                done, *_ = attempt(app, event)
            assert done, context
            sent = mails()[before:]
            # If it is unknown whether a mail was sent, it is sent again with the same code; else
            # never.
            doubted = name == "SendRawEmail" or at > calls.index("SendRawEmail")
            assert 1 <= len(sent) <= (2 if doubted else 1), context
            if "code" in prepare.__name__:
                assert len({code_in(mail) for mail in sent}) == 1, context
            assert len({str(mail["Subject"]) for mail in sent}) == 1, context
            assert_every_mail_went_out()


def test_a_mail_that_never_went_out_goes_out_by_redrive(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    code(cloud, fake_clock)
    app, event = pending()
    for _ in range(6):
        assert attempt(app, event, fault=FAULTS[0], at=4, lasting=True)[0] is False
    assert mails() == []
    assert_every_mail_went_out()
    assert len(mails()) == 1


def folder(video_id: str, **values: str) -> dict[str, Any]:
    """Upload the files of a video with captions; return the event of the last file."""
    uploads.put("sound.wav", media_files.make(media_files.WAV), video_id)
    uploads.put(
        "transcript.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann>Good morning.\n", video_id
    )
    metadata = json.dumps({**uploads.METADATA, **values}).encode()
    return s3_event(uploads.MEDIA, uploads.put("metadata.json", metadata, video_id))


def happen(event: dict[str, Any], **strike: Any) -> tuple[bool, list[str], list[str]]:
    """Deliver an upload's event while the table has a fault."""
    with inject_fault(service="dynamodb", **strike) as injected:
        try:
            uploads.ingest(event)
        except Exception:  # noqa: BLE001 - Lambda tries again, whatever it was
            return False, injected.calls, injected.hit
    return True, injected.calls, injected.hit


def comes_again(event: dict[str, Any], fake_clock: FakeClock) -> bool:
    """Deliver an event as its queue does: every half minute, until it succeeds or is given up.

    A folder is busy until its lease ends if nobody could give that back.
    """
    for _ in range(MOST_TRIES - 1):
        fake_clock.forward(seconds=batches.AGAIN)
        if happen(event)[0]:
            return True
    return False


def test_a_lease_whose_taking_had_no_answer_keeps_nobody_waiting(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    [lost] = [fault for fault in FAULTS if fault.name == "timeout after the effect"]
    event = folder("plain")
    assert happen(event, fault=lost, at=0)[2] == ["UpdateItem"]
    assert happen(event)[0]
    assert uploads.receipt("plain")["state"] == "published"


def can_strike(fault: Fault, call_name: str) -> bool:
    values: dict[str, Any] = {"TransactItems": [{}], "RequestItems": {}}
    return fault.strike(clients.dynamodb(), call_name, values) is not None


def table_strikes(calls: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    for at, name in enumerate(calls):
        for fault in STRIKES:
            if not can_strike(fault, name):
                continue
            number = f"{at}-{STRIKES.index(fault)}-{name.lower()}"
            yield number, {"fault": fault, "at": at}
        # Lasting conflicts are the one refusal that makes a transaction give up.
        if can_strike(CONFLICT, name):
            yield f"{at}-lasting-{name.lower()}", {"fault": CONFLICT, "at": at, "lasting": True}


def test_the_next_try_publishes_an_upload_whichever_call_to_the_table_fails(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    done, calls, _ = happen(folder("plain"))
    assert done
    for video_id, strike in table_strikes(calls):
        event = folder(video_id)
        others = set(uploads.objects(uploads.PUBLIC))
        done, _, hit = happen(event, **strike)
        if not hit:
            continue
        assert done or comes_again(event, fake_clock), video_id
        video = uploads.read(video_id).json
        assert uploads.receipt(video_id)["state"] == "published", video_id
        # Every object in the public bucket belongs to a video.
        public = set(uploads.objects(uploads.PUBLIC)) - others
        assert public == {video["captions_url"].lstrip("/")}, video_id


def test_the_next_try_completes_a_withdrawal_whichever_call_to_the_table_fails(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    uploads.ingest(folder("plain"))
    done, calls, _ = happen(folder("plain", status="withdrawn"))
    assert done
    for video_id, strike in table_strikes(calls):
        uploads.ingest(folder(video_id))
        event = folder(video_id, status="withdrawn")
        done, _, hit = happen(event, **strike)
        if not hit:
            continue
        assert done or comes_again(event, fake_clock), video_id
        assert uploads.read(video_id).status == 410, video_id
        assert uploads.receipt(video_id)["state"] == "withdrawn", video_id
        assert uploads.objects(uploads.PUBLIC) == [], video_id
