"""Decides which account a request belongs to: the one gate that every private route passes."""

from dataclasses import replace
from typing import NamedTuple

from newsreel import clock
from newsreel.accounts import session_auth
from newsreel.accounts.records import Account, ConsentState
from newsreel.accounts.table.base import AccountsTable
from newsreel.aws.addresses import read_addresses
from newsreel.http.request import SignedIn


class SessionGate(NamedTuple):
    """Authenticates sessions by their cookie, with one read of the accounts table."""

    table: AccountsTable
    addresses_secret: str

    def __call__(self, token: str | None) -> SignedIn | None:
        """Return the account of a session's token, or None."""
        authenticated = session_auth.authenticate(self.table, token, now=clock.epoch())
        if authenticated is None:
            return None
        account, session = authenticated
        return _signed_in(account, session.session_hash)

    def of_key(self, token: str, scope: str) -> SignedIn:
        """Return the account of an access key that has a scope.

        Raises:
            Refusal: ``key_refused``, ``key_not_allowed``.
        """
        # Imported here: few requests come with a key, and the others save this at a cold start.
        from newsreel.accounts import key_auth  # noqa: PLC0415

        account, key_hash = key_auth.authenticate(self.table, token, scope, now=clock.epoch())
        return replace(_signed_in(account, ""), key_hash=key_hash)

    def is_own_origin(self, origin: str) -> bool:
        """Tell whether an ``Origin`` header names our site or our API."""
        return origin in read_addresses(self.addresses_secret).origins


def _signed_in(account: Account, session_hash: str) -> SignedIn:
    return SignedIn(
        account_id=account.account_id,
        epoch=account.epoch,
        email=account.email.text,
        language=account.language,
        newsletter=account.newsletter,
        newsletter_at=account.newsletter_at,
        is_listed=account.work is not None,
        terms_version=account.terms_version,
        consents=account.consents,
        created_at=account.created_at,
        session_hash=session_hash,
        email_change=account.email_change,
        key_epoch=account.key_epoch,
    )


def consent_state(owner: SignedIn) -> ConsentState:
    """Return what a signed-in person's next consent is compared with, without another read."""
    return ConsentState(
        language=owner.language,
        newsletter=owner.newsletter,
        is_listed=owner.is_listed,
        terms_version=owner.terms_version,
        kept=owner.consents,
    )
