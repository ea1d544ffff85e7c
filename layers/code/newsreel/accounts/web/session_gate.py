"""Decides which account a request belongs to: the one gate that every private route passes."""

from typing import NamedTuple

from newsreel import clock
from newsreel.accounts import session_auth
from newsreel.accounts.records import ConsentState
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
            session_hash=session.session_hash,
        )

    def is_own_origin(self, origin: str) -> bool:
        """Tell whether an ``Origin`` header names our site or our API."""
        return origin in read_addresses(self.addresses_secret).origins


def consent_state(owner: SignedIn) -> ConsentState:
    """Return what a signed-in person's next consent is compared with, without another read."""
    return ConsentState(
        language=owner.language,
        newsletter=owner.newsletter,
        is_listed=owner.is_listed,
        terms_version=owner.terms_version,
        kept=owner.consents,
    )
