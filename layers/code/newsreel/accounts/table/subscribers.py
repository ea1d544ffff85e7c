"""Decides how subscribers are found: by the sparse index ``work``, shard by shard.

An account stands in the index exactly while the newsletter goes to it: ``work`` is
``SUBSCRIBER#<language>#<shard>`` and ``at`` when it subscribed. The index holds keys alone, so
a caller that walks it learns account ids and nothing else.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from newsreel.accounts.table.keys import account_pk
from newsreel.aws import clients
from newsreel.aws.items import answers, from_item, to_item
from newsreel.aws.transient_errors import RETRY_AFTER
from newsreel.policy import POLICY
from newsreel.refusals import Refusal
from newsreel.texts import messages

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import QueryInputTypeDef

INDEX = "work"
SHARDS: tuple[str, ...] = tuple(f"{number:02x}" for number in range(POLICY.newsletter.shards))
READ = ("pk", "sk", "email", "language", "newsletter", INDEX)
"""What is read of an account; a test compares it with the role."""
_NAMES = {f"#{name}": name for name in READ}
_TRIES = 3


def shard_of(account_id: str) -> str:
    """Return the shard of an account, the same in every language."""
    return SHARDS[int(account_id[:2], 16) % len(SHARDS)]


def work_of(language: str, account_id: str) -> str:
    """Return where in the index a subscriber stands."""
    return f"SUBSCRIBER#{language}#{shard_of(account_id)}"


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person whom an edition may go to."""

    account_id: str
    email: str = field(repr=False)
    language: str


@dataclass(frozen=True, slots=True)
class SubscribersTable:
    """The subscribers in the accounts table under its name."""

    name: str

    def page(self, language: str, shard: str, after: str) -> tuple[list[str], str]:
        """Return up to a page of account ids, those who subscribed first, and where it ended.

        The second value is empty on the last page.
        """
        query: QueryInputTypeDef = {
            **self._all_of(language, shard),
            "Limit": POLICY.newsletter.page,
        }
        if after:
            query["ExclusiveStartKey"] = to_item(json.loads(after))
        answer = clients.dynamodb().query(**query)
        ids = [str(item["pk"]["S"]).partition("#")[2] for item in answer["Items"]]
        last = answer.get("LastEvaluatedKey")
        return ids, json.dumps(from_item(last)) if last else ""

    def count(self, language: str, shard: str) -> int:
        """Return how many subscribers a shard of a language has."""
        query: QueryInputTypeDef = {**self._all_of(language, shard), "Select": "COUNT"}
        return sum(answer["Count"] for answer in answers(clients.dynamodb(), query))

    def count_all(self) -> int:
        """Return how many subscribers there are."""
        return sum(
            self.count(language, shard) for language in messages.LANGUAGES for shard in SHARDS
        )

    def read(self, account_ids: Collection[str]) -> dict[str, Recipient]:
        """Return, by account id, those of a hundred accounts that want the newsletter now.

        Raises:
            Refusal: ``busy``, when the table left reads undone three times in a row.
        """
        found: dict[str, Recipient] = {}
        wanted = [to_item(account_pk(account_id)) for account_id in dict.fromkeys(account_ids)]
        for _ in range(_TRIES):
            answer = clients.dynamodb().batch_get_item(
                RequestItems={
                    self.name: {
                        "Keys": wanted,
                        "ConsistentRead": True,
                        # Never a password hash: the role may read these attributes alone.
                        "ProjectionExpression": ", ".join(_NAMES),
                        "ExpressionAttributeNames": _NAMES,
                    }
                }
            )
            for item in answer["Responses"].get(self.name, []):
                values = from_item(item)
                account_id = str(values["pk"]).partition("#")[2]
                # A hard bounce ends ``work`` alone: that was no "no" of a person.
                if values.get("newsletter") is True and INDEX in values:
                    found[account_id] = Recipient(
                        account_id, str(values["email"]), str(values["language"])
                    )
            left = answer.get("UnprocessedKeys", {}).get(self.name)
            if not left:
                return found
            wanted = list(left["Keys"])
        raise Refusal("busy", retry_after=RETRY_AFTER)

    def _all_of(self, language: str, shard: str) -> "QueryInputTypeDef":
        return {
            "TableName": self.name,
            "IndexName": INDEX,
            "KeyConditionExpression": "#work = :work",
            "ExpressionAttributeNames": {"#work": INDEX},
            "ExpressionAttributeValues": to_item({":work": f"SUBSCRIBER#{language}#{shard}"}),
        }
