"""Accounts: the entries that open and change one, and how it is read."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from newsreel.accounts.records import Account, Consent, Notice
from newsreel.accounts.table.base import AccountsTable
from newsreel.accounts.table.keys import account_pk, device_pk
from newsreel.aws.items import to_item
from newsreel.aws.transactions import condition_failure

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef


def put_new(table: AccountsTable, account: Account) -> "TransactWriteItemTypeDef":
    """Return the entry that opens an account."""
    return table.put_new(account_pk(account.account_id), "account", account)


def note_log_in(
    table: AccountsTable, account: Account, *, new_hash: str | None, notice: Notice | None, now: int
) -> "TransactWriteItemTypeDef":
    """Return the entry of a log-in, lost if the account's epoch has changed.

    ``new_hash`` replaces a password hash with old parameters; ``notice`` is counted for its day.
    """
    update = "SET last_log_in_at = :now"
    values: dict[str, object] = {":now": now, ":epoch": account.epoch}
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
    return table.update(account_pk(account.account_id), update, values, condition="epoch = :epoch")


def set_password(
    table: AccountsTable, account_id: str, *, password_hash: str, epoch: int, now: int
) -> "TransactWriteItemTypeDef":
    """Return the entry that sets a password and ends everything made under ``epoch``.

    Password resets started up to ``now`` end too. It is lost if the epoch has changed.
    """
    return table.update(
        account_pk(account_id),
        "SET password_hash = :new, epoch = epoch + :one, flows_void_until = :now",
        {":new": password_hash, ":one": 1, ":now": now, ":epoch": epoch},
        condition="epoch = :epoch",
    )


def apply_consent(
    table: AccountsTable, consent: Consent, *, repeats: bool
) -> "TransactWriteItemTypeDef":
    """Return the entry of what follows from a consent; one that ``repeats`` moves no date."""
    values: dict[str, object]
    if consent.subject == "terms":
        update, values = "SET terms_version = :value", {":value": consent.text_version}
    else:
        update, values = "SET newsletter = :value", {":value": consent.given}
        if not repeats:
            update += ", newsletter_at = :at"
            values[":at"] = consent.at
    pk = account_pk(consent.account_id)
    return table.update(pk, update, values, condition="attribute_exists(pk)")


def set_language(table: AccountsTable, account_id: str, language: str) -> bool:
    """Store the account's language; False if the account is gone."""
    try:
        table.client.update_item(
            TableName=table.name,
            Key=to_item(account_pk(account_id)),
            UpdateExpression="SET #language = :language",
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeNames={"#language": "language"},
            ExpressionAttributeValues=to_item({":language": language}),
        )
    except ClientError as error:
        condition_failure(error)
        return False
    return True


def read(table: AccountsTable, account_id: str) -> Account | None:
    """Return an account, or None."""
    values = table.get(account_pk(account_id))
    return Account.read(values) if values else None


def read_with_device(
    table: AccountsTable, account_id: str, device_hash: str
) -> tuple[Account | None, bool]:
    """Return an account, or None, and whether it has seen a browser under its epoch."""
    pk, seen = account_pk(account_id), device_pk(account_id, device_hash)
    items = table.get_together(pk, seen)
    values = items.get((pk["pk"], pk["sk"]))
    if values is None:
        return None, False
    account = Account.read(values)
    device = items.get((seen["pk"], seen["sk"]), {})
    return account, device.get("epoch") == account.epoch
