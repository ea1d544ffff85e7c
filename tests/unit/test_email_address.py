"""Which texts are e-mail addresses, and which of them are the same address."""

import random

import idna
import pytest
from hypothesis import given
from hypothesis import strategies as st
from newsreel.accounts.email_address import EmailAddress, EmailError, canonicalise, required
from newsreel.refusals import Refusal


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("Jane.Doe@Example.ORG", "jane.doe@example.org"),
        ("  jane@example.org \n", "jane@example.org"),
        ("ｊａｎｅ@ｅｘａｍｐｌｅ.org", "jane@example.org"),
        ("jane＠example.org", "jane@example.org"),
        ("jane@bücher.example", "jane@xn--bcher-kva.example"),
        ("jane@XN--BCHER-KVA.example", "jane@xn--bcher-kva.example"),
        ("jane@faß.example", "jane@xn--fa-hia.example"),
        ("jane+news@example.org", "jane+news@example.org"),
        ("j.a.n.e@example.org", "j.a.n.e@example.org"),
        ("o'neill@example.org", "o'neill@example.org"),
        # Chat programs and tables put these around what is copied.
        ("\u200bjane@example.org", "jane@example.org"),
        ("\ufeffjane@example.org\u00ad", "jane@example.org"),
        (" \u202ajane@example.org\u202c \u2060", "jane@example.org"),
    ],
)
def test_an_address_has_one_canonical_form(written: str, canonical: str) -> None:
    assert canonicalise(written) == canonical
    assert canonicalise(canonical) == canonical


@pytest.mark.parametrize(
    "written",
    [
        "",
        "jane",
        "@example.org",
        "jane@",
        "jane@localhost",
        "jane@127.0.0.1",
        "jane@[127.0.0.1]",
        "a@b@example.org",
        "a＠b@example.org",
        "jane@example..org",
        "jane@.example.org",
        "jane@-example.org",
        "jane@exa mple.org",
        ".jane@example.org",
        "ja..ne@example.org",
        '"jane doe"@example.org',
        "jane@example.org\r\nBcc: all@example.org",
        "ja\u200bne@example.org",
        "ja\u202ene@example.org",
        "jane@exam\u2028ple.org",
        "jane\x00@example.org",
        "mıke@example.org",
        "straße@example.org",
        "jane@example.org, joe@example.org",
        # Encoded words (RFC 2047): a mail program reads another address out of them.
        "=?x?q?joe=40example.com=3e=20?=@example.org",
        "=?utf-8?q?=41=42?=@example.org",
        "jane.=?utf-8?q?=41?=@example.org",
        "jane=?@example.org",
        "Jane <jane@example.org>",
        f"{'a' * 65}@example.org",
        f"jane@{'a' * 64}.org",
        f"jane@{'a.' * 130}org",
        "a" * 100_000,
        "\ud800@example.org",
    ],
)
def test_a_text_that_is_no_address_is_refused_without_being_quoted(written: str) -> None:
    with pytest.raises(EmailError) as refused:
        canonicalise(written)
    assert "jane" not in str(refused.value)


def test_look_alikes_never_become_one_address() -> None:
    assert canonicalise("mike@example.org") == "mike@example.org"
    with pytest.raises(EmailError):
        canonicalise("mıke@example.org")
    assert canonicalise("jane@fass.example") != canonicalise("jane@faß.example")


@pytest.mark.thorough
@given(st.text(max_size=80))
def test_any_text_is_refused_or_has_a_stable_seven_bit_form(text: str) -> None:
    try:
        canonical = canonicalise(text)
    except EmailError:
        return
    assert canonicalise(canonical) == canonical
    assert canonical.isascii()
    assert canonical.count("@") == 1
    assert canonical == canonical.strip().lower()


def test_a_request_learns_which_field_was_wrong_and_not_its_value() -> None:
    with pytest.raises(Refusal) as refused:
        required("not an address")
    assert refused.value.code == "fields_rejected"
    assert [error.field for error in refused.value.errors] == ["email"]
    assert "not an address" not in repr(refused.value)


def test_a_request_learns_that_an_address_has_an_invisible_character_in_it() -> None:
    with pytest.raises(Refusal) as refused:
        required("ja\u200bne@example.org")
    assert [error.code for error in refused.value.errors] == ["invisible"]


@pytest.mark.thorough
def test_a_domain_in_ascii_is_what_idna_makes_of_it() -> None:
    odds = random.Random(1034)
    lengths = (0, 1, 3, 62, 63, 64)
    for _ in range(5_000):
        labels = ["".join(odds.choices("ab09-xn", k=odds.choice(lengths))) for _ in "ab"]
        domain = f"{'.'.join(labels)}{odds.choice(('', '.', '.com'))}"
        try:
            told = idna.encode(domain, strict=False, std3_rules=True).decode("ascii").split(".")
        except idna.IDNAError:
            told = []
        is_mails = len(told) > 1 and all(told) and not told[-1].isdigit()
        try:
            taken = EmailAddress.parse(f"a@{domain}").domain.split(".")
        except EmailError:
            taken = []
        assert taken == (told if is_mails else []), domain
