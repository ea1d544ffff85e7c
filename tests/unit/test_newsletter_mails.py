"""Promises about the edition's mail: text and HTML alike, headers of RFC 8058, under 100 KB."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as some
from newsreel.mail_table.edition_records import EditionVideo
from newsreel.newsletter.content import shortened
from newsreel.newsletter.delivery import fits
from newsreel.newsletter.mails import as_html, as_text, compose, with_banner, write
from newsreel.newsletter.press_office import shorter
from newsreel.texts import messages

from tests.support.editions import IDENTITY, edition, video

TOKEN = "k1" + "a2b3c4d5e6" * 4 + "a2"
TO = "jane@newsroom.example"


def composed(language: str = "en", token: str | None = TOKEN) -> tuple[bytes, EmailMessage]:
    one = edition()
    mail = write(one, one.videos, language, IDENTITY)
    raw = compose(mail, to=TO, token=token, identity=IDENTITY)
    return raw, message_from_bytes(raw, policy=policy.default)


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_the_list_headers_are_there_once_and_name_one_https_address(language: str) -> None:
    raw, mail = composed(language)
    for name in (
        "List-Id",
        "List-Unsubscribe",
        "List-Unsubscribe-Post",
        "From",
        "To",
        "Precedence",
    ):
        assert len(mail.get_all(name, [])) == 1, name
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    places = re.findall(r"<([^>]*)>", mail["List-Unsubscribe"])
    assert places == [
        f"https://media.example.org/api/newsletter/unsubscribe/{TOKEN}",
        f"mailto:unsubscribe+{TOKEN}@mail.example.org?subject=unsubscribe",
    ]
    assert mail["List-Id"] == "<newsletter.mail.example.org>"
    # As it is on the wire: no encoded word, no fold within an address.
    line = next(one for one in raw.split(b"\r\n") if one.startswith(b"List-Unsubscribe:"))
    assert line == f"List-Unsubscribe: <{places[0]}>, <{places[1]}>".encode()


def test_the_mail_comes_from_the_newsletters_own_domain_and_goes_to_one_person() -> None:
    _, mail = composed()
    assert mail["From"] == "NATO Multimedia <newsletter@news.mail.example.org>"
    assert mail["To"] == TO
    assert mail["Auto-Submitted"] == "auto-generated"
    assert {"Cc", "Bcc", "Feedback-ID"} & set(mail.keys()) == set()


def test_a_mail_is_seven_bit_clean_and_no_line_of_it_is_too_long() -> None:
    for language in messages.LANGUAGES:
        raw, _ = composed(language)
        assert raw.isascii()
        assert max(map(len, raw.split(b"\r\n"))) <= 998


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_text_and_html_say_the_same(language: str) -> None:
    one = edition(more=5)
    mail = write(one, one.videos, language, IDENTITY)
    url = IDENTITY.page(language, f"unsubscribe#{TOKEN}")
    html = as_html(mail, url, IDENTITY)
    text = as_text(mail, url, IDENTITY)
    shown = unescape(re.sub(r"<style>.*?</style>|<[^>]*>", " ", html, flags=re.DOTALL))
    said = [re.sub(r"^\d+\. ", "", line).strip() for line in text.splitlines()]
    said = [line for line in said if line and line != "--"]
    assert len(said) > 10
    for line in said:
        if line.startswith("https://"):
            assert f'href="{line}"' in html
        else:
            assert line.removesuffix(":").strip() in shown, line


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_links_lead_to_pages_of_the_mails_language_and_only_there(language: str) -> None:
    _, mail = composed(language)
    part = mail.get_body(("html",))
    assert part is not None
    home = "https://media.example.org" + messages.home(language)
    links = re.findall(r'href="([^"]*)"', part.get_content())
    assert f"{home}unsubscribe#{TOKEN}" in links
    assert all(link.startswith(home) for link in links)


def test_pictures_are_the_websites_own_and_the_same_for_everybody() -> None:
    _, mail = composed()
    part = mail.get_body(("html",))
    assert part is not None
    pictures = re.findall(r'src="([^"]*)"', part.get_content())
    assert pictures == [
        f"https://media.example.org/media/video-{number}/poster-320.jpg" for number in (2, 1)
    ]
    assert re.findall(r'alt="([^"]*)"', part.get_content()) == ["", ""]


def test_words_of_another_language_say_so() -> None:
    one = edition(videos=(video(1, language="fr"),))
    html = as_html(write(one, one.videos, "en", IDENTITY), "https://x.example", IDENTITY)
    assert '<h2 lang="fr"' in html
    assert "<h2 lang" not in as_html(
        write(one, one.videos, "fr", IDENTITY), "https://x.example", IDENTITY
    )


def test_the_subject_counts_all_videos_and_names_the_newest() -> None:
    one = edition(more=5)
    assert write(one, one.videos, "en", IDENTITY).subject == "7 new videos: Doorstep statement 2"
    single = edition(videos=(video(1),))
    subject = write(single, single.videos, "fr", IDENTITY).subject
    assert subject == "Nouvelle vidéo\u202f: Doorstep statement 1"


def test_a_preview_says_what_the_press_office_may_do_and_has_no_list_headers() -> None:
    one = edition(approve_by=1771664640)
    mail = with_banner(write(one, one.videos, "en", IDENTITY), one, "required", 1204)
    assert "newsletter/2026-02-14-0904/approve" in mail.banner
    assert "1,204 subscribers" in mail.banner
    assert "09:04\u00a0UTC on 21\u00a0February\u00a02026" in mail.banner
    assert mail.subject.startswith("Preview (English): ")
    raw = compose(mail, to=TO, token=None, identity=IDENTITY)
    assert b"List-Unsubscribe" not in raw
    assert mail.banner in as_text(mail, "https://x.example", IDENTITY)


def test_the_longest_edition_is_cut_until_no_mail_program_cuts_it() -> None:
    broad = video(1, title="\U0001f3ac" * 160, summary="\U0001f3ac" * 200, speakers="é" * 160)
    one = edition(videos=(broad,) * 12)
    assert not fits(one, IDENTITY)
    while not fits(one, IDENTITY):
        one = shorter(one)
    assert len(one.videos) + one.more == 12
    assert len(one.videos) > 6


def test_an_ordinary_edition_of_twelve_fits() -> None:
    assert fits(edition(videos=tuple(video(number) for number in range(1, 13))), IDENTITY)


@given(some.text(max_size=400), some.integers(min_value=20, max_value=200))
def test_a_shortened_text_is_one_line_of_at_most_so_many_characters(text: str, most: int) -> None:
    line = shortened(text, most)
    assert len(line) <= most
    assert line == " ".join(line.split())
    assert line.isprintable() or not line.isascii()


def test_a_text_is_cut_behind_a_word() -> None:
    assert shortened("The quick brown fox jumps over the lazy dog", 30) == (
        "The quick brown fox jumps…"
    )


@pytest.mark.parametrize("hostile", ["Title\r\nBcc: all@example.org", "Title\u2028x", "a\x00b"])
def test_a_title_cannot_begin_another_header(hostile: str) -> None:
    one = edition(videos=(video(1, title=shortened(hostile, 160)),))
    mail = write(one, one.videos, "en", IDENTITY)
    read = message_from_bytes(
        compose(mail, to=TO, token=TOKEN, identity=IDENTITY), policy=policy.default
    )
    assert read["Bcc"] is None
    assert read["Subject"].startswith("New video: ")


def test_html_of_a_title_stays_words() -> None:
    one = edition(videos=(EditionVideo("v", "<b>Bold</b>", "2026-02-01T09:00:00Z"),))
    html = as_html(write(one, one.videos, "en", IDENTITY), "https://x.example", IDENTITY)
    assert "&lt;b&gt;Bold&lt;/b&gt;" in html
