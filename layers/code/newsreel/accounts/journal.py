"""Decides which security events an account's journal tells of, and what it keeps of each.

Its owner reads it. It holds no address, no network address and no secret: what happened, when, in
which browser, and whether the operator did it.
"""

import secrets
from dataclasses import dataclass
from typing import Literal, Self, TypeAlias

from newsreel.accounts.records import Record

JournalKind: TypeAlias = Literal[
    "registered",
    "logged_in",
    "logged_out",
    "session_ended",
    "sessions_ended",
    "reset_code_entered",
    "password_reset",
    "password_changed",
    "email_change_started",
    "email_changed",
    "email_change_undone",
    "key_created",
    "key_revoked",
    "exported",
    "looked_at",
    "reset_started",
    "suppressed",
    "released",
    "role_granted",
    "role_taken",
]
"""The pages have a text for each of them. The last six are the operator's alone."""
JournalActor: TypeAlias = Literal["owner", "operator"]


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry(Record):
    """One security event of an account."""

    account_id: str
    event_id: str
    """Random, so that events of one second do not meet."""
    kind: JournalKind
    at: int
    browser: str = ""
    """Family and system of the browser that it was done in; empty if unknown."""
    actor: JournalActor = "owner"
    """The operator, where it was done with ``newsreel-admin``."""

    @classmethod
    def of(
        cls,
        account_id: str,
        kind: JournalKind,
        *,
        now: int,
        browser: str = "",
        actor: JournalActor = "owner",
    ) -> Self:
        """Return a new event."""
        return cls(
            account_id=account_id,
            event_id=secrets.token_hex(8),
            kind=kind,
            at=now,
            browser=browser,
            actor=actor,
        )
