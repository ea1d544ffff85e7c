"""Decides what a folder knows of the hashes of its files, and what its receipt says of them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from newsreel.catalogue.findings import Finding, RejectedError
from newsreel.catalogue.hash_items import HashedFile
from newsreel.ingest.buckets import MediaBucket
from newsreel.ingest.folder_state import FolderState, Hashing, KnownFile
from newsreel.media import checksums, crcs
from newsreel.media.digests import Digests
from newsreel.policy import HashPolicy

_FAILURES = (ClientError, BotoCoreError, OSError, RejectedError)
_TOLD = {
    "pending": "checksum_pending",
    "late": "checksum_late",
    "one_run": "checksum_one_run",
    "differs": "checksum_differs",
}


@dataclass(frozen=True, slots=True)
class HashResult:
    """What is known of a file's hash; ``sha256`` is in hexadecimal."""

    hashing: Hashing
    sha256: str | None = None


def hashed_file(video_id: str, file: KnownFile) -> HashedFile:
    """Return the version of an object that a known file is."""
    return HashedFile(
        video_id=video_id,
        key=file.key,
        version_id=file.version_id,
        etag=file.etag,
        size=file.size,
    )


def adopt(state: FolderState, video_id: str, results: Mapping[str, HashResult]) -> FolderState:
    """Return the state with what is new about hashes; ``results`` are by hash id."""

    def known(file: KnownFile) -> KnownFile:
        result = results.get(hashed_file(video_id, file).hash_id)
        is_waiting = file.rendition is not None and file.hashing in {"pending", "late"}
        return _with(file, result) if result is not None and is_waiting else file

    return state.model_copy(
        update={
            "files": {name: known(file) for name, file in state.files.items()},
            "good": {name: known(file) for name, file in state.good.items()},
        }
    )


def begin(file: KnownFile, policy: HashPolicy) -> KnownFile:
    """Return a file with what is to become of its hash."""
    if file.rendition is None or file.hashing not in {"pending", "given_up"}:
        return file
    # What was once given up for its size or for want of time may be computed by now.
    is_too_large = file.size > policy.largest
    return file.model_copy(update={"hashing": "given_up" if is_too_large else "pending"})


def add_small(media: MediaBucket, files: dict[str, KnownFile], most: int) -> None:
    """Hash files at once while their sizes together stay within ``most``; others have to wait.

    What S3 fails to give, or says otherwise in its own checksums, is left to the queue, which reads
    it again: the receipt does not wait for it.

    Raises:
        ObjectMovedError: a file was replaced or removed.
    """
    left = most
    for name, file in files.items():
        if file.rendition is None or file.hashing != "pending" or file.size > left:
            continue
        left -= file.size
        reported = file.rendition.checksums
        digest, others = hashlib.sha256(), Digests(reported)
        sums = crcs.begun(crcs.computable(reported))
        try:
            for chunk in media.read_piece(file.key, file.version_id, file.etag, 0, file.size):
                digest.update(chunk)
                others.update(chunk)
                sums = crcs.continued(sums, chunk)
        except _FAILURES:
            continue
        if others.agree() and crcs.agree(sums, digest.hexdigest(), reported):
            files[name] = _with(file, HashResult("done", digest.hexdigest()))


def findings_of(file: KnownFile, policy: HashPolicy) -> list[Finding]:
    """Return what the press office is told about a file's hash.

    Of one that S3 knows by itself nobody has to be told that it is still compared.
    """
    if file.hashing == "given_up":
        return [Finding("checksum_absent", {"limit": f"{policy.largest >> 30} GiB"})]
    is_known = file.rendition is not None and checksums.has_whole_file(file.rendition.checksums)
    if file.hashing == "done" or is_known:
        return []
    return [Finding(_TOLD[file.hashing])]


def _with(file: KnownFile, result: HashResult) -> KnownFile:
    if file.rendition is None or (result.sha256 is None and result.hashing != "differs"):
        return file.model_copy(update={"hashing": result.hashing})
    # S3's own SHA-256, too, if it is not that of what S3 hands out.
    others = [one for one in file.rendition.checksums if one.algorithm != "SHA256"]
    own = [checksums.whole_file(result.sha256)] if result.sha256 else []
    rendition = file.rendition.model_copy(update={"checksums": [*own, *others]})
    return file.model_copy(update={"rendition": rendition, "hashing": result.hashing})
