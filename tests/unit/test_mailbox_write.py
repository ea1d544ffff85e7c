"""The mailbox's page hands a mail over as a mail program would, and shows what the server said."""

import asyncio
import tomllib
from collections.abc import Mapping
from email.message import Message
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from aiosmtpd.handlers import Message as Handler
from aiosmtpd.smtp import SMTP

from infra.local.mailbox_write import Writing
from infra.local.paths import MAIL_DOMAIN, PROJECT

ADA = "ada@example.org"


class Server(Handler):
    """Keeps what was handed over; knows one address alone."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[Message] = []

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, _server: Any, _session: Any, envelope: Any, to: str, _: Any
    ) -> str:
        if not to.startswith("codes@"):
            return "550 5.1.1 mailbox unavailable"
        envelope.rcpt_tos.append(to)
        return "250 OK"

    def handle_message(self, message: Message) -> None:
        self.taken.append(message)


def post(fields: Mapping[str, str], **headers: str) -> tuple[int, str, list[Message]]:
    """Post the form to a page in front of a server of its own."""
    handler = Server()

    async def once() -> tuple[int, str]:
        loop = asyncio.get_running_loop()
        listening = await loop.create_server(lambda: SMTP(handler), "127.0.0.1", 0)
        app = web.Application()
        app.add_routes(Writing(listening.sockets[0].getsockname()[1]).routes())
        async with TestClient(TestServer(app)) as client:
            answer = await client.post("/mailbox/write", data=fields, headers=headers)
            text = await answer.text()
        listening.close()
        return answer.status, text

    return *asyncio.run(once()), handler.taken


FORM = {"from": ADA, "to": "codes@newsreel.test", "subject": "a code", "text": "please"}


def test_a_mail_is_handed_over_from_its_sender() -> None:
    status, page, (mail,) = post(FORM)
    assert status == 200
    assert "Taken." in page
    assert (mail["From"], mail["X-MailFrom"], mail["Subject"]) == (ADA, ADA, "a code")
    assert mail["Auto-Submitted"] is None


def test_a_forged_sender_is_in_the_mail_and_not_on_the_envelope() -> None:
    *_, (mail,) = post({**FORM, "server": "foreign"})
    assert (mail["From"], mail["X-MailFrom"]) == (ADA, "somebody@elsewhere.example")


def test_an_out_of_office_says_that_it_is_one() -> None:
    *_, (mail,) = post({**FORM, "author": "absence"})
    assert mail["Auto-Submitted"] == "auto-replied"


def test_a_refusal_is_shown_and_what_was_written_stays() -> None:
    _, page, taken = post({**FORM, "to": "nobody@newsreel.test", "text": "<b>please"})
    assert "Refused: 550 5.1.1 mailbox unavailable" in page
    assert "&lt;b&gt;please" in page
    assert taken == []


@pytest.mark.parametrize("wrong", ["a\r\nBcc: x@y.example", ""])
def test_what_is_no_mail_is_refused_and_shown(wrong: str) -> None:
    status, page, taken = post({**FORM, "from": wrong, "to": wrong})
    assert status == 200
    assert "Refused" in page
    assert taken == []


def test_our_domain_is_that_of_the_local_stage() -> None:
    stages = tomllib.loads((PROJECT / "samconfig.toml").read_text(encoding="utf-8"))
    local = stages["local"]["deploy"]["parameters"]["parameter_overrides"]
    assert local["MailDomain"] == MAIL_DOMAIN


def test_a_page_elsewhere_writes_nothing() -> None:
    status, _, taken = post(FORM, **{"Sec-Fetch-Site": "cross-site"})
    assert status == 403
    assert taken == []
