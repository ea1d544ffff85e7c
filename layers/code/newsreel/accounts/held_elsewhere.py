"""Decides what is held of an account's owner outside its partition and the trail of its mails.

In the accounts table: the reservation of the address, its flows that are open with their requests
for mails, the account's open change of address, and wrong passwords. In the mail table: what holds
mails back, counts of the address and of each browser that the account knows, and which editions of
the newsletter went out.
"""

from collections.abc import Iterator
from typing import NamedTuple

from newsreel import clock
from newsreel.accounts import devices
from newsreel.accounts.email_address import EmailAddress
from newsreel.accounts.table import held_items, pending_flows
from newsreel.accounts.table.base import AccountsTable
from newsreel.accounts.table.keys import (
    DEVICES,
    SESSIONS,
    account_partition,
    email_reservation_pk,
    flow_pk,
    log_in_failures_pk,
    mail_request_pk,
)
from newsreel.accounts.table.subscribers import shard_of
from newsreel.aws.items import Value
from newsreel.budgets.subjects import address_subject, browser_subject
from newsreel.mail_table.keys import budget_key, mark_key, suppression_key
from newsreel.policy import DAY, POLICY

_OF_ANOTHER = ("account_id", "account_epoch")
"""What a flow says of the account that asked for a change of address."""


class Owner(NamedTuple):
    """Whose items are looked for."""

    account_id: str
    addresses: tuple[EmailAddress, ...]
    """The account's, and the former one while it is held for it."""
    names: tuple[str, ...]
    """Under which the mail table knows these."""
    change: str = ""
    """The hash of the account's open change of address; empty if there is none."""


def read(
    table: AccountsTable, mail_table: str, owner: Owner, *, now: int
) -> Iterator[dict[str, Value]]:
    """Yield each item that is held.

    Raises:
        Refusal: ``busy``.
    """
    yield from _of_accounts(table, owner)
    hashes = _hashes(table, owner.account_id, DEVICES)
    subjects = [address_subject(name) for name in owner.names]
    subjects += [browser_subject(one) for one in hashes]
    days = range(0, POLICY.retention.edition_marks + DAY, DAY)
    account_id = owner.account_id
    keys = [
        *(suppression_key(name) for name in owner.names),
        *(budget_key(subject.name) for subject in subjects),
        *(
            mark_key(clock.rfc3339(now - ago)[:10], shard_of(account_id), account_id)
            for ago in days
        ),
    ]
    for item in held_items.some(mail_table, keys):
        if "entity" in item:
            yield item
        else:
            # A mark that an edition was sent: there are too many to store a kind with each.
            yield {**item, "entity": "edition", "edition": str(item["pk"]).split("#")[1]}


def _of_accounts(table: AccountsTable, owner: Owner) -> Iterator[dict[str, Value]]:
    sessions = _hashes(table, owner.account_id, SESSIONS)
    counters = [devices.failures_hash(owner.account_id, one) for one in sessions]
    hashes = [one.hash for one in owner.addresses]
    failures = [log_in_failures_pk(one) for one in (*hashes, *counters)]
    reservations = [email_reservation_pk(one) for one in hashes]
    yield from held_items.some(table.name, [*reservations, *failures])
    listed = [flow for one in hashes for flow in pending_flows.all_of(table, one)]
    if owner.change:
        listed.append(("email_change", owner.change))
    flows = held_items.some(table.name, [flow_pk(*one) for one in dict.fromkeys(listed)])
    yield from (_without_others(flow, owner.account_id) for flow in flows)
    yield from held_items.some(table.name, [key for flow in flows for key in _requests(flow)])


def _without_others(flow: dict[str, Value], account_id: str) -> dict[str, Value]:
    """Leave out which other account asked for the owner's address."""
    if flow.get("account_id") in {None, "", account_id}:
        return flow
    return {name: value for name, value in flow.items() if name not in _OF_ANOTHER}


def _requests(flow: dict[str, Value]) -> Iterator[dict[str, str]]:
    purpose, flow_hash = pending_flows.name_of(str(flow["pk"]))
    for issue in range(1, int(str(flow["issue"])) + 1):
        yield mail_request_pk(purpose, flow_hash, issue)


def _hashes(table: AccountsTable, account_id: str, prefix: str) -> list[str]:
    found = held_items.sort_keys(table.name, account_partition(account_id), prefix)
    return [one.removeprefix(prefix) for one in found]
