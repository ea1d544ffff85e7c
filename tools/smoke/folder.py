"""Decides whether a press office's file reaches a person: upload, receipt, page, link, bytes, gone.

On production nothing that the trial uploads may be seen: its folder is under embargo for ten years,
only its receipt is looked at, and page and download are tried with a video that is there.
"""

import io
import json
import math
import secrets
import struct
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from tools.smoke.deployment import kind_of, waiting
from tools.smoke.trial import NotTriedError, StepFailedError, Trial
from tools.smoke.web import Visitor

_RECEIPT_TAKES = 180.0
_RATE = 8000
_EMBARGO = timedelta(days=3650)
"""Ten years, as long as an embargo may be; its receipt asks whether the year is meant."""
DOWNLOAD_STEPS = ("Page of a video", "Download link", "Redirect", "Range", "HEAD")


@dataclass(frozen=True, slots=True)
class Folder:
    """What the trial uploads."""

    s3: Any
    bucket: str
    video_id: str
    is_taken_in: bool = False

    def key(self, name: str) -> str:
        """Return the key of one of its files."""
        return f"incoming/{self.video_id}/{name}"


def upload(trial: Trial, s3: Any, bucket: str, *, is_production: bool) -> Folder | None:
    """Upload a folder and read its receipt; return it if something of it may be there."""
    now = datetime.now(UTC)
    folder = Folder(s3, bucket, f"{now:%Y-%m-%d}-smoke-{secrets.token_hex(4)}")
    values = {"title": "A trial of this deployment", "language": "en"}
    if is_production:
        values["publish_at"] = (now + _EMBARGO).strftime("%Y-%m-%dT%H:%M:%SZ")
    done = trial.step("Upload", lambda: _put(folder, values))
    if done is None:
        trial.skip("Receipt", because="nothing was uploaded")
        return folder if trial.steps[-2].state == "failed" else None
    wanted = "embargo" if is_production else "published"
    taken_in = trial.step("Receipt", lambda: _receipt(folder, wanted))
    return replace(folder, is_taken_in=taken_in is not None)


def _put(folder: Folder, values: dict[str, str]) -> tuple[bool, str]:
    with _refused("s3:PutObject on incoming/*"):
        for name, content in (
            ("tone.wav", _tone()),
            ("metadata.json", json.dumps(values).encode()),
        ):
            folder.s3.put_object(Bucket=folder.bucket, Key=folder.key(name), Body=content)
    return True, f"incoming/{folder.video_id}/"


def _receipt(folder: Folder, wanted: str) -> tuple[bool, str]:
    for _ in waiting(_RECEIPT_TAKES):
        told = _receipt_now(folder)
        refused = [one["file_name"] for one in told.get("files", ()) if not one["accepted"]]
        if refused or told.get("state") not in {None, "waiting"}:
            break
    if refused or told["state"] != wanted:
        names = f", and refuses {', '.join(refused)}" if refused else ""
        raise StepFailedError(f"says {told['state']!r} instead of {wanted!r}{names}")
    return True, f"{wanted}; {len(told.get('files', []))} files"


def _receipt_now(folder: Folder) -> dict[str, Any]:
    """Return the receipt; empty if there is none yet."""
    body = b"{}"
    with _refused("s3:GetObject on receipts/*", but={"NoSuchKey", "404"}):
        key = f"receipts/{folder.video_id}.json"
        body = folder.s3.get_object(Bucket=folder.bucket, Key=key)["Body"].read()
    told: dict[str, Any] = json.loads(body)
    return told


def download(trial: Trial, visitor: Visitor, video_id: str) -> None:
    """See a video's page, make a link, and follow it to the bytes."""
    video = trial.step(DOWNLOAD_STEPS[0], lambda: _page(visitor, video_id))
    link = video and trial.step(DOWNLOAD_STEPS[1], lambda: _link(visitor, video))
    where = link and trial.step(DOWNLOAD_STEPS[2], lambda: _redirect(visitor, link))
    if not video or not link or not where:
        done = 1 + bool(video) + bool(link)
        trial.skip(*DOWNLOAD_STEPS[done:], because="the step before failed")
        return
    trial.step(DOWNLOAD_STEPS[3], lambda: _range(visitor, where))
    trial.step(DOWNLOAD_STEPS[4], lambda: _head(visitor, link))


def _page(visitor: Visitor, video_id: str) -> tuple[dict[str, Any], str]:
    for _ in waiting(30):  # the edge keeps an older answer for ten seconds
        reply = visitor.send("GET", f"/videos/{video_id}")
        if reply.status == HTTPStatus.OK:
            break
    if "text/html" not in reply.headers.get("content-type", ""):
        raise StepFailedError("is no HTML")
    video = visitor.send("GET", f"/api/videos/{video_id}").expect(200).json()
    if not video.get("renditions"):
        raise StepFailedError("offers no file")
    return video, f"/videos/{video_id}"


def _link(visitor: Visitor, video: dict[str, Any]) -> tuple[str, str]:
    smallest = min(video["renditions"], key=lambda one: int(one["size_bytes"]))
    path = f"/api/videos/{video['video_id']}/downloads"
    body: dict[str, object] = {"rendition": smallest["rendition_id"]}
    reply = visitor.send("POST", path, body)
    if reply.json().get("code") == "terms_not_accepted":
        body["terms_version"] = reply.json()["terms_version"]
        reply = visitor.send("POST", path, body)
    told = reply.expect(201).json()
    return str(told["download_url"]), f"{told['file_name']}, until {told['expires_at']}"


def _redirect(visitor: Visitor, link: str) -> tuple[str, str]:
    where = visitor.send("GET", link).expect(302).headers.get("location", "")
    if not where:
        raise StepFailedError("302 without a Location")
    return where, f"302 to {where.partition('?')[0].rpartition('/')[0][:60]}…"


def _range(visitor: Visitor, where: str) -> tuple[bool, str]:
    first, last = 10, 19
    asked = {"Range": f"bytes={first}-{last}"}
    reply = visitor.send("GET", where, headers=asked).expect(206)
    told = reply.headers.get("content-range", "")
    if len(reply.body) != last - first + 1 or not told.startswith(f"bytes {first}-{last}/"):
        raise StepFailedError(f"{len(reply.body)} bytes as {told!r}")
    return True, told


def _head(visitor: Visitor, link: str) -> tuple[bool, str]:
    where = visitor.send("HEAD", link).expect(302).headers.get("location", "")
    size = visitor.send("HEAD", where).expect(200).headers.get("content-length", "?")
    return True, f"302, then 200 with {size} bytes to come"


def take_away(trial: Trial, visitor: Visitor, folder: Folder, *, was_public: bool) -> None:
    """Delete what was uploaded, and see that the video is gone."""

    def run() -> tuple[bool, str]:
        with _refused("s3:DeleteObject on incoming/*"):
            for name in ("metadata.json", "tone.wav"):
                folder.s3.delete_object(Bucket=folder.bucket, Key=folder.key(name))
        for _ in waiting(_RECEIPT_TAKES):
            if not _receipt_now(folder).get("files"):
                break
        if was_public:
            for _ in waiting(_RECEIPT_TAKES):
                if visitor.send("GET", f"/api/videos/{folder.video_id}").status in {404, 410}:
                    break
        return True, "the files are deleted, and the video is gone" if was_public else (
            "the files are deleted, and the receipt knows it"
        )

    if trial.step("Taking the folder away", run) is None:
        trial.stays.append(f"incoming/{folder.video_id}/ in {folder.bucket}")
    trial.stays.append(f"receipts/{folder.video_id}.json; old versions of its files for 35 days")
    if was_public:
        trial.stays.append(f"that {folder.video_id} was withdrawn, in the feed of changes")


@contextmanager
def _refused(right: str, but: set[str] | None = None) -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError) as refused:
        kind = kind_of(refused)
        if kind in (but or set()):
            return
        if kind in {"AccessDenied", "403"}:
            raise NotTriedError(f"needs {right}") from None
        raise StepFailedError(f"S3 refuses it: {kind}") from None


def _tone() -> bytes:
    """Return a second of a tone: the smallest file that people could download."""
    samples = (round(8000 * math.sin(2 * math.pi * 440 * n / _RATE)) for n in range(_RATE))
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(_RATE)
        written.writeframes(b"".join(struct.pack("<h", one) for one in samples))
    return file.getvalue()
