"""Decides which addresses get no newsletter for now: mail to them came back, or was complained of.

``SUPPRESSED#<who>`` / ``SUPPRESSED`` holds ``until``, seconds since 1970; without it, or with 0,
the suppression lasts until it is lifted.
"""

from collections.abc import Collection
from typing import TYPE_CHECKING

from newsreel.aws import clients
from newsreel.aws.items import from_item, to_item
from newsreel.aws.transient_errors import RETRY_AFTER
from newsreel.refusals import Refusal

if TYPE_CHECKING:
    from newsreel.aws.items import Item

_AT_ONCE = 100  # of one BatchGetItem
_TRIES = 3


def read_suppressed(table: str, whos: Collection[str], *, now: int) -> frozenset[str]:
    """Return those names that a suppression stands for at this moment.

    Raises:
        Refusal: ``busy``, when the table left reads undone three times in a row.
    """
    names = sorted(set(whos))
    found: set[str] = set()
    for start in range(0, len(names), _AT_ONCE):
        some = names[start : start + _AT_ONCE]
        wanted = [to_item({"pk": f"SUPPRESSED#{who}", "sk": "SUPPRESSED"}) for who in some]
        found |= _read(table, wanted, now=now)
    return frozenset(found)


def _read(table: str, wanted: "list[Item]", *, now: int) -> set[str]:
    found: set[str] = set()
    for _ in range(_TRIES):
        answer = clients.dynamodb().batch_get_item(
            RequestItems={table: {"Keys": wanted, "ConsistentRead": True}}
        )
        for item in answer["Responses"].get(table, []):
            values = from_item(item)
            until = values.get("until") or 0
            if until == 0 or (isinstance(until, int) and now < until):
                found.add(str(values["pk"]).partition("#")[2])
        left = answer.get("UnprocessedKeys", {}).get(table)
        if not left:
            return found
        wanted = list(left["Keys"])
    raise Refusal("busy", retry_after=RETRY_AFTER)
