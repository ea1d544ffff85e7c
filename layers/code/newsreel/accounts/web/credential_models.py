"""Decides the bodies and answers of the routes that ask for the password again."""

from newsreel.accounts.web.models import Password
from newsreel.models import RequestModel


class DeleteAccount(RequestModel):
    """``POST /account/deletion``."""

    current_password: Password


class ChangePassword(RequestModel):
    """``PUT /account/password``."""

    current_password: Password
    new_password: Password
