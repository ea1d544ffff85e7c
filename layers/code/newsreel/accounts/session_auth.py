"""Decides who is signed in: what a session's token looks like, and whether it still counts.

A token is the account's id and 256 random bits (OWASP Session Management asks for 64 of entropy);
the table holds their SHA-256. A session is valid only under the account's current epoch. This is
separate from ``sessions``, so that functions that only authenticate do not load the password hash.
"""

import hashlib
import re
from dataclasses import dataclass, field, replace

from newsreel.accounts.records import Account, Session
from newsreel.accounts.table import sessions as session_items
from newsreel.accounts.table.base import AccountsTable
from newsreel.policy import POLICY

_TOKEN = re.compile(r"([0-9a-f]{32})\.([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class SessionKey:
    """Where the table has the session of a token, if there is one."""

    account_id: str
    session_hash: str = field(repr=False)


def key_of(token: str | None) -> SessionKey | None:
    """Return where the session of a token would be; None for what is no token."""
    parts = _TOKEN.fullmatch(token or "")
    return None if parts is None else SessionKey(parts[1], hash_token(parts[2]))


def authenticate(
    table: AccountsTable, token: str | None, *, now: int
) -> tuple[Account, Session] | None:
    """Return the account and session of a token, or None; write its use at most once an hour."""
    key = key_of(token)
    if key is None:
        return None
    stored = session_items.read_with_account(table, key.account_id, key.session_hash)
    if stored is None:
        return None
    account, session = stored
    if session.epoch != account.epoch or now >= min(session.idle_until, session.expires_at):
        return None
    if now - session.last_used_at >= POLICY.session.last_use_every:
        idle = POLICY.session.kept_idle if session.keep else POLICY.session.idle
        session = replace(session, last_used_at=now, idle_until=min(now + idle, session.expires_at))
        session_items.store_last_use(table, session)
    return account, session


def hash_token(secret: str) -> str:
    """Return the hash of a token's random part, hex, as the table stores it."""
    return hashlib.sha256(secret.encode()).hexdigest()
