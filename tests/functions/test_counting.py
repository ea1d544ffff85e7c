"""Budgets: exactly the limit passes in each window, however many ask at once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from newsreel.aws import clients
from newsreel.aws.items import from_item, to_item
from newsreel.aws.keyring import Keyring
from newsreel.aws.transactions import ConditionFailed, write_together
from newsreel.budgets.counting import BudgetSpent, count, counting_entry, spent_by
from newsreel.budgets.subjects import (
    Subject,
    address_subject,
    network_subject,
    service_subject,
)
from newsreel.mail_table.keys import budget_key
from newsreel.policy import DAY, HOUR, POLICY, Limit, Window

from tests.support.cloud import Cloud, empty_account

TABLE = "mail"
ADA = address_subject("a" * 32)
CODES = Limit("codes", (Window(HOUR, 3), Window(DAY, 10)))
HELP = Limit("help", (Window(HOUR, 1),))
NOON = 1_771_070_400  # 12:00 UTC on 14 February 2026, where an hour begins
KEYRING = Keyring("k1", {"k1": b"0123456789abcdef"})


@pytest.fixture
def table(cloud: Cloud) -> str:
    return TABLE


def passes(*limits: Limit, subject: Subject = ADA, at: int = NOON) -> bool:
    try:
        count(TABLE, subject, limits, now=at)
    except BudgetSpent:
        return False
    return True


def refusal(*limits: Limit, subject: Subject = ADA, at: int = NOON) -> BudgetSpent:
    with pytest.raises(BudgetSpent) as refused:
        count(TABLE, subject, limits, now=at)
    return refused.value


def stored(subject: Subject = ADA) -> dict[str, Any]:
    found = clients.dynamodb().get_item(TableName=TABLE, Key=to_item(budget_key(subject.name)))
    return {**from_item(found["Item"])} if "Item" in found else {}


def test_as_many_pass_as_the_limit_says(table: str) -> None:
    assert [passes(CODES) for _ in range(5)] == [True, True, True, False, False]


def test_a_new_window_begins_at_nothing(table: str) -> None:
    for _ in range(3):
        assert passes(CODES, at=NOON + HOUR - 1)
    assert not passes(CODES, at=NOON + HOUR - 1)
    assert passes(CODES, at=NOON + HOUR)


def test_the_longer_window_holds_across_the_shorter_ones(table: str) -> None:
    passed = [passes(CODES, at=NOON + hour * HOUR) for hour in range(4) for _ in range(3)]
    assert passed == [True] * 10 + [False] * 2
    assert passes(CODES, at=NOON + DAY)


def test_a_refused_one_counts_in_no_window(table: str) -> None:
    for _ in range(3):
        count(TABLE, ADA, [CODES], now=NOON)
    before = stored()
    refusal(CODES)
    assert stored() == before


def test_limits_counted_together_are_counted_all_or_none(table: str) -> None:
    count(TABLE, ADA, [HELP], now=NOON)
    assert refusal(CODES, HELP).limit == "help"
    assert [passes(CODES) for _ in range(4)] == [True, True, True, False]


def test_a_refusal_says_when_the_full_window_ends(table: str) -> None:
    for _ in range(3):
        count(TABLE, ADA, [CODES], now=NOON + 600)
    assert refusal(CODES, at=NOON + 600).retry_after == HOUR - 600


def test_a_refusal_says_when_the_last_of_the_full_windows_ends(table: str) -> None:
    for hour in range(3):
        for _ in range(3):
            count(TABLE, ADA, [CODES], now=NOON + hour * HOUR)
    count(TABLE, ADA, [CODES], now=NOON + 3 * HOUR)
    refused = refusal(CODES, at=NOON + 3 * HOUR)
    assert refused.retry_after == 9 * HOUR  # midnight


def test_subjects_do_not_share_a_budget(table: str) -> None:
    assert [passes(HELP), passes(HELP, subject=address_subject("b" * 32))] == [True, True]


@pytest.mark.thorough
def test_of_many_at_once_exactly_the_limit_passes(table: str) -> None:
    with ThreadPoolExecutor(16) as pool:
        passed = list(pool.map(lambda _: passes(CODES), range(64)))
    assert sum(passed) == 3


@pytest.mark.thorough
def test_of_many_at_once_at_the_turn_of_an_hour_each_hour_lets_its_limit_pass(table: str) -> None:
    times = [NOON + HOUR - 1, NOON + HOUR] * 32
    with ThreadPoolExecutor(16) as pool:
        passed = list(pool.map(lambda at: (at, passes(CODES, at=at)), times))
    for hour in (NOON + HOUR - 1, NOON + HOUR):
        assert sum(let for at, let in passed if at == hour) == 3


def test_a_count_within_a_transaction_counts_only_if_all_else_is_written(table: str) -> None:
    other = {"pk": "SEEN#1", "sk": "SEEN"}
    clients.dynamodb().put_item(TableName=TABLE, Item=to_item(other))
    fresh: Any = {
        "Put": {
            "TableName": TABLE,
            "Item": to_item(other),
            "ConditionExpression": "attribute_not_exists(pk)",
        }
    }
    entry: Any = {"Update": counting_entry(TABLE, ADA, [CODES], now=NOON)}
    with pytest.raises(ConditionFailed):
        write_together(clients.dynamodb(), [fresh, entry])
    assert stored() == {}


def test_a_spent_limit_within_a_transaction_is_named(table: str) -> None:
    count(TABLE, ADA, [HELP], now=NOON)
    entry: Any = {"Update": counting_entry(TABLE, ADA, [HELP], now=NOON)}
    with pytest.raises(ConditionFailed) as lost:
        write_together(clients.dynamodb(), [entry])
    spent = spent_by(lost.value.failed[0], ADA, [HELP], now=NOON)
    assert (spent.limit, spent.retry_after) == ("help", HOUR)


@pytest.mark.thorough
def test_counts_of_past_windows_do_not_pile_up(table: str) -> None:
    for hour in range(0, 80, 2):
        count(TABLE, ADA, [HELP], now=NOON + hour * HOUR)
    assert len(stored()) < 30


def test_a_short_count_does_not_let_a_long_one_be_deleted(table: str) -> None:
    guesses = Limit("guesses", (Window(90 * DAY, 8),))
    count(TABLE, ADA, [guesses], now=NOON)
    count(TABLE, ADA, [HELP], now=NOON)
    assert stored()["ttl"] >= NOON + POLICY.longest_window()


def test_nothing_of_an_address_or_a_network_stands_in_the_table(table: str) -> None:
    subject = network_subject("192.0.2.7", KEYRING)
    count(TABLE, subject, [HELP], now=NOON)
    assert "192.0.2" not in repr(stored(subject))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.7", "192.0.2.8", False),
        ("192.0.2.7", "::ffff:192.0.2.7", True),
        ("2001:db8:0:aa00::1", "2001:db8:0:aaff:1::2", True),
        ("2001:db8:0:aa00::1", "2001:db8:0:ab00::1", False),
    ],
)
def test_a_network_is_an_ipv4_address_or_an_ipv6_56(one: str, other: str, *, same: bool) -> None:
    assert (network_subject(one, KEYRING) == network_subject(other, KEYRING)) is same


def test_what_is_no_ip_address_has_no_network() -> None:
    with pytest.raises(ValueError, match="does not appear to be"):
        network_subject("unknown", KEYRING)


@pytest.mark.thorough
def test_all_shards_of_the_service_together_let_no_more_pass_than_the_limit(table: str) -> None:
    limit = Limit("starts", (Window(HOUR, 20),))
    passed = sum(passes(limit, subject=service_subject()) for _ in range(150))
    assert 18 <= passed <= 20


def test_a_table_that_is_away_is_a_fault_and_not_a_spent_budget() -> None:
    with empty_account(), pytest.raises(clients.dynamodb().exceptions.ResourceNotFoundException):
        count("no-such-table", ADA, [HELP], now=NOON)


@pytest.mark.thorough
@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(offsets=st.lists(st.integers(0, 3 * DAY), max_size=20), subject=st.uuids())
def test_no_window_ever_holds_more_than_its_limit(
    table: str, offsets: list[int], subject: UUID
) -> None:
    own = address_subject(subject.hex)
    times = [NOON + offset for offset in sorted(offsets)]
    passed = [at for at in times if passes(CODES, subject=own, at=at)]
    for window in CODES.windows:
        numbers = [at // window.seconds for at in passed]
        assert all(numbers.count(number) <= window.most for number in numbers)
