"""Decides what a cancelled transaction means: a lost condition, or a conflict to be retried."""

import secrets
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from newsreel.aws.items import Value, from_item
from newsreel.aws.transient_errors import RETRY_AFTER, is_transient, is_transient_code
from newsreel.refusals import Refusal

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

_RETRIES = 3
_LONGEST_PAUSE_MS = 60


class ConditionFailed(Exception):  # noqa: N818 - a lost race is an outcome, not an error
    """A condition did not hold. ``failed`` maps the entry's index to the item that exists there."""

    def __init__(self, failed: Mapping[int, dict[str, Value] | None]) -> None:
        super().__init__("condition failed")
        self.failed = failed


def write_together(client: "DynamoDBClient", entries: "Sequence[TransactWriteItemTypeDef]") -> None:
    """Write all entries or none; conflicts and a busy table get three retries with jitter.

    A server error does not say whether the write took effect, so its retry carries the same
    ``ClientRequestToken`` and takes effect once (DynamoDB API reference, TransactWriteItems). With
    a new token, our own first write would look like somebody else's.

    Raises:
        ConditionFailed: a condition did not hold.
        Refusal: ``busy``, after the retries.
    """
    token = secrets.token_hex(16)
    for attempt in range(_RETRIES + 1):
        try:
            client.transact_write_items(TransactItems=entries, ClientRequestToken=token)
        except client.exceptions.TransactionCanceledException as error:
            reasons = error.response.get("CancellationReasons", [])
            failed = {
                index: from_item(reason["Item"]) if reason.get("Item") else None
                for index, reason in enumerate(reasons)
                if reason.get("Code") == "ConditionalCheckFailed"
            }
            if failed:
                raise ConditionFailed(failed) from None
            if not any(is_transient_code(reason) for reason in reasons):
                raise
            token = secrets.token_hex(16)  # a conflict wrote nothing, so this is a new write
        except ClientError as error:
            raise_unless_transient(error)
        else:
            return
        if attempt < _RETRIES:
            time.sleep(secrets.randbelow(_LONGEST_PAUSE_MS << attempt) / 1000)
    raise Refusal("busy", retry_after=RETRY_AFTER)


def raise_unless_transient(error: ClientError) -> None:
    """Raise the error again unless it is transient."""
    if not is_transient(error):
        raise error


def condition_failure(error: ClientError) -> ConditionFailed:
    """Return the failed condition of a single write; raise any other error.

    Raises:
        Refusal: ``busy``, for a transient error (boto3 has retried by then).
        ClientError: any other error.
    """
    if error.response.get("Error", {}).get("Code") == "ConditionalCheckFailedException":
        existing = error.response.get("Item")
        return ConditionFailed({0: from_item(existing) if isinstance(existing, Mapping) else None})
    raise_unless_transient(error)
    raise Refusal("busy", retry_after=RETRY_AFTER) from None
