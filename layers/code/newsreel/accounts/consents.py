"""Decides what somebody has agreed to, and how it is kept: terms of use, the newsletter."""

from newsreel.accounts.records import Consent, ConsentSource
from newsreel.accounts.table import accounts as account_items
from newsreel.accounts.table import consents as consent_items
from newsreel.accounts.table.base import AccountsTable
from newsreel.aws.transactions import ConditionFailed
from newsreel.refusals import FieldError, Refusal
from newsreel.terms import in_force


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
    _keep(table, consent)


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


def say_to_newsletter(table: AccountsTable, consent: Consent, *, receives: bool) -> None:
    """Keep a yes or no to the newsletter; a repeated yes does not move since when it goes out.

    ``receives`` tells whether it has gone to this account until now.

    Raises:
        Refusal: ``not_signed_in`` if the account is gone.
    """
    _keep(table, consent, repeats=receives == consent.given)


def _keep(table: AccountsTable, consent: Consent, *, repeats: bool = False) -> None:
    try:
        table.write(
            account_items.apply_consent(table, consent, repeats=repeats),
            consent_items.put(table, consent),
        )
    except ConditionFailed:
        raise Refusal("not_signed_in") from None
