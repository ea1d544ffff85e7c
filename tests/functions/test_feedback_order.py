"""SES tells of a mail in any order and again and again: what is known in the end is the same."""

import copy
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from tests.support.accounts import look
from tests.support.cloud import REGION, Cloud, FakeClock
from tests.support.mail_items import suppression_of, trail_steps
from tests.support.told_mails import ADDRESS, mailed_code, tell

EVENTS = ("send", "delivery", "delay", "hard bounce", "out of office", "complaint")
STRONGEST = {"hard bounce": "bounced", "delivery": "delivered", "delay": "delayed"}
KEPT = {"hard bounce": "bounced", "delivery": "delivered", "delay": "delayed",
        "out of office": "out_of_office", "complaint": "complained"}  # fmt: skip
State = str


def tables() -> dict[str, Any]:
    found: dict[str, Any] = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables
    return found


@dataclass
class Orders:
    """Every state that events lead to, in whatever order they are told.

    An event is told once in each state, so all orders with any number of repeats are walks through
    what is found here, at the price of few tellings.
    """

    flow_id: str
    stored: dict[State, dict[str, Any]] = field(default_factory=dict)
    next: dict[tuple[State, str], State] = field(default_factory=dict)

    def note(self) -> State:
        """Remember the tables as they are now."""
        items = {name: copy.deepcopy(tables()[name].items) for name in ("accounts", "mail")}
        state = repr(
            sorted(
                sorted((name, str(value.to_json())) for name, value in item.attrs.items())
                for name in ("accounts", "mail")
                for item in tables()[name].all_items()
            )
        )
        self.stored.setdefault(state, items)
        return state

    def bring_back(self, state: State) -> None:
        for name, items in self.stored[state].items():
            tables()[name].items = copy.deepcopy(items)

    def after(self, state: State, event: str) -> State:
        if (state, event) not in self.next:
            self.bring_back(state)
            assert tell(event) == []
            self.next[state, event] = self.note()
        return self.next[state, event]

    def known(self, state: State) -> tuple[str, tuple[Any, ...], tuple[str, ...]]:
        """Return what anybody learns of a state: the page, the suppression, the trail."""
        self.bring_back(state)
        one = suppression_of(ADDRESS) or {}
        held = tuple(one.get(name) for name in ("reason", "bounces", "complained_at"))
        page = str(look(self.flow_id).json["delivery"])
        return page, held, tuple(sorted(trail_steps(ADDRESS)))


@pytest.mark.thorough
def test_what_is_known_depends_on_what_was_told_and_never_on_order_or_repeats(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    orders = Orders(mailed_code(cloud))
    ends: defaultdict[frozenset[str], set[State]] = defaultdict(set)
    new = [(orders.note(), frozenset[str]())]
    while new:
        state, told = new.pop()
        if state in ends[told]:
            continue
        ends[told].add(state)
        new += [(orders.after(state, event), told | {event}) for event in EVENTS]
    assert len(ends) == 2 ** len(EVENTS)
    for told, states in ends.items():
        [(page, _, steps)] = {orders.known(state) for state in states}
        strongest = [word for event, word in STRONGEST.items() if event in told]
        assert page == [*strongest, "sent"][0], told
        assert steps == tuple(sorted({KEPT[event] for event in told & KEPT.keys()} | {"sent"})), (
            told
        )
