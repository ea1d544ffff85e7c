"""Decides what somebody has agreed to, and how it is kept: terms of use, the newsletter."""

from dataclasses import replace
from typing import Literal

from newsreel.accounts.records import Consent, ConsentSource, ConsentState
from newsreel.accounts.table import accounts as account_items
from newsreel.accounts.table import consents as consent_items
from newsreel.accounts.table.base import AccountsTable
from newsreel.aws.transactions import ConditionFailed
from newsreel.aws.transient_errors import RETRY_AFTER
from newsreel.refusals import FieldError, Refusal
from newsreel.terms import in_force

_TRIES = 3


def accept_terms(
    table: AccountsTable,
    account_id: str,
    version: str,
    *,
    place: ConsentSource,
    language: str,
    now: int,
    state: ConsentState | None,
) -> None:
    """Keep that somebody accepts the version of the terms that is in force.

    Raises:
        Refusal: ``fields_rejected`` for another version; ``not_signed_in`` if the account is gone.
    """
    if version != in_force(now).version:
        raise Refusal("fields_rejected", errors=(FieldError("version", "wrong_value"),))
    consent = Consent(
        account_id=account_id,
        subject="terms",
        place=place,
        given=True,
        text_version=version,
        language=language,
        at=now,
    )
    if not _keep(table, consent, state):
        raise Refusal("not_signed_in")


def accepted_version(
    table: AccountsTable,
    account_id: str,
    state: ConsentState,
    offered: str | None,
    *,
    language: str,
    now: int,
) -> str:
    """Return the version in force if the account accepted it earlier or accepts it in this request.

    ``state`` is the account as the request has read it, ``offered`` what the request accepts.

    Raises:
        Refusal: ``terms_not_accepted`` with the ``terms_version`` to accept.
    """
    current = in_force(now).version
    if state.terms_version == current:
        return current
    if offered != current:
        raise Refusal("terms_not_accepted", {"terms_version": current})
    accept_terms(
        table, account_id, current, place="download", language=language, now=now, state=state
    )
    return current


def subscribe(table: AccountsTable, consent: Consent, *, state: ConsentState | None) -> None:
    """Keep a yes to the newsletter, which goes to the account from now on.

    ``state`` is the account as the request has read it.

    Raises:
        Refusal: ``not_signed_in`` if the account is gone.
    """
    if not _keep(table, consent, state):
        raise Refusal("not_signed_in")


def end_newsletter(
    table: AccountsTable,
    account_id: str,
    *,
    place: Literal["account", "one_click", "mail", "complaint"],
    now: int,
    state: ConsentState | None = None,
) -> bool:
    """End an account's newsletter and keep where its owner said so; False if the account is gone.

    The one rule for every way out; ending it twice keeps one no. It is in the language of the
    account: a mail program that presses the button for its reader has none.
    """
    consent = Consent(
        account_id=account_id,
        subject="newsletter",
        place=place,
        given=False,
        text_version="",
        language="",
        at=now,
    )
    return _keep(table, consent, state)


def rest_newsletter(table: AccountsTable, account_id: str) -> None:
    """Send no newsletter to an account whose address takes none, until its owner says yes again.

    Nobody said no, so no consent is kept.
    """
    account_items.unlist_subscriber(table, account_id)


def _keep(table: AccountsTable, consent: Consent, state: ConsentState | None) -> bool:
    """Keep a consent unless it repeats what holds already; False if the account is gone.

    ``state`` is the account as the request has read it; None reads it.

    Raises:
        Refusal: ``busy``, when others changed the account again and again.
    """
    for _ in range(_TRIES):
        if state is None:
            account = account_items.read_one(table, consent.account_id)
            if account is None:
                return False
            state = account.consent_state
        if _repeats(state, consent):
            return True
        kept = replace(consent, language=consent.language or state.language)
        try:
            table.write(
                account_items.apply_consent(table, state, kept),
                consent_items.put(table, kept, state.kept),
            )
        except ConditionFailed:
            state = None
            continue
        return True
    raise Refusal("busy", retry_after=RETRY_AFTER)


def _repeats(state: ConsentState, consent: Consent) -> bool:
    if consent.subject == "terms":
        return state.terms_version == consent.text_version
    if consent.given:
        return state.newsletter and state.is_listed
    return not state.newsletter
