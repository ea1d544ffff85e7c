"""Decides who has accepted the terms of use in force, and keeps the acceptance."""

from newsreel.accounts.records import Consent
from newsreel.accounts.table import AccountsTable
from newsreel.refusals import FieldError, Refusal
from newsreel.terms import in_force
from newsreel.transactions import ConditionFailed


def accept(table: AccountsTable, account_id: str, version: str, *, language: str, now: int) -> None:
    """Keep the acceptance of the version in force.

    Raises:
        Refusal: ``fields_rejected`` for another version; ``not_signed_in`` if the account is gone.
    """
    if version != in_force(now).version:
        raise Refusal("fields_rejected", errors=(FieldError("version", "wrong_value"),))
    consent = Consent(
        account_id=account_id,
        subject="terms",
        given=True,
        text_version=version,
        language=language,
        at=now,
    )
    try:
        table.keep_consent(consent)
    except ConditionFailed:
        raise Refusal("not_signed_in") from None


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
    accept(table, account_id, current, language=language, now=now)
    return current
