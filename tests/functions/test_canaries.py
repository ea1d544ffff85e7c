"""No value from a request is ever written: not logged, not printed, not raised.

Every route is tried with canaries wherever a caller can put a value: with a working AWS, with
failing calls, and with errors whose texts quote all parameters. The search covers everything that
any library would write at DEBUG.
"""

import base64
import logging
import sys
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from newsreel.http import api

from tests.support.canaries import SECRET, Attempt, Canaries, Loader, told
from tests.support.description import OPERATIONS
from tests.support.fault_injection import FAULTS, QUOTING, forget, inject_fault
from tests.support.fuzzing import World
from tests.support.in_process_world import a_world
from tests.support.log_capture import CapturedOutput, capture_output
from tests.support.transport import Response

pytestmark = pytest.mark.thorough

[BROKEN] = [fault for fault in FAULTS if fault.name == "broken"]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Make the test data once for all requests."""
    with a_world() as made:
        yield made


def send(world: World, attempt: Attempt, **strike: Any) -> tuple[Response, int]:
    """Send a request in an environment that has just started; return its number of calls."""
    forget()
    with inject_fault(**strike) as happened:
        heard = world.door.open(
            attempt.method,
            attempt.path,
            query=attempt.query,
            headers=attempt.headers,
            body=attempt.body,
        )
    world.bring_back(heard.status)
    return heard, len(happened.calls)


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    OPERATIONS,
    ids=[f"{entry[0]} {entry[1]}" for entry in OPERATIONS],
)
def test_nothing_of_a_request_is_written_whichever_call_fails(
    world: World, captured: CapturedOutput, method: str, path: str, operation: dict[str, Any]
) -> None:
    canaries = Canaries()
    loader = Loader(canaries, method, path, operation)
    secrets = {name: world.known[name] for name in SECRET & world.known.keys()}
    secrets |= {"session": world.cookie().partition(".")[2].partition(";")[0]}
    for attempt in loader.attempts(world.known, world.cookie()):
        heard, calls = send(world, attempt)
        assert heard.status < 500, heard.text
        # Fail each call once; a call that would follow a failed one is not made.
        send(world, attempt, fault=BROKEN, lasting=True)
        for at in range(calls):
            assert send(world, attempt, fault=QUOTING, at=at)[0].status == 500
        texts = list(captured.texts())
        assert canaries.told(texts) == set(), attempt
        assert told(texts, secrets) == set(), attempt
        captured.forget()


def _raise(value: str) -> None:
    raise ValueError(value)


def _log_exception(value: str) -> None:
    try:
        _raise(value)
    except ValueError:
        logging.getLogger("newsreel").exception("constant")


LEAKS: tuple[Callable[[str], object], ...] = (
    print,
    lambda value: sys.stdout.write(
        f"{{'body': '{base64.b64encode(f'x{value}'.encode()).decode()}'}}"
    ),
    lambda value: sys.stdout.write(quote(f"{value}@example.org")),
    lambda value: sys.stdout.write(value.encode().hex().upper()),
    lambda value: logging.getLogger("newsreel").debug("told: %s", value),
    lambda value: logging.getLogger("newsreel").info("constant", extra={"held": {"a": [value]}}),
    lambda value: logging.getLogger("library").warning(value),
    _log_exception,
)


@pytest.mark.parametrize("leak", LEAKS, ids=range(len(LEAKS)))
def test_the_search_finds_what_is_written_in_whatever_way(
    captured: CapturedOutput, leak: Callable[[str], object]
) -> None:
    canaries = Canaries()
    value = canaries.at("here")
    assert canaries.told(captured.texts()) == set()
    leak(value)
    assert canaries.told(captured.texts()) != set()


def test_the_search_finds_a_text_that_a_function_raises(captured: CapturedOutput) -> None:
    canaries = Canaries()
    captured.raised.append(ValueError(canaries.at("text")))
    assert canaries.told(captured.texts()) == {"text"}


def test_a_fault_that_was_logged_with_its_text_would_be_found(
    world: World, captured: CapturedOutput, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "describe_error", lambda error: {"text": str(error)})
    canaries = Canaries()
    [operation] = [
        entry for method, path, entry in OPERATIONS if (method, path) == ("POST", "/registrations")
    ]
    for attempt in Loader(canaries, "POST", "/registrations", operation).attempts(
        {}, world.cookie()
    ):
        for call in range(1, 9):  # secrets and counts come first, and quote nothing
            send(world, attempt, fault=QUOTING, at=call)
    assert canaries.told(captured.texts()) != set()


def levels() -> dict[str, int]:
    known = [logging.getLogger(), *logging.getLogger().manager.loggerDict.values()]
    return {entry.name: entry.level for entry in known if isinstance(entry, logging.Logger)}


def test_looking_leaves_every_logger_at_the_level_that_it_had() -> None:
    before = levels()
    with capture_output(lambda: ""):
        assert levels() != before
    assert levels() == before


def test_the_search_finds_a_code_and_no_part_of_a_number() -> None:
    assert told(["code 482 917."], {"code": "482917"}) == {"code"}
    assert told(["number 1482917"], {"code": "482917"}) == set()
