"""Suppressions: addresses that some mail does not go to for now, and what ends that.

Mail came back from the address or was called spam, or its owner muted the codes that others ask
for ("This was not me").

One item per address under its keyed name. What happened is stored; what follows from it is decided
when it is read, so a change of policy needs no rewriting. ``until`` and ``reason`` sum it up for
people and for the newsletter: 0 means until it is lifted.
"""

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, Self, TypeAlias

from newsreel.aws import clients
from newsreel.aws.items import Item, Value, from_item, to_item
from newsreel.aws.transactions import ConditionFailed, write_together
from newsreel.aws.transient_errors import RETRY_AFTER
from newsreel.mail_table.keys import suppression_key
from newsreel.policy import DAY, POLICY
from newsreel.refusals import Refusal

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

Reason: TypeAlias = Literal["operator", "bounce", "full", "complaint", ""]

_AT_ONCE = 100  # of one BatchGetItem
_TRIES = 3
_KEPT_AFTER = 30 * DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """What is known of an address that mail came back from; times are seconds since 1970."""

    bounces: int = 0
    """How often it did not exist, since it last took a mail."""
    bounced_at: int = 0
    fulls: int = 0
    full_since: int = 0
    full_at: int = 0
    complained_at: int = 0
    held_at: int = 0
    """When the operator held all mail to it back, until he releases it; 0 if not."""
    muted_until: int = 0
    """Until then its owner wants no codes that others ask for; 0 if that was not said."""
    sent: str = ""
    """When the newest mail that came back had left, RFC 3339 in UTC."""
    revision: int = 0

    @classmethod
    def read(cls, values: Mapping[str, Value]) -> Self:
        """Build it from an item's values; attributes of newer releases are passed over."""
        known = {name: values[name] for name in cls.__dataclass_fields__ if name in values}
        return cls(**known)  # type: ignore[arg-type]

    @property
    def reason(self) -> Reason:
        """Return the strongest reason."""
        if self.held_at:
            return "operator"
        if self.complained_at:
            return "complaint"
        if self.bounces:
            return "bounce"
        return "full" if self.fulls else ""

    @property
    def until(self) -> int:
        """Return until when the newsletter rests, 0 for until it is lifted."""
        if self.held_at or self.complained_at or self.bounces:
            return 0
        full = self.fulls >= POLICY.delivery.full_times
        return self.full_at + (POLICY.delivery.newsletter_rest if full else 0)

    def blocks_codes(self, *, now: int) -> bool:
        """Tell whether no code goes to it now; never for good, for a mailbox may be made later."""
        policy = POLICY.delivery
        rest = policy.rest_after_bounce if self.bounces == 1 else policy.rest_after_bounces
        return self.held_at > 0 or (self.bounces > 0 and now < self.bounced_at + rest)

    def is_muted(self, *, now: int) -> bool:
        """Tell whether its owner wants no codes now that others ask for."""
        return now < self.muted_until

    @property
    def blocks_notices(self) -> bool:
        """Tell whether notices stop: it does not exist, or they were called spam."""
        return self.held_at > 0 or self.bounces > 0 or self.complained_at > 0

    def blocks_newsletter(self, *, now: int) -> bool:
        """Tell whether the newsletter stops or rests."""
        return bool(self.reason) and (self.until == 0 or now < self.until)

    def after_bounce(self, *, sent: str, now: int) -> Self:
        """Return it after a mail came back because there is no such address."""
        return replace(self, bounces=self.bounces + 1, bounced_at=now, sent=max(self.sent, sent))

    def after_full(self, *, sent: str, now: int) -> Self:
        """Return it after a mail came back because the mailbox is full."""
        counts = self.fulls and now < self.full_since + POLICY.delivery.full_within
        return replace(
            self,
            fulls=self.fulls + 1 if counts else 1,
            full_since=self.full_since if counts else now,
            full_at=now,
            sent=max(self.sent, sent),
        )

    def after_complaint(self, *, now: int) -> Self:
        """Return it after a mail was called spam."""
        return replace(self, complained_at=now)

    def after_delivery(self, *, sent: str) -> Self:
        """Return it after a mail arrived that had left later than any that came back."""
        return self.lifted() if self.sent < sent else self

    def lifted(self) -> Self:
        """Return it without what bounces did; a complaint stays."""
        return replace(self, bounces=0, bounced_at=0, fulls=0, full_since=0, full_at=0, sent="")


NONE = Suppression()


def read(table_name: str, names: Collection[str], *, now: int) -> Suppression:
    """Return what an address's names (``who.all_of``) are suppressed by; the newest key leads.

    Raises:
        Refusal: ``busy``, when the table left reads undone three times in a row.
    """
    found = read_many(table_name, names)
    if not found:
        return NONE
    in_order = [found[name] for name in names if name in found]
    blocking = [one for one in in_order if one.blocks_codes(now=now) or one.blocks_notices]
    # Muted under any name is muted: the link of a mail names the key that was current then.
    return replace((blocking or in_order)[0], muted_until=max(one.muted_until for one in in_order))


def read_suppressed(table_name: str, names: Collection[str], *, now: int) -> frozenset[str]:
    """Return those names that get no newsletter at this moment.

    Raises:
        Refusal: as ``read``.
    """
    found = read_many(table_name, names)
    return frozenset(name for name, one in found.items() if one.blocks_newsletter(now=now))


def read_many(table_name: str, names: Collection[str]) -> dict[str, Suppression]:
    """Return the suppressions of names that have one.

    Raises:
        Refusal: as ``read``.
    """
    wanted = sorted(set(names))
    found: dict[str, Suppression] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        keys = [to_item(suppression_key(name)) for name in wanted[start : start + _AT_ONCE]]
        for item in _batch(table_name, keys):
            values = from_item(item)
            name = str(values["pk"]).partition("#")[2]
            found[name] = Suppression.read(values)
    return found


def _batch(table_name: str, keys: list[Item]) -> list[Mapping[str, object]]:
    items: list[Mapping[str, object]] = []
    for _ in range(_TRIES):
        answer = clients.dynamodb().batch_get_item(
            RequestItems={table_name: {"Keys": keys, "ConsistentRead": True}}
        )
        items += answer["Responses"].get(table_name, [])
        left = answer.get("UnprocessedKeys", {}).get(table_name)
        if not left:
            return items
        keys = list(left["Keys"])
    raise Refusal("busy", retry_after=RETRY_AFTER)


def replaced(
    table_name: str, who: str, before: Suppression, after: Suppression, *, now: int
) -> "TransactWriteItemTypeDef":
    """Return the entry that stores what became of one, lost if it changed meanwhile.

    One that nothing is left of is deleted.
    """
    if after.reason or after.muted_until:
        item = _item(who, replace(after, revision=before.revision + 1), now=now)
        entry: TransactWriteItemTypeDef = {
            "Put": {
                "TableName": table_name,
                "Item": item,
                "ConditionExpression": "attribute_not_exists(pk)",
            }
        }
        if before.revision:
            entry["Put"]["ConditionExpression"] = "revision = :revision"
            entry["Put"]["ExpressionAttributeValues"] = to_item({":revision": before.revision})
        return entry
    return {
        "Delete": {
            "TableName": table_name,
            "Key": to_item(suppression_key(who)),
            "ConditionExpression": "revision = :revision",
            "ExpressionAttributeValues": to_item({":revision": before.revision}),
        }
    }


def _item(who: str, one: Suppression, *, now: int) -> Item:
    values = {name: getattr(one, name) for name in one.__dataclass_fields__}
    item = {
        **suppression_key(who),
        **values,
        "entity": "suppression",
        "reason": one.reason,
        "until": one.until,
        # A complaint counts until the next yes; anything else is forgotten when it blocks nothing.
        "ttl": None
        if one.complained_at or one.held_at
        else max(now, one.until, one.muted_until) + POLICY.retention.suppression,
    }
    return to_item(item)


def lift_bounces(table_name: str, names: Iterable[str]) -> None:
    """Lift what bounces did to an address (``who.all_of``), never a complaint.

    A change by somebody else in between wins: it is newer.
    """
    for name, before in read_many(table_name, tuple(names)).items():
        if before.bounces or before.fulls:
            store(table_name, name, before, before.lifted())


def lift(table_name: str, names: Iterable[str]) -> None:
    """Lift all that holds mail to an address (``who.all_of``) back: its owner asks for mail.

    A mute stays: it is about what others ask for; so does what the operator holds back. A change by
    somebody else in between wins: it is newer.
    """
    for name, before in read_many(table_name, tuple(names)).items():
        after = replace(NONE, muted_until=before.muted_until, held_at=before.held_at)
        store(table_name, name, before, after)


def store(table_name: str, who: str, before: Suppression, after: Suppression) -> None:
    """Store what became of one; a change by somebody else in between wins."""
    # What may stay is a complaint, which nothing ends by itself: no time is needed.
    entry = replaced(table_name, who, before, after, now=0)
    with suppress(ConditionFailed):
        write_together(clients.dynamodb(), [entry])
