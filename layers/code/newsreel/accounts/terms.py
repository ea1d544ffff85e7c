"""Decides which terms of use are in force; their text stands in ``words/<language>/terms.json``."""

from dataclasses import dataclass

from newsreel import words
from newsreel.accounts.records import Consent
from newsreel.accounts.table import AccountsTable
from newsreel.refusals import FieldError, Refusal
from newsreel.transactions import ConditionFailed


@dataclass(frozen=True, slots=True)
class Terms:
    """One version; ``effective_at`` in seconds since 1970."""

    version: str
    effective_at: int


# Newest last. A version that was in force is never changed: people accepted its words.
VERSIONS = (Terms("2026-01", 1767225600),)


def in_force(now: int) -> Terms:
    """Return the version in force at a time."""
    return [terms for terms in VERSIONS if terms.effective_at <= now][-1]


def text_of(terms: Terms, language: str) -> tuple[str, list[str]]:
    """Return a version's title and paragraphs."""
    texts = words.catalogue(language, "terms")
    prefix = f"{terms.version}.paragraph."
    return texts[f"{terms.version}.title"], [
        text for key, text in texts.items() if key.startswith(prefix)
    ]


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
) -> None:
    """Let go on who accepted the version in force before, or does so with this request.

    Raises:
        Refusal: ``terms_not_accepted`` with the ``terms_version`` to accept.
    """
    current = in_force(now).version
    if accepted == current:
        return
    if offered != current:
        raise Refusal("terms_not_accepted", {"terms_version": current})
    accept(table, account_id, current, language=language, now=now)
