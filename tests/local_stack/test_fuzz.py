"""Whatever is sent to the running service, its answer is one that its own description holds.

500 cases through the front door, always the same; ``FUZZ_HTTP_CASES=5000`` makes as many, other
ones each time. One after another: the local AWS starts a worker for each request that is parallel.
"""

import os
from collections.abc import Iterator

import pytest
from schemathesis import GenerationMode

from infra.local.paths import Stack
from tests.local_stack.client import Client
from tests.local_stack.fixtures import a_world
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

CASES = int(os.environ.get("FUZZ_HTTP_CASES", "500"))
# Of the file, to have a test for each; what the service serves is the same (see below).
OPERATIONS = operations(DOCUMENT)
TURNS = in_turn(share(CASES, OPERATIONS), same=CASES <= 500)


@pytest.fixture(scope="module")
def world(stack: Stack) -> Iterator[World]:
    """Make persons of its own: nothing that other tests use is there to be lost."""
    made = a_world(stack)
    yield made
    told = dict(sorted(made.statuses.items()))
    print(f"\n{made.statuses.total()} cases: {told}")  # noqa: T201


def test_the_service_serves_the_description_that_it_is_held_to(stack: Stack) -> None:
    assert Client(stack).get("/api/openapi.json").json() == DOCUMENT


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
