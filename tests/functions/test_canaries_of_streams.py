"""Nothing of a mail or of an upload is ever written, whichever call fails.

Each call in turn fails in a text that quotes all it was given: addresses, codes, whole mails,
what stands in metadata. Lambda prints what these functions raise, so that is searched as well.
"""

import json
from typing import Any

import pytest
from argon2 import PasswordHasher
from newsreel.accounts import passwords
from newsreel.lambda_runtime.error_log import RecordFailedError

from tests.functions.test_stream_fault_injection import PREPARED, Prepare, pending
from tests.support import media_files, uploads
from tests.support.accounts import mails
from tests.support.canaries import Canaries, told
from tests.support.cloud import Cloud, FakeClock
from tests.support.events import s3_event, stream_event
from tests.support.fault_injection import FAULTS, QUOTING, forget, struck
from tests.support.invariants import memory
from tests.support.log_capture import CapturedOutput
from tests.support.scenarios import ADDRESS

pytestmark = pytest.mark.thorough

[BROKEN] = [fault for fault in FAULTS if fault.name == "broken"]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", quick)
    monkeypatch.setattr("newsreel.aws.transactions.time.sleep", lambda _seconds: None)


@pytest.mark.parametrize("prepare", PREPARED, ids=lambda prepare: prepare.__name__)
def test_nothing_of_a_mail_is_written_whichever_call_fails(
    cloud: Cloud, fake_clock: FakeClock, written: CapturedOutput, prepare: Prepare
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
    assert told(written.texts(), secrets) == set()
    bring_back()
    forget()
    with struck() as whole:
        app.handler(event, None)
    assert whole.calls
    for at in range(len(whole.calls)):
        for fault in (QUOTING, BROKEN):
            bring_back()
            forget()
            with struck(fault=fault, at=at) as happened:
                try:
                    app.handler(event, None)
                except RecordFailedError as error:
                    written.raised.append(error)
            assert happened.hit
            assert written.raised
            assert told(written.texts(), secrets) == set(), happened.hit
            written.forget()
    bring_back()
    # The others make keys; of these, none can hold anything else.
    for name in image.keys() - {"entity", "state", "pk", "sk", "purpose"}:
        broken = {**image, name: {"S": canaries.at(name)}}
        try:
            app.handler(stream_event(broken), None)
        except RecordFailedError as error:
            written.raised.append(error)
    assert canaries.told(written.texts()) == set()


def folder(video_id: str, canaries: Canaries) -> dict[str, Any]:
    """Upload what makes a video, canaries in all of it; return the event of its last file."""
    metadata = {
        "title": canaries.at("title"),
        "description": canaries.at("description"),
        "speakers": [{"name": canaries.at("speaker"), "role": canaries.at("role")}],
        "language": canaries.at("language"),
        canaries.at("name of an unknown field"): canaries.at("unknown field"),
    }
    said = f"WEBVTT\n\n00:01.000 --> 00:02.000\n<v {canaries.at('voice')}>{canaries.at('words')}\n"
    uploads.put("transcript.vtt", said.encode(), video_id)
    uploads.put(f"{canaries.at('file name')}.wav", media_files.make(media_files.WAV), video_id)
    uploads.put(f"{canaries.at('broken file')}.mp4", canaries.at("its bytes").encode(), video_id)
    return s3_event(
        uploads.MEDIA, uploads.put("metadata.json", json.dumps(metadata).encode(), video_id)
    )


def test_nothing_of_an_upload_is_written_whichever_call_fails(
    cloud: Cloud, fake_clock: FakeClock, written: CapturedOutput
) -> None:
    canaries = Canaries()
    with struck() as happened:
        uploads.ingest(folder("whole", canaries))
    assert canaries.told(written.texts()) == set()
    schedule = {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}
    for at in range(len(happened.calls)):
        event = folder(f"video-{at}", canaries)
        for asked in (event, schedule):
            with struck(fault=QUOTING, at=at) as again:
                try:
                    uploads.ingest(asked)
                except Exception as error:  # noqa: BLE001 - Lambda prints whatever it is
                    written.raised.append(error)
            assert canaries.told(written.texts()) == set(), again.hit
    assert len(written.raised) > len(happened.calls)
