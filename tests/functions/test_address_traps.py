"""Two ways to write an address: never two accounts for one, never a mail to anything else.

10,000 pairs, always the same ones, go through the rule that every route uses; some of each kind go
through the routes, to the mail.
"""

import random
import unicodedata

import pytest
from newsreel.accounts.email_address import EmailAddress, EmailError

from tests.support.accounts import confirm, deliver, items, mails, newest_code, register
from tests.support.cloud import Cloud, FakeClock
from tests.support.resets import start

pytestmark = pytest.mark.thorough

PAIRS = 10_000
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789.+-_'"
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u202a\u202e\u2066\u2069\u034f\u180e\x00\x7f"
MARKS = "\u0300\u0301\u0308\u0327"
BETWEEN = "＠﹫,，; \n"
# What some folding, somewhere, turns into an ASCII letter, an @ or a dot.
LOOK_ALIKES = {
    "i": "ıİíіⅰｉ", "k": "\N{KELVIN SIGN}ｋкⓚ", "s": "ſßѕｓ", "a": "àаªᵃａ", "o": "оºοｏ",
    "e": "éеℯｅ", "m": "ｍⅿм", "c": "сⅽｃ", "@": "＠﹫", ".": "．。｡․", "-": "－‐‑", "n": "ｎⁿո",
}  # fmt: skip


def plain(chance: random.Random) -> str:
    name = "".join(chance.choices(LETTERS, k=chance.randint(1, 12))).strip(".").replace("..", ".")
    domain = chance.choice(("example.org", "news.example.com", "bücher.example", "faß.example"))
    return f"{name or 'x'}@{domain}"


def written_otherwise(address: str, chance: random.Random) -> str:
    """Return an address as somebody may type it, or as somebody may hope that it passes."""
    at = chance.randrange(len(address))
    match chance.randrange(8):
        case 0:
            return address.upper()
        case 1:
            letters = [chance.choice((c, c.upper(), c.title())) for c in address]
        case 2:
            letters = [address[:at], chance.choice(INVISIBLE), address[at:]]
        case 3:
            letters = [unicodedata.normalize(chance.choice(("NFD", "NFKD")), address)]
        case 4:
            wide = [chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in address]
            letters = [chance.choice(pair) for pair in zip(address, wide, strict=True)]
        case 5:
            letters = [address[:at], chance.choice(MARKS), address[at:]]
        case 6:
            letters = [address, chance.choice(BETWEEN), "evil.example"]
        case _:
            letters = [
                chance.choice(LOOK_ALIKES[c]) if c in LOOK_ALIKES and chance.random() < 0.4 else c
                for c in address
            ]
    return "".join(letters)


def pairs(seed: int, number: int) -> list[tuple[str, str]]:
    chance = random.Random(seed)
    made = [plain(chance) for _ in range(number)]
    return [(address, written_otherwise(address, chance)) for address in made]


def parsed(text: str) -> EmailAddress | None:
    try:
        return EmailAddress.parse(text)
    except EmailError:
        return None


def same_person(one: str, other: str) -> bool:
    """Tell by other means than ours whether two texts are one address: by width and case alone."""

    def folded(text: str) -> str:
        narrow = "".join(
            unicodedata.normalize("NFKC", c) if unicodedata.east_asian_width(c) == "F" else c
            for c in text
        )
        return unicodedata.normalize("NFC", narrow).strip().lower()

    return folded(one) == folded(other)


def test_ten_thousand_pairs_are_one_address_or_two_and_never_something_between() -> None:
    alike = refused = 0
    for address, other in pairs(13, PAIRS):
        ours, theirs = parsed(address), parsed(other)
        if ours is None or theirs is None:
            refused += 1
            continue
        # Equal addresses have one key, and others have two: nothing folds later than here.
        assert (ours == theirs) == (ours.hash == theirs.hash) == (ours.text == theirs.text)
        # What is mailed and stored is the form that was checked, and stays as it is.
        for one in (ours, theirs):
            assert one.text.isascii()
            assert one.text.count("@") == 1
            assert EmailAddress.parse(one.text) == one
        if ours == theirs:
            alike += 1
        if same_person(address, other):
            assert ours == theirs
    # The pairs are of all three kinds, so none of these passes for want of cases.
    assert alike > 2_000
    assert refused > 2_000
    assert PAIRS - alike - refused > 100


def test_a_local_part_that_only_looks_alike_is_never_the_other_one() -> None:
    for letter, others in LOOK_ALIKES.items():
        for other in others:
            address = parsed(f"x{other}y@example.org") if letter not in "@." else None
            # NFKC alone may make them one, and then it is one for everybody, before the check.
            if address is not None and address.text == f"x{letter}y@example.org":
                assert unicodedata.normalize("NFKC", other).lower() == letter


def test_whatever_is_typed_there_is_one_account_and_mail_goes_where_it_is_stored(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    chance = random.Random(13)
    tried = 0
    for address, other in pairs(7, 60):
        ours = parsed(address)
        if ours is None or chance.random() < 0.8:
            continue
        tried += 1
        before = len(items(cloud.dynamodb, "account"))
        for text in (address, other):
            flow = register(text)
            fake_clock.forward(minutes=1)
            if flow.status != 202:
                assert flow.status == 422
                continue
            sent = len(mails())
            deliver(cloud.dynamodb)
            told = [str(mail["To"]) for mail in mails()[sent:]]
            meant = parsed(text)
            assert meant is not None
            assert told == [meant.text]
            if "is your" in str(mails()[-1]["Subject"]):
                reply = confirm(flow.json["registration_id"], newest_code(meant.text))
                assert reply.json["account"]["email"] == meant.text
        opened = [one["email"]["S"] for one in items(cloud.dynamodb, "account")]
        assert len(set(opened)) == len(opened)
        assert len(opened) - before <= (1 if parsed(other) in {None, ours} else 2)
        sent = len(mails())
        fake_clock.forward(hours=1)
        if start(other).status == 202:
            deliver(cloud.dynamodb)
            meant = parsed(other)
            assert meant is not None
            assert {str(mail["To"]) for mail in mails()[sent:]} == {meant.text}
        fake_clock.forward(hours=1)
    assert tried > 8
