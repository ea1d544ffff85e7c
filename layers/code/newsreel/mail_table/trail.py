"""Delivery trail: what became of each mail to an address, step by step, for 14 days.

The function that sends a mail writes here, and so does feedback about it. A step of a mail is kept
once, so that an event's duplicate changes nothing.
"""

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from newsreel.aws import clients
from newsreel.aws.items import Item, answers, from_item, to_item
from newsreel.aws.transactions import write_together
from newsreel.mail_table.keys import trail_key, trail_partition
from newsreel.policy import POLICY

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import QueryInputTypeDef, TransactWriteItemTypeDef

_AT_ONCE = 100
"""Entries of one transaction."""

Kind: TypeAlias = Literal["code", "notice", "newsletter"]


class Step(NamedTuple):
    """One step of one mail."""

    who: str
    kind: str
    mail_id: str
    """Of a code mail, the reference that it shows, then what parts it from others that show the
    same; a notice's id; an edition's."""
    step: str
    sent: str
    """When the mail left, RFC 3339 in UTC."""
    at: int
    about: str = ""
    """Which mail of its kind: ``registration``, ``welcome``."""
    status_class: int = 0
    """2, 4 or 5 (RFC 3463, section 3.1); 0 if no status is told."""
    subtype: str = ""
    ses_id: str = ""
    account: str = ""
    """Whose mail it was, if the sender knew: the address of a first code has no account yet."""


def put_new(table_name: str, step: Step) -> "TransactWriteItemTypeDef":
    """Return the entry that keeps a step, lost if it is kept already."""
    return {
        "Put": {
            "TableName": table_name,
            "Item": _item(step),
            "ConditionExpression": "attribute_not_exists(pk)",
        }
    }


def keep(table_name: str, step: Step) -> None:
    """Keep a step by itself; the same one again changes nothing."""
    clients.dynamodb().put_item(TableName=table_name, Item=_item(step))


def _item(step: Step) -> Item:
    key = trail_key(step.who, sent=step.sent, kind=step.kind, mail_id=step.mail_id, step=step.step)
    values = {name: getattr(step, name) for name in Step._fields if name != "who"}
    return to_item({**key, **values, "entity": "trail", "ttl": step.at + POLICY.retention.trail})


def erase(table_name: str, who: str) -> None:
    """Delete all that is kept of mails to an address.

    Raises:
        Refusal: ``busy``; a repetition goes on from there.
    """
    query: QueryInputTypeDef = {
        "TableName": table_name,
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": to_item({":pk": trail_partition(who)}),
        "ProjectionExpression": "pk, sk",
        "ConsistentRead": True,
        "Limit": _AT_ONCE,
    }
    more = True
    while more:
        page = clients.dynamodb().query(**query)
        entries: list[TransactWriteItemTypeDef] = [
            {"Delete": {"TableName": table_name, "Key": item}} for item in page["Items"]
        ]
        if entries:
            write_together(clients.dynamodb(), entries)
        more = "LastEvaluatedKey" in page


def account_of(table_name: str, who: str) -> str:
    """Return the account of an address as the newest mail says that knew one, or ""."""
    query: QueryInputTypeDef = {
        "TableName": table_name,
        "KeyConditionExpression": "pk = :pk",
        "FilterExpression": "account > :none",
        "ExpressionAttributeValues": to_item({":pk": trail_partition(who), ":none": ""}),
        "ScanIndexForward": False,
        "ConsistentRead": True,
    }
    found = answers(clients.dynamodb(), query)
    newest = next((item for answer in found for item in answer["Items"]), None)
    return "" if newest is None else str(from_item(newest)["account"])


def arrived_since(table_name: str, who: str, sent: str) -> bool:
    """Tell whether a mail that had left after ``sent`` has arrived, so that the mailbox works."""
    query: QueryInputTypeDef = {
        "TableName": table_name,
        "KeyConditionExpression": "pk = :pk AND sk > :after",
        "FilterExpression": "step = :delivered",
        "ExpressionAttributeValues": to_item(
            # "$" follows "#", so no step of a mail of that very moment is counted.
            {":pk": trail_partition(who), ":after": f"{sent}$", ":delivered": "delivered"}
        ),
        "ConsistentRead": True,
    }
    return any(answer["Items"] for answer in answers(clients.dynamodb(), query))
