"""Decides how it is kept who got an edition: one mark a person, written before and after the mail.

A mark that says ``claimed`` and stays so is in doubt: its worker ended between the claim and the
mark after it, so nobody knows whether SES took the mail. It is never sent again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, cast

from botocore.exceptions import ClientError

from newsreel.aws import clients
from newsreel.aws.items import answers, from_item, to_item
from newsreel.aws.transactions import condition_failure
from newsreel.mail_table.keys import CHUNKS, chunk_key, mark_key
from newsreel.policy import POLICY

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import QueryInputTypeDef

MarkState: TypeAlias = Literal["claimed", "sent", "refused", "left"]
"""``left`` is a person who no longer wanted it, or whose address is suppressed."""


@dataclass(frozen=True, slots=True)
class MarksTable:
    """The marks of all editions in the mail table under its name."""

    name: str

    @property
    def _client(self) -> "DynamoDBClient":
        return clients.dynamodb()

    def claim(
        self, edition_id: str, shard: str, account_id: str, *, worker: str, now: int
    ) -> MarkState | None:
        """Claim a person's mail: None if it is ours to send, else what became of it before.

        A claim whose answer was lost is tried again by boto3 and then meets itself; ``worker``
        tells it from somebody else's.
        """
        return self._put(edition_id, shard, account_id, "claimed", worker=worker, now=now)

    def leave(
        self, edition_id: str, shard: str, account_id: str, *, worker: str, now: int
    ) -> MarkState | None:
        """Mark a person who is not mailed; else return what became of the mail before."""
        return self._put(edition_id, shard, account_id, "left", worker=worker, now=now)

    def settle(
        self, edition_id: str, shard: str, account_id: str, state: Literal["sent", "refused"]
    ) -> None:
        """Mark what became of a claimed mail."""
        self._client.update_item(
            TableName=self.name,
            Key=to_item(mark_key(edition_id, shard, account_id)),
            UpdateExpression="SET #state = :state",
            ExpressionAttributeNames={"#state": "state"},
            ExpressionAttributeValues=to_item({":state": state}),
        )

    def release(self, edition_id: str, shard: str, account_id: str, *, worker: str) -> None:
        """Give a claim back whose mail SES certainly did not take."""
        try:
            self._client.delete_item(
                TableName=self.name,
                Key=to_item(mark_key(edition_id, shard, account_id)),
                ConditionExpression="worker = :worker",
                ExpressionAttributeValues=to_item({":worker": worker}),
            )
        except ClientError as error:
            condition_failure(error)

    def count_chunk(
        self, edition_id: str, shard: str, chunk_id: str, counts: Mapping[str, int], *, now: int
    ) -> None:
        """Keep what became of the mails of a chunk; of two counts the one with less doubt stays."""
        item = {
            **chunk_key(edition_id, shard, chunk_id),
            "entity": "edition_chunk",
            "counts": dict(counts),
            "in_doubt": counts.get("in_doubt", 0),
            "ttl": now + POLICY.retention.edition_marks,
        }
        try:
            self._client.put_item(
                TableName=self.name,
                Item=to_item(item),
                ConditionExpression="attribute_not_exists(pk) OR in_doubt >= :in_doubt",
                ExpressionAttributeValues=to_item({":in_doubt": item["in_doubt"]}),
            )
        except ClientError as error:
            condition_failure(error)

    def read_counts(self, edition_id: str, shard: str) -> list[dict[str, int]]:
        """Return the counts of every finished chunk of a shard."""
        query: QueryInputTypeDef = {
            "TableName": self.name,
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :chunks)",
            "ExpressionAttributeValues": to_item(
                {":pk": chunk_key(edition_id, shard, "")["pk"], ":chunks": CHUNKS}
            ),
            "ConsistentRead": True,
        }
        found = answers(self._client, query)
        return [
            cast("dict[str, int]", from_item(item)["counts"])
            for answer in found
            for item in answer["Items"]
        ]

    def _put(
        self,
        edition_id: str,
        shard: str,
        account_id: str,
        state: MarkState,
        *,
        worker: str,
        now: int,
    ) -> MarkState | None:
        item = {
            **mark_key(edition_id, shard, account_id),
            "state": state,
            "worker": worker,
            "ttl": now + POLICY.retention.edition_marks,
        }
        try:
            self._client.put_item(
                TableName=self.name,
                Item=to_item(item),
                ConditionExpression="attribute_not_exists(pk)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            before = condition_failure(error).failed[0] or {}
            if before.get("worker") == worker:
                return None
            return cast("MarkState", before.get("state", "claimed"))
        return None
