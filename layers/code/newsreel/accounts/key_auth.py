"""Decides whether an access key counts: what it looks like, and what it may be used for.

A key is a mark, the account's id and 256 random bits; the table holds their SHA-256. It is valid
under the account's key epoch, which a reset and an undo raise. This is separate from
``access_keys``, so that functions that only check a key do not load the password hash.
"""

import re
from typing import Literal, NamedTuple, TypeAlias, get_args

from newsreel.accounts.records import Account
from newsreel.accounts.session_auth import hash_token
from newsreel.accounts.table import access_keys as key_items
from newsreel.accounts.table.base import AccountsTable
from newsreel.aws.items import Value
from newsreel.policy import POLICY
from newsreel.refusals import Refusal

Scope: TypeAlias = Literal["catalogue", "download", "manifest"]

SCOPES: tuple[Scope, ...] = get_args(Scope)
MARK = "nrk_"
"""What every key begins with, so that scanners of source code find one that was published."""
_TOKEN = re.compile(rf"{MARK}([0-9a-f]{{32}})\.([A-Za-z0-9_-]{{43}})")


class _Found(NamedTuple):
    """A valid key as it is stored, and its account."""

    account: dict[str, Value]
    account_id: str
    key_hash: str


def check(table: AccountsTable, token: str, scope: str, *, now: int) -> None:
    """Check a key for what is public, reading nothing of the account but its key epoch.

    Raises:
        Refusal: ``key_refused`` for no valid key; ``key_not_allowed`` without the scope.
    """
    _find(table, token, scope, names=key_items.CHECKED, now=now)


def authenticate(table: AccountsTable, token: str, scope: str, *, now: int) -> tuple[Account, str]:
    """Return the account of a key and the key's hash; write its use at most once an hour.

    Raises:
        Refusal: as ``check``.
    """
    found = _find(table, token, scope, names=(), now=now)
    return Account.read(found.account), found.key_hash


def _find(
    table: AccountsTable, token: str, scope: str, *, names: tuple[str, ...], now: int
) -> _Found:
    parts = _TOKEN.fullmatch(token)
    if parts is None:
        raise Refusal("key_refused")
    account_id, key_hash = parts[1], hash_token(parts[2])
    stored = key_items.read_with_account(table, account_id, key_hash, names=names)
    if stored is None or stored[1]["made_under"] != stored[0].get("key_epoch", 1):
        raise Refusal("key_refused")
    account, key = stored
    scopes = key["scopes"]
    if not isinstance(scopes, list) or scope not in scopes:
        raise Refusal("key_not_allowed", {"scope": scope})
    if now - int(str(key["last_used_at"])) >= POLICY.session.last_use_every:
        key_items.store_last_use(table, account_id, key_hash, now=now)
    return _Found(account, account_id, key_hash)
