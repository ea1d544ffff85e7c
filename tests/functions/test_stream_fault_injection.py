"""AWS fails at each call of each function that nobody waits for: mail and uploads still end well.

Such a function raises, and its source hands it the same event again. No mail is lost, none carries
another code than the one before it, and the catalogue says what the folder holds.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from argon2 import PasswordHasher
from newsreel.accounts import passwords
from newsreel.aws import addresses, keyring
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
from tests.support.events import s3_event, stream_event
from tests.support.fault_injection import FAULTS, LIKE_THROTTLED, struck
from tests.support.invariants import assert_every_mail_went_out, memory, redrive, stored
from tests.support.scenarios import ADDRESS, NEW, complete, verify

pytestmark = pytest.mark.thorough

STRIKES = [fault for fault in FAULTS if fault.name not in LIKE_THROTTLED]
[CONFLICT] = [fault for fault in FAULTS if fault.name == "conflict"]
CAPTIONS = b"WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann>Good morning.\n"
Prepare = Callable[[Cloud, FakeClock], None]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", quick)
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
    """Return the one mail that is asked for, as the stream hands it over, and to which function."""
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
    """Hand the record over once; say whether it was done."""
    keyring.forget()
    addresses.read_addresses.cache_clear()
    with struck(**strike) as told:
        try:
            app.handler(event, None)
        except RecordFailedError as failed:
            # The runtime prints it.
            assert str(failed) == ""  # noqa: PT017
            return False, told.calls, told.hit
    return True, told.calls, told.hit


@pytest.mark.parametrize("prepare", PREPARED, ids=lambda prepare: prepare.__name__)
def test_whatever_call_fails_the_mail_goes_out_and_never_with_another_code(
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
            told = f"{fault} at call {at + 1} ({name})"
            if not done:
                done, *_ = attempt(app, event)
            assert done, told
            sent = mails()[before:]
            # In doubt it is sent again, with the same code; without doubt never.
            doubted = name == "SendRawEmail" or at > calls.index("SendRawEmail")
            assert 1 <= len(sent) <= (2 if doubted else 1), told
            if "code" in prepare.__name__:
                assert len({code_in(mail) for mail in sent}) == 1, told
            assert len({str(mail["Subject"]) for mail in sent}) == 1, told
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
    """Upload what makes a video with captions; return the event of the last file."""
    uploads.put("sound.wav", media_files.make(media_files.WAV), video_id)
    uploads.put(
        "transcript.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann>Good morning.\n", video_id
    )
    metadata = json.dumps({**uploads.METADATA, **values}).encode()
    return s3_event(uploads.MEDIA, uploads.put("metadata.json", metadata, video_id))


def happen(event: dict[str, Any], **strike: Any) -> tuple[bool, list[str], list[str]]:
    """Let an upload's event happen with a fault of the table."""
    with struck(service="dynamodb", **strike) as told:
        try:
            uploads.ingest(event)
        except Exception:  # noqa: BLE001 - Lambda tries again, whatever it was
            return False, told.calls, told.hit
    return True, told.calls, told.hit


def table_strikes(calls: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    for at, name in enumerate(calls):
        for fault in STRIKES:
            number = f"{at}-{STRIKES.index(fault)}-{name.lower()}"
            yield number, {"fault": fault, "at": at}
        # Conflicts that do not end are the one refusal that a transaction gives up on.
        yield f"{at}-lasting-{name.lower()}", {"fault": CONFLICT, "at": at, "lasting": True}


def test_whatever_call_to_the_table_fails_an_upload_is_published_by_the_next_try(
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
        if not done:
            assert happen(event)[0], video_id
        video = uploads.read(video_id).json
        assert uploads.receipt(video_id)["state"] == "published", video_id
        # Nothing is left in the open that no video names.
        public = set(uploads.objects(uploads.PUBLIC)) - others
        assert public == {video["captions_url"].lstrip("/")}, video_id


def test_whatever_call_to_the_table_fails_a_withdrawal_is_complete_by_the_next_try(
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
        if not done:
            assert happen(event)[0], video_id
        assert uploads.read(video_id).status == 410, video_id
        assert uploads.receipt(video_id)["state"] == "withdrawn", video_id
        assert uploads.objects(uploads.PUBLIC) == [], video_id
