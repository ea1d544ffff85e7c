"""Decides the items that one save of a folder writes and deletes, as entries of a transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsreel.aws.items import to_item
from newsreel.catalogue import keys, records, traces
from newsreel.catalogue.records import FolderRecord, FolderResult, VideoRecord
from newsreel.catalogue.traces import Step, Traces

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

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


@dataclass(frozen=True, slots=True)
class FolderWrites:
    """The entries of one video's folder, for the table with a name."""

    table: str
    video_id: str

    def folder(
        self, before: FolderRecord, outcome: FolderResult, left: Traces
    ) -> "TransactWriteItemTypeDef":
        """Return the folder's next revision, under the condition that it is at ``before``'s.

        An update, because the lease on the folder is in the same item.
        """
        values: dict[str, object] = {
            ":entity": "folder",
            ":schema": records.SCHEMA,
            ":next": before.revision + 1,
            ":none": 0,
            ":state": records.packed(outcome.state),
            ":looks": outcome.looks,
            ":traces": traces.to_attributes(left),
        }
        condition = "attribute_not_exists(revision)"
        if before.revision:
            condition, values[":revision"] = "revision = :revision", before.revision
        return {
            "Update": {
                "TableName": self.table,
                "Key": to_item(keys.folder_pk(self.video_id)),
                "UpdateExpression": (
                    "SET entity = :entity, #schema = :schema, revision = :next, finished = :none, "
                    "#state = :state, looks = :looks, traces = :traces"
                ),
                "ConditionExpression": condition,
                "ExpressionAttributeNames": {"#schema": "schema", "#state": "state"},
                "ExpressionAttributeValues": to_item(values),
            }
        }

    def shown(self, outcome: FolderResult) -> "list[TransactWriteItemTypeDef]":
        """Return receipt, video and transcript; a missing one deletes what was there."""
        video, transcript = outcome.video, outcome.transcript
        video_key, transcript_key = keys.video_pk(self.video_id), keys.transcript_pk(self.video_id)
        return [
            self._put(keys.receipt_pk(self.video_id), "receipt", {"body": outcome.receipt}),
            self._put(video_key, "video", records.video_item(video))
            if video
            else self._delete(video_key),
            self._put(transcript_key, "transcript", records.transcript_item(transcript))
            if transcript
            else self._delete(transcript_key),
        ]

    def traces(self, video: VideoRecord | None, made: Step) -> "list[TransactWriteItemTypeDef]":
        """Return entries of the index and the change feed, and delete what is no longer true."""
        item = records.video_item(video) if video else {}
        copied = {name: item.get(name) for name in (*PROJECTED, "listing_key")}
        entries = [
            self._put(keys.entry_pk(self.video_id, number), "entry", {**copied, "listing": listing})
            for number, listing in enumerate(made.listings)
        ]
        changes = [
            self._put(keys.change_pk(change.key), "change", traces.change_item(change))
            for change in made.changes
        ]
        gone = [keys.entry_pk(self.video_id, number) for number in made.dropped_entries]
        gone += [keys.change_pk(key) for key in made.dropped_changes]
        return [*entries, *changes, *(self._delete(key) for key in gone)]

    def _put(
        self, key: keys.Key, entity: str, values: Mapping[str, object]
    ) -> "TransactWriteItemTypeDef":
        item = to_item({**values, **key, "entity": entity, "schema": records.SCHEMA})
        return {"Put": {"TableName": self.table, "Item": item}}

    def _delete(self, key: keys.Key) -> "TransactWriteItemTypeDef":
        return {"Delete": {"TableName": self.table, "Key": to_item(key)}}
