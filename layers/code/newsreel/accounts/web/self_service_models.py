"""Decides the bodies and answers of an account's own page: pydantic models.

Separate from ``models``, so that functions without that page do not load these models.
"""

from typing import Annotated, Literal

from pydantic import Field

from newsreel.accounts.journal import JournalActor, JournalKind
from newsreel.accounts.web.models import Language
from newsreel.models import QueryModel, RequestModel, ResponseModel

NewsletterText = Literal["2026-01"]
"""Every version of the newsletter's text that a page has ever shown."""


class ChangeAccount(RequestModel):
    """``PATCH /account``."""

    language: Language


class Subscribe(RequestModel):
    """``PUT /account/newsletter``: the text that was read when the button was pressed."""

    text_version: NewsletterText
    language: Language
    place: Literal["registration", "account", "api"] = "api"


class Unsubscribed(ResponseModel):
    """What the link of a newsletter answers."""

    message: str


class AcceptTerms(RequestModel):
    """``PUT /account/terms``."""

    version: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}$")]


class SessionView(ResponseModel):
    """One signed-in browser."""

    session_id: str
    browser: str
    country: str | None
    created_at: str
    last_used_at: str
    keep: bool
    current: bool


class SessionsView(ResponseModel):
    """Every signed-in browser of an account, the one last used first."""

    items: list[SessionView]


class DownloadView(ResponseModel):
    """One file that was downloaded on one day."""

    video_id: str
    rendition_id: str
    downloaded_at: str


class DownloadsQuery(QueryModel):
    """The requested page of the downloads."""

    # Format: a day and a link's id, the last entry of the previous page.
    cursor: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}#[0-9a-f]{16}$")] | None = (
        None
    )


class DownloadsView(ResponseModel):
    """One page of an account's downloads, later days first; ``next_cursor`` is null on the last."""

    items: list[DownloadView]
    next_cursor: str | None


class JournalQuery(QueryModel):
    """The requested page of the journal."""

    # Format: a time and an event's id, the last entry of the previous page.
    cursor: Annotated[str, Field(pattern=r"^[0-9]{12}#[0-9a-f]{16}$")] | None = None


class JournalEntryView(ResponseModel):
    """One security event."""

    kind: JournalKind
    at: str
    browser: str
    actor: JournalActor


class JournalView(ResponseModel):
    """One page of an account's security events; ``next_cursor`` is null on the last."""

    items: list[JournalEntryView]
    next_cursor: str | None


class TermsView(ResponseModel):
    """One version of the terms of use, in the reader's language."""

    version: str
    effective_at: str
    language: str
    title: str
    paragraphs: list[str]


class TermsVersionsView(ResponseModel):
    """Every version, newest first; ``current`` is the one in force."""

    current: str
    items: list[TermsView]
