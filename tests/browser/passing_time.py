"""Writes into the local accounts table what would take a person long: waits, many downloads.

The service then answers as it would after them: a real wait takes up to half an hour.
"""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from newsreel import clock
from newsreel.accounts.codes import Purpose
from newsreel.accounts.flow_ids import flow_hash
from newsreel.accounts.table.keys import download_pk, flow_pk
from newsreel.aws.items import from_item, to_item

from infra.local import administrator

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_PURPOSES: dict[str, Purpose] = {"registration": "registration", "reset": "password_reset"}
_MOMENTS = ("issued_at", "previous_issued_at", "resend_after", "token_until")


@dataclass(frozen=True)
class LocalTable:
    """The local accounts table."""

    endpoint_url: str
    name: str

    def let_time_pass(self, kind: str, flow_id: str, seconds: int) -> None:
        """Move the moments of a flow back; ``kind`` is the page's name for its purpose."""
        key = to_item(flow_pk(_PURPOSES[kind], flow_hash(flow_id)))
        client = _client(self.endpoint_url)
        flow = from_item(client.get_item(TableName=self.name, Key=key)["Item"])
        moved = {name: flow[name] for name in _MOMENTS if flow.get(name)}
        client.update_item(
            TableName=self.name,
            Key=key,
            UpdateExpression="SET " + ", ".join(f"{name} = {name} - :seconds" for name in moved),
            ExpressionAttributeValues=to_item({":seconds": seconds}),
        )

    def note_downloads(self, account_id: str, video_id: str, number: int) -> None:
        """Note so many downloads of a video's files today."""
        client = _client(self.endpoint_url)
        for one in range(number):
            item = {
                **download_pk(account_id, clock.rfc3339(clock.epoch())[:10], f"{one:016x}"),
                "entity": "download",
                "video_id": video_id,
                "rendition_id": f"file-{one}",
                "downloaded_at": clock.epoch(),
            }
            client.put_item(TableName=self.name, Item=to_item(item))


@cache
def _client(endpoint_url: str) -> "DynamoDBClient":
    return administrator.session().client("dynamodb", endpoint_url=endpoint_url)
