"""The rules at the edge: the caller's address, cookies, and the problem for each refusal."""

import hmac
from pathlib import Path

import pytest
from newsreel.http import cookies, problems
from newsreel.http.viewer import is_proved
from newsreel.refusals import CODES, Refusal
from newsreel.texts import messages


@pytest.mark.parametrize("given", ["", "current", "wrong", "currently-right ", "\ud800"])
def test_what_is_not_in_the_ring_proves_nothing(given: str) -> None:
    assert not is_proved(given, (b"currently-right", b"right-before"))


def test_every_value_of_the_ring_is_compared_whichever_is_right(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared: list[bytes] = []
    compare = hmac.compare_digest

    def noting(given: bytes, one: bytes) -> bool:
        compared.append(one)
        return compare(given, one)

    monkeypatch.setattr(hmac, "compare_digest", noting)
    for given in ("currently-right", "right-before"):
        compared.clear()
        assert is_proved(given, (b"currently-right", b"right-before"))
        assert compared == [b"currently-right", b"right-before"]


@pytest.mark.parametrize(
    "header", [None, "", "a", "=", "x" * 9000, "a=b\x00; c=d", "\ud800=1", ";;;;", 'a="b']
)
def test_a_cookie_header_that_cannot_be_read_counts_as_none(header: str | None) -> None:
    assert "__Host-session" not in cookies.read(header)


@pytest.mark.parametrize(
    "neighbour",
    [
        "x=1 __Host-session=planted",
        'x="a; __Host-session=planted"',
        "x=1\t__Host-session=planted",
        "x=1,__Host-session=planted",
        "$Version=1,__Host-session=planted",
        "\u2000__Host-session=planted",
        "\u00a0__Host-session=planted",
        "__Host-session =planted",
        "__host-session=planted",
        "x=1\n__Host-session=planted",
    ],
)
def test_a_neighbouring_domain_cannot_plant_a_session(neighbour: str) -> None:
    """Any host below our domain can set such cookies for us, only not under this name."""
    assert cookies.read(neighbour).get("__Host-session") != "planted"
    for header in (f"__Host-session=own; {neighbour}", f"{neighbour}; __Host-session=own"):
        assert cookies.read(header).get("__Host-session") in {"own", None}


@pytest.mark.parametrize(
    "neighbour",
    ["a[0]=1", "flag", 'x={"a": "b"}', "é=1", "x=é", "x=a b", "path=/", "secure", "=x", "x=", "="],
)
def test_a_strange_cookie_of_a_neighbouring_domain_logs_nobody_out(neighbour: str) -> None:
    for header in (f"{neighbour}; __Host-session=own", f"__Host-session=own; {neighbour}"):
        assert cookies.read(header)["__Host-session"] == "own"


def test_cookies_as_long_as_the_gateway_lets_through_log_nobody_out() -> None:
    """API Gateway takes 10,240 bytes of headers; a big neighbour fills nearly all of them."""
    own = "; __Host-session=own"
    neighbour = f"big={'x' * (10_240 - len(own) - len('big='))}"
    assert len(neighbour + own) == 10_240
    assert cookies.read(neighbour + own)["__Host-session"] == "own"


def test_two_different_values_of_one_cookie_count_as_none() -> None:
    assert "__Host-session" not in cookies.read("__Host-session=a; __Host-session=b")
    assert "__Host-session" not in cookies.read("__Host-session=a; __Host-session=b; x=1")
    assert cookies.read("__Host-session=a; __Host-session=a")["__Host-session"] == "a"


def test_the_session_cookie_is_bound_to_our_host_and_hidden_from_scripts() -> None:
    session, signed_in = cookies.sign_in("token", None)
    assert session == "__Host-session=token; Path=/; Secure; HttpOnly; SameSite=Lax"
    assert "HttpOnly" not in signed_in
    assert all("Max-Age=60" in cookie for cookie in cookies.sign_in("token", 60))


def test_every_code_has_a_status_a_next_step_and_words_in_every_language() -> None:
    assert set(problems.KINDS) == set(CODES)
    for language in messages.LANGUAGES:
        texts = messages.catalogue(language, "problems")
        for code in CODES:
            assert texts[f"{code}.title"]
            assert texts[f"{code}.detail"]
    assert all(kind.next and 400 <= kind.status < 600 for kind in problems.KINDS.values())


def test_no_language_has_more_or_fewer_texts_than_english() -> None:
    root = Path(messages.__file__).parent
    areas = {path.stem for path in root.glob("en/*.json")}
    for language in messages.LANGUAGES:
        assert {path.stem for path in root.glob(f"{language}/*.json")} == areas
        for area in areas:
            assert (
                messages.catalogue(language, area).keys() == messages.catalogue("en", area).keys()
            )


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("de-DE,de;q=0.9", "en"),
        ("en-GB;q=0.1", "en"),
        ("x;q=y", "en"),
        ("fr-CA", "fr"),
        ("en;q=0.2, fr;q=0.9", "fr"),
        ("en;q=0.9, fr;q=0.2", "en"),
        ("de, fr;q=0.5", "fr"),
        ("fr;q=0", "en"),
    ],
)
def test_a_reader_gets_a_language_we_have(header: str | None, language: str) -> None:
    assert messages.best_language(header) == language


def test_a_refusal_as_text_is_its_code_alone() -> None:
    refusal = Refusal("code_wrong", {"attempts_left": 3})
    assert str(refusal) == "code_wrong"
