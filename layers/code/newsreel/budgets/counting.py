"""Decides whether one more may happen: counts it in every window at once, or in none.

Each window of each limit is one attribute of the subject's item, whose name holds the window's
number: ``codes_3600_490563`` counts codes in the 490,563rd hour since 1970. So a new window begins
at nothing by itself, one conditional ``UpdateItem`` counts and checks all windows, and any number
of callers in parallel get exactly the limit. Old attributes are taken out now and then.
"""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import ClientError

from newsreel.aws import clients
from newsreel.aws.items import Value, from_item, to_item
from newsreel.aws.transactions import condition_failure
from newsreel.aws.transient_errors import is_transient
from newsreel.budgets.subjects import Subject
from newsreel.mail_table.keys import budget_key
from newsreel.policy import POLICY, Limit

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import UpdateTypeDef

_COUNT = re.compile(r"\w+_(\d+)_(\d+)")
_LONGEST_WINDOW = POLICY.longest_window()
_STALE_KEPT = 20
"""So many counts of past windows may lie in an item before one more write takes them out."""


class BudgetSpent(Exception):  # noqa: N818 - a spent budget is an outcome, not an error
    """One window is full, and nothing was counted.

    ``limit`` is its name; ``retry_after`` the seconds until every window that is full ends.
    """

    def __init__(self, limit: str, retry_after: int) -> None:
        super().__init__(limit)
        self.limit = limit
        self.retry_after = retry_after


class _Count(NamedTuple):
    """One window that something counts in now."""

    limit: str
    attribute: str
    most: int
    ends_at: int


class Counts(NamedTuple):
    """What stood in a subject's item before one more was counted."""

    item: Mapping[str, Value]
    subject: Subject
    now: int

    def is_spent(self, limit: Limit) -> bool:
        """Tell whether a window of another limit of the same subject is full."""
        return any(
            _stored(self.item, one) >= one.most for one in _counts(self.subject, (limit,), self.now)
        )

    @property
    def has_open_flows(self) -> bool:
        """Tell whether as many flows are open as may have six-digit codes."""
        oldest = _opened(POLICY.budgets.short_flows)
        return int(str(self.item.get(oldest, 0))) > self.now


def count(
    table_name: str,
    subject: Subject,
    limits: Sequence[Limit],
    *,
    opens_until: int | None = None,
    now: int,
) -> Counts:
    """Count one more against all limits of a subject, in one write.

    ``opens_until`` notes beside it that a flow begins, and when it ends.

    Raises:
        BudgetSpent: one of them is spent; none was counted then.
        Refusal: ``busy``, when the table is.
    """
    try:
        entry = counting_entry(table_name, subject, limits, opens_until=opens_until, now=now)
        answer = clients.dynamodb().update_item(**entry, ReturnValues="ALL_OLD")
    except ClientError as error:
        raise spent_by(condition_failure(error).failed[0], subject, limits, now=now) from None
    item = from_item(answer.get("Attributes", {}))
    _take_out_stale(table_name, subject, item, now=now)
    return Counts(item, subject, now)


def take_back(table_name: str, subject: Subject, limits: Sequence[Limit], *, now: int) -> None:
    """Undo one count, in the windows of now; a busy table keeps it."""
    names = {f"#c{place}": one.attribute for place, one in enumerate(_counts(subject, limits, now))}
    try:
        clients.dynamodb().update_item(
            TableName=table_name,
            Key=to_item(budget_key(subject.name)),
            UpdateExpression=f"SET {', '.join(f'{name} = {name} - :one' for name in names)}",
            ConditionExpression=" AND ".join(f"{name} >= :one" for name in names),
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=to_item({":one": 1}),
        )
    except ClientError as error:
        # What was right stays right: too high a count only makes a later code longer.
        if not is_transient(error):
            condition_failure(error)


def counting_entry(
    table_name: str,
    subject: Subject,
    limits: Sequence[Limit],
    *,
    opens_until: int | None = None,
    now: int,
) -> "UpdateTypeDef":
    """Return the same write as the ``Update`` of a transaction, which counts only if all else is.

    ``spent_by`` tells which limit it was, if the entry's condition fails.
    """
    counts = _counts(subject, limits, now)
    names = {f"#c{place}": one.attribute for place, one in enumerate(counts)}
    most = {f":m{place}": one.most for place, one in enumerate(counts)}
    sums = [f"#c{place} = if_not_exists(#c{place}, :zero) + :one" for place in range(len(counts))]
    room = [f"(attribute_not_exists(#c{n}) OR #c{n} < :m{n})" for n in range(len(counts))]
    opened = {} if opens_until is None else {":until": opens_until}
    if opens_until is not None:
        sums += _shifts()
    # Not the end of these windows: a write that counts an hour must not have TTL delete the count
    # of 90 days that an earlier write left in the same item.
    kept = max(_LONGEST_WINDOW, *(one.ends_at - now for one in counts))
    return {
        "TableName": table_name,
        "Key": to_item(budget_key(subject.name)),
        "UpdateExpression": f"SET {', '.join(sums)}, #ttl = :ttl, entity = :entity",
        "ConditionExpression": " AND ".join(room),
        "ExpressionAttributeNames": {**names, "#ttl": "ttl"},
        "ExpressionAttributeValues": to_item(
            {**most, **opened, ":zero": 0, ":one": 1, ":ttl": now + kept, ":entity": "budget"}
        ),
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }


def spent_by(
    item: Mapping[str, Value] | None, subject: Subject, limits: Sequence[Limit], *, now: int
) -> BudgetSpent:
    """Return which limit an item refused, and until when."""
    stored = item or {}
    counts = _counts(subject, limits, now)
    full = [one for one in counts if _stored(stored, one) >= one.most]
    # Without the item (it was deleted in between) the shortest window is the honest guess.
    last = max(full or counts[:1], key=lambda one: one.ends_at)
    return BudgetSpent(last.limit, last.ends_at - now)


def _stored(item: Mapping[str, Value], one: _Count) -> int:
    return int(str(item.get(one.attribute, 0)))


def _opened(place: int) -> str:
    """Return the attribute that says until when the newest flow but so many is open."""
    return f"opened_{place}"


def _shifts() -> list[str]:
    """Return the assignments that note a new flow as the first, and the others one place on.

    All flows live equally long, so the last one kept ends first.
    """
    last = POLICY.budgets.short_flows
    moved = [
        f"{_opened(place)} = if_not_exists({_opened(place - 1)}, :zero)"
        for place in range(last, 1, -1)
    ]
    return [*moved, f"{_opened(1)} = :until"]


def _counts(subject: Subject, limits: Sequence[Limit], now: int) -> list[_Count]:
    return [
        _Count(
            limit=limit.name,
            attribute=f"{limit.name}_{window.seconds}_{now // window.seconds}",
            most=window.most // subject.shards,
            ends_at=(now // window.seconds + 1) * window.seconds,
        )
        for limit in limits
        for window in limit.windows
    ]


def _take_out_stale(
    table_name: str, subject: Subject, item: Mapping[str, Value], *, now: int
) -> None:
    stale = [name for name in item if _is_stale(name, now)]
    if len(stale) <= _STALE_KEPT:
        return
    names = {f"#s{place}": name for place, name in enumerate(stale)}
    clients.dynamodb().update_item(
        TableName=table_name,
        Key=to_item(budget_key(subject.name)),
        UpdateExpression=f"REMOVE {', '.join(names)}",
        ExpressionAttributeNames=names,
    )


def _is_stale(attribute: str, now: int) -> bool:
    """Tell whether an attribute counts a window before the last: clocks differ by seconds."""
    found = _COUNT.fullmatch(attribute)
    return found is not None and int(found[2]) < now // int(found[1]) - 1
