"""Decides what people get when they ask for everything that is held of them, part by part.

The account's partition, then the trail of its mails, then what single items hold: the reservation
of the address, failed log-ins, suppression, counts, and which editions of the newsletter went out.
A part is one page of DynamoDB, at most 1 MB there, so that each answer stays below Lambda's 6 MB.
Secrets, such as hashes, are left out and named.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from newsreel import clock
from newsreel.accounts.email_address import EmailAddress
from newsreel.accounts.table import held_items
from newsreel.accounts.table.base import AccountsTable
from newsreel.accounts.table.keys import (
    account_partition,
    email_reservation_pk,
    log_in_failures_pk,
)
from newsreel.accounts.table.subscribers import shard_of
from newsreel.aws.items import Value
from newsreel.aws.keyring import Keyring
from newsreel.budgets.subjects import address_subject
from newsreel.mail_table.keys import budget_key, mark_key, suppression_key, trail_partition
from newsreel.mail_table.who import all_of
from newsreel.policy import DAY, POLICY

_OF_THE_TABLE = frozenset({"pk", "sk", "ttl", "work", "entity"})
"""What places an item, and says nothing of a person that its other attributes do not."""
_SECRET = re.compile(
    r"(_hash|_key|_hashes|_keys|token|secret)$|^(session_list|key_id|change|email_change)$"
)
_HASH_AT_END = re.compile(r"([0-9a-f]{16})[0-9a-f]{48}$")
_ACCOUNT, _TRAIL, _REST = "account", "trail", "rest"
CURSOR = r"^(account#[ -~]{1,120}|trail[0-9]{1,2}#[ -~]{0,200}|rest)$"
"""What ``ExportPart.cursor`` looks like: where the next part begins."""


class ExportDeps(NamedTuple):
    """The two tables, and the ring that addresses are named with in the mail table."""

    accounts: AccountsTable
    mail_table: str
    trail_keys: Keyring


class Exported(NamedTuple):
    """One item that is held, and the names of its secrets."""

    kind: str
    values: Mapping[str, Value]
    left_out: tuple[str, ...]


class ExportPart(NamedTuple):
    """Some of what is held; ``cursor`` leads to the next part, None after the last."""

    items: tuple[Exported, ...]
    cursor: str | None


def read_part(
    deps: ExportDeps, account_id: str, address: EmailAddress, cursor: str | None, *, now: int
) -> ExportPart:
    """Return the part that a cursor leads to; None is the first."""
    place, _, after = (cursor or f"{_ACCOUNT}#").partition("#")
    names = all_of(address.text, deps.trail_keys)
    if place == _ACCOUNT:
        page, last = held_items.page(deps.accounts.name, account_partition(account_id), after=after)
        rest = f"{_ACCOUNT}#{_without_hash(last)}" if last else f"{_TRAIL}0#"
        return ExportPart(tuple(_shown(page)), rest)
    if place.startswith(_TRAIL) and (number := int(place.removeprefix(_TRAIL))) < len(names):
        page, last = held_items.page(deps.mail_table, trail_partition(names[number]), after=after)
        rest = f"{_TRAIL}{number}#{last}" if last else f"{_TRAIL}{number + 1}#"
        return ExportPart(tuple(_shown(page)), rest if last or number + 1 < len(names) else _REST)
    return ExportPart(tuple(_shown(_rest(deps, account_id, address, names, now=now))), None)


def _rest(
    deps: ExportDeps, account_id: str, address: EmailAddress, names: Iterable[str], *, now: int
) -> Iterator[dict[str, Value]]:
    yield from held_items.some(
        deps.accounts.name, [email_reservation_pk(address.hash), log_in_failures_pk(address.hash)]
    )
    of_address = [suppression_key(name) for name in names]
    of_address += [budget_key(address_subject(name).name) for name in names]
    days = range(0, POLICY.retention.edition_marks + DAY, DAY)
    marks = [
        mark_key(clock.rfc3339(now - ago)[:10], shard_of(account_id), account_id) for ago in days
    ]
    for item in held_items.some(deps.mail_table, [*of_address, *marks]):
        if "entity" in item:
            yield item
        else:
            # A mark that an edition was sent: there are too many to store a kind with each.
            yield {**item, "entity": "edition", "edition": str(item["pk"]).split("#")[1]}


def _shown(items: Iterable[Mapping[str, Value]]) -> Iterator[Exported]:
    for item in items:
        left_out = tuple(sorted(name for name in item if _SECRET.search(name)))
        values = {
            name: value
            for name, value in item.items()
            if name not in left_out and name not in _OF_THE_TABLE
        }
        kind = str(item.get("entity") or str(item["pk"]).partition("#")[0].lower())
        yield Exported(kind, values, left_out)


def _without_hash(sort_key: str) -> str:
    """Return a place just behind a sort key that does not tell the hash at its end.

    "g" follows all hexadecimal digits.
    """
    return _HASH_AT_END.sub(r"\1g", sort_key)
