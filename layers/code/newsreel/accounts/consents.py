"""Decides what somebody has agreed to, and how it is kept: terms of use, the newsletter."""

from newsreel.accounts.records import Consent, ConsentPlace
from newsreel.accounts.table import AccountsTable
from newsreel.refusals import FieldError, Refusal
from newsreel.terms import in_force
from newsreel.transactions import ConditionFailed


def accept_terms(
    table: AccountsTable,
    account_id: str,
    version: str,
    *,
    place: ConsentPlace,
    language: str,
    now: int,
) -> None:
    """Keep that somebody accepts the version of the terms that is in force.

    Raises:
        Refusal: ``fields_rejected`` for another version; ``not_signed_in`` if the account is gone.
    """
    if version != in_force(now).version:
        raise Refusal("fields_rejected", errors=(FieldError("version", "wrong_value"),))
    _keep(
        table,
        Consent(
            account_id=account_id,
            subject="terms",
            place=place,
            given=True,
            text_version=version,
            language=language,
            at=now,
        ),
    )


def admit(
    table: AccountsTable,
    account_id: str,
    accepted: str,
    offered: str | None,
    *,
    language: str,
    now: int,
) -> str:
    """Let go on who accepted the version in force before, or does so with this request.

    Returns that version.

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


def subscribe(
    table: AccountsTable,
    account_id: str,
    text_version: str,
    *,
    place: ConsentPlace,
    language: str,
    now: int,
) -> None:
    """Keep a yes to the newsletter: which words, in which language, stood above which button.

    Raises:
        Refusal: ``not_signed_in`` if the account is gone.
    """
    _keep(
        table,
        Consent(
            account_id=account_id,
            subject="newsletter",
            place=place,
            given=True,
            text_version=text_version,
            language=language,
            at=now,
        ),
    )


def unsubscribe(table: AccountsTable, account_id: str, *, language: str, now: int) -> None:
    """Keep a no to the newsletter.

    Raises:
        Refusal: ``not_signed_in`` if the account is gone.
    """
    _keep(
        table,
        Consent(
            account_id=account_id,
            subject="newsletter",
            place="account",
            given=False,
            text_version="",
            language=language,
            at=now,
        ),
    )


def _keep(table: AccountsTable, consent: Consent) -> None:
    try:
        table.keep_consent(consent)
    except ConditionFailed:
        raise Refusal("not_signed_in") from None
