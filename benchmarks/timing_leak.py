"""Measures whether the time of an answer reveals that an address is known, which it must not.

Registration, password reset and log-in (with a wrong password) get requests for an address that has
an account, for one that nobody has used, and for one that waits for its code. moto answers each
once; then all are answered repeatedly from that recording, in a new random order each round: once
with the password hash, as in production, and once without, which shows what the hash hides. For two
kinds of address the Mann-Whitney U test says how often chance alone would separate their times this
far (p), and how often the first is slower (AUC; 0.5 reveals nothing). ``timing_pairs``
gives the verdict.
"""

import gc
import random
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from argon2.exceptions import VerificationError
from newsreel import clock
from newsreel.accounts import passwords

from benchmarks.rank_tests import rank_test
from benchmarks.warm_requests import NoHash, Recording, keep_secrets_until, listening, network_of
from benchmarks.world import World, ask
from tests.support import accounts
from tests.support.cloud import FakeClock, empty_account

# isort: split

from functions.password_reset import app as password_reset
from functions.registration import app as registration
from functions.sessions import app as sessions

UNKNOWN = "unknown"
_KINDS = ("known", "pending")
_WRONG = "Wrong-Otter-42-Maps"


@dataclass(frozen=True, slots=True)
class TimingLeak:
    """The result for one kind of address: its median microseconds, the unknown's, p, and AUC."""

    route: str
    kind: str
    median: float
    unknown: float
    p: float
    auc: float


class _NoHash(NoHash):
    """Rejects every password in no time."""

    def verify(self, _hash: str, _password: str) -> bool:
        raise VerificationError


def measure(rounds: int, *, hashed: bool) -> list[TimingLeak]:
    """Answer each route for each kind of address `rounds` times; compare with unknown addresses."""
    fake_clock = FakeClock()
    hasher = passwords._hasher if hashed else _NoHash()  # noqa: SLF001 - taken out of the way
    with (
        patch.object(clock, "now", lambda: fake_clock.time),
        patch.object(passwords, "_hasher", hasher),
    ):
        recordings = _record(fake_clock)
        taken: dict[tuple[str, str], list[float]] = {key: [] for key in recordings}
        order = list(recordings)
        gc.collect()
        gc.freeze()
        for _ in range(rounds):
            random.shuffle(order)
            for key in order:
                fake_clock.time = recordings[key].time
                taken[key].append(_time(recordings[key]))
        gc.unfreeze()
    routes = dict.fromkeys(route for route, _ in recordings)
    return [
        _compare(route, kind, taken[route, kind], taken[route, UNKNOWN])
        for route in routes
        for kind in _KINDS
    ]


def _record(fake_clock: FakeClock) -> dict[tuple[str, str], Recording]:
    recordings = {}
    with empty_account() as cloud:
        world = World(cloud, fake_clock)
        for route, (app, resource, status, body) in _requests().items():
            # The environment reads its keys before anything is recorded.
            ask(app, "POST", resource, status, body={"email": world.address(), **body}).send()
            for kind in (*_KINDS, UNKNOWN):
                address = _address(world, kind, app, resource)
                fake_clock.forward(seconds=1)  # keys are read again after five minutes
                request = ask(app, "POST", resource, status, body={"email": address, **body})
                recording = Recording(request, fake_clock.time)
                keep_secrets_until(recording.time)
                with listening(recording):
                    request.send()
                recordings[route, kind] = recording
    return recordings


def _requests() -> Mapping[str, tuple[Any, str, int, Mapping[str, str]]]:
    right = {"password": accounts.PASSWORD}
    return {
        "POST /registrations": (registration, "/registrations", 202, right),
        "POST /password-resets": (password_reset, "/password-resets", 202, {}),
        "POST /sessions": (sessions, "/sessions", 401, {"password": _WRONG}),
    }


def _address(world: World, kind: str, app: Any, resource: str) -> str:
    if kind == "known":
        return world.person()[0]
    address = world.address()
    if kind == "pending":
        accounts.register(address)
        if app is password_reset:
            ask(app, "POST", resource, 202, body={"email": address}).send()
    return address


def _time(recording: Recording) -> float:
    keep_secrets_until(recording.time)
    with network_of(recording):
        began = time.process_time_ns()
        recording.request.send()
        return (time.process_time_ns() - began) / 1000


def _compare(route: str, kind: str, times: Sequence[float], unknown: Sequence[float]) -> TimingLeak:
    p, auc = rank_test(times, unknown)
    return TimingLeak(route, kind, statistics.median(times), statistics.median(unknown), p, auc)
