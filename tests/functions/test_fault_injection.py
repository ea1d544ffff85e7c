"""AWS fails at each call of each route in turn, and every person still reaches the goal.

Every fault that can happen to a call of a scenario is injected, once and lasting. The answer is
success or ``503 busy`` with Retry-After. Following the refusal leads to the goal, no account is
incomplete, and every requested mail is sent, with one code each.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from argon2 import PasswordHasher
from newsreel.accounts import passwords

from tests.support import template
from tests.support.accounts import Reply
from tests.support.cloud import Cloud, FakeClock, empty_account
from tests.support.every_scenario import EVERY_SCENARIO
from tests.support.fault_injection import FAULTS, LIKE_THROTTLED, Fault, forget, inject_fault
from tests.support.invariants import assert_every_mail_went_out, assert_whole, memory, redrive
from tests.support.scenarios import Scenario, publish, pursue

pytestmark = pytest.mark.thorough


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash with little memory and retry without pauses: other tests measure both."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", quick)
    monkeypatch.setattr("newsreel.aws.transactions.time.sleep", lambda _seconds: None)


@pytest.fixture(scope="module")
def _world() -> Iterator[tuple[Cloud, Callable[[], None]]]:
    """Make the test data once for all scenarios, because that takes most of their time."""
    with empty_account() as cloud:
        publish()
        yield cloud, memory()


@pytest.fixture
def world(_world: tuple[Cloud, Callable[[], None]]) -> Cloud:
    """Give a scenario the test data without any person in it."""
    cloud, bring_back = _world
    bring_back()
    return cloud


def strikes(number_of_calls: int) -> Iterator[tuple[Fault, int, bool]]:
    for at in range(number_of_calls):
        for fault in FAULTS:
            yield fault, at, False
        # An outage: from this call on nothing answers, or nothing takes effect.
        yield FAULTS[0], at, True
        yield FAULTS[-1], at, True


def run(scenario: Scenario, **strike: Any) -> tuple[Reply, list[str], list[str]]:
    forget()
    with inject_fault(**strike) as injected:
        reply = scenario.act()
    return reply, injected.calls, injected.hit


@pytest.mark.parametrize("kind", EVERY_SCENARIO, ids=lambda kind: kind.__name__)
def test_a_person_reaches_the_goal_whichever_call_of_a_route_fails(
    world: Cloud, fake_clock: FakeClock, kind: type[Scenario]
) -> None:
    scenario = kind(world, fake_clock)
    redrive()
    bring_back, began = memory(), fake_clock.time
    reply, calls, _ = run(scenario)
    assert reply.status in scenario.goal
    for fault, at, lasting in strikes(len(calls)):
        bring_back()
        fake_clock.time = began
        reply, _, hit = run(scenario, fault=fault, at=at, lasting=lasting)
        if not hit:
            continue
        context = f"{fault} at call {at + 1} ({hit[0]}){' and on' if lasting else ''}: {reply.text}"
        if reply.status >= 400:
            assert (reply.status, reply.code, reply.json["next"]) == (503, "busy", "try_again"), (
                context
            )
            assert int(reply.headers["Retry-After"][0]) >= 1, context
            assert "canary" not in reply.text
        assert_whole()
        if reply.status >= 400 and fault.name in LIKE_THROTTLED:
            continue  # nothing changed, as after the first such fault, which is followed to the end
        ended = pursue(scenario, reply)
        assert_every_mail_went_out()
        scenario.check(ended)
        assert_whole()


def test_every_route_has_a_scenario() -> None:
    declared = {
        (method.upper(), path)
        for function in template.functions().values()
        for method, path in function.routes
    }
    assert {route for kind in EVERY_SCENARIO for route in kind.routes} == declared
