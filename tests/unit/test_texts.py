"""All languages have the same texts and values, translated, each with its own typography."""

import ast
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from newsreel import terms
from newsreel.accounts.web import models
from newsreel.accounts.web.self_service_models import NewsletterText
from newsreel.mail.dates import written_date
from newsreel.pages import formatting
from newsreel.policy import DAY, POLICY
from newsreel.texts import messages

ROOT = Path(__file__).resolve().parents[2]
WORDS = Path(messages.__file__).parent
AREAS = sorted(path.stem for path in WORDS.glob("en/*.json"))
NARROW = "\u202f"
FIRST_OF_MARCH = 1772323200

# The same in both languages: names, signs, and words that French shares.
ALIKE = {
    "{algorithm}",
    "{count} question",
    "{count} questions",
    "{date}, {time} UTC",
    "{day} {month}",
    "{day} {month} {year}",
    "{month} {year}",
    "{organisation}",
    "{organisation} Multimedia",
    "{title} · {organisation} Multimedia",
    "({time})",
    "Journal",
    "Multimedia",
    "Newsreel {version}",
    "Question",
    "Restrictions",
    "Site",
    "i",
    "mono",
    "p",
}


def _texts(language: str) -> Iterator[tuple[str, str, str]]:
    for area in AREAS:
        for key, text in messages.catalogue(language, area).items():
            yield area, key, text


def _placeholders(text: str) -> set[str]:
    return set(re.findall(r"{\w*}", text))


def test_requests_may_name_exactly_the_languages_we_have() -> None:
    assert get_args(models.Language) == messages.LANGUAGES


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_every_language_fills_in_the_same_values(language: str) -> None:
    for area, key, text in _texts(language):
        english = messages.catalogue("en", area)[key]
        assert _placeholders(text) == _placeholders(english), f"{area}: {key}"


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_what_a_receipt_counts_is_said_in_words_that_are_right_for_one_too(language: str) -> None:
    counted = [
        text for text in messages.catalogue(language, "receipts").values() if "{count}" in text
    ]
    assert counted
    assert all(re.search(r": {count}\.$", text.replace(NARROW, "")) for text in counted)


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_no_text_is_empty_or_has_stray_spaces(language: str) -> None:
    for area, key, text in _texts(language):
        assert text == text.strip() != "", f"{area}: {key}"
        assert "  " not in text, f"{area}: {key}"


def test_nothing_is_left_in_english() -> None:
    left = {
        f"{area}: {key}"
        for area, key, text in _texts("fr")
        if text == messages.catalogue("en", area)[key] and text not in ALIKE
    }
    assert left == set()


def test_texts_listed_as_equal_are_equal() -> None:
    used = {text for area, key, text in _texts("fr") if messages.catalogue("en", area)[key] == text}
    assert ALIKE - used == set(), "an exception that excepts nothing"


def test_french_has_its_own_spaces_quotation_marks_and_apostrophes() -> None:
    for area, key, text in _texts("fr"):
        prose = re.sub(r"`[^`]*`|\]\([^)]*\)|https?:\S+|{\w+}", "x", text)
        if ".code." in key:
            continue
        where = f"{area}: {key}"
        assert not re.search(r"[^\u202f][;!?»]", prose), where
        assert not re.search(r"[^\u202f\d]:(?![\d/])", prose), where
        assert not re.search(r"«[^\u202f]", prose), where
        assert not re.search(r"\w'\w|[“”]", prose), where


def test_english_has_no_french_typography() -> None:
    for area, key, text in _texts("en"):
        assert not re.search("[«»\u202f]", text), f"{area}: {key}"


@pytest.mark.parametrize(
    ("language", "size", "date"),
    [
        ("en", "2.5 GB", "14 February 2026"),
        ("fr", f"2,5{NARROW}Go", "14 février 2026"),
    ],
)
def test_figures_are_written_as_the_language_does(language: str, size: str, date: str) -> None:
    assert formatting.size(language, 2_513_000_000) == size
    assert formatting.date(language, "2026-02-14T08:20:00Z") == date


def test_the_first_of_a_month_is_premier_in_french() -> None:
    assert written_date(FIRST_OF_MARCH, "fr") == "1er\u00a0mars\u00a02026"
    assert formatting.date("fr", "2026-03-01T12:00:00Z") == "1er mars 2026"
    assert written_date(FIRST_OF_MARCH, "en") == "1\u00a0March\u00a02026"


def test_none_is_singular_in_french_and_plural_in_english() -> None:
    assert messages.counted("fr", "tracks", 0) == "tracks.one"
    assert messages.counted("en", "tracks", 0) == "tracks.other"
    for language in messages.LANGUAGES:
        assert messages.counted(language, "tracks", 1) == "tracks.one"
        assert messages.counted(language, "tracks", 2) == "tracks.other"


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_the_account_names_the_days_that_downloads_are_kept(language: str) -> None:
    days = str(POLICY.retention.downloads // DAY)
    assert days in messages.text(language, "site", "shell.downloads_text").split()


# A sentence or a label. Names of keys, headers and events are neither.
SENTENCE = re.compile(r"^[A-ZÀ-Ý][a-zà-ÿ’']+ [a-zà-ÿ{]|\b[a-zà-ÿ]+ [a-zà-ÿ]{2,}[.!…]$|\w…$| .*\?$")
LABEL = re.compile(
    r"(?:textContent|ariaLabel|placeholder|title|alt)\s*[:=]\s*[\"`][^\"`$]*[A-Za-z]"
)


def test_scripts_of_the_website_contain_no_texts() -> None:
    for path in (ROOT / "website" / "scripts").rglob("*.js"):
        code = re.sub(r"^\s*(?://|\*|/\*\*).*$", "", path.read_text(), flags=re.MULTILINE)
        code = re.sub(r"^import [^;]*;", "", code, flags=re.MULTILINE)
        literals = [text for _, text in re.findall(r"([\"`])((?:(?!\1).)*)\1", code)]
        assert [text for text in literals if SENTENCE.search(text)] == [], path.name
        assert not LABEL.search(code), path.name


# pydantic's prefix to the text of a validator's error, and what Python's JSON parser says: neither
# is shown.
NOT_OURS = {"Value error, ", "Extra data", "Invalid control character", "Unterminated string"}


def _strings(tree: ast.Module) -> Iterator[str]:
    quiet: set[int] = set()
    for node in ast.walk(tree):
        # Not shown to people: docstrings, errors raised, descriptions of the API, types.
        if isinstance(node, ast.Expr | ast.Raise | ast.Assert | ast.AnnAssign):
            quiet |= {id(item) for item in ast.walk(node)}
        if isinstance(node, ast.keyword) and node.arg in {"description", "summary", "match"}:
            quiet |= {id(item) for item in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in quiet:
            yield node.value


@pytest.mark.thorough
def test_functions_contain_no_texts() -> None:
    sources = [*(ROOT / "functions").rglob("*.py"), *(ROOT / "layers" / "code").rglob("*.py")]
    assert len(sources) > 50
    for path in sources:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        literals = {text for text in _strings(tree) if SENTENCE.search(text)} - NOT_OURS
        assert literals == set(), path.name


def test_mail_templates_contain_no_texts() -> None:
    templates = [*(ROOT / "layers" / "code").rglob("*/templates/*.j2")]
    assert len(templates) == 3
    for path in templates:
        text = re.sub(r"<style>.*?</style>", "", path.read_text(), flags=re.DOTALL)
        text = re.sub(r"^ *\.[a-z][^{}\n]*\{[^{}]*\}$", "", text, flags=re.MULTILINE)
        bare = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<[^>]*>", " ", text, flags=re.DOTALL)
        assert re.findall(r"[A-Za-z]{2,}", bare) == [], path.name


# People agreed to these texts. A changed text is a new version, with its own line here.
AGREED_TO = {
    ("terms", "2026-01", "en"): (
        "30961714909675d238304bff495d1361b4da40e9aab252ec1cdfa207e3711cbd"
    ),
    ("terms", "2026-01", "fr"): (
        "e5c7b75dea4b680eb40545f9bb0f90114556b8c31c484403f58fb2bed39027af"
    ),
    ("newsletter", "2026-01", "en"): (
        "6ef442a6649cfcec64cbccffa4f971fbc628d0f895cbeb210d1c04cebea8a56d"
    ),
    ("newsletter", "2026-01", "fr"): (
        "ce447c2e35c31f97704093302021402e2482b7e51a00cf31a7f58e224045a668"
    ),
}


def _agreed_to(subject: str, version: str, language: str) -> str:
    if subject == "newsletter":
        site = messages.catalogue(language, "site")
        return "\n".join(site[f"shell.{key}"] for key in ("newsletter_text", "subscribe"))
    (found,) = [item for item in terms.VERSIONS if item.version == version]
    title, paragraphs = terms.text_of(found, language)
    return "\n".join([title, *paragraphs])


@pytest.mark.parametrize("agreed", AGREED_TO, ids="-".join)
def test_what_people_agreed_to_never_changes_under_its_version(
    agreed: tuple[str, str, str],
) -> None:
    assert hashlib.sha256(_agreed_to(*agreed).encode()).hexdigest() == AGREED_TO[agreed]


def test_every_version_in_use_is_among_them() -> None:
    declared = re.search(
        r'TEXT_VERSION = "(.+)"',
        (ROOT / "website/scripts/dialogs/newsletter-choice.js").read_text(encoding="utf-8"),
    )
    assert declared is not None
    newsletters = set(get_args(NewsletterText))
    assert declared[1] in newsletters
    in_use = {("terms", item.version) for item in terms.VERSIONS}
    in_use |= {("newsletter", version) for version in newsletters}
    assert {(*item, language) for item in in_use for language in messages.LANGUAGES} == set(
        AGREED_TO
    )
