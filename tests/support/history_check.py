"""Holds the catalogue against the bucket, by rules of its own: what a history must end in."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from newsreel import clock
from newsreel.aws import clients
from newsreel.aws.items import from_item, to_item
from newsreel.catalogue import keys
from newsreel.catalogue.records import VideoRecord
from newsreel.ingest import folders

from functions.ingest import app as ingest_app
from tests.support.uploads import MEDIA, PUBLIC

BROKEN = b"broken"


@dataclass
class _Folder:
    """What the bucket holds of a folder, with every content that a key ever had."""

    video_id: str
    now: str
    files: dict[str, bytes]
    written: Mapping[str, Sequence[bytes]]
    left_out: set[str] = field(default_factory=set)
    """Files that are not looked at any more, because functions were killed over them."""

    def media(self) -> dict[str, bytes]:
        return {
            name: content
            for name, content in self.files.items()
            if folders.sort_of(name) == "media"
        }

    def sound(self) -> dict[str, str]:
        """Return the digests of files that must be offered."""
        return {
            name: hashlib.sha256(content).hexdigest()
            for name, content in self.media().items()
            if not content.startswith(BROKEN) and name not in self.left_out
        }

    def kept(self) -> dict[str, set[str]]:
        """Return the digests that files may have been kept with, whose content is of no use now."""
        return {
            name: {
                hashlib.sha256(content).hexdigest()
                for content in self.written[f"incoming/{self.video_id}/{name}"]
                if not content.startswith(BROKEN)
            }
            for name in self.media().keys() - self.sound().keys()
        }

    def metadata(self, title: str | None) -> dict[str, Any] | None:
        """Return the metadata in force: the current, or the one that a video was made from."""
        if "metadata.json" in self.files and "metadata.json" not in self.left_out:
            current = _values(self.files["metadata.json"])
            if _can_be(current):
                return current
        if title is None:
            return None
        written = self.written.get(f"incoming/{self.video_id}/metadata.json", [])
        contents = [one for one in map(_values, written) if _can_be(one)]
        found = (one for one in reversed(contents) if one["title"] == title)
        return next(found, contents[-1] if contents else None)


def _values(content: bytes) -> dict[str, Any]:
    return dict(json.loads(content))


def _can_be(metadata: Mapping[str, Any]) -> bool:
    """Tell whether metadata is taken: what ends before it begins is refused."""
    begins, ends = _rfc3339(metadata.get("publish_at")), _rfc3339(metadata.get("withdraw_at"))
    return begins is None or ends is None or begins < ends


def faults_of(
    video_id: str, written: Mapping[str, Sequence[bytes]], now: datetime
) -> Iterator[str]:
    """Yield what is wrong with a folder."""
    folder = _Folder(video_id, clock.rfc3339(int(now.timestamp())), _files(video_id), written)
    record = ingest_app.table.read_video(video_id)
    yield from _faults_of_item(video_id, int(now.timestamp()))
    stored = ingest_app.table.read_receipt(video_id)
    if stored is None:
        if folder.files or record:
            yield "has no receipt"
        return
    receipt = json.loads(stored)
    if _object(MEDIA, f"receipts/{video_id}.json") != stored.encode():
        yield "has another receipt in the bucket than in the table"
    listed = {one["file_name"]: one for one in receipt["files"]}
    if listed.keys() != folder.files.keys():
        yield f"has a receipt of {sorted(listed)}, but holds {sorted(folder.files)}"
    folder.left_out = {
        name
        for name, one in listed.items()
        if any(remark["code"] == "gave_up" for remark in one["remarks"])
    }
    yield from _faults_of_video(folder, record, receipt["state"])


def faults_of_public_files(video_ids: Sequence[str], *, killed: int) -> Iterator[str]:
    """Yield what is wrong with the public bucket.

    A function that was killed while it wrote files leaves them where nobody finds them.
    """
    used: set[str] = set()
    for video_id in video_ids:
        record = ingest_app.table.read_video(video_id)
        if record is None:
            continue
        video = record.video
        urls = [video.preview_url, video.captions_url]
        urls += (
            [video.posters.small, video.posters.medium, video.posters.large]
            if video.posters
            else []
        )
        used |= {url.removeprefix("/") for url in urls if url}
    listed = clients.s3().list_objects_v2(Bucket=PUBLIC)
    there = {entry["Key"] for entry in listed.get("Contents", [])}
    if missing := used - there:
        yield f"pages show files that are gone: {sorted(missing)}"
    if (left := there - used) and not killed:
        yield f"files are public that no page shows: {sorted(left)}"


def _faults_of_item(video_id: str, now: int) -> Iterator[str]:
    found = clients.dynamodb().get_item(
        TableName="catalogue", Key=to_item(keys.folder_pk(video_id))
    )
    if "Item" not in found:
        return
    item = from_item(found["Item"])
    if item.get("revision") != item.get("finished"):
        yield "has a revision that is not finished"
    if "lease" in item or "patience" in item:
        yield "is still held, or waits after a failure"
    due_at = item.get("due_at")
    if due_at is not None and int(str(due_at)) <= now:
        yield "is still due"


def _faults_of_video(folder: _Folder, record: VideoRecord | None, state: str) -> Iterator[str]:
    metadata = folder.metadata(record.video.title if record else None)
    if metadata is None:
        return
    offered = _offered(record)
    sound, kept = folder.sound(), folder.kept()
    if record is not None and record.video.title != metadata["title"]:
        yield f"is called {record.video.title}, not {metadata['title']}"
    if metadata["status"] == "draft":
        if record is not None:
            yield "is a draft, but in the catalogue"
        return
    over = _rfc3339(metadata.get("withdraw_at")) or "9"
    if metadata["status"] == "withdrawn" or over <= folder.now:
        if record is not None and record.state != "withdrawn":
            yield f"is over, but {record.state}"
        return
    if not sound and not (record and offered and set(offered) <= set(kept)):
        if record is not None and record.state != "withdrawn":
            yield f"holds nothing of use, but is {record.state}"
        return
    if record is None or record.state != "published":
        yield f"is to be public, but is {record.state if record else state}"
        return
    yield from _faults_of_files(offered, sound, kept)
    yield from _faults_of_publication(folder, record, metadata, state)


def _faults_of_files(
    offered: Mapping[str, str], sound: Mapping[str, str], kept: Mapping[str, set[str]]
) -> Iterator[str]:
    for name, digest in sound.items():
        if offered.get(name) != digest:
            yield f"offers another content of {name}, or none"
    for name, digest in offered.items():
        if name not in sound and digest not in kept.get(name, set()):
            yield f"offers {name}, which is not there"


def _faults_of_publication(
    folder: _Folder, record: VideoRecord, metadata: Mapping[str, Any], state: str
) -> Iterator[str]:
    starts = _rfc3339(metadata.get("publish_at"))
    if starts is not None and record.video.published_at != starts:
        yield f"is public since {record.video.published_at}, not {starts}"
    is_open = record.video.published_at <= folder.now
    if state != ("published" if is_open else "embargo"):
        yield f"has a receipt that says {state}"
    previews = [one for one in record.video.renditions if one.kind == "preview"]
    if bool(record.video.preview_url) != (is_open and bool(previews)):
        yield "has a preview that it should not have, or none"
    ids = [one.rendition_id for one in record.video.renditions]
    if len(set(ids)) != len(ids) or set(ids) != record.objects.keys():
        yield "has two files under one id"


def _offered(record: VideoRecord | None) -> dict[str, str]:
    renditions = record.video.renditions if record else []
    return {
        one.file_name: next((c.value for c in one.checksums if c.algorithm == "SHA256"), "")
        for one in renditions
    }


def _files(video_id: str) -> dict[str, bytes]:
    prefix = f"incoming/{video_id}/"
    listed = clients.s3().list_objects_v2(Bucket=MEDIA, Prefix=prefix).get("Contents", [])
    return {one["Key"].removeprefix(prefix): _object(MEDIA, one["Key"]) for one in listed}


def _object(bucket: str, key: str) -> bytes:
    return clients.s3().get_object(Bucket=bucket, Key=key)["Body"].read()


def _rfc3339(value: str | None) -> str | None:
    return clock.rfc3339(int(datetime.fromisoformat(value).timestamp())) if value else None
