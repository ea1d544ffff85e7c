"""Decides nothing: names what ingest reads and writes, for all of its rules."""

from collections.abc import Callable
from dataclasses import dataclass

from newsreel.catalogue.folder_leases import FolderLeases
from newsreel.catalogue.table import CatalogueTable
from newsreel.ingest.buckets import MediaBucket, PublicBucket
from newsreel.ingest.folder_queue import FolderQueue
from newsreel.ingest.hash_steps import HashDesk


def _forever() -> float:
    return float("inf")


@dataclass(frozen=True, slots=True)
class Stores:
    """Table, buckets and queue; ``seconds_left`` is the remaining time of this invocation."""

    table: CatalogueTable
    media: MediaBucket
    public: PublicBucket
    queue: FolderQueue
    hashes: HashDesk
    seconds_left: Callable[[], float] = _forever

    @property
    def leases(self) -> FolderLeases:
        """The leases of folders, which are in the same table."""
        return FolderLeases(self.table.name)
