"""Decides how the hash of a file is stored while it is computed, a step at a time.

One item for each version of a file, ``HASH#<video id>`` / ``<hash id>``, entity ``hash``:

============= ======================================================================
attribute     holds
============= ======================================================================
file          the S3 object: key, version id, ETag, size
state         ``open``, ``done`` with ``sha256``, or ``given_up`` with ``reason``
claim         who works on it, until ``claimed_until`` (seconds since 1970)
hashed        bytes so far; ``context`` is the state of the SHA-256 after them
crcs          other checksums so far, by name
piece         bytes of a piece when it was begun
step          how often it was stored
again         how often it was begun again because S3's own checksum differed
failures      in a row, without a piece between them
due, due_at   when it is asked for again, in the index of what is due; until it is over and its
              folder was told
ttl           when it may be forgotten; once it is not open
============= ======================================================================

A claim is a condition of a write: of two who want the same hash one gets it, and who lost a claim
can store nothing.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Literal, Self, TypeAlias, cast

from botocore.exceptions import ClientError

from newsreel.aws import clients
from newsreel.aws.items import Value, from_item, to_item
from newsreel.aws.transactions import condition_failure
from newsreel.catalogue import due, keys
from newsreel.catalogue.records import SCHEMA

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import UpdateItemInputTypeDef

HashState: TypeAlias = Literal["open", "done", "given_up"]
HashReason: TypeAlias = Literal["one_run", "differs"]

OPEN: HashState = "open"
DONE: HashState = "done"
GIVEN_UP: HashState = "given_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class HashedFile:
    """One version of one S3 object in a video's folder."""

    video_id: str
    key: str
    version_id: str
    etag: str
    size: int

    @property
    def hash_id(self) -> str:
        """Return what names this version and no other one."""
        parts = "\n".join((self.key, self.version_id, self.etag, str(self.size)))
        return hashlib.sha256(parts.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class HashProgress:
    """How far a hash is; see the module for the fields."""

    file: HashedFile
    state: HashState = OPEN
    hashed: int = 0
    context: bytes = b""
    crcs: Mapping[str, int] = field(default_factory=dict)
    piece: int = 0
    step: int = 0
    again: int = 0
    failures: int = 0
    sha256: str | None = None
    reason: HashReason | None = None

    @classmethod
    def of_item(cls, video_id: str, values: Mapping[str, Value]) -> Self:
        """Return the progress of a stored item."""
        stored = cast("dict[str, str | int]", values["file"])
        return cls(
            file=HashedFile(
                video_id=video_id,
                key=str(stored["key"]),
                version_id=str(stored["version_id"]),
                etag=str(stored["etag"]),
                size=int(stored["size"]),
            ),
            state=cast("HashState", values["state"]),
            hashed=cast("int", values["hashed"]),
            context=cast("bytes", values.get("context", b"")),
            crcs=cast("dict[str, int]", values["crcs"]),
            piece=cast("int", values["piece"]),
            step=cast("int", values["step"]),
            again=cast("int", values["again"]),
            failures=cast("int", values["failures"]),
            sha256=cast("str | None", values.get("sha256")),
            reason=cast("HashReason | None", values.get("reason")),
        )

    def attributes(self) -> dict[str, object]:
        """Return what is stored of it, without keys."""
        file = asdict(self.file)
        del file["video_id"]
        fields = ("state", "hashed", "crcs", "piece", "step", "again", "failures")
        return {
            "file": file,
            **{name: getattr(self, name) for name in fields},
            "context": self.context or None,
            "sha256": self.sha256,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class HashesTable:
    """The hashes in the catalogue's table, under its name."""

    name: str

    @property
    def _client(self) -> "DynamoDBClient":
        return clients.dynamodb()

    def open(self, file: HashedFile, *, due_at: int) -> HashProgress | None:
        """Note that a file is to be hashed; return what is known of it if that was noted before."""
        item = {
            **keys.hash_pk(file.video_id, file.hash_id),
            "entity": "hash",
            "schema": SCHEMA,
            **HashProgress(file=file).attributes(),
            "claim": "",
            "claimed_until": 0,
            **due.entry(due.HASH, due_at),
        }
        try:
            self._client.put_item(
                TableName=self.name,
                Item=to_item(item),
                ConditionExpression="attribute_not_exists(pk)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            existing = condition_failure(error).failed[0]
            # Without the item's values only AWS's older endpoints answer: then it is looked at.
            return HashProgress.of_item(file.video_id, existing) if existing else None
        return None

    def claim(
        self, video_id: str, hash_id: str, claim: str, *, now: int, until: int, due_at: int
    ) -> HashProgress | None:
        """Take an open hash over; None if it is not open, or if somebody works on it."""
        try:
            answer = self._client.update_item(
                TableName=self.name,
                Key=to_item(keys.hash_pk(video_id, hash_id)),
                UpdateExpression="SET claim = :claim, claimed_until = :until, due_at = :due_at",
                # The own claim again: AWS's answer to it may have been lost.
                ConditionExpression="#state = :open AND (claimed_until <= :now OR claim = :claim)",
                ExpressionAttributeNames={"#state": "state"},
                ExpressionAttributeValues=to_item(
                    {":claim": claim, ":until": until, ":due_at": due_at}
                    | {":now": now, ":open": OPEN}
                ),
                ReturnValues="ALL_NEW",
            )
        except ClientError as error:
            condition_failure(error)
            return None
        return HashProgress.of_item(video_id, from_item(answer["Attributes"]))

    def save(self, progress: HashProgress, claim: str, *, due_at: int) -> bool:
        """Store how far it is and give the claim back; False if the claim is somebody else's."""
        update = self._update(progress, claim, {"claimed_until": 0, "due_at": due_at})
        try:
            self._client.update_item(**update)
        except ClientError as error:
            condition_failure(error)
            return False
        return True

    def end(self, progress: HashProgress, claim: str, *, due_at: int, ttl: int) -> bool:
        """Store what came of it; False if the claim is somebody else's.

        It is due until its folder was told, which ``settle`` notes.
        """
        update = self._update(progress, claim, {"ttl": ttl, "due_at": due_at}, ("context",))
        try:
            self._client.update_item(**update)
        except ClientError as error:
            condition_failure(error)
            return False
        return True

    def settle(self, file: HashedFile) -> None:
        """Note that a folder was told what came of a hash."""
        try:
            self._client.update_item(
                TableName=self.name,
                Key=to_item(keys.hash_pk(file.video_id, file.hash_id)),
                UpdateExpression="REMOVE due, due_at",
                ConditionExpression="attribute_exists(pk) AND #state <> :open",
                ExpressionAttributeNames={"#state": "state"},
                ExpressionAttributeValues=to_item({":open": OPEN}),
            )
        except ClientError as error:
            condition_failure(error)

    def read(self, video_id: str, hash_id: str) -> HashProgress | None:
        """Return how far a hash is."""
        answer = self._client.get_item(
            TableName=self.name,
            Key=to_item(keys.hash_pk(video_id, hash_id)),
            ConsistentRead=True,
        )
        if "Item" not in answer:
            return None
        return HashProgress.of_item(video_id, from_item(answer["Item"]))

    def forget(self, progress: HashProgress, claim: str) -> None:
        """Delete what nobody wants any more, unless the claim is somebody else's."""
        file = progress.file
        try:
            self._client.delete_item(
                TableName=self.name,
                Key=to_item(keys.hash_pk(file.video_id, file.hash_id)),
                ConditionExpression="claim = :claim",
                ExpressionAttributeValues=to_item({":claim": claim}),
            )
        except ClientError as error:
            condition_failure(error)

    def list_due(self, *, now: int, limit: int) -> list[due.DueItem]:
        """Return hashes that have shown no sign of life for long."""
        return due.list_due(self._client, self.name, due.HASH, now=now, limit=limit)

    def put_off(self, item: due.DueItem, *, due_at: int) -> bool:
        """Set when a hash is due again; False if it is not due any more."""
        return due.put_off(self._client, self.name, item, due_at)

    def _update(
        self,
        progress: HashProgress,
        claim: str,
        more: Mapping[str, object],
        remove: tuple[str, ...] = (),
    ) -> "UpdateItemInputTypeDef":
        file = progress.file
        values = {**progress.attributes(), **more}
        values = {name: value for name, value in values.items() if name not in remove}
        kept = {name: value for name, value in values.items() if value is not None}
        gone = [*remove, *(name for name in values if name not in kept)]
        names = {f"#{name}": name for name in (*kept, *gone)}
        expression = "SET " + ", ".join(f"#{name} = :{name}" for name in kept)
        if gone:
            expression += " REMOVE " + ", ".join(f"#{name}" for name in gone)
        return {
            "TableName": self.name,
            "Key": to_item(keys.hash_pk(file.video_id, file.hash_id)),
            "UpdateExpression": expression,
            "ConditionExpression": "claim = :own_claim",
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": to_item(
                {f":{name}": value for name, value in kept.items()} | {":own_claim": claim}
            ),
        }


def file_ids(item: due.DueItem) -> tuple[str, str]:
    """Return the video id and hash id of a key."""
    return item.pk.removeprefix("HASH#"), item.sk
