"""Hold: newsletters wait, because SES was too busy for a code or a notice."""

from typing import Literal, TypeAlias

from botocore.exceptions import ClientError

from newsreel.aws import clients
from newsreel.aws.items import from_item, to_item
from newsreel.aws.transactions import condition_failure
from newsreel.mail_table.keys import hold_key
from newsreel.policy import DAY, POLICY

Reason: TypeAlias = Literal["busy", "quota"]


def put(table_name: str, reason: Reason, *, now: int) -> None:
    """Let newsletters wait: a minute when SES is busy, until tomorrow when its day is used up.

    A longer hold stays.
    """
    # SES counts its day over the last 24 hours, so midnight would not help.
    until = now + (POLICY.delivery.hold if reason == "busy" else DAY)
    try:
        clients.dynamodb().update_item(
            TableName=table_name,
            Key=to_item(hold_key()),
            UpdateExpression=(
                "SET #until = :until, #reason = :reason, #ttl = :ttl, entity = :entity"
            ),
            ConditionExpression="attribute_not_exists(pk) OR #until < :until",
            ExpressionAttributeNames={"#until": "until", "#reason": "reason", "#ttl": "ttl"},
            ExpressionAttributeValues=to_item(
                {":until": until, ":reason": reason, ":ttl": until + DAY, ":entity": "hold"}
            ),
        )
    except ClientError as error:
        condition_failure(error)


def is_held(table_name: str, *, now: int) -> bool:
    """Tell whether newsletters wait at this moment."""
    answer = clients.dynamodb().get_item(
        TableName=table_name, Key=to_item(hold_key()), ConsistentRead=True
    )
    until = from_item(answer["Item"]).get("until", 0) if "Item" in answer else 0
    return isinstance(until, int) and now < until
