"""Parts of an account, for those whose roles may not read all of it."""

from newsreel.accounts.records import Account
from newsreel.accounts.table.base import AccountsTable
from newsreel.accounts.table.keys import account_pk


def read_language(table: AccountsTable, account_id: str) -> str:
    """Return the language that an account's mails come in; empty without the account.

    Names what it reads: the role that mails codes may read nothing else of an account.
    """
    pk = account_pk(account_id)
    values = table.get_together(pk, names=("pk", "sk", "language")).get((pk["pk"], pk["sk"]))
    return str(values["language"]) if values else ""


def read_without_password(table: AccountsTable, account_id: str) -> Account | None:
    """Return an account without its password's hash, or None.

    For those whose roles may not read it.
    """
    names = [name for name in Account.__dataclass_fields__ if name != "password_hash"]
    pk = account_pk(account_id)
    values = table.get_together(pk, names=("pk", "sk", *names)).get((pk["pk"], pk["sk"]))
    return Account.read({**values, "password_hash": ""}) if values else None
