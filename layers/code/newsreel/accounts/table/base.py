"""Decides how items of the accounts table are read and shaped; its other parts build on this."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsreel.accounts.records import Notice, Record, Session
from newsreel.accounts.table.keys import device_key, notice_key, session_key
from newsreel.aws import clients
from newsreel.aws.items import Item, Value, from_item, to_item
from newsreel.policy import POLICY
from newsreel.refusals import Refusal

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

_BATCH_TRIES = 3


@dataclass(frozen=True, slots=True)
class Items:
    """The table under its name."""

    name: str

    def __post_init__(self) -> None:
        """Make the client while the environment starts, not while a person waits."""
        clients.dynamodb()

    @property
    def _client(self) -> "DynamoDBClient":
        return clients.dynamodb()

    def read_batch(self, keys: list[dict[str, str]]) -> Mapping[tuple[str, str], dict[str, Value]]:
        """Read items together, consistently; what is not there is left out."""
        found: dict[tuple[str, str], dict[str, Value]] = {}
        wanted: list[Item] = [to_item(key) for key in keys]
        for _ in range(_BATCH_TRIES):
            answer = self._client.batch_get_item(
                RequestItems={self.name: {"Keys": wanted, "ConsistentRead": True}}
            )
            for item in answer["Responses"].get(self.name, []):
                values = from_item(item)
                found[(str(values["pk"]), str(values["sk"]))] = values
            left = answer.get("UnprocessedKeys", {}).get(self.name)
            if not left:
                return found
            wanted = list(left["Keys"])
        raise Refusal("busy", retry_after=1)

    def _get(self, key: dict[str, str]) -> dict[str, Value] | None:
        answer = self._client.get_item(TableName=self.name, Key=to_item(key), ConsistentRead=True)
        return from_item(answer["Item"]) if "Item" in answer else None

    def _item(self, key: dict[str, str], entity: str, record: Record) -> Item:
        return to_item({**key, "entity": entity, **record.attributes()})

    def _put_notice(self, notice: Notice) -> "TransactWriteItemTypeDef":
        key = notice_key(notice.account_id, notice.notice_id)
        item = self._item(key, "notice", notice)
        item["ttl"] = {"N": str(notice.requested_at + POLICY.retention.notices)}
        return {"Put": {"TableName": self.name, "Item": item}}

    def _put_device(
        self, account_id: str, device: str, *, epoch: int, now: int
    ) -> "TransactWriteItemTypeDef":
        values = {
            **device_key(account_id, device),
            "entity": "device",
            "epoch": epoch,
            "seen_at": now,
            "ttl": now + POLICY.session.device_life,
        }
        return {"Put": {"TableName": self.name, "Item": to_item(values)}}

    def _session_item(self, session: Session) -> Item:
        key = session_key(session.account_id, session.session_key)
        return {
            **self._item(key, "session", session),
            "ttl": {"N": str(min(session.idle_until, session.expires_at))},
        }
