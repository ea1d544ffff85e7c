"""Decides what somebody has agreed to, and how it is kept: terms of use, the newsletter."""

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from newsreel.accounts.records import Consent, ConsentSource, ConsentState
from newsreel.accounts.table import accounts as account_items
from newsreel.accounts.table import consents as consent_items
from newsreel.accounts.table.base import AccountsTable
from newsreel.aws.transactions import ConditionFailed
from newsreel.aws.transient_errors import RETRY_AFTER
from newsreel.refusals import FieldError, Refusal
from newsreel.terms import in_force

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

NoPlace: TypeAlias = Literal["account", "one_click", "mail", "complaint"]

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
    place: NoPlace,
    now: int,
    state: ConsentState | None = None,
) -> bool:
    """End an account's newsletter and keep where its owner said so; False if the account is gone.

    The one rule for every way out; ending it twice keeps one no. It is in the language of the
    account: a mail program that presses the button for its reader has none.
    """
    return _keep(table, _no(account_id, place, now), state)


def entries_to_end_newsletter(
    table: AccountsTable, account_id: str, *, place: NoPlace, now: int
) -> "list[TransactWriteItemTypeDef]":
    """Return what ``end_newsletter`` would write, for a transaction that writes more; or nothing.

    Nothing, if the account is gone or has no newsletter. The transaction is lost if the account
    was given another consent, or another language, meanwhile.
    """
    state = account_items.read_consent_state(table, account_id)
    consent = _no(account_id, place, now)
    return [] if state is None or _repeats(state, consent) else _entries(table, state, consent)


def _keep(table: AccountsTable, consent: Consent, state: ConsentState | None) -> bool:
    """Keep a consent unless it repeats what holds already; False if the account is gone.

    ``state`` is the account as the request has read it; None reads it.

    Raises:
        Refusal: ``busy``, when others changed the account again and again.
    """
    for _ in range(_TRIES):
        if state is None:
            state = account_items.read_consent_state(table, consent.account_id)
            if state is None:
                return False
        if _repeats(state, consent):
            return True
        try:
            table.write(*_entries(table, state, consent))
        except ConditionFailed:
            state = None
            continue
        return True
    raise Refusal("busy", retry_after=RETRY_AFTER)


def _entries(
    table: AccountsTable, state: ConsentState, consent: Consent
) -> "list[TransactWriteItemTypeDef]":
    kept = replace(consent, language=consent.language or state.language)
    return [
        account_items.apply_consent(table, state, kept),
        consent_items.put(table, kept, state.kept),
    ]


def _no(account_id: str, place: NoPlace, now: int) -> Consent:
    return Consent(
        account_id=account_id,
        subject="newsletter",
        place=place,
        given=False,
        text_version="",
        language="",
        at=now,
    )


def _repeats(state: ConsentState, consent: Consent) -> bool:
    if consent.subject == "terms":
        return state.terms_version == consent.text_version
    if consent.given:
        return state.newsletter and state.is_listed
    return not state.newsletter
