"""Waiting mails: requests whose mail could not be sent yet, so that the redrive finds them.

One partition, oldest first. A mail that fails again is noted again under the same key with another
mark, and only the mark that was read is taken off the list: a note that comes in between stays.
"""

import secrets
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import ClientError

from newsreel.aws import clients
from newsreel.aws.items import answers, from_item, to_item
from newsreel.aws.transactions import condition_failure
from newsreel.mail_table.keys import WAITING, waiting_key
from newsreel.policy import DAY

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import QueryInputTypeDef


class WaitingMail(NamedTuple):
    """A request whose mail waits."""

    asked_at: int
    request: Mapping[str, str]
    """The primary key of its request in the accounts table."""
    useful_until: int
    mark: str


def note(table_name: str, request: Mapping[str, str], *, asked_at: int, useful_until: int) -> None:
    """Put a request on the list."""
    item = {
        **waiting_key(asked_at, request),
        "entity": "waiting_mail",
        "asked_at": asked_at,
        "request_pk": request["pk"],
        "request_sk": request["sk"],
        "useful_until": useful_until,
        "mark": secrets.token_hex(8),
        "ttl": useful_until + DAY,
    }
    clients.dynamodb().put_item(TableName=table_name, Item=to_item(item))


def read(table_name: str) -> Iterator[WaitingMail]:
    """Yield what waits, the oldest first."""
    query: QueryInputTypeDef = {
        "TableName": table_name,
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": to_item({":pk": WAITING}),
        "ConsistentRead": True,
    }
    for answer in answers(clients.dynamodb(), query):
        for item in answer["Items"]:
            values = from_item(item)
            yield WaitingMail(
                asked_at=int(str(values["asked_at"])),
                request={"pk": str(values["request_pk"]), "sk": str(values["request_sk"])},
                useful_until=int(str(values["useful_until"])),
                mark=str(values["mark"]),
            )


def take_off(table_name: str, mail: WaitingMail) -> None:
    """Take a request off the list, unless it was noted again meanwhile."""
    try:
        clients.dynamodb().delete_item(
            TableName=table_name,
            Key=to_item(waiting_key(mail.asked_at, mail.request)),
            ConditionExpression="mark = :mark",
            ExpressionAttributeValues=to_item({":mark": mail.mark}),
        )
    except ClientError as error:
        condition_failure(error)
