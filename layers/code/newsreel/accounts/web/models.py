"""Decides the bodies and answers of account routes, ``/registrations`` and on: pydantic models."""

from typing import Annotated, Literal

from pydantic import Field

from newsreel import clock
from newsreel.accounts import codes
from newsreel.accounts.codes import Format
from newsreel.accounts.records import Delivery, Flow
from newsreel.models import RequestModel, ResponseModel
from newsreel.policy import POLICY

Language = Literal["en", "fr"]
"""The languages that ``texts`` has; a test compares the two."""
FlowStatus = Literal["open", "spent", "expired", "finished", "over"]
Email = Annotated[str, Field(min_length=1, max_length=320)]
Password = Annotated[str, Field(min_length=1, max_length=POLICY.password.maximum_length)]


class StartRegistration(RequestModel):
    """``POST /registrations``."""

    email: Email
    password: Password
    language: Language = "en"


class EnterCode(RequestModel):
    """``POST /registrations/{registration_id}/confirm``."""

    code: Annotated[str, Field(min_length=1, max_length=400)]
    """Alone, or in the line or the subject of the mail."""


class LogIn(RequestModel):
    """``POST /sessions``."""

    email: Email
    password: Password
    keep: bool = False


class StartReset(RequestModel):
    """``POST /password-resets``."""

    email: Email


class CompleteReset(RequestModel):
    """``POST /password-resets/{reset_id}/complete``."""

    reset_token: Annotated[str, Field(min_length=1, max_length=64)]
    new_password: Password


class ResetProofView(ResponseModel):
    """A token that completes a reset: one use, ten minutes."""

    reset_token: str
    expires_at: str


class FlowFields(ResponseModel):
    """A flow as its browser sees it; each time is also given in seconds, for wrong clocks."""

    code_format: Format
    expires_at: str
    expires_in: int
    resend_after: str
    resend_in: int
    requested_at: str
    reference: str


class FlowStatusFields(ResponseModel):
    """The state of a flow."""

    state: FlowStatus
    attempts_left: int
    delivery: Delivery


class RegistrationView(FlowFields):
    """A registration after its start or a new code."""

    registration_id: str


class RegistrationStatusView(FlowStatusFields, RegistrationView):
    """A registration with its state."""


class ResetView(FlowFields):
    """A password reset after its start or a new code."""

    reset_id: str


class ResetStatusView(FlowStatusFields, ResetView):
    """A password reset with its state."""


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


def flow_fields(flow: Flow, *, now: int) -> dict[str, str | int]:
    """Return the fields that every answer about a flow has; each route adds its id field."""
    expires_at = min(flow.issued_at + POLICY.code.life, flow.expires_at)
    return {
        "code_format": flow.form,
        "expires_at": clock.rfc3339(expires_at),
        "expires_in": max(0, expires_at - now),
        "resend_after": clock.rfc3339(flow.resend_after),
        "resend_in": max(0, flow.resend_after - now),
        "requested_at": clock.rfc3339(flow.issued_at),
        "reference": codes.reference(flow.flow_hash, flow.issue),
    }


def flow_status_fields(flow: Flow, *, now: int) -> dict[str, str | int]:
    """Return the fields that only ``GET`` on a flow adds."""
    return {
        **flow_fields(flow, now=now),
        "state": _state(flow, now=now),
        "attempts_left": flow.tries_left,
        "delivery": _delivery(flow, now=now),
    }


def _delivery(flow: Flow, *, now: int) -> Delivery:
    """Return what became of the newest mail; nothing is on its way for more than a minute.

    Whatever keeps it, SES, a queue or a fault of ours: nobody waits in front of "pending".
    """
    late = now >= flow.issued_at + POLICY.delivery.late
    return "delayed" if flow.delivery == "pending" and late else flow.delivery


def _state(flow: Flow, *, now: int) -> FlowStatus:
    if flow.state == "finished":
        return "finished"
    if flow.tries_left == 0:
        return "over" if flow.form == "base32_10" else "spent"
    if flow.is_verified:
        return "expired"
    return "expired" if flow.issued_at + POLICY.code.life <= now else "open"
