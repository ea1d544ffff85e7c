"""Which passwords are accepted and how they are kept."""

import json
from pathlib import Path

import pytest
from newsreel.accounts import passwords
from newsreel.policy import POLICY

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/passwords.json").read_text())


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["broken"]))
def test_the_page_and_the_server_agree_on_every_vector(vector: dict[str, object]) -> None:
    assert passwords.broken_rules(str(vector["password"]), choice="page") == tuple(
        vector["broken"]  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    "password",
    [
        "Password123!",
        "P@ssw0rd1234!",
        "Summer2024!!",
        "Qwertyuiop1!",
        "123456789Aa!",
        "Aaaaaaaaaa1!",
    ],
)
def test_a_common_password_in_a_costume_is_refused(password: str) -> None:
    assert passwords.broken_rules(password, choice="page") == ("common",)


@pytest.mark.parametrize(
    "password", ["NatoNato1234!", "Newsreel-2026", "Jane.Doe-2026x", "NATO-jane.doe-1"]
)
def test_a_password_that_rests_on_names_is_refused(password: str) -> None:
    context = ("NATO", "newsreel", "jane.doe")
    assert passwords.broken_rules(password, choice="page", context=context) == ("context",)


def test_a_word_that_only_contains_a_name_is_accepted() -> None:
    context = ("NATO", "newsreel", "jo")
    assert passwords.broken_rules("Coordinator-of-9-Trains", choice="page", context=context) == ()


def test_a_passphrase_needs_length_alone_and_only_where_chosen() -> None:
    phrase = "seven quiet otters read maps"
    assert passwords.broken_rules(phrase, choice="passphrase") == ()
    assert passwords.broken_rules(phrase, choice="page") != ()
    assert passwords.broken_rules("password password", choice="passphrase") == ("common",)


@pytest.mark.thorough
def test_length_is_measured_after_normalising_and_nothing_is_cut() -> None:
    limit = POLICY.password.maximum_length
    assert passwords.broken_rules("Aa1!" * (limit // 4) + "x", choice="page") == ("too_long",)
    # U+FDFA becomes 18 characters under NFKC.
    assert passwords.broken_rules("\ufdfa" * 20, choice="page") == ("too_long",)
    long = "Aa1!xyzk" * (limit // 8)
    stored = passwords.hash_password(long)
    assert passwords.matches(stored, long)
    assert not passwords.matches(stored, long[:-1])


@pytest.mark.thorough
def test_two_ways_to_write_one_password_are_the_same_password() -> None:
    stored = passwords.hash_password("Zu\u0308rich-Strasse-7")
    assert passwords.matches(stored, "Zürich-Strasse-7")
    assert not passwords.matches(stored, "Zurich-Strasse-7")


def test_the_hash_has_the_parameters_of_the_policy_and_so_has_the_dummy() -> None:
    expected = "$argon2id$v=19$m=47104,t=1,p=1$"
    assert passwords.hash_password("x").startswith(expected)
    assert not passwords.is_outdated(passwords.DUMMY_HASH)
    assert passwords.is_outdated("$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$" + "A" * 43)


def test_no_account_never_matches_whatever_is_typed() -> None:
    assert not passwords.matches(None, "Correct-Horse-9")
    assert not passwords.matches("not a hash", "Correct-Horse-9")
