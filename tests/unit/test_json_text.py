"""A mistake in a JSON file is told by its place and by what it most likely is."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from newsreel.catalogue import json_text
from newsreel.catalogue.findings import RejectedError

GOOD = '{\n  "title": "Doorstep",\n  "topics": ["Ukraine"],\n  "language": "en"\n}\n'


def place_of(text: str) -> tuple[str, int, int]:
    with pytest.raises(RejectedError) as error:
        json_text.read(text.encode())
    values = error.value.finding.values
    return error.value.finding.code, int(values["line"]), int(values["column"])


@pytest.mark.parametrize(
    ("right", "wrong", "place"),
    [
        ('"en"\n', '"en",\n', ("json_trailing_comma", 4, 19)),
        ('"en"\n', '"en"  ,  \n\n', ("json_trailing_comma", 4, 21)),
        ('"Doorstep",', '"Doorstep"', ("json_missing_comma", 2, 22)),
        ('["Ukraine"]', '["Ukraine" "NATO"]', ("json_missing_comma", 3, 23)),
        ('"Doorstep",', '"Doorstep";', ("json_missing_comma", 2, 22)),
        ('"title"', "“title”", ("json_curly_quotes", 2, 3)),
        ('"title"', '"title”', ("json_curly_quotes", 2, 9)),
        ('"title"', "«title»", ("json_curly_quotes", 2, 3)),
        ('"Doorstep",', '"Doorstep”,', ("json_curly_quotes", 2, 21)),
        ('"Doorstep"', "„Doorstep“", ("json_curly_quotes", 2, 12)),
        ('"title"', "'title'", ("json_single_quotes", 2, 3)),
        ('"Doorstep"', "‘Doorstep’", ("json_single_quotes", 2, 12)),
        ("Doorstep", 'He said "yes" today', ("json_inner_quote", 2, 21)),
        ("Doorstep", "Door\nstep", ("json_line_break", 2, 17)),
        ("Doorstep", "Door\r\nstep", ("json_line_break", 2, 17)),
        ("Doorstep", "Door\tstep", ("json_control", 2, 17)),
        ("Doorstep", "C:\\Users", ("json_backslash", 2, 15)),
        ('"title"', '# x\n"title"', ("json_comment", 2, 3)),
        ('"title"', '/* x */ "title"', ("json_comment", 2, 3)),
        ('"title"', "title", ("json_bare_word", 2, 3)),
        ('"en"', "None", ("json_bare_word", 4, 15)),
        ('"en"', "NaN", ("json_no_number", 4, 15)),
        ('"Doorstep"', '"NaN", "a": -Infinity', ("json_no_number", 2, 24)),
        ('"title":', '"title" =', ("json_missing_colon", 2, 11)),
        ('"title"', '"title', ("json_missing_colon", 2, 12)),
        ('["Ukraine"]', '["Ukraine"', ("json_wrong_bracket", 4, 13)),
        ("\n}\n", "\n", ("json_unclosed", 4, 19)),
        ("\n}\n", "\n}\n}\n", ("json_extra", 6, 1)),
        ("{\n", "", ("json_no_bracket", 1, 10)),
        ('  "title"', '\u00a0 "title"', ("json_character", 2, 1)),
        ('"language"', '"title"', ("json_twice", 4, 3)),
        ('["Ukraine"]', '[{"title": 1}, {"a": 1, "a": 2}]', ("json_twice", 3, 37)),
        ('"language"', '"t\\u0069tle"', ("json_twice", 4, 3)),
    ],
)
def test_a_mistake_is_told_with_its_place(
    right: str, wrong: str, place: tuple[str, int, int]
) -> None:
    assert right in GOOD
    assert place_of(GOOD.replace(right, wrong, 1)) == place


@pytest.mark.parametrize("words", ["He said “yes”", "“Yes”: he said so, “no”", "“Yes”, he said"])
def test_curly_quotes_within_a_text_are_not_the_mistake(words: str) -> None:
    text = GOOD.replace("Doorstep", words)
    assert json_text.read(text.encode())[0]
    assert place_of(text.replace('",\n', '"\n', 1))[0] == "json_missing_comma"


@pytest.mark.parametrize(
    ("encoding", "codes"),
    [
        ("utf-8", []),
        ("utf-8-sig", []),
        ("utf-16", ["read_as"]),
        ("utf-16-le", ["read_as"]),
        ("utf-16-be", ["read_as"]),
        ("utf-32", ["read_as"]),
        ("cp1252", ["read_as_guess"]),
    ],
)
def test_it_is_read_in_the_encodings_in_which_transcripts_are(
    encoding: str, codes: list[str]
) -> None:
    text = GOOD.replace("Doorstep", "Réunion à Kyiv")
    values, findings = json_text.read(text.encode(encoding))
    assert values == {"title": "Réunion à Kyiv", "topics": ["Ukraine"], "language": "en"}
    assert [finding.code for finding in findings] == codes


@pytest.mark.parametrize(
    "data",
    [b"PK\x03\x04\x14\x00\x06\x00\x08\x00", GOOD.replace("\n", "\x00\n").encode(), b"\x81\x8d"],
)
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(RejectedError) as error:
        json_text.read(data)
    assert error.value.finding.code in {"not_text", "json_character", "encoding_unclear"}


SIGNS = st.sampled_from(
    [*"{}[]\",:\\/#'“”«»;=.", "\n", "\t", "\x00", "\u00a0", "\ud7ff", "NaN", "a"]
)


@pytest.mark.thorough
@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(GOOD)), st.integers(0, 3), st.lists(SIGNS, max_size=4))
def test_any_damage_is_read_or_told_with_a_place_in_the_file(
    start: int, removed: int, added: list[str]
) -> None:
    text = GOOD[:start] + "".join(added) + GOOD[start + removed :]
    try:
        json_text.read(text.encode())
    except RejectedError as error:
        values = error.finding.values
        if error.finding.code.startswith("json_") and "line" in values:
            line = text.split("\n")[int(values["line"]) - 1]
            assert 1 <= int(values["column"]) <= len(line) + 1


def test_many_names_in_many_objects_are_looked_through_once() -> None:
    """Where a name stands twice is found in one pass, whatever the file repeats."""
    text = "[" + '{"name": 1},' * 9000 + '{"name": 1, "name": 2}]'
    assert place_of(text) == ("json_twice", 1, 9000 * 12 + 14)
