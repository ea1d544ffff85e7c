"""Promises about unsubscribe tokens: short, forgiving of letter case, and made by us alone."""

import re
import secrets
import string

import pytest
from hypothesis import given
from hypothesis import strategies as some
from newsreel.aws.keyring import Keyring
from newsreel.newsletter import tokens

RING = Keyring("k2", {"k1": b"old" * 20, "k2": b"new" * 20})
ACCOUNT = "00112233445566778899aabbccddeeff"


@given(some.binary(min_size=16, max_size=16).map(bytes.hex))
def test_a_token_gives_its_account_back(account_id: str) -> None:
    assert tokens.unseal(tokens.seal(account_id, RING), RING) == account_id


def test_a_token_fits_an_address_and_an_url_as_it_is() -> None:
    token = tokens.seal(ACCOUNT, RING)
    assert re.fullmatch(r"[a-z0-9]{44}", token)
    assert len(f"unsubscribe+{token}") <= 64


def test_a_token_survives_a_mail_program_that_changes_the_case_of_letters() -> None:
    assert tokens.unseal(tokens.seal(ACCOUNT, RING).upper(), RING) == ACCOUNT


def test_a_token_of_an_older_key_works_as_long_as_the_key_stays() -> None:
    token = tokens.seal(ACCOUNT, Keyring("k1", RING.keys))
    assert token.startswith("k1")
    assert tokens.unseal(token, RING) == ACCOUNT
    assert tokens.unseal(token, Keyring("k2", {"k2": RING.keys["k2"]})) is None


def test_no_changed_character_is_let_through() -> None:
    token = tokens.seal(ACCOUNT, RING)
    for place, written in enumerate(token):
        for other in (string.ascii_lowercase + string.digits).replace(written, ""):
            changed = token[:place] + other + token[place + 1 :]
            assert tokens.unseal(changed, RING) is None, changed


def test_a_token_of_another_purpose_or_another_secret_is_refused() -> None:
    other = Keyring("k2", {"k2": secrets.token_bytes(32)})
    assert tokens.unseal(tokens.seal(ACCOUNT, other), RING) is None


@pytest.mark.parametrize(
    "token",
    ["", "k2", "é" * 44, "k2" + "1" * 42, "k2" + "a" * 41, "k3" + "a" * 42, "k2" + "a" * 99],
)
def test_what_is_no_token_is_told_apart_without_an_error(token: str) -> None:
    assert tokens.unseal(token, RING) is None


def test_an_account_id_of_another_length_is_a_fault_of_ours() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        tokens.seal("00", RING)
