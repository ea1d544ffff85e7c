"""Accounts: the entries that open and change one, and how it is read."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from newsreel.accounts.credential_records import EmailUndo
from newsreel.accounts.records import Account, Consent, ConsentState, Notice
from newsreel.accounts.table import decoy
from newsreel.accounts.table.base import AccountsTable
from newsreel.accounts.table.keys import account_pk, device_pk
from newsreel.accounts.table.session_list import ListChange
from newsreel.accounts.table.subscribers import work_of
from newsreel.aws.items import to_item
from newsreel.aws.transactions import condition_failure

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

KEYS_END = "key_epoch = if_not_exists(key_epoch, :one) + :one"
"""Accounts of older releases have none, which counts as 1."""
CONSENT_STATE = ("pk", "sk", "language", "newsletter", "work", "terms_version", "consents")
"""What is read of an account to keep a consent; a test compares it with the roles."""


def put_new(table: AccountsTable, account: Account) -> "TransactWriteItemTypeDef":
    """Return the entry that opens an account."""
    return table.put_new(account_pk(account.account_id), "account", account)


def note_log_in(
    table: AccountsTable,
    account: Account,
    *,
    new_hash: str | None,
    notice: Notice | None,
    change: ListChange,
    now: int,
) -> "TransactWriteItemTypeDef":
    """Return the entry of a log-in, lost if the account's epoch has changed, or its sessions' list.

    ``new_hash`` replaces a password hash with old parameters; ``notice`` is counted for its day;
    ``change`` is what the log-in does to the list.
    """
    listed = change.update()
    update = f"SET last_log_in_at = :now, {listed.assignment}"
    values: dict[str, object] = {":now": now, ":epoch": account.epoch, **listed.values}
    if new_hash:
        update += ", password_hash = :hash"
        values[":hash"] = new_hash
    if notice is not None:
        # Only ever added to: log-ins in parallel count each other, the first of a day too.
        is_same_day = account.notices_day == notice.day
        update += (
            ", notices_day = :day, notices_before = :before,"
            " notices_told = if_not_exists(notices_told, :none) + :one"
        )
        before = account.notices_before if is_same_day else account.notices_told
        values |= {":day": notice.day, ":before": before, ":none": 0, ":one": 1}
    return table.update(
        account_pk(account.account_id),
        update + listed.removal,
        values,
        condition=f"epoch = :epoch AND {listed.condition}",
        names=listed.names,
    )


def set_password(
    table: AccountsTable, account_id: str, *, password_hash: str, epoch: int, now: int
) -> "TransactWriteItemTypeDef":
    """Return the entry that sets a password and ends everything made under ``epoch``.

    Password resets started up to ``now`` end too, as do access keys and a change of address that
    is open. It is lost if the epoch has changed.
    """
    return table.update(
        account_pk(account_id),
        "SET password_hash = :new, epoch = epoch + :one, flows_void_until = :now,"
        f" session_list = :empty, {KEYS_END}, reset_required_at = :zero REMOVE email_change",
        {
            ":new": password_hash,
            ":one": 1,
            ":now": now,
            ":epoch": epoch,
            ":empty": {},
            ":zero": 0,
        },
        condition="epoch = :epoch",
    )


def replace_password(
    table: AccountsTable, before: Account, after: Account, *, now: int
) -> "TransactWriteItemTypeDef":
    """Return the entry that sets the password and epoch of ``after``, with its one session.

    It ends what ``set_password`` ends, but no access key, and is lost if the epoch has changed.
    """
    return table.update(
        account_pk(before.account_id),
        "SET password_hash = :new, epoch = :next, flows_void_until = :now, session_list = :list"
        " REMOVE email_change",
        {
            ":new": after.password_hash,
            ":next": after.epoch,
            ":now": now,
            ":list": after.session_list,
            ":epoch": before.epoch,
        },
        condition="epoch = :epoch",
    )


def begin_email_change(
    table: AccountsTable, account: Account, flow_hash: str
) -> "TransactWriteItemTypeDef":
    """Return the entry that makes a flow the one open change of an account's address.

    It is lost if the epoch has changed, or another change was begun since the account was read.
    """
    seen = account.email_change
    absent = "" if seen else "attribute_not_exists(email_change) OR "
    return table.update(
        account_pk(account.account_id),
        "SET email_change = :flow",
        {":flow": flow_hash, ":epoch": account.epoch, ":seen": seen},
        condition=f"epoch = :epoch AND ({absent}email_change = :seen)",
    )


def change_email(
    table: AccountsTable, before: Account, after: Account, *, now: int
) -> "TransactWriteItemTypeDef":
    """Return the entry that sets the address, the epoch and the one session of ``after``.

    It is lost if the epoch has changed, or another change was begun. Access keys stay.
    """
    return table.update(
        account_pk(before.account_id),
        "SET email = :email, epoch = :next, flows_void_until = :now, session_list = :list"
        " REMOVE email_change",
        {
            ":email": after.email.text,
            ":next": after.epoch,
            ":now": now,
            ":list": after.session_list,
            ":epoch": before.epoch,
            ":change": before.email_change,
        },
        condition="epoch = :epoch AND email_change = :change",
    )


def take_email_back(
    table: AccountsTable, account: Account, undo: EmailUndo, *, now: int
) -> "TransactWriteItemTypeDef":
    """Return the entry that gives an account its address back and ends everything.

    Nobody knows a password of it any more, so it has to be reset. It is lost if the account's
    address is no longer the one that was read.
    """
    return table.update(
        account_pk(account.account_id),
        "SET email = :email, password_hash = :none, epoch = epoch + :one, flows_void_until = :now,"
        f" session_list = :empty, {KEYS_END} REMOVE email_change",
        {
            ":email": undo.email.text,
            ":none": "",
            ":one": 1,
            ":now": now,
            ":empty": {},
            ":seen": account.email.text,
        },
        condition="email = :seen",
    )


def apply_consent(
    table: AccountsTable, state: ConsentState, consent: Consent
) -> "TransactWriteItemTypeDef":
    """Return the entry of what follows from a consent and of its number.

    It is lost if the account was given another one, or another language, since it was read.
    """
    values: dict[str, object] = {
        ":seen": state.kept,
        ":next": state.kept + 1,
        ":language": state.language,
    }
    names = {"#language": "language"}
    update = "SET consents = :next"
    if consent.subject == "terms":
        update += ", terms_version = :version"
        values[":version"] = consent.text_version
    else:
        update += ", newsletter = :given, newsletter_at = :now"
        values |= {":given": consent.given, ":now": consent.at}
        names |= {"#work": "work", "#at": "at"}
        if consent.given:
            update += ", #work = :work, #at = :now"
            values[":work"] = work_of(state.language, consent.account_id)
        else:
            update += " REMOVE #work, #at"
    unchanged = "attribute_not_exists(consents) OR " if state.kept == 0 else ""
    return table.update(
        account_pk(consent.account_id),
        update,
        values,
        condition=(
            f"attribute_exists(pk) AND #language = :language AND ({unchanged}consents = :seen)"
        ),
        names=names,
    )


def set_language(table: AccountsTable, account_id: str, language: str) -> bool:
    """Store the account's language and move a subscriber's place; False if the account is gone."""
    subscribed = ("SET #language = :language, #work = :work", "attribute_exists(#work)")
    other = ("SET #language = :language", "attribute_exists(pk) AND attribute_not_exists(#work)")
    # A third try for a yes or no that came between the first two.
    for update, condition in (other, subscribed, other):
        values: dict[str, object] = {":language": language}
        if update == subscribed[0]:
            values[":work"] = work_of(language, account_id)
        try:
            table.client.update_item(
                TableName=table.name,
                Key=to_item(account_pk(account_id)),
                UpdateExpression=update,
                ConditionExpression=condition,
                ExpressionAttributeNames={"#language": "language", "#work": "work"},
                ExpressionAttributeValues=to_item(values),
            )
        except ClientError as error:
            condition_failure(error)
        else:
            return True
    return False


def read(table: AccountsTable, account_id: str) -> Account | None:
    """Return an account, or None."""
    values = table.get(account_pk(account_id))
    return Account.read(values) if values else None


def read_consent_state(table: AccountsTable, account_id: str) -> ConsentState | None:
    """Return what an account has agreed to; None without the account.

    Names what it reads: the roles that ask may read nothing else of an account.
    """
    pk = account_pk(account_id)
    values = table.get_together(pk, names=CONSENT_STATE).get((pk["pk"], pk["sk"]))
    if values is None:
        return None
    kept = values.get("consents", 0)
    return ConsentState(
        language=str(values["language"]),
        newsletter=values.get("newsletter") is True,
        is_listed="work" in values,
        terms_version=str(values.get("terms_version", "")),
        kept=kept if isinstance(kept, int) else 0,
    )


def read_with_devices(
    table: AccountsTable, account_id: str, device_hashes: Sequence[str]
) -> tuple[Account | None, int | None]:
    """Return an account, or None, and which of a browser's marks it has given under its epoch.

    None takes as long as an account, for a stranger may have chosen the address. One whose deletion
    has begun is none: nobody logs in to it, and its password is not reset.
    """
    pk = account_pk(account_id)
    marks = [device_pk(account_id, one) for one in device_hashes]
    items = table.get_together(pk, *marks)
    values = items.get((pk["pk"], pk["sk"]))
    if values is None:
        decoy.read_nobody(table)
        return None, None
    account = Account.read(values)
    if account.closing_at:
        return None, None
    for index, mark in enumerate(marks):
        if items.get((mark["pk"], mark["sk"]), {}).get("epoch") == account.epoch:
            return account, index
    return account, None
