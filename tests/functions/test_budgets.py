"""Every route within its budget of AWS calls; see benchmarks/budgets.py."""

from collections import Counter

import pytest

from benchmarks import budgets
from benchmarks.routes import ROUTES
from benchmarks.world import World
from tests.support.cloud import Cloud, FakeClock
from tests.support.template import functions
from tests.support.uploads import observed

pytestmark = pytest.mark.thorough


@pytest.fixture
def world(cloud: Cloud, fake_clock: FakeClock) -> World:
    return World(cloud, fake_clock)


def calls(world: World, route: str, *, new: bool = False) -> Counter[str]:
    request = ROUTES[route](world)
    if new:
        world.forget()
    with observed() as made:
        request.send()
    return Counter(name for name, _ in made)


def test_every_route_has_a_request_and_a_budget() -> None:
    served = {" ".join(route) for function in functions().values() for route in function.routes}
    assert set(ROUTES) == served
    assert set(budgets.CALLS) == served


def test_no_route_makes_more_calls_than_its_budget_nor_reads_more_once(world: World) -> None:
    for route, budget in budgets.CALLS.items():
        first, then = calls(world, route, new=True), calls(world, route)
        assert then.total() <= budget, f"{route}: {dict(then)}"
        assert set(first - then) <= budgets.ONCE, f"{route}: {dict(first)}"
