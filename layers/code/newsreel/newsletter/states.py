"""Decides which state an edition is in after a command, and which command is due by the clock.

``draft`` has no preview yet; ``review`` waits for the press office; ``approved`` waits for a look
at SES's quota; ``held`` waits because the quota or SES itself refused. ``sent`` and ``cancelled``
are the end.
"""

from typing import Literal, TypeAlias

from newsreel.mail_table.edition_records import OVER, Edition, State
from newsreel.policy import POLICY

Command: TypeAlias = Literal[
    "preview", "approve", "start", "hold", "pause", "resume", "finish", "cancel"
]
Approval: TypeAlias = Literal["required", "automatic"]

BY_PRESS_OFFICE: frozenset[str] = frozenset({"approve", "pause", "resume", "cancel"})
"""What an object of that name under ``newsletter/<edition id>/`` commands."""

_STEPS: dict[tuple[State, Command], State] = {
    ("draft", "preview"): "review",
    ("review", "approve"): "approved",
    ("approved", "start"): "sending",
    ("approved", "hold"): "held",
    ("held", "start"): "sending",
    ("held", "hold"): "held",
    ("sending", "hold"): "held",
    ("sending", "pause"): "paused",
    ("held", "pause"): "paused",
    ("paused", "resume"): "sending",
    ("sending", "finish"): "sent",
}


def after(state: State, command: Command) -> State | None:
    """Return the state that a command leads to; None if it means nothing in this state."""
    if command == "cancel":
        return None if state in OVER else "cancelled"
    return _STEPS.get((state, command))


def due(edition: Edition, *, now: int, approval: Approval) -> Command | None:
    """Return what an edition needs by the clock alone.

    ``start`` and ``finish`` are only tried: the quota, or mails on their way, may forbid them.
    """
    waited_enough = now >= edition.state_at + POLICY.newsletter.approval
    if edition.state == "draft":
        return "preview"
    if edition.state == "review" and now >= edition.approve_by:
        return "approve" if approval == "automatic" else "cancel"
    if edition.state in {"paused", "held"} and waited_enough:
        return "cancel"
    if edition.state == "approved" or (edition.state == "held" and now >= edition.held_until):
        return "start"
    return "finish" if edition.state == "sending" else None


def approve_by(now: int, approval: Approval) -> int:
    """Return until when the press office may decide on an edition previewed now."""
    rules = POLICY.newsletter
    return now + (rules.automatic_after if approval == "automatic" else rules.approval)


def approval_of(parameter: str) -> Approval:
    """Return how editions are approved, by the template's parameter.

    Raises:
        ValueError: it is neither of the two.
    """
    if parameter == "required":
        return "required"
    if parameter == "automatic":
        return "automatic"
    raise ValueError("NEWSLETTER_APPROVAL")
