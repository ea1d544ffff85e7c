"""Decides how the catalogue is stored in DynamoDB; the only module that calls it for the catalogue.

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
folder     FOLDER#<id> / FOLDER         what ingest knows of the files, as JSON in ``state``;
                                        ``revision`` counts writes, ``finished`` is the last one
                                        whose consequences outside the table are done; the lease on
                                        the folder (``newsreel.catalogue.folder_leases``)
========== ============================ ===========================================================

Access patterns (index ``published``: ``listing`` is "video" and present only in published videos,
``listing_key`` is ``<published_at>#<video_id>``; it projects what a list entry holds):

=================================== =======================================================
pattern                             call
=================================== =======================================================
list, newest first, page by page    Query published, listing = video, listing_key < :k
one video                           GetItem VIDEO#<id> / VIDEO
a video and its transcript          Query VIDEO#<id>
a link's account and video          BatchGetItem ACCOUNT#<id> / ACCOUNT (of ``accounts``) and
                                    VIDEO#<id> / VIDEO
what ingest knows                   GetItem FOLDER#<id> / FOLDER, consistent
the outcome of a reconciliation     TransactWriteItems of all four, on the folder's revision
its consequences are done           UpdateItem FOLDER#<id> / FOLDER, on the revision
the current receipt                 GetItem RECEIPT#<id> / RECEIPT, consistent
=================================== =======================================================

An embargo holds to the second, because the list asks for ``listing_key`` up to now: the entry
appears when its time has come. ``withdraw_at`` works the same way, through a filter on that query.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from botocore.exceptions import ClientError

from newsreel.aws import clients
from newsreel.aws.items import from_item, to_item
from newsreel.aws.transactions import (
    ConditionFailed,
    condition_failure,
    write_together,
)
from newsreel.catalogue import keys, records
from newsreel.catalogue.model import VideoEntry
from newsreel.catalogue.records import (
    LISTING,
    FolderRecord,
    FolderResult,
    ListFilter,
    ListPage,
    TranscriptRecord,
    VideoRecord,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import (
        QueryInputTypeDef,
        TransactWriteItemTypeDef,
    )

INDEX = "published"
PROJECTED = (
    "video_id",
    "title",
    "speakers",
    "speaker_names",
    "language",
    "topics",
    "location",
    "recorded_at",
    "published_at",
    "withdraw_at",
    "duration",
    "transcript",
    "formats",
    "posters",
)
"""The attributes that the index projects; a test compares them with the template."""


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
        self, before: str, since: str, now: str, limit: int, narrowed: ListFilter
    ) -> ListPage:
        """Return published videos with ``since <= listing_key < before``, newest first.

        One query. With a filter a page may be short of ``limit`` and still have a ``last_key``.
        """
        # One entry more than the page holds: it tells whether there is a next page, without a
        # query.
        names = {"#listing": "listing", "#key": "listing_key", "#withdraw_at": "withdraw_at"}
        values: dict[str, object] = {
            ":listing": LISTING,
            ":since": since,
            ":before": before,
            ":now": now,
        }
        conditions = ["(attribute_not_exists(#withdraw_at) OR #withdraw_at > :now)"]
        if narrowed.language:
            conditions.append("#language = :language")
            names["#language"] = "language"
            values[":language"] = narrowed.language
        for attribute, value in (
            ("speaker_names", narrowed.speaker),
            ("topics", narrowed.topic),
        ):
            if value:
                conditions.append(f"contains(#{attribute}, :{attribute})")
                names[f"#{attribute}"] = attribute
                values[f":{attribute}"] = value
        # BETWEEN includes both ends, but the caller's ``before`` is never itself a key.
        query: QueryInputTypeDef = {
            "TableName": self.name,
            "IndexName": INDEX,
            "KeyConditionExpression": "#listing = :listing AND #key BETWEEN :since AND :before",
            "FilterExpression": " AND ".join(conditions),
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": to_item(values),
            "ScanIndexForward": False,
            "Limit": limit + 1,
        }
        answer = self._client.query(**query)
        entries = [from_item(item) for item in answer["Items"]]
        last = answer.get("LastEvaluatedKey")
        last_key: str | None = None
        if len(entries) > limit:
            entries = entries[:limit]
            last_key = str(entries[-1]["listing_key"])
        elif last is not None:
            last_key = str(from_item(last)["listing_key"])
        return ListPage(tuple(VideoEntry.model_validate(item) for item in entries), last_key)

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
            cast("int", item["revision"]), cast("int", item["finished"]), str(item["state"]), due_at
        )

    def save_folder(self, video_id: str, revision: int, outcome: FolderResult) -> None:
        """Write a reconciliation's result as revision ``revision + 1``, all of it or nothing.

        Raises:
            LostRaceError: the folder is no longer at ``revision``.
        """
        video, transcript = outcome.video, outcome.transcript
        values: dict[str, object] = {
            ":entity": "folder",
            ":schema": records.SCHEMA,
            ":next": revision + 1,
            ":none": 0,
            ":state": outcome.state,
            ":looks": outcome.looks,
        }
        if revision:
            values[":revision"] = revision
        # An update, because the lease on the folder is in the same item.
        folder: TransactWriteItemTypeDef = {
            "Update": {
                "TableName": self.name,
                "Key": to_item(keys.folder_pk(video_id)),
                "UpdateExpression": (
                    "SET entity = :entity, #schema = :schema, revision = :next, finished = :none, "
                    "#state = :state, looks = :looks"
                ),
                "ConditionExpression": "revision = :revision"
                if revision
                else "attribute_not_exists(revision)",
                "ExpressionAttributeNames": {"#schema": "schema", "#state": "state"},
                "ExpressionAttributeValues": to_item(values),
            }
        }
        writes: list[TransactWriteItemTypeDef] = [
            folder,
            self._put({**keys.receipt_pk(video_id), **_kind("receipt"), "body": outcome.receipt}),
            self._put_or_delete(
                keys.video_pk(video_id), "video", records.video_item(video) if video else None
            ),
            self._put_or_delete(
                keys.transcript_pk(video_id),
                "transcript",
                records.transcript_item(transcript) if transcript else None,
            ),
        ]
        try:
            write_together(self._client, writes)
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

    def _put(self, values: Mapping[str, object]) -> "TransactWriteItemTypeDef":
        return {"Put": {"TableName": self.name, "Item": to_item(values)}}

    def _put_or_delete(
        self, key: keys.Key, entity: str, values: Mapping[str, object] | None
    ) -> "TransactWriteItemTypeDef":
        if values is None:
            return {"Delete": {"TableName": self.name, "Key": to_item(key)}}
        return self._put({**values, **key, **_kind(entity)})


def _kind(entity: str) -> dict[str, object]:
    return {"entity": entity, "schema": records.SCHEMA}
