"""Decides the bodies and answers that several account routes share: pydantic models.

Each group of routes has a module of its own for the rest: a model costs a millisecond of each cold
start that loads it.
"""

from typing import Annotated, Literal

from pydantic import Field

from newsreel.models import RequestModel, ResponseModel
from newsreel.policy import POLICY

Language = Literal["en", "fr"]
"""The languages that ``texts`` has; a test compares the two."""
Email = Annotated[str, Field(min_length=1, max_length=320)]
Password = Annotated[str, Field(min_length=1, max_length=POLICY.password.maximum_length)]


class LogIn(RequestModel):
    """``POST /sessions``."""

    email: Email
    password: Password
    keep: bool = False


class AccountView(ResponseModel):
    """An account as its owner sees it."""

    account_id: str
    email: str
    language: str
    newsletter: bool
    newsletter_since: str | None
    terms_version: str | None
    created_at: str


class SignedInView(ResponseModel):
    """The account that a browser is now signed in to."""

    account: AccountView
