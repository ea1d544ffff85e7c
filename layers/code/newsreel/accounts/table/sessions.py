"""Sessions: signed-in browsers, each under the hash of its token."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from newsreel.accounts.journal import JournalEntry
from newsreel.accounts.records import Account, Session
from newsreel.accounts.table import journal as journal_items
from newsreel.accounts.table import session_list
from newsreel.accounts.table.base import AccountsTable
from newsreel.accounts.table.keys import SESSIONS, account_partition, account_pk, session_pk
from newsreel.aws.items import to_item
from newsreel.aws.transactions import ConditionFailed, condition_failure
from newsreel.aws.transient_errors import is_transient

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

_AT_ONCE = 50
"""Sessions that end in one write: as many as an account has (DynamoDB takes 100 entries)."""


def put(table: AccountsTable, session: Session) -> "TransactWriteItemTypeDef":
    """Return the entry that stores a session."""
    pk = session_pk(session.account_id, session.session_hash)
    return table.put(pk, "session", session, ttl=min(session.idle_until, session.expires_at))


def read_with_account(
    table: AccountsTable, account_id: str, session_hash: str
) -> tuple[Account, Session] | None:
    """Return a session and its account, read together, or None."""
    account_at, session_at = account_pk(account_id), session_pk(account_id, session_hash)
    items = table.get_together(account_at, session_at)
    account = items.get((account_at["pk"], account_at["sk"]))
    session = items.get((session_at["pk"], session_at["sk"]))
    if account is None or session is None:
        return None
    return Account.read(account), Session.read(session)


def list_all(table: AccountsTable, account_id: str) -> list[Session]:
    """Return an account's sessions, expired ones that TTL has not taken yet included."""
    items = table.query(account_partition(account_id), SESSIONS)
    return [Session.read(values) for values in items]


def store_last_use(table: AccountsTable, session: Session) -> None:
    """Store a session's last use, unless it was ended meanwhile.

    A busy table does not fail the request for it: the next one within the hour stores it.
    """
    try:
        table.client.update_item(
            TableName=table.name,
            Key=to_item(session_pk(session.account_id, session.session_hash)),
            UpdateExpression="SET last_used_at = :used, idle_until = :idle, #ttl = :idle",
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeNames={"#ttl": "ttl"},
            ExpressionAttributeValues=to_item(
                {":used": session.last_used_at, ":idle": session.idle_until}
            ),
        )
    except ClientError as error:
        if not is_transient(error):
            condition_failure(error)


def delete(table: AccountsTable, account_id: str, session_hash: str) -> "TransactWriteItemTypeDef":
    """Return the entry that ends a session; ending it twice is no error."""
    return table.delete(session_pk(account_id, session_hash))


def end(table: AccountsTable, event: JournalEntry, *session_hashes: str) -> None:
    """End sessions of the event's account and take them off its list; twice is no error.

    The journal keeps the event with the first of them; where none ends, nothing happened.

    Raises:
        Refusal: ``busy``; some may have ended.
    """
    account_id, told = event.account_id, [journal_items.put(table, event)]
    for start in range(0, len(session_hashes), _AT_ONCE):
        some = session_hashes[start : start + _AT_ONCE]
        writes = [delete(table, account_id, one) for one in some] + told
        try:
            table.write(session_list.take_off(table, account_id, some), *writes)
        except ConditionFailed:
            table.write(*writes)  # an account of an older release has no list
        told = []


def end_beginning_with(table: AccountsTable, event: JournalEntry, beginning: str) -> None:
    """End the sessions of the event's account whose hashes begin like this."""
    items = table.query(account_partition(event.account_id), f"{SESSIONS}{beginning}")
    end(table, event, *(Session.read(values).session_hash for values in items))
