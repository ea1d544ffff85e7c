"""Consents: each yes and no of a person, kept for as long as the account."""

from typing import TYPE_CHECKING

from newsreel.accounts.records import Consent
from newsreel.accounts.table.base import AccountsTable
from newsreel.accounts.table.keys import consent_pk

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef


def put(table: AccountsTable, consent: Consent, number: int) -> "TransactWriteItemTypeDef":
    """Return the entry that keeps a consent under its number."""
    pk = consent_pk(consent.account_id, consent.subject, consent.at, number)
    return table.put(pk, "consent", consent)
