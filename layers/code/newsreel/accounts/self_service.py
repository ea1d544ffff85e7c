"""Decides what an account's owner sees of sessions, downloads and security events."""

import re

from newsreel import clock
from newsreel.accounts.journal import JournalEntry
from newsreel.accounts.records import Session
from newsreel.accounts.table import downloads as download_items
from newsreel.accounts.table import journal as journal_items
from newsreel.accounts.table import sessions as session_items
from newsreel.accounts.table.base import AccountsTable
from newsreel.accounts.web.self_service_models import (
    DownloadsView,
    DownloadView,
    JournalEntryView,
    JournalView,
    SessionsView,
    SessionView,
)
from newsreel.policy import POLICY

DOWNLOADS_AT_ONCE = 50
EVENTS_AT_ONCE = 50
_ID_LENGTH = 16
_SESSION_ID = re.compile(rf"[0-9a-f]{{{_ID_LENGTH}}}")


def session_id_of(session_hash: str) -> str:
    """Return the public id of a session: the start of its key, too short to use the session."""
    return session_hash[:_ID_LENGTH]


def list_sessions(
    table: AccountsTable, account_id: str, epoch: int, current: str, *, now: int
) -> SessionsView:
    """Return the valid sessions, the most recently used first."""
    live = [
        session
        for session in session_items.list_all(table, account_id)
        if session.epoch == epoch and now < min(session.idle_until, session.expires_at)
    ]
    live.sort(key=lambda session: session.last_used_at, reverse=True)
    return SessionsView(items=[_view(session, current) for session in live])


def end_session(
    table: AccountsTable, account_id: str, session_id: str, *, browser: str, now: int
) -> None:
    """End one session of an account; ending an already ended one is no error."""
    if _SESSION_ID.fullmatch(session_id):
        event = JournalEntry.of(account_id, "session_ended", now=now, browser=browser)
        session_items.end_beginning_with(table, event, session_id)


def end_other_sessions(
    table: AccountsTable, account_id: str, current: str, *, browser: str, now: int
) -> None:
    """End every session of an account but the current one."""
    hashes = [one.session_hash for one in session_items.list_all(table, account_id)]
    event = JournalEntry.of(account_id, "sessions_ended", now=now, browser=browser)
    session_items.end(table, event, *(one for one in hashes if one != current))


def list_downloads(
    table: AccountsTable, account_id: str, cursor: str | None, *, now: int
) -> DownloadsView:
    """Return one page of what an account has downloaded: later days first."""
    page, rest = download_items.list_page(table, account_id, after=cursor, most=DOWNLOADS_AT_ONCE)
    # TTL deletes late, so filter expired entries out here.
    kept = [entry for entry in page if now < entry.downloaded_at + POLICY.retention.downloads]
    kept.sort(key=lambda download: download.downloaded_at, reverse=True)
    return DownloadsView(
        items=[
            DownloadView(
                video_id=download.video_id,
                rendition_id=download.rendition_id,
                downloaded_at=clock.rfc3339(download.downloaded_at),
            )
            for download in kept
        ],
        # Entries are sorted by time: after the first expired one, all others are expired too.
        next_cursor=rest if len(kept) == len(page) else None,
    )


def list_journal(
    table: AccountsTable, account_id: str, cursor: str | None, *, now: int
) -> JournalView:
    """Return one page of an account's security events: newest first."""
    page, rest = journal_items.list_page(table, account_id, after=cursor, most=EVENTS_AT_ONCE)
    # TTL deletes late, so filter expired entries out here.
    kept = [event for event in page if now < event.at + POLICY.retention.journal]
    return JournalView(
        items=[
            JournalEntryView(
                kind=event.kind,
                at=clock.rfc3339(event.at),
                browser=event.browser,
                actor=event.actor,
            )
            for event in kept
        ],
        next_cursor=rest if len(kept) == len(page) else None,
    )


def _view(session: Session, current: str) -> SessionView:
    return SessionView(
        session_id=session_id_of(session.session_hash),
        browser=session.browser,
        country=session.country or None,
        created_at=clock.rfc3339(session.created_at),
        last_used_at=clock.rfc3339(session.last_used_at),
        keep=session.keep,
        current=session.session_hash == current,
    )
