"""Promises about every mail, in each language: its headers, its text part, its times, its code."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape
from typing import Any

import pytest
from newsreel.accounts import codes
from newsreel.mail import ses_sender
from newsreel.mail.message import Block, Mail, Manner, SenderIdentity, compose
from newsreel.texts import messages

from infra.local.mail_previews import SAMPLES, Preview, compose_all, write_all
from tests.support.mail_facts import HARD_TO_SHOW

MAILS = [
    (name, language, message_from_bytes(raw, policy=policy.default))
    for name, language, raw in compose_all()
]
PREVIEWS = list(write_all())
every_mail = pytest.mark.parametrize(
    ("language", "mail"),
    [(language, mail) for _, language, mail in MAILS],
    ids=[f"{name}-{language}" for name, language, _ in MAILS],
)
every_preview = pytest.mark.parametrize(
    "preview", PREVIEWS, ids=lambda one: f"{one.name}-{one.language}"
)
BREAKABLE = re.compile(
    r"\d\d:\d\d UTC|\b(?:\d{1,2}|1er) (?:January|February|March|janvier|février|mars)"
    r"|(?:February|février) \d{4}"
)
MAIL = Mail("fr", "welcome", "482 917 (02:04\u00a0UTC)", "", "Titre", (Block("words", "Bonjour"),))
IDENTITY = SenderIdentity("NATO", "mail.example.org", "https://media.example.org")


def _words(html: str) -> str:
    """Return what a reader of the HTML sees, hidden parts left out, with single spaces."""
    shown = re.sub(r"<style>.*?</style>|<title>.*?</title>", " ", html, flags=re.DOTALL)
    shown = re.sub(r'<div style="display:none.*?</div>', " ", shown, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", shown)).split())


@every_mail
def test_a_mail_says_its_language_and_leaves_feedback_ids_to_ses(
    language: str, mail: EmailMessage
) -> None:
    assert mail.get_all("Content-Language") == [language]
    assert "Feedback-ID" not in mail
    assert mail.get_all("Auto-Submitted") == ["auto-generated"]


@every_preview
def test_the_text_part_says_all_that_the_html_shows_and_the_html_all_of_the_text(
    preview: Preview,
) -> None:
    text = " ".join(preview.text.split())
    html = _words(preview.html)
    for tag in re.findall(r"<(?:p|h1|h2|a)\b[^>]*>(.*?)</(?:p|h1|h2|a)>", preview.html, re.DOTALL):
        for words in re.split(r"<[^>]*>", tag):
            assert " ".join(unescape(words).split()) in text
    for line in preview.text.splitlines():
        words = " ".join(re.sub(r"^\d+\. ", "", line).split())
        if not words.startswith(("--", "http")):
            assert words.rstrip(":").strip() in html


@every_preview
def test_text_and_html_have_the_same_links(preview: Preview) -> None:
    links = re.findall(r'href="([^"]*)"', preview.html)
    assert links
    assert {unescape(link) for link in links} == set(re.findall(r"https?://\S+", preview.text))


@every_preview
def test_a_time_and_a_date_never_break(preview: Preview) -> None:
    for part in (preview.text, unescape(preview.html)):
        assert BREAKABLE.findall(part) == []


def test_the_rule_for_times_would_see_one_that_breaks() -> None:
    for text in ("02:04 UTC", "14 February 2026", "1er\u00a0février 2026", "le 14 février"):
        assert BREAKABLE.search(text)
    assert any("02:04\u00a0UTC" in one.text for one in PREVIEWS)
    assert any("14\u00a0février\u00a02026" in one.text for one in PREVIEWS)


@pytest.mark.parametrize("language", messages.LANGUAGES)
@pytest.mark.parametrize("code", ["482917", "7KQ2M9X4TD"])
def test_a_code_is_read_sign_by_sign_without_aria(language: str, code: str) -> None:
    name = "registration-code" if code.isdigit() else "registration-code-long"
    (preview,) = [one for one in PREVIEWS if (one.name, one.language) == (name, language)]
    assert " ".join(code) in _words(preview.html)
    assert codes.spelled(code) in preview.text
    assert "aria" not in preview.html
    # No run of its signs is left that would be read as a number or a word.
    for part in (_words(preview.html), preview.text):
        assert code[:3] not in part


def test_the_page_of_a_mail_is_no_text_that_phones_turn_into_links() -> None:
    assert all('name="format-detection"' in one.html for one in PREVIEWS)


def test_a_long_address_and_a_long_id_stay_on_one_line() -> None:
    answered = f"<{'i' * 240}@example.org>"
    raw = compose(
        MAIL,
        to=HARD_TO_SHOW.reader,
        identity=IDENTITY,
        manner=Manner("help", is_answer=True, in_reply_to=answered),
    )
    lines = raw.split(b"\r\n")
    assert f"To: {HARD_TO_SHOW.reader}".encode() in lines
    assert f"In-Reply-To: {answered}".encode() in lines
    assert f"References: {answered}".encode() in lines
    assert max(map(len, lines)) <= 998


@pytest.mark.thorough
def test_no_encoded_word_is_longer_than_a_mail_program_reads() -> None:
    longest = 0
    for name, language, raw in compose_all(HARD_TO_SHOW):
        headers = raw.partition(b"\r\n\r\n")[0]
        words = re.findall(rb"=\?utf-8\?[qb]\?[^?\s]*\?=", headers)
        longest = max([longest, *map(len, words)])
        assert longest <= 75, (name, language)
        assert f"To: {HARD_TO_SHOW.reader}".encode() in headers.split(b"\r\n")
    assert longest > 60


def test_a_subject_has_spaces_that_every_list_of_mails_shows() -> None:
    mail = message_from_bytes(
        compose(MAIL, to=SAMPLES.reader, identity=IDENTITY), policy=policy.default
    )
    assert mail["Subject"] == "482 917 (02:04 UTC)"


def test_ses_is_told_what_to_make_the_feedback_id_of(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []

    class Ses:
        def send_raw_email(self, **request: Any) -> dict[str, str]:
            asked.append(request)
            return {"MessageId": "m-1"}

    monkeypatch.setattr("newsreel.aws.clients.ses", Ses)
    sender = ses_sender.SesSender(IDENTITY, "newsreel-dev-notices")
    assert sender.send(MAIL, to=SAMPLES.reader, tags={"kind": "notice", "who": "w"}) == "m-1"
    [request] = asked
    assert {one["Name"]: one["Value"] for one in request["Tags"]} == {
        "kind": "notice",
        "who": "w",
        "ses:feedback-id-a": "notice",
        "ses:feedback-id-b": "welcome",
    }


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_an_unknown_browser_has_a_sentence_of_its_own(language: str) -> None:
    known, unknown = (
        next(one for one in PREVIEWS if (one.name, one.language) == (name, language))
        for name in ("new_sign_in", "new_sign_in-unknown")
    )
    assert SAMPLES.device in known.text
    assert messages.text(language, "mail", "new_sign_in.device.unknown") in unknown.text
    preheader = re.findall(r'<div style="display:none[^>]*>(.*?)</div>', unknown.html)
    for words in (unknown.text, *preheader):
        assert not re.search(r"[:\u202f]\s*$|\N{EN DASH}|^,|\{|None", words.split("\n")[0])
        assert SAMPLES.device not in words
