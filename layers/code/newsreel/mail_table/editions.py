"""Decides how editions of the newsletter are kept: their content, their state, how far they are.

==========  ============================  ============================  ==========
entity      pk                            sk                            lives
==========  ============================  ============================  ==========
Edition     EDITION#<id>                  EDITION                       12 months
Newest      EDITION#newest                NEWEST                        for good
Walk        EDITION#<id>                  WALK#<language>#<shard>       30 days
Mark        EDITION#<id>#<shard>          ACCOUNT#<account id>          30 days
Chunk       EDITION#<id>#<shard>          CHUNK#<chunk id>              30 days
==========  ============================  ============================  ==========

``newest`` holds up to when and which videos have been announced, and the ids of editions that are
looked after: one that is over stays among them until its report says so.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from botocore.exceptions import ClientError

from newsreel.aws import clients
from newsreel.aws.items import Value, from_item, to_item
from newsreel.aws.transactions import ConditionFailed, condition_failure, write_together
from newsreel.mail_table.edition_records import Edition, Newest, Walk
from newsreel.mail_table.keys import WALKS, edition_key, newest_key, walk_key
from newsreel.policy import POLICY

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import (
        PutItemInputTypeDef,
        QueryInputTypeDef,
        TransactWriteItemTypeDef,
    )


@dataclass(frozen=True, slots=True)
class EditionsTable:
    """The editions in the mail table under its name."""

    name: str

    def __post_init__(self) -> None:
        """Make the client while the environment starts."""
        clients.dynamodb()

    @property
    def _client(self) -> "DynamoDBClient":
        return clients.dynamodb()

    def read_newest(self) -> Newest:
        """Return what is known of all editions."""
        values = self._get(newest_key())
        if values is None:
            return Newest()
        active = cast("dict[str, Value]", values["active"])
        announced = cast("list[str]", values.get("announced", []))
        return Newest(cast("int", values["until"]), tuple(sorted(active)), frozenset(announced))

    def read(self, edition_id: str) -> Edition | None:
        """Return an edition as it is now, or None."""
        values = self._get(edition_key(edition_id))
        return Edition.read(values) if values else None

    def create(self, edition: Edition, newest: Newest, announced: Sequence[str]) -> bool:
        """Store a new edition; False if it, or another one after ``newest``, exists already.

        ``announced`` are the videos that the next edition leaves out.
        """
        put: TransactWriteItemTypeDef = {
            "Put": {
                "TableName": self.name,
                "Item": to_item({**edition_key(edition.edition_id), **edition.attributes()}),
                "ConditionExpression": "attribute_not_exists(pk)",
            }
        }
        try:
            write_together(self._client, [put, self._announce(newest, edition, announced)])
        except ConditionFailed:
            return False
        return True

    def pass_over(self, newest: Newest, until: int) -> None:
        """Note that nothing was published up to a time; an edition made meanwhile wins."""
        if newest.until == 0:
            return  # the first edition looks back on its own
        try:
            self._client.update_item(
                TableName=self.name,
                Key=to_item(newest_key()),
                UpdateExpression="SET #until = :until",
                ConditionExpression="#until = :seen",
                ExpressionAttributeNames={"#until": "until"},
                ExpressionAttributeValues=to_item({":until": until, ":seen": newest.until}),
            )
        except ClientError as error:
            condition_failure(error)

    def _announce(
        self, newest: Newest, edition: Edition, announced: Sequence[str]
    ) -> "TransactWriteItemTypeDef":
        """Return the entry that moves ``until`` on and lists an edition as one that is not over."""
        if newest.until == 0:
            item = {
                **newest_key(),
                "entity": "newest_edition",
                "until": edition.until,
                "active": {edition.edition_id: True},
                "announced": list(announced),
            }
            return {
                "Put": {
                    "TableName": self.name,
                    "Item": to_item(item),
                    "ConditionExpression": "attribute_not_exists(pk)",
                }
            }
        values = {
            ":until": edition.until,
            ":seen": newest.until,
            ":true": True,
            ":announced": list(announced),
        }
        return {
            "Update": {
                "TableName": self.name,
                "Key": to_item(newest_key()),
                "UpdateExpression": (
                    "SET #until = :until, active.#id = :true, announced = :announced"
                ),
                "ConditionExpression": "#until = :seen",
                "ExpressionAttributeNames": {"#until": "until", "#id": edition.edition_id},
                "ExpressionAttributeValues": to_item(values),
            }
        }

    def save(self, before: Edition, **changes: object) -> Edition | None:
        """Store an edition with changes; None if somebody else changed it since it was read."""
        after = dataclasses.replace(before, **changes, revision=before.revision + 1)  # type: ignore[arg-type]
        put: TransactWriteItemTypeDef = {
            "Put": {
                "TableName": self.name,
                "Item": to_item({**edition_key(after.edition_id), **after.attributes()}),
                "ConditionExpression": "revision = :revision",
                "ExpressionAttributeValues": to_item({":revision": before.revision}),
            }
        }
        try:
            write_together(self._client, [put])
        except ConditionFailed:
            return None
        return after

    def retire(self, edition_id: str) -> None:
        """Take an edition that is over off the list of those that are looked after."""
        self._client.update_item(
            TableName=self.name,
            Key=to_item(newest_key()),
            UpdateExpression="REMOVE active.#id",
            ExpressionAttributeNames={"#id": edition_id},
        )

    def read_walk(self, edition_id: str, language: str, shard: str) -> Walk:
        """Return how far a shard has been walked."""
        values = self._get(walk_key(edition_id, language, shard))
        return _walk(values) if values else Walk()

    def read_walks(self, edition_id: str) -> list[Walk]:
        """Return how far every shard has been walked that was begun."""
        query: QueryInputTypeDef = {
            "TableName": self.name,
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :walks)",
            "ExpressionAttributeValues": to_item(
                {":pk": edition_key(edition_id)["pk"], ":walks": WALKS}
            ),
            "ConsistentRead": True,
        }
        answer = self._client.query(**query)  # 128 small items: one page
        return [_walk(from_item(item)) for item in answer["Items"]]

    def save_walk(
        self, edition_id: str, language: str, shard: str, *, before: Walk, after: Walk, now: int
    ) -> bool:
        """Store how far a shard has been walked; False if somebody else walked it meanwhile."""
        item = {
            **walk_key(edition_id, language, shard),
            **dataclasses.asdict(after),
            "entity": "edition_walk",
            "ttl": now + POLICY.retention.edition_marks,
        }
        put: PutItemInputTypeDef = {
            "TableName": self.name,
            "Item": to_item(item),
            "ConditionExpression": "attribute_not_exists(pk)",
        }
        if before.pages:
            put["ConditionExpression"] = "pages = :pages"
            put["ExpressionAttributeValues"] = to_item({":pages": before.pages})
        try:
            self._client.put_item(**put)
        except ClientError as error:
            condition_failure(error)
            return False
        return True

    def _get(self, key: dict[str, str]) -> dict[str, Value] | None:
        answer = self._client.get_item(TableName=self.name, Key=to_item(key), ConsistentRead=True)
        return from_item(answer["Item"]) if "Item" in answer else None


def _walk(values: Mapping[str, Value]) -> Walk:
    return Walk(
        after=str(values["after"]),
        pages=cast("int", values["pages"]),
        chunks=cast("int", values["chunks"]),
        done=bool(values["done"]),
    )
