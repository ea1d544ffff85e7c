"""Decides what people get when they ask for everything that is held of them, part by part.

The account's partition, then the trail of its mails, then what other items hold
(``held_elsewhere``). A part is one page of DynamoDB, at most 1 MB there, so that each answer stays
below Lambda's 6 MB. Secrets, such as hashes, are left out and named. ``docs/data-model.md`` lists
every entity, and why those that are not in the export are not.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from newsreel.accounts import held_elsewhere
from newsreel.accounts.email_address import EmailAddress
from newsreel.accounts.held_elsewhere import Owner
from newsreel.accounts.table import email_undos, held_items
from newsreel.accounts.table.base import AccountsTable
from newsreel.accounts.table.keys import account_partition
from newsreel.aws.items import Value
from newsreel.aws.keyring import Keyring
from newsreel.mail_table.keys import trail_partition
from newsreel.mail_table.who import all_of

_OF_THE_TABLE = frozenset({"pk", "sk", "ttl", "work", "entity"})
"""What places an item, and says nothing of a person that its other attributes do not."""
_SECRET = re.compile(
    r"(_hash|_key|_hashes|_keys|token|secret)$"
    r"|^(session_list|key_id|change|email_change|known_browser)$"
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
    deps: ExportDeps,
    account_id: str,
    address: EmailAddress,
    cursor: str | None,
    *,
    change: str = "",
    now: int,
) -> ExportPart:
    """Return the part that a cursor leads to; None is the first.

    ``change`` is the hash of the account's open change of address, if there is one.
    """
    place, _, after = (cursor or f"{_ACCOUNT}#").partition("#")
    if place == _ACCOUNT:
        page, last = held_items.page(deps.accounts.name, account_partition(account_id), after=after)
        rest = f"{_ACCOUNT}#{_without_hash(last)}" if last else f"{_TRAIL}0#"
        return ExportPart(tuple(_shown(page)), rest)
    undo = email_undos.read(deps.accounts, account_id)
    addresses = (address,) if undo is None else (address, undo.email)
    names = tuple(name for one in addresses for name in all_of(one.text, deps.trail_keys))
    if place.startswith(_TRAIL) and (number := int(place.removeprefix(_TRAIL))) < len(names):
        page, last = held_items.page(deps.mail_table, trail_partition(names[number]), after=after)
        rest = f"{_TRAIL}{number}#{last}" if last else f"{_TRAIL}{number + 1}#"
        return ExportPart(tuple(_shown(page)), rest if last or number + 1 < len(names) else _REST)
    owner = Owner(account_id, addresses, names, change)
    found = held_elsewhere.read(deps.accounts, deps.mail_table, owner, now=now)
    return ExportPart(tuple(_shown(found)), None)


def _shown(items: Iterable[Mapping[str, Value]]) -> Iterator[Exported]:
    for item in items:
        told = {name: value for name, value in item.items() if name not in _OF_THE_TABLE}
        values, left_out = _without_secrets(told)
        kind = str(item.get("entity") or str(item["pk"]).partition("#")[0].lower())
        yield Exported(kind, values, tuple(sorted(left_out)))


def _without_secrets(item: Mapping[str, Value]) -> tuple[dict[str, Value], list[str]]:
    """Return what is no secret, also of what an item holds within, and the names of the rest."""
    values: dict[str, Value] = {}
    left_out = []
    for name, value in item.items():
        if _SECRET.search(name):
            left_out.append(name)
        elif isinstance(value, dict):
            values[name], within = _without_secrets(value)
            left_out += [f"{name}.{one}" for one in within]
        else:
            values[name] = value
    return values, left_out


def _without_hash(sort_key: str) -> str:
    """Return a place just behind a sort key that does not tell the hash at its end.

    "g" follows all hexadecimal digits.
    """
    return _HASH_AT_END.sub(r"\1g", sort_key)
