"""Codes are derived from keys and never stored."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from newsreel.accounts import codes
from newsreel.accounts.codes import Format
from newsreel.aws.keyring import Keyring

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
    assert all(len(code) == 10 and set(code) <= set(codes.CROCKFORD) for code in long)
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
