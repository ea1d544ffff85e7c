"""Decides the bodies and answers of ``/registrations``: pydantic models."""

from newsreel.accounts.web.flow_models import FlowFields, FlowStatusFields
from newsreel.accounts.web.models import Email, Language, Password
from newsreel.models import RequestModel


class StartRegistration(RequestModel):
    """``POST /registrations``."""

    email: Email
    password: Password
    language: Language = "en"


class RegistrationView(FlowFields):
    """A registration after its start or a new code."""

    registration_id: str


class RegistrationStatusView(FlowStatusFields, RegistrationView):
    """A registration with its state."""
