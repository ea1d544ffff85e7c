"""Decides how a request for a mail is marked before and after the mail is sent."""

from collections.abc import Mapping

from botocore.exceptions import ClientError

from newsreel.accounts.records import MailState
from newsreel.accounts.table.base import AccountsTable
from newsreel.aws.items import to_item
from newsreel.aws.transactions import condition_failure


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


def close(table: AccountsTable, pk: Mapping[str, str], state: MailState) -> None:
    """Mark a request as sent or dropped; it is not looked at again."""
    table.client.update_item(
        TableName=table.name,
        Key=to_item(pk),
        UpdateExpression="SET #state = :state",
        ExpressionAttributeNames={"#state": "state"},
        ExpressionAttributeValues=to_item({":state": state}),
    )
