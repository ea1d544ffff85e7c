"""The local mailbox shows every mail, even one that cannot be read."""

import asyncio
from unittest.mock import MagicMock

import pytest
from aiosmtpd.smtp import Envelope

from infra.local import mail_sink
from infra.local.mail_sink import MailSink


@pytest.mark.parametrize(
    "raw",
    [
        b"Subject: x\r\nContent-Type: text/plain; charset=nonsense\r\n\r\nhostile",
        b"Subject: x\r\nTo: <<<\r\nFrom: =?x?q?=0d=0a?=\r\n\r\nhostile \xff",
    ],
)
def test_a_mail_that_cannot_be_read_hides_no_other(raw: bytes) -> None:
    sink = MailSink()
    for content in (b"Subject: good\r\n\r\nfine", raw):
        _deliver(sink, content, "jane@example.org")
    hostile, good = sink.newest_first()
    assert good["subject"] == "good"
    assert "hostile" in hostile["text"]


def test_a_filter_by_address_shows_only_mails_to_it() -> None:
    sink = MailSink()
    for to, subject in (("jane@example.org", 1), ("joe@example.org", 2), ("jane@example.org", 3)):
        _deliver(sink, f"Subject: {subject}\r\n\r\nfine".encode(), to)
    assert [mail["subject"] for mail in sink.newest_first(to="jane@example.org")] == ["3", "1"]
    assert len(sink.newest_first()) == 3


def test_a_mails_number_stays_its_own_when_older_mails_are_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mail_sink, "KEPT_MAILS", 3)
    sink = MailSink()
    for subject in range(1, 6):
        _deliver(sink, f"Subject: {subject}\r\n\r\nfine".encode(), "jane@example.org")
    listed = sink.newest_first()
    assert [mail["number"] for mail in listed] == [5, 4, 3]
    for mail in listed:
        assert mail["subject"] == str(mail["number"])
        assert sink.mail(mail["number"]) == mail
    assert sink.mail(2) is None


def _deliver(sink: MailSink, content: bytes, to: str) -> None:
    envelope = Envelope()
    envelope.content, envelope.rcpt_tos = content, [to]
    asyncio.run(sink.handle_DATA(MagicMock(), MagicMock(), envelope))
