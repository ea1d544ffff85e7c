"""Every receipt's advice helps: who does what a finding's ``next`` says is rid of the finding."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from newsreel.aws import clients
from newsreel.catalogue import findings
from newsreel.catalogue.findings import RejectedError
from newsreel.catalogue.transcripts import formats
from newsreel.ingest.buckets import MediaBucket
from newsreel.lambda_runtime.error_log import RecordFailedError
from newsreel.media import worker
from newsreel.media.ranged_file import ObjectMovedError

from tests.support.advice import ADVICE
from tests.support.advice.case import Advice, Folder
from tests.support.cloud import Cloud, FakeClock
from tests.support.events import s3_event
from tests.support.uploads import (
    MEDIA,
    VIDEO,
    describe,
    finding_codes,
    ingest,
    publish,
    put,
    receipt,
    upload,
)

ELSEWHERE = {"folder_name", "no_folder", "checksum_pending"}
"""Codes with a test of their own below: they stand in no folder's receipt, or for a moment."""


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


@pytest.mark.parametrize("advice", ADVICE, ids=lambda advice: advice.code)
def test_who_does_what_a_finding_says_is_rid_of_it(
    advice: Advice, cloud: Cloud, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place, value in advice.set_to:
        monkeypatch.setattr(place, value)
    if advice.earlier:
        change(advice.earlier)
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


def test_a_checksum_that_is_pending_comes_by_itself(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    def move(*_: object) -> None:
        raise ObjectMovedError

    monkeypatch.setattr("newsreel.media.checksums.AT_ONCE", 0)
    monkeypatch.setattr("newsreel.ingest.reconcile.time.sleep", lambda _seconds: None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MediaBucket, "hash", move)
        with pytest.raises(RecordFailedError):
            publish()
    assert finding_codes("preview.mp4") == ["checksum_pending"]
    assert says_there_is_nothing_to_do("checksum_pending")
    describe(location="Munich")
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
