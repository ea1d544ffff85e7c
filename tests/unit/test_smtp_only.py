"""A mail port takes mail from mail programs, and nothing from a browser that sends a form there."""

import asyncio
import smtplib
from collections.abc import Callable

import pytest
from aiosmtpd.smtp import SMTP

from infra.local.incoming.__main__ import Exchange
from infra.local.mail_sink import MailSink
from infra.local.smtp_only import OnlySmtp

MAIL = (
    b"HELO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<codes@newsreel.test>\r\n"
    b"DATA\r\nSubject: x\r\n\r\nx\r\n.\r\nQUIT\r\n"
)
BOTH = pytest.mark.parametrize("server", [OnlySmtp, Exchange])


def talk(server: type[SMTP], words: bytes) -> tuple[bytes, int]:
    """Say something at once, as a browser does; tell what was answered and how many mails came."""
    sink = MailSink()

    async def once() -> bytes:
        loop = asyncio.get_running_loop()
        listening = await loop.create_server(lambda: server(sink), "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*listening.sockets[0].getsockname())
        writer.write(words)
        answered = await asyncio.wait_for(reader.read(), timeout=20)
        writer.close()
        listening.close()
        return answered

    return asyncio.run(once()), sink.arrived


@BOTH
def test_a_mail_program_is_served(server: type[SMTP]) -> None:
    answered, arrived = talk(server, MAIL)
    assert answered.endswith(b"221 Bye\r\n")
    assert arrived == 1


@BOTH
@pytest.mark.parametrize(
    "before",
    [
        b"POST / HTTP/1.1\r\nHost: localhost:1025\r\nContent-Length: 150\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost:1025\r\n\r\n",
        b"OPTIONS / HTTP/1.1\r\n",
        b"HELO / HTTP/1.1\r\nHost: localhost:1025\r\n\r\n",
        b"NOOP / HTTP/1.0\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n",
        b"x" * 600 + b"\r\n",
        b"x" * 3_000_000 + b"\r\n",
        b"\r\n",
    ],
    ids=lambda before: repr(before[:20]),
)
def test_after_what_is_no_command_no_command_is_heard(server: type[SMTP], before: bytes) -> None:
    answered, arrived = talk(server, before + MAIL)
    assert arrived == 0
    assert b"354" not in answered
    assert answered.rpartition(b"500 ")[1]


@BOTH
def test_a_command_that_is_not_offered_ends_nothing(server: type[SMTP]) -> None:
    answered, arrived = talk(server, b"VRFY a@b.example\r\nEXPN list\r\nRSET\r\n" + MAIL)
    assert b"502" in answered
    assert arrived == 1


def test_the_standard_librarys_client_is_served() -> None:
    def send(port: int) -> None:
        with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
            client.ehlo_or_helo_if_needed()
            client.sendmail("a@b.example", ["c@d.example"], b"Subject: x\r\n\r\nx")

    assert _with_a_port(send) == 1


def _with_a_port(use: Callable[[int], None]) -> int:
    sink = MailSink()

    async def once() -> None:
        loop = asyncio.get_running_loop()
        listening = await loop.create_server(lambda: OnlySmtp(sink), "127.0.0.1", 0)
        await asyncio.to_thread(use, listening.sockets[0].getsockname()[1])
        listening.close()

    asyncio.run(once())
    return sink.arrived
