"""Lets time pass for one flow by moving its moments back where they are kept.

The service then answers as it would after a real wait, which would take up to half an hour.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
from newsreel.accounts.codes import Purpose
from newsreel.accounts.flows import key_of
from newsreel.accounts.table.keys import flow_key
from newsreel.items import from_item, to_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_PURPOSES: dict[str, Purpose] = {"registration": "registration", "reset": "password_reset"}
_MOMENTS = ("issued_at", "previous_issued_at", "resend_after", "token_until")


@dataclass(frozen=True)
class LetTimePass:
    """The local accounts table."""

    endpoint_url: str
    region: str
    table: str

    def __call__(self, kind: str, flow_id: str, seconds: int) -> None:
        """Move the moments of a flow back; ``kind`` is the page's name for its purpose."""
        key = to_item(flow_key(_PURPOSES[kind], key_of(flow_id)))
        client = self._client()
        flow = from_item(client.get_item(TableName=self.table, Key=key)["Item"])
        moved = {name: flow[name] for name in _MOMENTS if flow.get(name)}
        client.update_item(
            TableName=self.table,
            Key=key,
            UpdateExpression="SET " + ", ".join(f"{name} = {name} - :seconds" for name in moved),
            ExpressionAttributeValues=to_item({":seconds": seconds}),
        )

    def _client(self) -> "DynamoDBClient":
        return boto3.client(
            "dynamodb",
            endpoint_url=self.endpoint_url,
            region_name=self.region,
            aws_access_key_id="local",
            aws_secret_access_key="local",
        )
