"""Decides how a request for a mail is marked before and after the mail is sent."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from newsreel.accounts.records import MailState
from newsreel.accounts.table.base import AccountsTable
from newsreel.aws.items import to_item
from newsreel.aws.transactions import condition_failure

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef


def claim(table: AccountsTable, pk: Mapping[str, str]) -> bool:
    """Mark a request as being sent; False if it was sent or dropped before."""
    try:
        table.client.update_item(
            TableName=table.name,
            Key=to_item(pk),
            UpdateExpression="SET #state = :sending",
            ConditionExpression="#state IN (:requested, :sending)",
            ExpressionAttributeNames={"#state": "state"},
            ExpressionAttributeValues=to_item({":sending": "sending", ":requested": "requested"}),
        )
    except ClientError as error:
        condition_failure(error)
        return False
    return True


def close(
    table: AccountsTable, pk: Mapping[str, str], state: MailState
) -> "TransactWriteItemTypeDef":
    """Return the entry that says what became of a request; it is not looked at again."""
    return table.update(
        pk,
        "SET #state = :state",
        {":state": state},
        condition="attribute_exists(pk)",
        names={"#state": "state"},
    )


def ask_again(table: AccountsTable, pk: Mapping[str, str], state: MailState, *, now: int) -> bool:
    """Put a request that was neither sent nor given up back to a state; False if it was.

    ``redriven`` is changed with it: a write that changes nothing leaves no trace in a stream.
    """
    try:
        table.client.update_item(
            TableName=table.name,
            Key=to_item(pk),
            UpdateExpression="SET #state = :state, redriven = :now",
            ConditionExpression="#state IN (:requested, :sending)",
            ExpressionAttributeNames={"#state": "state"},
            ExpressionAttributeValues=to_item(
                {":state": state, ":now": now, ":requested": "requested", ":sending": "sending"}
            ),
        )
    except ClientError as error:
        condition_failure(error)
        return False
    return True
