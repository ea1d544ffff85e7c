"""Decides the bodies and answers of ``/password-resets``: pydantic models."""

from typing import Annotated

from pydantic import Field

from newsreel.accounts.web.flow_models import FlowFields, FlowStatusFields
from newsreel.accounts.web.models import Email, Password
from newsreel.models import RequestModel, ResponseModel


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


class ResetView(FlowFields):
    """A password reset after its start or a new code."""

    reset_id: str


class ResetStatusView(FlowStatusFields, ResetView):
    """A password reset with its state."""
