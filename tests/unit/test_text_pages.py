"""Text pages state the numbers that the service obeys, and name buttons as the pages do."""

import re
from typing import get_args

import pytest
from newsreel.downloads import tokens
from newsreel.downloads.link_check import Reason
from newsreel.policy import DAY, HOUR, POLICY
from newsreel.texts import messages

from tools.website_texts import TEXT_PAGES, TextPage, text_page


def _said(page: TextPage) -> str:
    texts = [text for section in page.sections for block in section.blocks for text in block.texts]
    headings = [section.heading for section in page.sections]
    return re.sub(r"<[^>]*>", "", "\n".join([page.title, *headings, *texts]))


@pytest.mark.parametrize("language", messages.LANGUAGES)
@pytest.mark.parametrize("page", TEXT_PAGES)
def test_every_text_is_on_its_page_with_its_values(page: str, language: str) -> None:
    page_text = _said(text_page(page, language, "NATO"))
    assert not re.search(r"{\w+}|\]\(", page_text)
    for key, text in messages.catalogue(language, "texts").items():
        if key.startswith(f"{page}.") and key.count(".") > 1:
            bare = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
            longest = max(re.split(r"{\w+}|[\"'&<>]", bare), key=len)
            assert longest in page_text, key


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_privacy_says_how_long_everything_is_kept(language: str) -> None:
    page_text = _said(text_page("privacy", language, "NATO"))
    hours, days = {"en": ("hours", "days"), "fr": ("heures", "jours")}[language]
    kept = POLICY.retention
    mails = POLICY.incoming_mail.kept
    sent = (kept.trail, kept.suppression, kept.editions, kept.edition_marks)
    for seconds in (kept.downloads, kept.notices, kept.logs, kept.copies, mails, *sent):
        assert f"{seconds // DAY} {days}" in page_text
    session = POLICY.session
    for seconds in (session.kept_absolute, session.device_life, POLICY.longest_window()):
        assert f"{seconds // DAY} {days}" in page_text
    assert f"{POLICY.code.flow_life // HOUR} {hours}" in page_text


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_help_names_buttons_as_they_are_named(language: str) -> None:
    page_text = _said(text_page("help", language, "NATO"))
    for key in ("shell.resend", "shell.enter_code", "shell.change"):
        assert messages.text(language, "site", key) in page_text, key
    for key in ("download", "details", "make_link"):
        assert messages.text(language, "page", key) in page_text, key
    assert str(tokens.LIFE // DAY) in page_text


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_every_reason_to_refuse_a_link_is_explained(language: str) -> None:
    sections = {
        section.name for section in text_page("link", language, "NATO").sections if section.heading
    }
    assert sections == set(get_args(Reason))


def test_links_stay_in_the_language_of_the_page() -> None:
    page = text_page("help", "fr", "NATO")
    html = " ".join(
        text for section in page.sections for block in section.blocks for text in block.texts
    )
    links = re.findall(r'href="([^"]+)"', html)
    assert links
    assert all(link.startswith(("/fr/", "#")) for link in links)


def test_words_are_escaped() -> None:
    page = text_page("help", "en", "<script>")
    html = " ".join(
        text for section in page.sections for block in section.blocks for text in block.texts
    )
    assert "<script>" not in html


@pytest.mark.parametrize("language", messages.LANGUAGES)
@pytest.mark.parametrize("page", ["privacy", "accessibility", "help"])
def test_there_is_somebody_to_write_to(page: str, language: str) -> None:
    def words(contact: str) -> str:
        shown = text_page(page, language, "NATO", contact)
        return " ".join(
            text for section in shown.sections for block in section.blocks for text in block.texts
        )

    assert '<a href="mailto:press@example.org">press@example.org</a>' in words("press@example.org")
    assert "mailto:" not in words("")
    assert messages.text(language, "texts", "contact.nobody", organisation="NATO") in words("")
