"""Decides what the press office reads of an edition in its bucket: a JSON file for each."""

import json
from collections.abc import Mapping

from newsreel import clock
from newsreel.aws import clients
from newsreel.mail_table.edition_records import OVER, Edition
from newsreel.newsletter.mails import (
    NewsletterIdentity,
    as_html,
    as_text,
    grouped,
    subscribers,
    write,
)
from newsreel.newsletter.states import BY_PRESS_OFFICE, after
from newsreel.texts import messages


def report(edition: Edition, identity: NewsletterIdentity) -> dict[str, object]:
    """Return what stands in the file: state, why, counts, what may be done, and the mail itself."""
    commands = sorted(
        command
        for command in BY_PRESS_OFFICE
        if after(edition.state, command) is not None  # type: ignore[arg-type]
    )
    return {
        "edition": edition.edition_id,
        "state": edition.state,
        "since": clock.rfc3339(edition.state_at),
        "reason": {language: sentence(edition, language) for language in messages.LANGUAGES},
        "announces": {"from": clock.rfc3339(edition.since), "to": clock.rfc3339(edition.until)},
        "videos": [video.video_id for video in edition.videos],
        "more": edition.more,
        "approve_by": clock.rfc3339(edition.approve_by) if edition.approve_by else None,
        "recipients": edition.recipients,
        "mails": _mails(edition),
        "commands": [f"newsletter/{edition.edition_id}/{command}" for command in commands],
        "preview": {
            language: _shown(edition, language, identity) for language in messages.LANGUAGES
        },
    }


def sentence(edition: Edition, language: str) -> str | None:
    """Return why an edition is held or was cancelled, in a language; None if neither."""
    if not edition.reason:
        return None
    recipients = subscribers(edition.recipients, language)
    return messages.text(
        language,
        "newsletter",
        f"reason.{edition.reason}",
        recipients=recipients[:1].upper() + recipients[1:],
        left=grouped(edition.quota_left, language),
    )


def write_report(edition: Edition, bucket: str, identity: NewsletterIdentity) -> None:
    """Write the file as it is now."""
    text = json.dumps(report(edition, identity), ensure_ascii=False, indent=2)
    clients.s3().put_object(
        Bucket=bucket,
        Key=f"receipts/newsletter/{edition.edition_id}.json",
        Body=f"{text}\n".encode(),
        ContentType="application/json",
    )


def _mails(edition: Edition) -> Mapping[str, int] | None:
    return dict(edition.counts) if edition.state in OVER and edition.counts else None


def _shown(edition: Edition, language: str, identity: NewsletterIdentity) -> dict[str, str]:
    mail = write(edition, edition.videos, language, identity)
    url = identity.page(language, "unsubscribe")
    return {
        "subject": mail.subject,
        "text": as_text(mail, url, identity),
        "html": as_html(mail, url, identity),
    }
