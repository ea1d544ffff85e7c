"""AWS fails at each call of each route in turn, and nobody is left stranded.

Every call that a scenario makes is struck by every fault that can happen to it, once and lasting.
The answer is success or ``503 busy`` with Retry-After; doing what the refusal says ends well; no
account is half made; every mail that was asked for goes out, and with one code each.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from argon2 import PasswordHasher
from newsreel.accounts import passwords

from tests.support import template
from tests.support.accounts import Reply
from tests.support.cloud import Cloud, FakeClock, empty_account
from tests.support.fault_injection import FAULTS, LIKE_THROTTLED, Fault, forget, struck
from tests.support.invariants import assert_every_mail_went_out, assert_whole, memory, redrive
from tests.support.scenarios import SCENARIOS, Scenario, publish, pursue

pytestmark = pytest.mark.thorough


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash with little memory and retry without pauses: both are measured elsewhere."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", quick)
    monkeypatch.setattr("newsreel.aws.transactions.time.sleep", lambda _seconds: None)


@pytest.fixture(scope="module")
def _world() -> Iterator[tuple[Cloud, Callable[[], None]]]:
    """Make one world for all scenarios: most of their time went into making it."""
    with empty_account() as cloud:
        publish()
        yield cloud, memory()


@pytest.fixture
def world(_world: tuple[Cloud, Callable[[], None]]) -> Cloud:
    """Give a scenario the world without anybody in it."""
    cloud, bring_back = _world
    bring_back()
    return cloud


def strikes(number_of_calls: int) -> Iterator[tuple[Fault, int, bool]]:
    for at in range(number_of_calls):
        for fault in FAULTS:
            yield fault, at, False
        # An outage: from here on nothing answers, or nothing gets done.
        yield FAULTS[0], at, True
        yield FAULTS[-1], at, True


def run(scenario: Scenario, **strike: Any) -> tuple[Reply, list[str], list[str]]:
    forget()
    with struck(**strike) as told:
        reply = scenario.act()
    return reply, told.calls, told.hit


@pytest.mark.parametrize("kind", SCENARIOS, ids=lambda kind: kind.__name__)
def test_whatever_call_of_a_route_fails_the_person_gets_there(
    world: Cloud, fake_clock: FakeClock, kind: type[Scenario]
) -> None:
    scenario = kind(world, fake_clock)
    redrive()
    bring_back, began = memory(), fake_clock.time
    reply, calls, _ = run(scenario)
    assert reply.status < 400
    for fault, at, lasting in strikes(len(calls)):
        bring_back()
        fake_clock.time = began
        reply, _, hit = run(scenario, fault=fault, at=at, lasting=lasting)
        if not hit:
            continue
        told = f"{fault} at call {at + 1} ({hit[0]}){' and on' if lasting else ''}: {reply.text}"
        if reply.status >= 400:
            assert (reply.status, reply.code, reply.json["next"]) == (503, "busy", "try_again"), (
                told
            )
            assert int(reply.headers["Retry-After"][0]) >= 1, told
            assert "canary" not in reply.text
        assert_whole()
        if reply.status >= 400 and fault.name in LIKE_THROTTLED:
            continue  # nothing happened, as with the first of them, which is followed to the end
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
    assert {route for kind in SCENARIOS for route in kind.routes} == declared
