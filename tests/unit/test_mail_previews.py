"""Every mail has a preview: in each language, as text and as HTML."""

import asyncio
import re
from typing import get_args

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from newsreel.accounts.records import NoticeKind
from newsreel.texts import messages

from infra.local.mail_previews import Preview, page, write_all
from infra.local.mail_sink import MailSink
from infra.local.mailbox import Mailbox

CODES = {
    f"{purpose}-code{form}"
    for purpose in ("registration", "password_reset", "email_change")
    for form in ("", "-again", "-long")
}


@pytest.fixture(scope="module")
def previews() -> list[Preview]:
    return list(write_all())


@pytest.mark.thorough
def test_every_mail_is_there_in_every_language(previews: list[Preview]) -> None:
    names = (
        CODES
        | {
            "known",
            "known-email_change",
            "held",
            "unknown",
            "help",
            "help-no-flow",
            "help-too-early",
        }
        | {"edition", "edition-preview", "edition-preview-automatic", "new_sign_in-unknown"}
        | set(get_args(NoticeKind))
    )
    assert {(preview.name, preview.language) for preview in previews} == {
        (name, language) for name in names for language in messages.LANGUAGES
    }


def test_links_stay_in_the_language_of_the_mail(previews: list[Preview]) -> None:
    for preview in previews:
        home = "http://localhost:8080" + messages.home(preview.language)
        links = re.findall(r"http://localhost:8080\S*", preview.text)
        assert links
        elsewhere = (
            re.sub(r"(not-me|undo)#.*|#.*|videos/.*|unsubscribe$|unsubscribe#.*", "", link)
            for link in links
        )
        assert set(elsewhere) == {home}


def test_what_a_mail_quotes_stays_words_on_the_page() -> None:
    hostile = Preview("known", "en", "<script>", "<script>alert(1)</script>", "")
    assert "<script>" not in page([hostile])


@pytest.mark.thorough
def test_the_mailbox_shows_them_all(previews: list[Preview]) -> None:
    async def look() -> None:
        app = web.Application()
        app.add_routes(Mailbox(MailSink()).routes())
        async with TestClient(TestServer(app)) as client:
            everything = await client.get("/mailbox/previews")
            assert everything.status == 200
            assert "default-src 'none'" in everything.headers["Content-Security-Policy"]
            text = await everything.text()
            assert [
                preview.address for preview in previews if f'src="{preview.address}"' not in text
            ] == []
            shown = await client.get(previews[0].address)
            assert "4 8 2" in await shown.text()
            assert "sandbox" in shown.headers["Content-Security-Policy"]
            assert (await client.get("/mailbox/previews/none.en.html")).status == 404

    asyncio.run(look())
