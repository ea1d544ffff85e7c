"""Suppressions: addresses that no mail goes to for now; lifted by a mail that proves them alive."""

from collections.abc import Iterable

from botocore.exceptions import ClientError

from newsreel.aws import clients
from newsreel.aws.items import to_item
from newsreel.aws.transactions import condition_failure
from newsreel.mail_table.keys import suppression_key


def lift_bounces(table_name: str, names: Iterable[str]) -> None:
    """Lift the suppressions of an address (``who.all_of``) that bounces made, never a complaint."""
    for who in names:
        try:
            clients.dynamodb().delete_item(
                TableName=table_name,
                Key=to_item(suppression_key(who)),
                ConditionExpression="attribute_not_exists(pk) OR #reason <> :complaint",
                ExpressionAttributeNames={"#reason": "reason"},
                ExpressionAttributeValues=to_item({":complaint": "complaint"}),
            )
        except ClientError as error:
            condition_failure(error)
