"""Decides how items of the accounts table are read and written, for the modules of its entities."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsreel.accounts.records import Record
from newsreel.aws import clients
from newsreel.aws.items import Item, Value, answers, from_item, to_item
from newsreel.aws.transactions import write_together
from newsreel.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import (
        KeysAndAttributesTypeDef,
        QueryInputTypeDef,
        TransactWriteItemTypeDef,
    )

_BATCH_TRIES = 3
ABSENT = "attribute_not_exists(pk)"
"""The condition under which an item is written once."""


@dataclass(frozen=True, slots=True)
class AccountsTable:
    """The accounts table under its name.

    Where a write meets a table that stays busy, it raises ``Refusal('busy')``, or the client's own
    error, which the edge tells in the same words.
    """

    name: str

    def __post_init__(self) -> None:
        """Make the client while the environment starts, not while a person waits."""
        clients.dynamodb()

    @property
    def client(self) -> "DynamoDBClient":
        """Return the environment's one client."""
        return clients.dynamodb()

    def get(self, pk: Mapping[str, str]) -> dict[str, Value] | None:
        """Return an item's values, read consistently, or None."""
        answer = self.client.get_item(TableName=self.name, Key=to_item(pk), ConsistentRead=True)
        return from_item(answer["Item"]) if "Item" in answer else None

    def get_together(
        self, *pks: Mapping[str, str], names: Sequence[str] = ()
    ) -> Mapping[tuple[str, str], dict[str, Value]]:
        """Read items in one consistent call, by partition and sort key; missing ones are left out.

        ``names`` are the attributes to read, the keys among them; all if there are none.

        Raises:
            Refusal: ``busy``, when the table left keys unread three times.
        """
        items: dict[tuple[str, str], dict[str, Value]] = {}
        unread: list[Item] = [to_item(pk) for pk in pks]
        for _ in range(_BATCH_TRIES):
            wanted: KeysAndAttributesTypeDef = {"Keys": unread, "ConsistentRead": True}
            if names:
                wanted["ProjectionExpression"] = ", ".join(f"#{name}" for name in names)
                wanted["ExpressionAttributeNames"] = {f"#{name}": name for name in names}
            answer = self.client.batch_get_item(RequestItems={self.name: wanted})
            for item in answer["Responses"].get(self.name, []):
                values = from_item(item)
                items[(str(values["pk"]), str(values["sk"]))] = values
            left = answer.get("UnprocessedKeys", {}).get(self.name)
            if not left:
                return items
            unread = list(left["Keys"])
        raise Refusal("busy", retry_after=1)

    def query(
        self,
        partition: str,
        prefix: str,
        *,
        newest: int | None = None,
        after: str | None = None,
    ) -> list[dict[str, Value]]:
        """Return the items of a partition whose sort keys begin with ``prefix``.

        ``newest`` limits their number and turns the order: the highest sort key first. ``after``
        is the rest of the sort key behind which to begin.
        """
        query: QueryInputTypeDef = {
            "TableName": self.name,
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :prefix)",
            "ExpressionAttributeValues": to_item({":pk": partition, ":prefix": prefix}),
            "ConsistentRead": True,
            "ScanIndexForward": newest is None,
        }
        if newest is not None:
            query["Limit"] = newest
        if after is not None:
            query["ExclusiveStartKey"] = to_item({"pk": partition, "sk": f"{prefix}{after}"})
        items: list[dict[str, Value]] = []
        for page in self.pages(query):
            items += [from_item(item) for item in page]
            if newest is not None:
                break
        return items

    def pages(self, query: "QueryInputTypeDef") -> "Iterator[Sequence[Item]]":
        """Yield all that a query finds, answer by answer."""
        for answer in answers(self.client, query):
            yield answer["Items"]

    def write(self, *entries: "TransactWriteItemTypeDef") -> None:
        """Write all entries or none.

        Raises:
            ConditionFailed: a condition did not hold; its ``failed`` counts entries from 0.
        """
        write_together(self.client, entries)

    def put(
        self, pk: Mapping[str, str], entity: str, record: Record, *, ttl: int | None = None
    ) -> "TransactWriteItemTypeDef":
        """Return the entry that stores a record, in place of an older one."""
        return {"Put": {"TableName": self.name, "Item": self._item(pk, entity, record, ttl)}}

    def put_new(
        self, pk: Mapping[str, str], entity: str, record: Record, *, ttl: int | None = None
    ) -> "TransactWriteItemTypeDef":
        """Return the entry that stores a record unless one has its key."""
        item = self._item(pk, entity, record, ttl)
        return {"Put": {"TableName": self.name, "Item": item, "ConditionExpression": ABSENT}}

    def update(
        self,
        pk: Mapping[str, str],
        expression: str,
        values: Mapping[str, object],
        *,
        condition: str,
        names: Mapping[str, str] | None = None,
    ) -> "TransactWriteItemTypeDef":
        """Return the entry that updates an item under a condition."""
        entry: TransactWriteItemTypeDef = {
            "Update": {
                "TableName": self.name,
                "Key": to_item(pk),
                "UpdateExpression": expression,
                "ConditionExpression": condition,
                "ExpressionAttributeValues": to_item(values),
            }
        }
        if names:
            entry["Update"]["ExpressionAttributeNames"] = names
        return entry

    def delete(self, pk: Mapping[str, str]) -> "TransactWriteItemTypeDef":
        """Return the entry that deletes an item; a missing one is no error."""
        return {"Delete": {"TableName": self.name, "Key": to_item(pk)}}

    def _item(self, pk: Mapping[str, str], entity: str, record: Record, ttl: int | None) -> Item:
        item = to_item({**pk, "entity": entity, **record.attributes()})
        if ttl is not None:
            item["ttl"] = {"N": str(ttl)}
        return item
