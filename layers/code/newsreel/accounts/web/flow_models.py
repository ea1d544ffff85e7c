"""Decides the bodies and answers that every flow has, and how its state is shown."""

from typing import Annotated, Literal

from pydantic import Field

from newsreel import clock
from newsreel.accounts import codes
from newsreel.accounts.codes import Format
from newsreel.accounts.records import Delivery, Flow
from newsreel.models import RequestModel, ResponseModel
from newsreel.policy import POLICY

FlowStatus = Literal["open", "spent", "expired", "finished", "over"]


class EnterCode(RequestModel):
    """``POST /registrations/{registration_id}/confirm``."""

    code: Annotated[str, Field(min_length=1, max_length=400)]
    """Alone, or in the line or the subject of the mail."""


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
    is_expired = flow.issued_at + POLICY.code.life <= now or flow.is_verified
    return "expired" if is_expired else "open"
