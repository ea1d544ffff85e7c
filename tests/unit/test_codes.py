"""Codes are derived from keys and never stored."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from newsreel.accounts import codes
from newsreel.accounts.codes import Format
from newsreel.aws.keyring import Keyring
from newsreel.policy import POLICY

RING = Keyring("k1", {"k1": b"first key", "k2": b"second key"})
FLOW = "ab" * 32


def derive(issue: int = 1, form: Format = "digits_6", **changes: str) -> str:
    values = {"key_id": "k1", "purpose": "registration", "flow_hash": FLOW, **changes}
    return codes.derive(RING, issue=issue, form=form, **values)  # type: ignore[arg-type]


def test_a_code_is_the_same_wherever_it_is_derived() -> None:
    assert derive() == derive()
    assert derive(form="base32_10") == derive(form="base32_10")


def test_a_code_is_bound_to_issue_flow_purpose_key_and_form() -> None:
    variants = {
        derive(form="base32_10"),
        derive(issue=2, form="base32_10"),
        derive(form="base32_10", flow_hash="cd" * 32),
        derive(form="base32_10", purpose="password_reset"),
        derive(form="base32_10", key_id="k2"),
    }
    assert len(variants) == 5


def test_a_rotated_out_key_is_an_error_and_not_another_code() -> None:
    with pytest.raises(KeyError):
        derive(key_id="k0")


def test_codes_have_their_form_and_spread_over_it() -> None:
    short = [derive(issue=n) for n in range(2000)]
    assert all(len(code) == 6 and code.isdigit() for code in short)
    assert len(set(short)) > 1980
    assert {code[0] for code in short} == set("0123456789")
    long = [derive(issue=n, form="base32_10") for n in range(500)]
    assert all(len(code) == 10 and set(code) <= set(POLICY.code.long_signs) for code in long)
    assert len(set(long)) == 500


@pytest.mark.parametrize(
    ("typed", "form", "read"),
    [
        ("482 917", "digits_6", "482917"),
        (" 482-917 ", "digits_6", "482917"),
        ("４８２９１７", "digits_6", "482917"),
        ("٤٨٢٩١٧", "digits_6", "482917"),
        ("7kq2m-9x4td", "base32_10", "7KQ2M9X4TD"),
        ("OIL00-OIL11", "base32_10", "0110001111"),
        ("482\u2009917\n", "digits_6", "482917"),
        ("\u200b482\u2013917", "digits_6", "482917"),
        ("482\u2212917", "digits_6", "482917"),
        ("7kq2m\u20439x4td", "base32_10", "7KQ2M9X4TD"),
        ("７ｋｑ２ｍ\u2010９ｘ４ｔｄ", "base32_10", "7KQ2M9X4TD"),
        ("\u0667kq\u0662m\u00ad9x4td", "base32_10", "7KQ2M9X4TD"),
    ],
)
def test_what_a_person_types_is_read_as_meant(typed: str, form: Format, read: str) -> None:
    assert codes.normalise(typed, form) == read


@given(st.text(max_size=64))
def test_whatever_is_typed_can_be_compared(typed: str) -> None:
    for form in ("digits_6", "base32_10"):
        codes.equal(codes.normalise(typed, form), "482917")


def test_a_code_is_shown_in_two_halves() -> None:
    assert codes.shown("482917") == "482 917"
    assert codes.shown("7KQ2M9X4TD") == "7KQ2M-9X4TD"


def test_a_key_ring_shows_no_key() -> None:
    assert "first key" not in repr(RING)


LEETSPEAK = str.maketrans("0134", "OIEA")


@given(st.text("0123456789abcdef", min_size=64, max_size=64), st.integers(1, 2000))
def test_a_reference_is_a_letter_among_digits_and_never_a_word(flow_hash: str, issue: int) -> None:
    reference = codes.reference(flow_hash, issue)
    assert len(reference) == 3
    letters = [one for one in reference if one.isalpha()]
    assert len(letters) == 1
    # No vowel, neither as a letter nor as a digit that is read as one.
    assert not set(reference.translate(LEETSPEAK)) & set("AEIOUY")
    assert reference.isascii()
    assert reference == reference.upper()


def test_references_of_one_flow_differ_and_all_signs_are_used() -> None:
    references = [codes.reference(FLOW, issue) for issue in range(1, 1513)]
    assert len(set(references)) == 1512
    assert {one.find(letter) for one in references for letter in one if letter.isalpha()} == {
        0,
        1,
        2,
    }


def test_long_codes_have_no_vowel_and_49_bits() -> None:
    signs = POLICY.code.long_signs
    assert len(signs) == len(set(signs)) == 30
    assert not set(signs) & set("AEIOUL")
    assert POLICY.code.long_characters * math.log2(len(signs)) > 49
    used = {sign for n in range(200) for sign in derive(issue=n, form="base32_10")}
    assert used == set(signs)


def test_every_sign_of_a_long_code_is_read_as_itself() -> None:
    for typed in (POLICY.code.long_signs, POLICY.code.long_signs.lower()):
        assert codes.normalise(typed, "base32_10") == POLICY.code.long_signs


def test_what_people_type_wrongly_is_folded_and_nothing_else() -> None:
    every = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    folded = codes.normalise(every, "base32_10")
    assert {a: b for a, b in zip(every, folded, strict=True) if a != b} == {
        "I": "1",
        "L": "1",
        "O": "0",
    }


@pytest.mark.parametrize("code", ["482917", "7KQ2M9X4TD"])
def test_a_spelled_code_has_a_space_between_all_signs_and_is_read_as_the_code(code: str) -> None:
    form: Format = "digits_6" if code.isdigit() else "base32_10"
    for shown in (codes.spelled(code), codes.shown(code)):
        assert codes.normalise(shown, form) == code
    assert codes.spelled(code).split() == list(code)
    assert [part.replace(" ", "") for part in codes.spelled(code).split("  ")] == [
        code[: len(code) // 2],
        code[len(code) // 2 :],
    ]
