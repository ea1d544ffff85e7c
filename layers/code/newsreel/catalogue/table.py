"""Decides how the catalogue is stored in DynamoDB; with ``public_lists`` the only caller for it.

Entities (``pk`` / ``sk``; every item has ``entity`` and ``schema``):

========== ============================ ===========================================================
entity     keys                         holds
========== ============================ ===========================================================
video      VIDEO#<id> / VIDEO           the answer of ``GET /videos/{id}`` by field; ``state``
                                        (published, withdrawn), ``published_at`` (maybe in the
                                        future), ``withdraw_at``, ``withdrawn_at``, ``note``;
                                        ``objects``: storage key, version and ETag by rendition;
                                        ``speaker_names``. Exists only once published or withdrawn
transcript VIDEO#<id> / TRANSCRIPT      turns and cues, as deflated JSON in ``body``
receipt    RECEIPT#<id> / RECEIPT       what happened to the folder's files, as JSON in ``body``
folder     FOLDER#<id> / FOLDER         what ingest knows of the files, as deflated JSON in
                                        ``state``;
                                        ``revision`` counts writes, ``finished`` is the last one
                                        whose consequences outside the table are done; ``traces``
                                        is what the last write left in entries and changes; the
                                        lease on the folder (``newsreel.catalogue.folder_leases``)
entry      ENTRIES#<id> / <number>      a copy of a list entry, for one topic, one speaker or the
                                        language; only of a published video
change     CHANGES#<yyyy-mm> / <key>    that a video changed; the key is ``<at>#<id>#<revision>``,
                                        ``at`` may be in the future (end of an embargo,
                                        withdrawal); ``opens``: it can be seen from then on
========== ============================ ===========================================================

Access patterns (index ``published``, sorted by ``listing_key``, projects what a list entry holds):

=================== ============================= ================================================
``listing``         in                            ``listing_key``
=================== ============================= ================================================
video               published videos              ``<published_at>#<video_id>``
topic#<folded>,     entries                       the same
speaker#<folded>,
language#<folded>
change              changes                       the change's key
=================== ============================= ================================================

=================================== =======================================================
pattern                             call
=================================== =======================================================
list, newest first, page by page    Query published, listing = video, listing_key < :k
narrowed list                       the same, listing = topic#<folded> and so on
changes behind a cursor             Query CHANGES#<yyyy-mm>, sk > :k; months without any are
                                    skipped by a Query of published, listing = change
what became of changed videos       BatchGetItem VIDEO#<id> / VIDEO, consistent
the videos of a feed                the same
one video                           GetItem VIDEO#<id> / VIDEO
a video and its transcript          Query VIDEO#<id>
a link's account and video          BatchGetItem ACCOUNT#<id> / ACCOUNT (of ``accounts``) and
                                    VIDEO#<id> / VIDEO
what ingest knows                   GetItem FOLDER#<id> / FOLDER, consistent
the outcome of a reconciliation     TransactWriteItems of folder, receipt, video, transcript,
                                    entries and changes, on the folder's revision: at most 51
                                    entries and 4 changes, so 59 of the 100 items it may have
its consequences are done           UpdateItem FOLDER#<id> / FOLDER, on the revision
the current receipt                 GetItem RECEIPT#<id> / RECEIPT, consistent
=================================== =======================================================

An embargo holds to the second, because the list asks for ``listing_key`` up to now: the entry
appears when its time has come. ``withdraw_at`` works the same way, through a filter on that query.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from botocore.exceptions import ClientError

from newsreel import clock
from newsreel.aws import clients
from newsreel.aws.items import from_item, to_item
from newsreel.aws.transactions import (
    ConditionFailed,
    condition_failure,
    write_together,
)
from newsreel.catalogue import keys, public_lists, records
from newsreel.catalogue.records import (
    LISTING,
    FolderRecord,
    FolderResult,
    ListPage,
    Standing,
    TranscriptRecord,
    VideoRecord,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from newsreel.catalogue.traces import Change


class LostRaceError(Exception):
    """Another invocation wrote the folder since it was read: read and decide again."""


@dataclass(frozen=True, slots=True)
class CatalogueTable:
    """The catalogue's table under its name."""

    name: str

    def __post_init__(self) -> None:
        """Create the client during init, so that no request waits for it."""
        clients.dynamodb()

    @property
    def _client(self) -> "DynamoDBClient":
        return clients.dynamodb()

    def list_published(
        self, before: str, since: str, now: str, limit: int, listing: str = LISTING
    ) -> ListPage:
        """Return published videos with ``since <= listing_key < before``, newest first; one query.

        At most ``limit`` are looked at; a page may hold fewer and still have a ``last_key``.
        """
        return public_lists.list_page(
            self._client, self.name, listing, since=since, before=before, now=now, limit=limit
        )

    def changes_after(self, after: str, until: str, limit: int) -> "list[Change]":
        """Return entries of the change feed behind a key, oldest first; none: there are no more."""
        from newsreel.catalogue import traces  # noqa: PLC0415 - as in save_folder

        found = public_lists.changes_after(self._client, self.name, after, until, limit)
        return [traces.change_of(item) for item in found]

    def read_standings(self, video_ids: Collection[str]) -> dict[str, Standing]:
        """Return what decides whether each of at most 100 videos may be seen, by id."""
        return public_lists.read_standings(self._client, self.name, video_ids)

    def read_videos(self, video_ids: Collection[str]) -> dict[str, VideoRecord]:
        """Return those of at most 100 videos that there are, in any state, by id."""
        return public_lists.read_videos(self._client, self.name, video_ids)

    def read_video(self, video_id: str) -> VideoRecord | None:
        """Return a video in any state."""
        answer = self._client.get_item(TableName=self.name, Key=to_item(keys.video_pk(video_id)))
        return records.video_record(answer["Item"]) if "Item" in answer else None

    def read_video_and_transcript(
        self, video_id: str
    ) -> tuple[VideoRecord | None, TranscriptRecord | None]:
        """Return a video and its transcript in one call."""
        answer = self._client.query(
            TableName=self.name,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues=to_item({":pk": keys.video_pk(video_id)["pk"]}),
        )
        by_sort_key = {item["sk"]["S"]: item for item in answer["Items"]}
        video = by_sort_key.get("VIDEO")
        transcript = by_sort_key.get("TRANSCRIPT")
        return (
            records.video_record(video) if video else None,
            records.transcript_record(transcript) if transcript else None,
        )

    def read_folder(self, video_id: str) -> FolderRecord:
        """Return ingest's state of a folder."""
        answer = self._client.get_item(
            TableName=self.name, Key=to_item(keys.folder_pk(video_id)), ConsistentRead=True
        )
        item = from_item(answer.get("Item", {}))
        due_at = cast("int | None", item.get("due_at"))
        if "revision" not in item:  # an item may hold no more than a lease
            return FolderRecord(due_at=due_at)
        return FolderRecord(
            cast("int", item["revision"]),
            cast("int", item["finished"]),
            records.unpacked(item["state"]),
            traces=cast("dict[str, object] | None", item.get("traces")),
            due_at=due_at,
        )

    def save_folder(self, video_id: str, record: FolderRecord, outcome: FolderResult) -> None:
        """Write a reconciliation's result as the revision after ``record``'s, all or nothing.

        Raises:
            LostRaceError: the folder is no longer at the revision of ``record``.
        """
        # Imported here: only ingest saves, so people wait for this at no cold start.
        from newsreel.catalogue import traces  # noqa: PLC0415
        from newsreel.catalogue.folder_writes import FolderWrites  # noqa: PLC0415

        made = traces.step(
            traces.from_attributes(record.traces),
            outcome.video,
            outcome.transcript,
            video_id=video_id,
            revision=record.revision + 1,
            now=clock.rfc3339(clock.epoch()),
        )
        writes = FolderWrites(self.name, video_id)
        try:
            write_together(
                self._client,
                [
                    writes.folder(record, outcome, made.traces),
                    *writes.shown(outcome),
                    *writes.traces(outcome.video, made),
                ],
            )
        except ConditionFailed:
            raise LostRaceError from None

    def finish_folder(self, video_id: str, revision: int) -> None:
        """Mark everything that follows from a revision as done.

        Raises:
            LostRaceError: the folder has a newer revision, whose consequences are not done yet.
        """
        try:
            self._client.update_item(
                TableName=self.name,
                Key=to_item(keys.folder_pk(video_id)),
                UpdateExpression="SET finished = :revision",
                ConditionExpression="revision = :revision",
                ExpressionAttributeValues=to_item({":revision": revision}),
            )
        except ClientError as error:
            condition_failure(error)
            raise LostRaceError from None

    def read_receipt(self, video_id: str) -> str | None:
        """Return the current receipt's JSON."""
        answer = self._client.get_item(
            TableName=self.name, Key=to_item(keys.receipt_pk(video_id)), ConsistentRead=True
        )
        return str(from_item(answer["Item"])["body"]) if "Item" in answer else None
