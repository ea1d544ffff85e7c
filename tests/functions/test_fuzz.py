"""Every answer to any request matches the API's description, and is never a fault.

Every route gets its share, against existing data: an account, a session, open flows, a video, a
link.

400 cases by default, always the same; ``FUZZ_CASES=10000`` makes that many, different each time.
"""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pytest
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup

from tests.support.description import DOCUMENT
from tests.support.fuzzing import (
    World,
    can_be_negated,
    in_turn,
    operations,
    share,
    try_described,
    try_noise,
)
from tests.support.gateway import Start, gateway
from tests.support.in_process_world import a_world

pytestmark = pytest.mark.thorough

CASES = int(os.environ.get("FUZZ_CASES", "400"))
OPERATIONS = operations(DOCUMENT, gateway)
# People soon ignore a suite that sometimes fails.
TURNS = in_turn(share(CASES, OPERATIONS), same=CASES <= 400)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Make the test data once for all cases."""
    with a_world() as made:
        yield made
    statuses = dict(sorted(made.statuses.items()))
    print(f"\n{made.statuses.total()} cases: {statuses}")  # noqa: T201


@pytest.mark.parametrize("label", OPERATIONS)
def test_a_request_that_fits_the_description_gets_an_answer_that_is_described(
    world: World, label: str
) -> None:
    try_described(world, OPERATIONS[label], GenerationMode.POSITIVE, TURNS)


@pytest.mark.parametrize("label", [name for name, one in OPERATIONS.items() if can_be_negated(one)])
def test_a_request_that_breaks_the_description_gets_an_answer_that_is_described(
    world: World, label: str
) -> None:
    try_described(world, OPERATIONS[label], GenerationMode.NEGATIVE, TURNS)


@pytest.mark.parametrize("label", OPERATIONS)
def test_noise_gets_an_answer_that_is_described(world: World, label: str) -> None:
    try_noise(world, OPERATIONS[label], TURNS)


Spoil = Callable[[dict[str, str], dict[str, Any]], int]
"""Changes an answer's headers and body, and gives its status."""


def _say(body: dict[str, Any], **values: Any) -> None:
    body.clear()
    kind = {"type": "urn:newsreel:problem:busy", "title": "-", "detail": "-", "next": "try_again"}
    body.update(kind | values)


def another_status(_headers: dict[str, str], _body: dict[str, Any]) -> int:
    return 418


def a_fault(headers: dict[str, str], body: dict[str, Any]) -> int:
    headers["Content-Type"] = "application/problem+json"
    _say(body, code="fault", status=500)
    return 500


def a_code_of_another_status(headers: dict[str, str], body: dict[str, Any]) -> int:
    headers |= {"Content-Type": "application/problem+json", "Retry-After": "1"}
    _say(body, code="busy", status=429)
    return 429


def no_time_to_wait(headers: dict[str, str], body: dict[str, Any]) -> int:
    headers["Content-Type"] = "application/problem+json"
    _say(body, code="too_many_requests", status=429)
    return 429


def a_cache_that_may_keep_it(headers: dict[str, str], _body: dict[str, Any]) -> int:
    headers["Cache-Control"] = "public, max-age=60"
    return 200


def no_word_on_caches(headers: dict[str, str], _body: dict[str, Any]) -> int:
    del headers["Cache-Control"]
    return 200


def a_cookie(headers: dict[str, str], _body: dict[str, Any]) -> int:
    headers["Set-Cookie"] = "a=b"
    return 200


def another_type(headers: dict[str, str], _body: dict[str, Any]) -> int:
    headers["Content-Type"] = "text/html"
    return 200


def a_field_too_many(_headers: dict[str, str], body: dict[str, Any]) -> int:
    body["items"][0]["password_hash"] = "x"
    return 200


def a_field_too_few(_headers: dict[str, str], body: dict[str, Any]) -> int:
    del body["current"]
    return 200


def a_time_without_a_zone(_headers: dict[str, str], body: dict[str, Any]) -> int:
    body["items"][0]["effective_at"] = "2026-01-01 00:00"
    return 200


def a_trace(_headers: dict[str, str], body: dict[str, Any]) -> int:
    body["items"][0]["title"] = "Traceback (most recent call last):"
    return 200


SPOILS: tuple[Spoil, ...] = (
    another_status,
    a_fault,
    a_code_of_another_status,
    no_time_to_wait,
    a_cache_that_may_keep_it,
    no_word_on_caches,
    a_cookie,
    another_type,
    a_field_too_many,
    a_field_too_few,
    a_time_without_a_zone,
    a_trace,
)


@pytest.mark.parametrize("spoil", SPOILS, ids=lambda spoil: spoil.__name__)
def test_an_answer_that_is_not_described_does_not_pass(world: World, spoil: Spoil) -> None:
    def spoiled(environ: Mapping[str, Any], start: Start) -> Iterable[bytes]:
        started_headers: list[tuple[str, str]] = []
        body = b"".join(gateway(environ, lambda _status, headers: started_headers.extend(headers)))
        headers, values = dict(started_headers), json.loads(body)
        status = spoil(headers, values)
        start(f"{status} .", list(headers.items()))
        return [json.dumps(values).encode()]

    operation = operations(DOCUMENT, spoiled)["GET /terms"]
    with pytest.raises((AssertionError, FailureGroup)):
        try_described(world, operation, GenerationMode.POSITIVE, in_turn(1, same=True))


def test_the_same_answer_passes_as_it_is(world: World) -> None:
    single_case = in_turn(1, same=True)
    try_described(world, OPERATIONS["GET /terms"], GenerationMode.POSITIVE, single_case)
