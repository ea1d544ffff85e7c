"""Decides the body and the answer of "This was not me": pydantic models."""

from newsreel.accounts.codes import Purpose
from newsreel.accounts.not_me import Mute
from newsreel.models import RequestModel, ResponseModel


class PressNotMe(RequestModel):
    """``POST /not-me/{token}``."""

    mute: Mute


class NotMeView(ResponseModel):
    """What a mail's link leads to, and how its address stands."""

    flow: Purpose | None
    muted_until: str | None
