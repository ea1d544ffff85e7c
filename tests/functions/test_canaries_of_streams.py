"""No value from a mail or an upload is ever written, whichever call fails.

Each call in turn fails with an error whose text quotes all parameters: addresses, codes, whole
mails, metadata. Lambda prints what these functions raise, so the search covers that as well.
"""

import json
from typing import Any

import pytest
from newsreel.ingest.events import Slice
from newsreel.lambda_runtime.error_log import RecordFailedError

from tests.functions.test_stream_fault_injection import PREPARED, Prepare, pending
from tests.support import media_files, uploads
from tests.support.accounts import mails
from tests.support.canaries import Canaries, told
from tests.support.cloud import Cloud, FakeClock
from tests.support.events import s3_event, sqs_event, stream_event
from tests.support.fault_injection import FAULTS, QUOTING, forget, inject_fault
from tests.support.invariants import memory
from tests.support.log_capture import CapturedOutput
from tests.support.scenarios import ADDRESS

pytestmark = pytest.mark.thorough

[BROKEN] = [fault for fault in FAULTS if fault.name == "broken"]


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsreel.aws.transactions.time.sleep", lambda _seconds: None)


@pytest.mark.parametrize("prepare", PREPARED, ids=lambda prepare: prepare.__name__)
def test_nothing_of_a_mail_is_written_whichever_call_fails(
    cloud: Cloud, fake_clock: FakeClock, captured: CapturedOutput, prepare: Prepare
) -> None:
    prepare(cloud, fake_clock)
    app, event = pending()
    image = event["Records"][0]["dynamodb"]["NewImage"]
    canaries, bring_back = Canaries(), memory()
    app.handler(stream_event({**image, "unknown": {"S": canaries.at("unknown")}}), None)
    words = mails()[-1].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    subject = str(mails()[-1]["Subject"]).partition(" is your ")
    secrets = {"address": ADDRESS, "words": words[:40], "key": image["pk"]["S"].partition("#")[2]}
    if subject[1]:
        secrets["code"] = subject[0].replace(" ", "")
    assert told(captured.texts(), secrets) == set()
    bring_back()
    forget()
    with inject_fault() as whole:
        app.handler(event, None)
    assert whole.calls
    for at in range(len(whole.calls)):
        for fault in (QUOTING, BROKEN):
            bring_back()
            forget()
            with inject_fault(fault=fault, at=at) as happened:
                try:
                    app.handler(event, None)
                except RecordFailedError as error:
                    captured.raised.append(error)
            assert happened.hit
            # A busy SES or table is met by another try within the function.
            assert captured.raised or fault is BROKEN
            assert told(captured.texts(), secrets) == set(), happened.hit
            captured.forget()
    bring_back()
    # The excluded attributes form keys or select the record, so they cannot hold a canary.
    for name in sorted(image.keys() - {"entity", "state", "pk", "sk", "purpose"}):
        broken = {**image, name: {"S": canaries.at(name)}}
        try:
            app.handler(stream_event(broken), None)
        except RecordFailedError as error:
            captured.raised.append(error)
    assert canaries.told(captured.texts()) == set()


def folder(video_id: str, canaries: Canaries) -> dict[str, Any]:
    """Upload the files of a video, each with canaries; return the event of the last file."""
    metadata = {
        "title": canaries.at("title"),
        "description": canaries.at("description"),
        "speakers": [{"name": canaries.at("speaker"), "role": canaries.at("role")}],
        "language": canaries.at("language"),
        canaries.at("name of an unknown field"): canaries.at("unknown field"),
    }
    captions = (
        f"WEBVTT\n\n00:01.000 --> 00:02.000\n<v {canaries.at('voice')}>{canaries.at('words')}\n"
    )
    uploads.put("transcript.vtt", captions.encode(), video_id)
    uploads.put(f"{canaries.at('file name')}.wav", media_files.make(media_files.WAV), video_id)
    uploads.put(f"{canaries.at('broken file')}.mp4", canaries.at("its bytes").encode(), video_id)
    return s3_event(
        uploads.MEDIA, uploads.put("metadata.json", json.dumps(metadata).encode(), video_id)
    )


def test_nothing_of_an_upload_is_written_whichever_call_fails(
    cloud: Cloud, fake_clock: FakeClock, captured: CapturedOutput
) -> None:
    canaries = Canaries()
    for at in range(len(calls_of(folder("whole", canaries)))):
        strike(folder(f"video-{at}", canaries), at, canaries, captured)


def test_nothing_of_a_folder_is_written_whichever_call_of_the_daily_look_fails(
    cloud: Cloud, fake_clock: FakeClock, captured: CapturedOutput
) -> None:
    canaries = Canaries()
    uploads.ingest(folder("settled", canaries))
    folder("changed", canaries)
    everything = sqs_event("ingest", Slice(day="2026-02-14").model_dump_json())

    def stray(number: int) -> dict[str, Any]:
        # One that has a receipt costs no call.
        uploads.put("a.mp4", b"x", f"{canaries.at('stray')} {number}")
        return everything

    for at in range(len(calls_of(stray(0)))):
        strike(stray(at + 1), at, canaries, captured)


def calls_of(event: dict[str, Any]) -> list[str]:
    with inject_fault() as happened:
        uploads.ingest(event)
    return happened.calls


def strike(event: dict[str, Any], at: int, canaries: Canaries, captured: CapturedOutput) -> None:
    """Let one call fail, which is told, and nothing of any file with it."""
    captured.forget()
    with inject_fault(fault=QUOTING, at=at) as happened:
        try:
            uploads.ingest(event)
        except Exception as error:  # noqa: BLE001 - Lambda prints whatever it is
            captured.raised.append(error)
    assert happened.hit
    assert any("RuntimeError" in text for text in captured.texts()), happened.hit
    assert canaries.told(captured.texts()) == set(), happened.hit
