"""The journal: an account's security events, newest read first; kept for twelve months."""

from typing import TYPE_CHECKING

from newsreel.accounts.journal import JournalEntry
from newsreel.accounts.table.base import AccountsTable
from newsreel.accounts.table.keys import JOURNAL, account_partition, journal_pk
from newsreel.policy import POLICY

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef


def put(table: AccountsTable, entry: JournalEntry) -> "TransactWriteItemTypeDef":
    """Return the entry of a transaction that keeps an event beside what it tells of."""
    pk = journal_pk(entry.account_id, entry.at, entry.event_id)
    return table.put(pk, "journal", entry, ttl=entry.at + POLICY.retention.journal)


def list_page(
    table: AccountsTable, account_id: str, *, after: str | None, most: int
) -> tuple[list[JournalEntry], str | None]:
    """Return some of an account's events, newest first, and where the rest begins.

    ``after`` is what the call before returned as that; None begins and None ends the list.
    """
    items = table.query(account_partition(account_id), JOURNAL, newest=most + 1, after=after)
    page = items[:most]
    rest = str(page[-1]["sk"]).removeprefix(JOURNAL) if len(items) > most else None
    return [JournalEntry.read(values) for values in page], rest
