"""The odds of a stranger against one account: reckoned from the policy, and tried for a year."""

from collections import Counter
from dataclasses import dataclass

import pytest
from newsreel.aws import clients
from newsreel.aws.keyring import Keyring
from newsreel.budgets.requests import Owner, RequestBudgets
from newsreel.budgets.subjects import network_subject
from newsreel.policy import DAY, HOUR, POLICY, AccountPolicy, Limit, Window
from newsreel.refusals import Refusal

from tests.support.counting_table import CountingTable
from tests.support.template import ROOT
from tools import odds

AT_MOST = 1 / 10_000
B = POLICY.budgets
MAILS = (B.mails, B.mails_of_network, B.mails_of_browser, B.service_mails)
STARTS = (B.starts, *MAILS)
CODES = (B.codes, B.network_codes, B.service_codes)
KEYRING = Keyring("k1", {"k1": b"0123456789abcdef"})
STRANGER = Owner("jane@example.org")
OWNER = Owner("jane@example.org", "b" * 64)
OWN_NETWORK = 1_000_000
WINDOW = B.codes.windows[0].seconds
# A day before a window of wrong codes ends, so that the year touches as many as it can.
BEGIN = 1_771_070_400 // WINDOW * WINDOW + WINDOW - DAY


def changed(**budgets: object) -> AccountPolicy:
    return POLICY._replace(budgets=B._replace(**budgets))  # type: ignore[arg-type]


def test_a_year_of_guesses_is_right_in_at_most_one_of_10_000_accounts() -> None:
    assert odds.of_stranger(POLICY).right_guess <= AT_MOST


@pytest.mark.parametrize(
    "policy",
    [
        changed(codes=B.codes._replace(windows=(Window(92 * DAY, 9),))),
        changed(codes=B.codes._replace(windows=(Window(90 * DAY, 8),))),
        changed(short_flows=3),
        POLICY._replace(code=POLICY.code._replace(digits=5)),
        POLICY._replace(code=POLICY.code._replace(long_characters=5)),
    ],
    ids=["one more try", "shorter windows", "one more flow", "five digits", "short long codes"],
)
def test_numbers_that_break_the_rule_are_found(policy: AccountPolicy) -> None:
    assert odds.of_stranger(policy).right_guess > AT_MOST


def budgets_of(number: int, limits: tuple[Limit, ...]) -> RequestBudgets:
    address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    network = network_subject(address, KEYRING)
    return RequestBudgets("mail", KEYRING, network, limits, "codes@example.org")


def start(network: int, now: int, owner: Owner = STRANGER) -> str:
    """Start a flow; return the form of its code, or that there is none."""
    until = now + POLICY.code.flow_life
    try:
        is_long = budgets_of(network, STARTS).mail(owner, opens_until=until, now=now)
    except Refusal as refusal:
        told = refusal.retry_after in range(1, DAY + 1) and refusal.shown["write_to"]
        return "refused" if told else "refused without a way"
    return "long" if is_long else "short"


@dataclass
class Guessed:
    """A flow of the attacker, and what its guesses came to."""

    network: int
    tries: int = POLICY.code.tries
    compared: int = 0

    def guess(self, now: int) -> None:
        if self.tries == 0:
            return
        self.tries -= 1
        self.compared += 1
        if not budgets_of(self.network, CODES).guess(STRANGER, now=now):
            self.tries = 0  # that was the try that a code on its way keeps


def owner_starts(now: int, seen: Counter[str]) -> None:
    """Let the owner start a reset, in a new browser and in one that the account knows."""
    seen[f"new browser: {start(OWN_NETWORK, now)}"] += 1
    seen[f"known browser: {start(OWN_NETWORK, now, OWNER)}"] += 1


@pytest.fixture
def _table(monkeypatch: pytest.MonkeyPatch) -> None:
    table = CountingTable()
    monkeypatch.setattr(clients, "dynamodb", lambda: table)


@pytest.mark.thorough
@pytest.mark.parametrize("networks", [1, 10_000])
@pytest.mark.usefixtures("_table")
def test_a_year_of_guesses_reaches_what_is_reckoned_and_no_more(networks: int) -> None:
    """He starts no more flows than have short codes, and keeps a try in each for the last one."""
    turn = compared = 0
    owner: Counter[str] = Counter()
    for day in range(365):
        now = BEGIN + day * DAY
        flows = []
        for _ in range(B.short_flows):
            turn += 1
            if start(turn % networks, now) == "short":
                flows.append(Guessed(turn % networks))
        for _ in range(POLICY.code.tries):
            for flow in flows:
                flow.guess(now)
        compared += sum(flow.compared for flow in flows)
        if day % 7 == 0:
            owner_starts(now + 12 * HOUR, owner)
    reckoned = odds.of_stranger(POLICY)
    assert compared == reckoned.short_guesses == 50
    assert owner == {"new browser: long": 53, "known browser: short": 53}


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("networks", "mails", "new_browser"), [(1, 10, "long"), (10_000, 30, "refused")]
)
@pytest.mark.usefixtures("_table")
def test_a_fortnight_of_mail_bombing_brings_no_more_than_a_days_mails_each_day(
    networks: int, mails: int, new_browser: str
) -> None:
    turn = 0
    owner: Counter[str] = Counter()
    for day in range(14):
        sent = 0
        for hour in range(24):
            now = BEGIN + day * DAY + hour * HOUR
            refused = 0
            while refused < 2:  # two networks: the address has no more, not a network
                turn += 1
                one = start(turn % networks, now)
                refused, sent = refused + (one == "refused"), sent + (one != "refused")
        assert sent == mails
        owner_starts(BEGIN + day * DAY + 23 * HOUR, owner)
    # A browser that the account knows is never kept waiting; a mail to codes@ helps any other.
    assert owner == {f"new browser: {new_browser}": 14, "known browser: short": 14}
    assert mails <= odds.of_stranger(POLICY).mails_a_day


def test_the_documents_have_the_figures_that_are_reckoned() -> None:
    text = " ".join((ROOT / "docs" / "security.md").read_text(encoding="utf-8").split())
    reckoned = odds.of_stranger(POLICY)
    assert f"{reckoned.short_guesses} six-digit guesses" in text
    assert f"{reckoned.right_guess * 10_000:.4f} in 10,000" in text
    assert f"{reckoned.long_guesses:,} long ones" in text
