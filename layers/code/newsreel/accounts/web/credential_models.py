"""Decides the bodies and answers of the routes that ask for the password again."""

from typing import Annotated, TypedDict

from pydantic import Field

from newsreel import clock
from newsreel.accounts import access_keys
from newsreel.accounts.credential_records import AccessKey
from newsreel.accounts.key_auth import SCOPES, Scope
from newsreel.accounts.web.flow_models import FlowFields, FlowStatusFields
from newsreel.accounts.web.models import Email, Password
from newsreel.models import RequestModel, ResponseModel


class DeleteAccount(RequestModel):
    """``POST /account/deletion``."""

    current_password: Password


class ChangePassword(RequestModel):
    """``PUT /account/password``."""

    current_password: Password
    new_password: Password


class StartEmailChange(RequestModel):
    """``POST /account/email-changes``."""

    new_email: Email
    current_password: Password


class EmailChangeView(FlowFields):
    """A change of address after its start or a new code."""

    change_id: str


class EmailChangeStatusView(FlowStatusFields, EmailChangeView):
    """A change of address with its state."""


class CreateKey(RequestModel):
    """``POST /account/keys``."""

    name: Annotated[str, Field(min_length=1, max_length=60, pattern=r"\S")]
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=3)]
    current_password: Password


class AccessKeyView(ResponseModel):
    """An access key as its owner sees it."""

    key_id: str
    name: str
    scopes: list[Scope]
    created_at: str
    last_used_at: str | None


class AccessKeysView(ResponseModel):
    """Every access key of an account, the newest first."""

    items: list[AccessKeyView]


class KeyFields(TypedDict):
    """The fields of every view of a key."""

    key_id: str
    name: str
    scopes: list[Scope]
    created_at: str
    last_used_at: str | None


def key_fields(key: AccessKey) -> KeyFields:
    """Return the fields of a key's view."""
    return KeyFields(
        key_id=access_keys.key_id_of(key),
        name=key.name,
        scopes=[scope for scope in SCOPES if scope in key.scopes],
        created_at=clock.rfc3339(key.created_at),
        last_used_at=clock.rfc3339(key.last_used_at) if key.last_used_at else None,
    )


class NewKeyView(AccessKeyView):
    """An access key just made; ``key`` is shown this once."""

    key: str
