"""Decides the bodies and answers of the routes that ask for the password again."""

from newsreel.accounts.web.flow_models import FlowFields, FlowStatusFields
from newsreel.accounts.web.models import Email, Password
from newsreel.models import RequestModel


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
