"""Decides which hashes are asked for again, and which folders are told again how one ended."""

from collections.abc import Iterable
from typing import Protocol

from newsreel.catalogue.hash_items import OPEN, HashedFile, HashesTable, file_ids
from newsreel.ingest.hash_steps import HashQueue, HashStep
from newsreel.policy import HashPolicy

_MOST_DUE = 100


class Folders(Protocol):
    """Where a look at a folder is asked for."""

    def send_folders(self, video_ids: Iterable[str], /) -> None:
        """Ask for a look at each of these folders."""


def tell(hashes: HashesTable, folders: Folders, file: HashedFile) -> None:
    """Have a folder looked at, because something came of one of its hashes, and note that."""
    folders.send_folders([file.video_id])
    hashes.settle(file)


def ask_again(
    hashes: HashesTable, queue: HashQueue, folders: Folders, *, now: int, policy: HashPolicy
) -> int:
    """Ask again for hashes that have shown no sign of life; return for how many.

    Of one that is over, the folder is told again: the message before may be lost.
    """
    asked = 0
    for item in hashes.list_due(now=now, limit=_MOST_DUE):
        video_id, hash_id = file_ids(item)
        known = hashes.read(video_id, hash_id)
        if known is not None and known.state != OPEN:
            tell(hashes, folders, known.file)
        elif hashes.put_off(item, due_at=now + policy.look_again):
            queue.send(HashStep(video_id=video_id, hash_id=hash_id))
            asked += 1
    return asked
