"""Two changes of one account at the same moment: single use holds, and nothing half-made stays.

The second change happens as a whole before each write of the first, after what the first has read.
The pairs that others broke at are always tried; of all other pairs a tenth, and every one with
``RACES=all``, as ``make fuzz`` does.
"""

from collections.abc import Iterator

import pytest

from tests.support.accounts import Reply
from tests.support.cloud import FakeClock, empty_account
from tests.support.credential_races import ChangedDesk, Desk, Pair, is_chosen, race
from tests.support.invariants import memory

pytestmark = pytest.mark.thorough

FIRST = ("confirm", "password", "another change", "make a key", "reset complete")
ACTS = (
    "confirm",
    "wrong code",
    "resend",
    "another change",
    "password",
    "password elsewhere",
    "reset verify",
    "reset complete",
    "end a session",
    "log out",
    "log in",
    "make a key",
    "revoke a key",
    "register",
    "delete",
)
OTHERS = tuple((first, second) for first in ACTS for second in ACTS if first not in FIRST)
BESIDE_UNDO = (
    "undo",
    "password",
    "reset complete",
    "make a key",
    "revoke a key",
    "another change",
    "log in",
    "log out",
    "register",
    "delete",
)


@pytest.fixture
def desk(fake_clock: FakeClock) -> Iterator[Desk]:
    with empty_account() as cloud:
        yield Desk(cloud, fake_clock)


def try_pair(desk: Desk | ChangedDesk, pair: Pair) -> None:
    """Run the second act at every moment within the first, and check what stays."""
    first, second = (desk.acts()[name] for name in pair)
    race(first, second, lambda one, two: desk.check(pair, one, two))


def test_each_act_alone_does_what_it_is_for(desk: Desk) -> None:
    start = memory()
    refused = {}
    for name, act in desk.acts().items():
        start()
        if (reply := act()).status >= 400:
            refused[name] = reply.code
    assert refused == {"wrong code": "code_wrong"}
    assert tuple(desk.acts()) == ACTS


@pytest.mark.parametrize("first", FIRST)
def test_two_changes_at_once_leave_the_account_whole(desk: Desk, first: str) -> None:
    start = memory()
    for second in ACTS:
        start()
        try_pair(desk, (first, second))


def test_any_two_acts_at_once_leave_the_account_whole(desk: Desk) -> None:
    start = memory()
    for place, pair in enumerate(OTHERS):
        if is_chosen(place):
            start()
            try_pair(desk, pair)


def test_an_undo_beside_anything_else_works_once_and_ends_all(desk: Desk) -> None:
    changed = ChangedDesk(desk)
    start = memory()
    assert tuple(changed.acts()) == BESIDE_UNDO
    for name in BESIDE_UNDO:
        start()
        try_pair(changed, ("undo", name))
        start()  # else this begins where the other order ended: with the address given back
        first, second = (changed.acts()[one] for one in (name, "undo"))

        def turned(one: Reply, two: Reply, name: str = name) -> None:
            changed.check(("undo", name), two, one)

        race(first, second, turned)
