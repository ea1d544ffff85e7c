"""Decides whether newsletters wait, because SES was too busy for a code or a notice."""

from newsreel.aws import clients
from newsreel.aws.items import from_item, to_item

_KEY = {"pk": "HOLD", "sk": "HOLD"}


def is_held(table: str, *, now: int) -> bool:
    """Tell whether newsletters wait at this moment."""
    answer = clients.dynamodb().get_item(TableName=table, Key=to_item(_KEY), ConsistentRead=True)
    until = from_item(answer["Item"]).get("until", 0) if "Item" in answer else 0
    return isinstance(until, int) and now < until
