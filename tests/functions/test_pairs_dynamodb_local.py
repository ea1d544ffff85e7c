"""Two changes of one account in parallel on Amazon's own engine: every pair, in any order.

In ``make test`` a tenth of the pairs is tried, and every one with ``RACES=all`` (``make fuzz``).
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations_with_replacement
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest

from tests.functions.test_credential_races import ACTS, BESIDE_UNDO
from tests.support import invariants
from tests.support.accounts import Reply
from tests.support.cloud import Cloud, FakeClock
from tests.support.credential_races import Act, AnyDesk, ChangedDesk, Desk, Pair, is_chosen

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

pytestmark = pytest.mark.thorough

PAIRS = tuple(combinations_with_replacement(ACTS, 2))
TABLES = ("accounts", "mail")


def held(dynamodb: "DynamoDBClient", table: str) -> list[dict[str, Any]]:
    return dynamodb.scan(TableName=table, ConsistentRead=True)["Items"]


def memory(dynamodb: "DynamoDBClient") -> Callable[[], None]:
    """Remember both tables; the returned function restores them."""
    kept = {table: held(dynamodb, table) for table in TABLES}

    def bring_back() -> None:
        for table, items in kept.items():
            now = held(dynamodb, table)
            keys = [{name: one[name] for name in ("pk", "sk")} for one in items]
            gone = [{name: one[name] for name in ("pk", "sk")} for one in now]
            changes: list[Any] = [
                {"DeleteRequest": {"Key": key}} for key in gone if key not in keys
            ]
            changes += [{"PutRequest": {"Item": one}} for one in items if one not in now]
            for start in range(0, len(changes), 25):
                some = changes[start : start + 25]
                answer = dynamodb.batch_write_item(RequestItems={table: some})
                assert not answer.get("UnprocessedKeys")

    return bring_back


@pytest.fixture
def desk(real: Cloud, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Desk:
    def stored() -> dict[str, list[dict[str, Any]]]:
        by_entity = defaultdict(list)
        for item in held(real.dynamodb, "accounts"):
            by_entity[item["entity"]["S"]].append(item)
        return by_entity

    monkeypatch.setattr(invariants, "stored", stored)
    return Desk(real, fake_clock)


def together(first: Act, second: Act) -> list[Reply]:
    ready = Barrier(2)

    def begin(act: Act) -> Reply:
        ready.wait()
        return act()

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(begin, (first, second)))


def chosen(pairs: tuple[Pair, ...]) -> Iterator[Pair]:
    return (pair for place, pair in enumerate(pairs) if is_chosen(place))


def try_pairs(desk: AnyDesk, pairs: tuple[Pair, ...]) -> None:
    start = memory(desk.cloud.dynamodb)
    for pair in chosen(pairs):
        start()
        one, two = together(*(desk.acts()[name] for name in pair))
        for reply in (one, two):
            assert reply.status < 500 or reply.code == "busy", (pair, reply.text)
        invariants.assert_whole()
        desk.check(pair, one, two)


def test_two_acts_in_parallel_leave_the_account_whole(desk: Desk) -> None:
    try_pairs(desk, PAIRS)


def test_an_undo_in_parallel_with_anything_works_once_and_ends_all(desk: Desk) -> None:
    try_pairs(ChangedDesk(desk), tuple(("undo", name) for name in BESIDE_UNDO))
