"""Every receipt's advice helps: who does what a finding's ``next`` says is rid of the finding."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from moto.core.utils import utcnow
from newsreel.aws import clients
from newsreel.catalogue import findings
from newsreel.catalogue.findings import RejectedError
from newsreel.catalogue.transcripts import formats
from newsreel.ingest.buckets import MediaBucket
from newsreel.ingest.lease import MOST_LOOKS
from newsreel.media import crcs, resumable_sha256, worker
from newsreel.policy import POLICY

from tests.support import media_files
from tests.support.advice import ADVICE
from tests.support.advice.case import Advice, Folder
from tests.support.cloud import Cloud, FakeClock
from tests.support.events import s3_event
from tests.support.hashing import (
    EndingContext,
    handle,
    hash_everything,
    hash_what_is_due,
    let_nothing_be_small,
    waiting,
)
from tests.support.killed import KilledError, killed
from tests.support.media_files import make
from tests.support.uploads import (
    MEDIA,
    VIDEO,
    describe,
    drain,
    finding_codes,
    ingest,
    publish,
    put,
    receipt,
    upload,
)

ELSEWHERE = {
    "folder_name",
    "no_folder",
    "checksum_pending",
    "checksum_late",
    "checksum_one_run",
    "checksum_differs",
}
"""Codes with a test of their own below: they stand in no folder's receipt, or come from a queue."""


NEEDED_TO_PUBLISH = {"metadata_missing", "metadata_refused", "no_rendition"}
"""Most cases hold only the file that they are about."""


def test_every_finding_has_a_case_that_does_what_it_says() -> None:
    assert {advice.code for advice in ADVICE} | ELSEWHERE == set(findings.SEVERITIES)


def codes() -> set[str]:
    """Return every code of the receipt."""
    told = receipt()
    remarks = [*told["remarks"], *(one for file in told["files"] for one in file["remarks"])]
    return {remark["code"] for remark in remarks}


def change(folder: Folder) -> None:
    """Upload and remove files, and deliver one event for all of them."""
    for name, data in folder.items():
        if data is None:
            clients.s3().delete_object(Bucket=MEDIA, Key=f"incoming/{VIDEO}/{name}")
        else:
            put(name, data if isinstance(data, bytes) else data())
    ingest(s3_event(MEDIA, f"incoming/{VIDEO}/{next(iter(folder))}"))


@contextmanager
def failing(advice: Advice) -> Iterator[None]:
    """Have looking into files fail, where the case says so."""

    def refuse(*_: object) -> Any:
        assert advice.failing is not None
        raise RejectedError(advice.failing[1].code, **advice.failing[1].values)

    def break_down(*_: object) -> Any:
        raise ZeroDivisionError

    with pytest.MonkeyPatch.context() as patch:
        if advice.failing is not None:
            of_poster = advice.failing[0] == "poster.jpg"
            patch.setattr(worker, "poster_from_jpeg" if of_poster else "probe", refuse)
        if advice.code == "reading_failed":
            patch.setattr(formats, "read", break_down)
        yield


def end_functions(advice: Advice, fake_clock: FakeClock) -> None:
    """Have looks at the folder end their function, as often as that is tried."""

    def end(*_: object) -> Any:
        raise KilledError

    assert advice.ended_in is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(worker, advice.ended_in, end)
        for _ in range(MOST_LOOKS):
            with killed(fake_clock):
                change(advice.before)


@pytest.mark.thorough
@pytest.mark.parametrize("advice", ADVICE, ids=lambda advice: advice.code)
def test_who_does_what_a_finding_says_is_rid_of_it(
    advice: Advice, cloud: Cloud, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place, value in advice.set_to:
        monkeypatch.setattr(place, value)
    if advice.earlier:
        change(advice.earlier)
    if advice.ended_in is not None:
        end_functions(advice, fake_clock)
    with failing(advice):
        change(advice.before)
    assert advice.code in codes()
    if advice.after:
        change(advice.after)
    else:
        assert says_there_is_nothing_to_do(advice.code)
        fake_clock.forward(hours=advice.hours)
        ingest(s3_event(MEDIA, f"incoming/{VIDEO}/metadata.json"))
    assert (advice.code not in codes()) == advice.gone
    assert advice.state in {None, receipt()["state"]}
    assert rejected() <= advice.left | NEEDED_TO_PUBLISH


def says_there_is_nothing_to_do(code: str) -> bool:
    remarks = [*receipt()["remarks"], *(r for f in receipt()["files"] for r in f["remarks"])]
    [advice] = {remark["next"] for remark in remarks if remark["code"] == code}
    return bool(advice.startswith("Nothing to do"))


def rejected() -> set[str]:
    return {code for code in codes() if findings.SEVERITIES[code] == "rejected"}


@pytest.fixture
def _by_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    let_nothing_be_small(monkeypatch)


@pytest.mark.thorough
@pytest.mark.usefixtures("_by_the_queue")
def test_a_checksum_that_is_pending_comes_by_itself(cloud: Cloud, fake_clock: FakeClock) -> None:
    publish()
    assert finding_codes("preview.mp4") == ["checksum_pending"]
    assert says_there_is_nothing_to_do("checksum_pending")
    hash_everything()
    drain()
    assert finding_codes("preview.mp4") == []


@pytest.mark.thorough
@pytest.mark.usefixtures("_by_the_queue")
def test_a_checksum_that_is_late_comes_by_itself_within_a_day(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    publish()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MediaBucket, "read_piece", unreachable)
        for _ in range(POLICY.hashes.told_after):
            fake_clock.forward(hours=1)
            hash_what_is_due()
            for body in dict.fromkeys(waiting()):
                handle(body)
    drain()
    assert finding_codes("preview.mp4") == ["checksum_late"]
    assert says_there_is_nothing_to_do("checksum_late")
    fake_clock.forward(hours=24)
    hash_what_is_due()
    hash_everything()
    drain()
    assert finding_codes("preview.mp4") == []


def unreachable(*_: object) -> Iterator[bytes]:
    raise ConnectionResetError


@pytest.mark.thorough
@pytest.mark.usefixtures("_by_the_queue")
def test_a_checksum_that_does_not_fit_into_one_run_keeps_nobody_waiting(
    cloud: Cloud, fake_clock: FakeClock, logged: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resumable_sha256, "new", lambda: None)
    publish()
    for body in waiting():
        handle(body, EndingContext())
    drain()
    assert finding_codes("preview.mp4") == ["checksum_one_run"]
    assert says_there_is_nothing_to_do("checksum_one_run")
    assert receipt()["state"] == "published"
    # Whoever runs the service finds it in the log, and an update does not begin it again.
    assert '"given up"' in logged.getvalue()
    describe(topics=["Ukraine"])
    assert finding_codes("preview.mp4") == ["checksum_one_run"]
    assert waiting() == []


@pytest.mark.thorough
@pytest.mark.usefixtures("_by_the_queue")
@pytest.mark.parametrize("is_the_same", [True, False])
def test_a_file_that_is_not_what_s3_says_of_it_gets_its_checksum_when_it_is_uploaded_again(
    cloud: Cloud, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch, *, is_the_same: bool
) -> None:
    content = make(media_files.PREVIEW)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crcs, "agree", lambda *_: False)
        publish()
        hash_everything()
        drain()
    assert finding_codes("preview.mp4") == ["checksum_differs"]
    fake_clock.forward(minutes=1)
    # S3 tells uploads apart by the second, and moto takes it from the machine's own clock.
    later = utcnow() + timedelta(minutes=1)
    monkeypatch.setattr("moto.s3.models.utcnow", lambda: later)
    upload("preview.mp4", content if is_the_same else content + bytes(8))
    hash_everything()
    drain()
    assert finding_codes("preview.mp4") == []


@pytest.mark.parametrize(
    ("key", "where", "code"),
    [
        ("incoming/My Video/a.mp4", "receipts/_rejected/My%20Video.json", "folder_name"),
        ("incoming/a.mp4", "receipts/_rejected/a%2Emp4.json", "no_folder"),
    ],
)
def test_who_uploads_into_a_folder_as_told_has_a_receipt_of_it(
    cloud: Cloud, key: str, where: str, code: str
) -> None:
    clients.s3().put_object(Bucket=MEDIA, Key=key, Body=b"x")
    ingest(s3_event(MEDIA, key))
    told = clients.s3().get_object(Bucket=MEDIA, Key=where)["Body"].read().decode()
    assert f'"{code}"' in told
    assert ("incoming/<video id>/" in told) == (code == "no_folder")
    upload("a.mp4", b"x", "2026-02-14-munich-doorstep")
    assert receipt()["video_id"] == "2026-02-14-munich-doorstep"
