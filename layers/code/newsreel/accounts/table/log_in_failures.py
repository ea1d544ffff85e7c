"""Log-in failures: counted for an address, and apart from that for each browser that is known."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from newsreel.accounts.records import LogInFailures
from newsreel.accounts.table.base import AccountsTable
from newsreel.accounts.table.email_reservations import account_of
from newsreel.accounts.table.keys import email_reservation_pk, log_in_failures_pk
from newsreel.aws.items import to_item
from newsreel.aws.transactions import condition_failure
from newsreel.aws.transient_errors import is_conflict

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef


def read_with_reservation(
    table: AccountsTable, address_hash: str, failures_hashes: Sequence[str]
) -> tuple[str | None, list[LogInFailures]]:
    """Return the id of an address's account, if any, and the failures under some hashes."""
    reservation_at = email_reservation_pk(address_hash)
    counters_at = [log_in_failures_pk(one) for one in failures_hashes]
    items = table.get_together(reservation_at, *counters_at)
    reservation = items.get((reservation_at["pk"], reservation_at["sk"]))
    stored = [items.get((pk["pk"], pk["sk"])) for pk in counters_at]
    failures = [LogInFailures.read(item) if item else LogInFailures() for item in stored]
    return account_of(reservation), failures


def count(
    table: AccountsTable, failures_hash: str, before: LogInFailures, after: LogInFailures
) -> bool:
    """Store a failure before the password is compared; False if another came in between.

    A conflict is one too: a guesser must not learn that the owner logs in at this moment.
    """
    try:
        table.client.update_item(
            TableName=table.name,
            Key=to_item(log_in_failures_pk(failures_hash)),
            UpdateExpression=(
                "SET failures = :failures, blocked_until = :until, forget_at = :forget,"
                " #ttl = :forget, entity = :entity"
            ),
            ConditionExpression=(
                "attribute_not_exists(pk)"
                " OR (failures = :seen AND blocked_until = :seen_until"
                " AND forget_at = :seen_forget)"
            ),
            ExpressionAttributeNames={"#ttl": "ttl"},
            ExpressionAttributeValues=to_item(
                {
                    ":failures": after.failures,
                    ":until": after.blocked_until,
                    ":forget": after.forget_at,
                    ":entity": "log_in_failures",
                    ":seen": before.failures,
                    ":seen_until": before.blocked_until,
                    ":seen_forget": before.forget_at,
                }
            ),
        )
    except ClientError as error:
        if not is_conflict(error):
            condition_failure(error)
        return False
    return True


def take_back(
    table: AccountsTable, failures_hash: str, before: LogInFailures, after: LogInFailures
) -> "TransactWriteItemTypeDef":
    """Return the entry that undoes a count that was no failure, lost if others were counted since.

    Nothing else of the counter changes: strangers share it, and must not see who has logged in.
    """
    return table.update(
        log_in_failures_pk(failures_hash),
        "SET failures = :failures, blocked_until = :until, forget_at = :forget",
        {
            ":failures": before.failures,
            ":until": before.blocked_until,
            ":forget": before.forget_at,
            ":seen": after.failures,
            ":seen_until": after.blocked_until,
            ":seen_forget": after.forget_at,
        },
        condition="failures = :seen AND blocked_until = :seen_until AND forget_at = :seen_forget",
    )


def take_one_off(table: AccountsTable, failures_hash: str) -> "TransactWriteItemTypeDef":
    """Return the entry that undoes a count behind which others were counted: theirs stay."""
    return table.update(
        log_in_failures_pk(failures_hash),
        "SET failures = failures - :one",
        {":one": 1},
        condition="failures >= :one",
    )


def delete(table: AccountsTable, failures_hash: str) -> "TransactWriteItemTypeDef":
    """Return the entry that forgets the failures under a hash."""
    return table.delete(log_in_failures_pk(failures_hash))
