"""Fixtures of the rehearsal: the release before in use, this one over it, and the way back.

`make rehearse` runs it on a local AWS of its own. The three states follow each other, so the tests
run in the order of their file.
"""

import os
import socket
from collections.abc import Iterator

import pytest

from infra.local import clean_environment, deployment, releases, services
from infra.local.paths import WORLD, Ports
from infra.local.processes import stop
from tests.rehearsal.people import People
from tests.rehearsal.world import World

_STARTED = (services.EXCHANGE, services.DOOR, services.AWS)


@pytest.fixture(scope="session")
def ports() -> Ports:
    """Four free ports, unless somebody chose some."""
    if "NEWSREEL_PORT" in os.environ:
        return Ports.chosen()
    free = [socket.socket() for _ in range(4)]
    for one in free:
        one.bind(("127.0.0.1", 0))
    numbers = [one.getsockname()[1] for one in free]
    for one in free:
        one.close()
    return Ports(*numbers)


@pytest.fixture(scope="session")
def world(ports: Ports) -> Iterator[World]:
    """An empty local AWS with front door and mailbox."""
    if not WORLD:
        pytest.fail("`make rehearse` runs these tests, on a local AWS of their own.")
    kept = dict(os.environ)
    fetching = clean_environment.enter(ports)
    try:
        for name in _STARTED:  # what a rehearsal left that was broken off
            stop(name)
        before = releases.before()
        deployment.make_bare_runtime(fetching)
        door, aws = services.start_front_door(ports), services.start_local_aws(ports)
        services.await_ready(ports, aws, door, services.start_exchange(ports))
        yield World(ports, fetching, before, releases.unpack(before))
    finally:
        for name in _STARTED:
            stop(name)
        os.environ.clear()
        os.environ.update(kept)


@pytest.fixture(scope="session")
def used(world: World) -> People:
    """The release before, deployed and used."""
    world.deploy(world.before)
    world.publish(world.before)
    return People.use(world)


@pytest.fixture(scope="session")
def updated(world: World, used: People) -> People:
    """This version, deployed over it as CHANGELOG.md says: the website first."""
    world.note()
    world.publish(deployment.THIS)
    world.deploy(deployment.THIS)
    return used


@pytest.fixture(scope="session")
def gone_back(world: World, updated: People) -> People:
    """The release before again, by its own tools as docs/recovery.md says: functions first."""
    updated.use_this_version(world)
    world.note()
    world.deploy(world.before)
    world.put_back_site(world.before)
    return updated
