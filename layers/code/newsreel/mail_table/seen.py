"""Seen mails: what became of each mail that SES received, so that a repeat changes nothing.

The mark is put in the same transaction as what follows from the mail. An answer cannot be part of a
transaction: its mark says ``claimed`` until SES took it, and a repeat before that goes on.
"""

from typing import TYPE_CHECKING, Literal, TypeAlias

from newsreel.aws import clients
from newsreel.aws.items import to_item
from newsreel.mail_table.keys import seen_key
from newsreel.policy import POLICY

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

State: TypeAlias = Literal["claimed", "done"]


def put_new(
    table_name: str, message_id: str, *, outcome: str, state: State, now: int
) -> "TransactWriteItemTypeDef":
    """Return the entry that marks a mail, lost with the earlier mark if there is one."""
    values = {
        **seen_key(message_id),
        "entity": "seen_mail",
        "outcome": outcome,
        "state": state,
        "at": now,
        "ttl": now + POLICY.incoming_mail.kept,
    }
    return {
        "Put": {
            "TableName": table_name,
            "Item": to_item(values),
            "ConditionExpression": "attribute_not_exists(pk)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
    }


def finish(table_name: str, message_id: str, *, outcome: str) -> None:
    """Say what became of a claimed mail in the end."""
    clients.dynamodb().update_item(
        TableName=table_name,
        Key=to_item(seen_key(message_id)),
        UpdateExpression="SET outcome = :outcome, #state = :done",
        ExpressionAttributeNames={"#state": "state"},
        ExpressionAttributeValues=to_item({":outcome": outcome, ":done": "done"}),
    )
