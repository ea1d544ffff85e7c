"""Decides what somebody has agreed to, and how it is kept: terms of use, the newsletter."""

from dataclasses import replace
from typing import Literal

from newsreel.accounts.records import Account, Consent, ConsentSource
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
    if not _keep(table, consent):
        raise Refusal("not_signed_in")


def accepted_version(
    table: AccountsTable,
    account_id: str,
    accepted: str,
    offered: str | None,
    *,
    language: str,
    now: int,
) -> str:
    """Return the version in force if the account accepted it earlier or accepts it in this request.

    ``accepted`` is what the account accepted last, ``offered`` what the request accepts.

    Raises:
        Refusal: ``terms_not_accepted`` with the ``terms_version`` to accept.
    """
    current = in_force(now).version
    if accepted == current:
        return current
    if offered != current:
        raise Refusal("terms_not_accepted", {"terms_version": current})
    accept_terms(table, account_id, current, place="download", language=language, now=now)
    return current


def subscribe(table: AccountsTable, consent: Consent) -> None:
    """Keep a yes to the newsletter, which goes to the account from now on.

    Raises:
        Refusal: ``not_signed_in`` if the account is gone.
    """
    if not _keep(table, consent):
        raise Refusal("not_signed_in")


def end_newsletter(
    table: AccountsTable,
    account_id: str,
    *,
    place: Literal["account", "one_click", "mail", "complaint"],
    now: int,
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
    return _keep(table, consent)


def rest_newsletter(table: AccountsTable, account_id: str) -> None:
    """Send no newsletter to an account whose address takes none, until its owner says yes again.

    Nobody said no, so no consent is kept.
    """
    account_items.unlist_subscriber(table, account_id)


def _keep(table: AccountsTable, consent: Consent) -> bool:
    """Keep a consent unless it repeats what holds already; False if the account is gone.

    Raises:
        Refusal: ``busy``, when others changed the account again and again.
    """
    for _ in range(_TRIES):
        account = account_items.read_one(table, consent.account_id)
        if account is None:
            return False
        if _repeats(account, consent):
            return True
        kept = replace(consent, language=consent.language or account.language)
        try:
            table.write(
                account_items.apply_consent(table, account, kept),
                consent_items.put(table, kept, account.consents),
            )
        except ConditionFailed:
            continue
        return True
    raise Refusal("busy", retry_after=RETRY_AFTER)


def _repeats(account: Account, consent: Consent) -> bool:
    if consent.subject == "terms":
        return account.terms_version == consent.text_version
    if consent.given:
        return account.newsletter and account.work is not None
    return not account.newsletter
