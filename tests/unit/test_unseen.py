"""Characters that nobody sees, or that turn the direction of others, are left out of texts."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from newsreel.catalogue import metadata, unseen

from tests.support.advice.case import described


@pytest.mark.parametrize(
    "sign",
    [
        *("\x00", "\x07", "\x1b", "\x7f", "\x9f", "\u200b", "\u2060", "\ufeff", "\u00ad"),
        *("\u202a", "\u202b", "\u202c", "\u202d", "\u202e"),
        *("\u2066", "\u2067", "\u2068", "\u2069", "\u200c", "\u200d"),
        *("\U000e0041", "\U000e007f", "\ud800", "\udfff", "\u3164"),
    ],
    ids=lambda sign: f"U+{ord(sign):04X}",
)
def test_what_nobody_sees_is_left_out_and_named(sign: str) -> None:
    assert unseen.one_line(f"Mark{sign} Rutte") == ("Mark Rutte", [f"U+{ord(sign):04X}"])
    assert unseen.has_unseen(f"a{sign}.mp4")


@pytest.mark.parametrize(
    "text",
    [
        "Réunion à Kyiv — “L’Ukraine”",
        "می‌خواهم",  # Persian is written with a joiner that joins nothing
        "क्‍ष",
        "👩‍💻 👨🏽‍🚀 ❤️‍🔥",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "שלום (NATO)\u200f",
        "日本語　テスト",
        "10\u202f000 €, 5\u00a0%",
    ],
)
def test_what_scripts_need_stays(text: str) -> None:
    assert unseen.one_line(text) == (unicodedata.normalize("NFC", text), [])


def test_lines_stay_where_there_may_be_many_and_become_spaces_where_not() -> None:
    assert unseen.many_lines("a\r\nb\u2028c\n\nd") == ("a\nb\nc\n\nd", [])
    assert unseen.one_line("a\r\nb\u2028c\td") == ("a b c d", [])


@given(st.text(st.characters(categories=["L", "M", "N", "P", "S", "C", "Z"])))
def test_what_was_cleaned_is_clean(text: str) -> None:
    for clean in (unseen.one_line, unseen.many_lines):
        once, _left_out = clean(text)
        assert clean(once) == (once, [])
        assert unicodedata.is_normalized("NFC", once)


def test_every_text_of_metadata_is_cleaned_and_told_where_counted_from_one() -> None:
    data = described(
        title="Door\u202estep",
        speakers=[{"name": "Mark Rutte"}, {"name": "Ol\u200bena", "role": "Env\u2066oy"}],
        topics=["Ukra\ufeffine"],
        description="One\nline\u202c",
        withdrawal_note="Ri\x07ghts",
        transcript={"note": "Cor\U000e0041rected"},
        files={"e\u0301.mp4": {"kind": "web"}},
    )
    read, findings = metadata.read(data)
    assert {finding.code for finding in findings} == {"characters_left_out"}
    assert [finding.values["field"] for finding in findings] == [
        *("title", "speakers #2 name", "speakers #2 role", "topics #1", "description"),
        *("withdrawal_note", "transcript note"),
    ]
    assert (read.title, read.speakers[1].name, read.topics) == ("Doorstep", "Olena", ["Ukraine"])
    assert read.description == "One\nline"
    assert [*read.files] == ["\u00e9.mp4"]


def test_a_name_of_a_field_that_would_stand_twice_is_no_name_of_ours() -> None:
    data = b'{"title": "a", "title\\u200b": "b"}'
    with pytest.raises(metadata.MetadataRejectedError) as error:
        metadata.read(data)
    assert [finding.values["field"] for finding in error.value.findings] == ["title"]
    assert error.value.findings[0].code in {"field_unknown", "field_misspelt"}
