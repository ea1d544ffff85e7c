"""The local mailbox shows every mail, whatever was sent to it."""

import asyncio
from unittest.mock import MagicMock

import pytest
from aiosmtpd.smtp import Envelope

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
        envelope = Envelope()
        envelope.content, envelope.rcpt_tos = content, ["jane@example.org"]
        asyncio.run(sink.handle_DATA(MagicMock(), MagicMock(), envelope))
    hostile, good = sink.newest_first()
    assert good["subject"] == "good"
    assert "hostile" in hostile["text"]
