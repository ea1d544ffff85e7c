"""What may be a code in what somebody typed or pasted."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from newsreel.accounts import codes, typed_codes
from newsreel.refusals import Refusal
from newsreel.texts import messages


@pytest.mark.parametrize(
    ("typed", "form", "code"),
    [
        ("482917", "digits_6", "482917"),
        (" 482 917\n", "digits_6", "482917"),
        ("482\u2013917", "digits_6", "482917"),
        ("\u0664\u0668\u0662\u0669\u0661\u0667", "digits_6", "482917"),
        ("7kq2m-9x4td", "base32_10", "7KQ2M9X4TD"),
        ("482 917 is your verification code (07:16 UTC)", "digits_6", "482917"),
        ("Your code is 839158", "digits_6", "839158"),
        ("Code: 482917.", "digits_6", "482917"),
        ("Sent at 02:34 UTC on 14 February 2026: 482 917", "digits_6", "482917"),
        ("482 917 and once more 482917", "digits_6", "482917"),
        ("\u200e482\u00a0917\u200e est votre code (07:16 UTC)", "digits_6", "482917"),
        ("Your code: 4 8 2  9 1 7", "digits_6", "482917"),
        ("7KQ2M-9X4TD is your verification code (07:16 UTC)", "base32_10", "7KQ2M9X4TD"),
        ("code 7kq2m9x4td!", "base32_10", "7KQ2M9X4TD"),
        ("Code: 7 K Q 2 M  9 X 4 T D", "base32_10", "7KQ2M9X4TD"),
    ],
)
def test_the_one_code_of_a_text_is_found(typed: str, form: str, code: str) -> None:
    found = typed_codes.read(typed)
    assert (found.form, found.code) == (form, code)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "--",
        "12345",
        "1234567",
        "48291O",
        "482 917 or 111 222",
        "+33 482 917 123",
        "No code here (07:16 UTC)",
        "UUUUU-UUUUU",
        "a sentence of words and nothing else",
    ],
)
def test_a_text_without_one_code_is_no_try(typed: str) -> None:
    with pytest.raises(Refusal) as refused:
        typed_codes.read(typed)
    assert [(one.field, one.code) for one in refused.value.errors] == [("code", "code")]


@pytest.mark.parametrize("language", messages.LANGUAGES)
@pytest.mark.parametrize("code", ["482917", "7KQ2M9X4TD", "0123456789"])
def test_each_line_of_our_mails_that_shows_a_code_gives_it(language: str, code: str) -> None:
    lines = [
        text
        for text in messages.catalogue(language, "mail").values()
        if "{code}" in text and not text.startswith("{{")
    ]
    assert lines
    for line in lines:
        words = dict.fromkeys(re.findall(r"{(\w+)}", line), "07:16 UTC")
        shown = line.format_map({**words, "code": codes.shown(code)})
        assert typed_codes.read(shown).code == code, line


@given(st.text(max_size=400))
def test_whatever_is_typed_is_a_code_or_refused(typed: str) -> None:
    try:
        found = typed_codes.read(typed)
    except Refusal:
        return
    assert len(found.code) == {"digits_6": 6, "base32_10": 10}[found.form]
    assert repr(found) == f"TypedCode(form={found.form!r})"
