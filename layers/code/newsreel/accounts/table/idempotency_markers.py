"""Idempotency markers: starts that were made with an ``Idempotency-Key`` and may be repeated."""

from typing import TYPE_CHECKING

from newsreel.accounts.records import IdempotencyMarker
from newsreel.accounts.table.base import ABSENT, AccountsTable
from newsreel.accounts.table.keys import idempotency_marker_pk
from newsreel.aws.items import to_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef


def put_new(table: AccountsTable, marker: IdempotencyMarker) -> "TransactWriteItemTypeDef":
    """Return the entry that stores a marker; a lost one shows the marker that was there."""
    pk = idempotency_marker_pk(marker.marker_hash)
    entry = table.put_new(pk, "idempotency_marker", marker, ttl=marker.forget_at)
    entry["Put"] |= {
        # TTL deletes late, so an expired marker may still be there.
        "ConditionExpression": f"{ABSENT} OR forget_at <= :now",
        "ExpressionAttributeValues": to_item({":now": marker.started_at}),
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    return entry


def read_nonce(table: AccountsTable, marker_hash: str, *, now: int) -> str | None:
    """Return the nonce of a start that may be repeated, or None."""
    stored = table.get(idempotency_marker_pk(marker_hash)) or {}
    return str(stored["nonce"]) if int(str(stored.get("forget_at", 0))) > now else None
