"""Keys change while people use the service: nothing open breaks, but after a leak everything."""

import json
import uuid
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import boto3
import pytest
from click.testing import CliRunner, Result
from moto import mock_aws
from newsreel.aws import stored_secrets
from newsreel.aws.keyring import read_keyring
from newsreel.aws.origin_ring import read_origin_ring
from newsreel.policy import DAY, HOUR

from tests.support.cloud import REGION
from tools.rotate_keys import __main__ as command
from tools.rotate_keys import deployment as deployments
from tools.rotate_keys import rings
from tools.rotate_keys.deployment import Deployment
from tools.rotate_keys.distribution import Distribution
from tools.rotate_keys.rings import KNOWN_EVERYWHERE, OLD_KEYS_STAY, ORIGIN

OLD = "the first value"
RINGS = [name for name in OLD_KEYS_STAY if name != ORIGIN]
Run = Callable[..., Result]


class FakeDistribution(Distribution):
    """A distribution of two origins of the API and a bucket, as CloudFront describes it."""

    def __init__(self, value: str) -> None:
        self.id = "E1"
        self.status, self.value = "Deployed", value
        self._client = self

    def config(self) -> dict[str, Any]:
        header = {"HeaderName": "x-origin-secret", "HeaderValue": self.value}
        api = {"Id": "api", "CustomHeaders": {"Quantity": 1, "Items": [header]}}
        bucket: dict[str, Any] = {"Id": "site", "CustomHeaders": {"Quantity": 0}}
        return {"Origins": {"Items": [api, {**api, "Id": "pages"}, bucket]}}

    def get_distribution_config(self, **_: str) -> dict[str, Any]:
        return {"ETag": "one", "DistributionConfig": self.config()}

    def get_distribution(self, **_: str) -> dict[str, Any]:
        return {"Distribution": {"Status": self.status, "DistributionConfig": self.config()}}

    def update_distribution(self, **given: Any) -> None:
        assert given["IfMatch"] == "one"
        api, pages, _bucket = given["DistributionConfig"]["Origins"]["Items"]
        values = {one["CustomHeaders"]["Items"][0]["HeaderValue"] for one in (api, pages)}
        (self.value,) = values
        self.status = "InProgress"

    def wait(self) -> None:
        self.status = "Deployed"


class World:
    """A deployment's rings, a clock, and what its functions read."""

    def __init__(self) -> None:
        self.now = 1_700_000_000
        self.client = _deployment()._secrets
        ring = {"current": "k1", "k1": "the first key"}
        for name in RINGS:
            self.client.create_secret(Name=name, SecretString=json.dumps(ring))
        origin = {"current": OLD, "previous": ""}
        self.client.create_secret(Name=ORIGIN, SecretString=json.dumps(origin))
        self.distribution = FakeDistribution(OLD)

    def ring(self, name: str) -> dict[str, str]:
        text = self.client.get_secret_value(SecretId=name)["SecretString"]
        ring: dict[str, str] = json.loads(text)
        return ring

    def forward(self, seconds: int) -> None:
        self.now += seconds


@cache
def _deployment() -> Deployment:
    """Its clients are made once: that takes longer than everything else."""
    return Deployment("newsreel-test", boto3.Session(region_name=REGION))


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with mock_aws():
        world = World()
        deployment = _deployment()
        monkeypatch.setattr(deployment, "_resource", lambda name: name)
        monkeypatch.setattr(deployment, "distribution", lambda: world.distribution)
        monkeypatch.setattr(Deployment, "find", lambda _stack: deployment)
        # moto's too, which says when a version was made.
        monkeypatch.setattr("time.time", lambda: float(world.now))
        monkeypatch.setattr("time.sleep", world.forward)
        monkeypatch.setattr("newsreel.clock.epoch", lambda: world.now)
        stored_secrets.forget()
        yield world
        stored_secrets.forget()


@pytest.fixture
def run(world: World) -> Run:
    """Run a command, and see that it shows no key."""

    def run(*words: str) -> Result:
        result = CliRunner().invoke(command.main, [*words])
        for name in (*RINGS, ORIGIN):
            values = [value for value in world.ring(name).values() if len(value) > len("k12")]
            assert not any(value in result.output for value in values)
        return result

    return run


def rotated(run: Run, name: str) -> None:
    for words in (("add", name), ("use", name, "--wait")):
        assert run(*words).exit_code == 0


@pytest.mark.thorough
@pytest.mark.parametrize("name", RINGS)
def test_what_was_made_before_a_rotation_is_readable_at_every_step(
    world: World, run: Run, name: str
) -> None:
    before = read_keyring(name).derive("it", "k1")
    for words in (("add", name), ("use", name, "--wait"), ("use", name)):
        run(*words)
        # An environment that has just read, and one that reads again.
        assert read_keyring(name).derive("it", "k1") == before
        world.forward(KNOWN_EVERYWHERE)
        assert read_keyring(name).derive("it", "k1") == before
    assert read_keyring(name).current == "k2"


@pytest.mark.parametrize("name", RINGS)
def test_no_function_meets_a_key_that_it_does_not_know(world: World, run: Run, name: str) -> None:
    run("add", name)
    refused = run("use", name)
    assert refused.exit_code == 1
    assert "Not every function knows the new key yet. In 6 minutes." in refused.output
    assert world.ring(name)["current"] == "k1"
    world.forward(KNOWN_EVERYWHERE)
    assert run("use", name).exit_code == 0
    assert world.ring(name)["current"] == "k2"


@pytest.mark.parametrize("name", [name for name in RINGS if OLD_KEYS_STAY[name]])
def test_an_old_key_goes_when_nothing_is_open_under_it(world: World, run: Run, name: str) -> None:
    rotated(run, name)
    world.forward((OLD_KEYS_STAY[name] or 0) + KNOWN_EVERYWHERE - HOUR)
    refused = run("drop", name)
    assert "What was made with the old key is still open." in refused.output
    assert "k1" in world.ring(name)
    world.forward(HOUR)
    assert run("drop", name).exit_code == 0
    assert sorted(world.ring(name)) == ["current", "k2"]


def test_the_key_of_complaints_stays(world: World, run: Run) -> None:
    rotated(run, "TrailKeys")
    world.forward(4000 * DAY)
    assert "Its old keys stay" in run("drop", "TrailKeys").output
    assert "k1" in world.ring("TrailKeys")


@pytest.mark.parametrize("name", RINGS)
def test_after_a_leak_every_old_key_is_gone_at_once(world: World, run: Run, name: str) -> None:
    rotated(run, name)
    assert run("leaked", name, "--yes").exit_code == 0
    assert sorted(world.ring(name)) == ["current", "k3"]
    world.forward(stored_secrets.LONGEST_KEPT)
    with pytest.raises(KeyError):
        read_keyring(name).derive("it", "k1")


@pytest.mark.parametrize("name", RINGS)
def test_what_a_leak_costs_people_is_said_before_it_is_done(
    world: World, run: Run, name: str
) -> None:
    before = world.ring(name)
    told = run("leaked", name)
    assert rings.LOST_BY_A_LEAK[name] in told.output
    assert told.exit_code == 1
    assert world.ring(name) == before


@pytest.mark.thorough
def test_a_ring_can_be_rotated_again_and_again(world: World, run: Run) -> None:
    for _ in range(11):
        rotated(run, "LinkKeys")
        world.forward(8 * DAY)
        run("drop", "LinkKeys")
    assert sorted(world.ring("LinkKeys")) == ["current", "k12"]


@pytest.mark.parametrize("name", [*RINGS, ORIGIN])
def test_steps_out_of_order_change_nothing(world: World, run: Run, name: str) -> None:
    before = world.ring(name)
    for step in ("use", "drop"):
        assert run(step, name).exit_code == 1
    assert world.ring(name) == before
    run("add", name)
    before = world.ring(name)
    for step in ("add", "drop"):
        assert run(step, name, *(["--wait"] if step == "drop" else [])).exit_code == 1
    assert world.ring(name) == before


def test_nobody_is_refused_at_any_step_of_the_origin_secret(world: World, run: Run) -> None:
    def is_believed() -> bool:
        return world.distribution.value.encode() in read_origin_ring(ORIGIN)

    assert is_believed()
    for words in (("add", ORIGIN), ("use", ORIGIN, "--wait"), ("drop", ORIGIN, "--wait")):
        assert run(*words).exit_code == 0, words
        assert is_believed(), words
        world.forward(stored_secrets.LONGEST_KEPT)
        assert is_believed(), words
    assert OLD.encode() not in read_origin_ring(ORIGIN)
    assert world.ring(ORIGIN)["previous"] == ""


def test_the_old_origin_value_stays_while_an_edge_location_may_send_it(
    world: World, run: Run
) -> None:
    rotated(run, ORIGIN)
    assert "Not every edge location" in run("drop", ORIGIN).output
    assert world.ring(ORIGIN)["previous"] == OLD


def test_a_leak_of_the_origin_secret_shuts_nobody_out(world: World, run: Run) -> None:
    before = world.ring(ORIGIN)
    assert "take a quarter of an hour" in run("leaked", ORIGIN).output
    assert world.ring(ORIGIN) == before


def test_of_two_people_who_change_a_ring_one_is_told_no(world: World, run: Run) -> None:
    version = world.client.get_secret_value(SecretId="LinkKeys")["VersionId"]
    # What the other stored, without being current yet: the moment between two calls.
    world.client.put_secret_value(
        SecretId="LinkKeys",
        SecretString="{}",
        ClientRequestToken=str(uuid.uuid5(deployments._ONE_CHANGE, version)),
        VersionStages=["other"],
    )
    refused = run("add", "LinkKeys")
    assert "Somebody else changed it meanwhile" in refused.output
    assert sorted(world.ring("LinkKeys")) == ["current", "k1"]


def test_how_far_each_rotation_is_is_told(world: World, run: Run) -> None:
    run("add", "FlowKeys")
    run("add", ORIGIN)
    told = run("show").output
    assert "k1, k2; in use k1" in told
    assert "new and old value" in told
    assert len(told.splitlines()) == len(OLD_KEYS_STAY)
