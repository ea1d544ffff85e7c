"""Whom to tell of a weakness, in the form that tools look for (RFC 9116)."""

from datetime import UTC, datetime, timedelta

from tools.security_contact import security_text


def test_the_text_names_a_contact_and_ends_within_a_year() -> None:
    now = datetime(2026, 2, 14, 2, 4, tzinfo=UTC)
    text = security_text("press@example.org", "https://media.example.org", now)
    fields = dict(line.split(": ", 1) for line in text.splitlines())
    assert fields["Contact"] == "mailto:press@example.org"
    assert fields["Canonical"] == "https://media.example.org/.well-known/security.txt"
    assert fields["Preferred-Languages"] == "en, fr"
    ends = datetime.fromisoformat(fields["Expires"])
    assert timedelta(days=300) < ends - now < timedelta(days=366)
