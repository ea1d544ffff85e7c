"""Measures the processor time of a request in a warm environment.

moto answers every route's request once, and AWS's responses are recorded. Then the function answers
the same request repeatedly from that recording:

- **ours**: the AWS client returns its recorded results without any work, and so do URL signing
  and the password hash. The rest is the service's own work.
- **with the client**: boto3 does all its work too (building, signing and parsing of every call, and
  of presigned URLs); only the network answers from the recording.

The difference is the client's own cost, without sockets and TLS.
"""

import gc
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import cycle
from typing import Any
from unittest.mock import patch

from botocore.awsrequest import AWSResponse
from botocore.client import BaseClient
from botocore.endpoint import Endpoint
from botocore.exceptions import ClientError
from moto.core.botocore_stubber import BotocoreStubber, MockRawResponse
from newsreel import clock
from newsreel.accounts import passwords
from newsreel.aws import stored_secrets
from newsreel.downloads.signer import Signer

from benchmarks import reference_loop
from benchmarks.routes import ROUTES
from benchmarks.spread import Spread
from benchmarks.world import Prepare, Prepared, World
from tests.support.cloud import FakeClock, empty_account

LOOPS = 40


@dataclass(slots=True)
class Recording:
    """A request, its time, and AWS's responses to it: as results, and as HTTP."""

    request: Prepared
    time: datetime
    results: list[Any] = field(default_factory=list)
    """A refusal is the error that the client raised."""
    raw: list[Any] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Cost:
    """Microseconds of processor time per request, its number of AWS calls, and ours as a ratio."""

    ours: float
    client_runs: list[float]
    calls: int
    rounds: Spread
    """Ours, in rounds of the reference loop, which took turns with the requests."""

    @property
    def with_client(self) -> float:
        """Return the median with the AWS client's own cost."""
        return statistics.median(self.client_runs)


class NoHash:
    """Hashes a password in no time."""

    def hash(self, _password: str) -> str:
        """Return a constant hash."""
        return passwords.DUMMY_HASH

    def verify(self, _hash: str, _password: str) -> bool:
        """Accept every password."""
        return True

    def check_needs_rehash(self, _hash: str) -> bool:
        """Accept every hash as up to date."""
        return False


def measure(rounds: int, routes: Mapping[str, Prepare] = ROUTES) -> dict[str, Cost]:
    """Measure every route `rounds` times, alternating; return medians."""
    fake_clock = FakeClock()
    with (
        patch.object(clock, "now", lambda: fake_clock.time),
        patch.object(passwords, "_hasher", NoHash()),
    ):
        recordings = record(fake_clock, routes)
        gc.collect()
        gc.freeze()
        ours: dict[str, list[float]] = {route: [] for route in recordings}
        client: dict[str, list[float]] = {route: [] for route in recordings}
        loops: list[float] = []
        for _ in range(rounds):
            before = reference_loop.microseconds(LOOPS)
            for route, recording in recordings.items():
                fake_clock.time = recording.time
                ours[route].append(_time(recording, results_of))
                client[route].append(_time(recording, network_of))
            loops.append((before + reference_loop.microseconds(LOOPS)) / 2)
        gc.unfreeze()
    return {
        route: Cost(
            statistics.median(ours[route]),
            client[route],
            len(recording.results),
            Spread.of([one / loop for one, loop in zip(ours[route], loops, strict=True)]),
        )
        for route, recording in recordings.items()
    }


def record(fake_clock: FakeClock, routes: Mapping[str, Prepare]) -> dict[str, Recording]:
    """Answer each route on moto in a warm environment, and keep what AWS said."""
    recordings = {}
    with empty_account() as cloud:
        world = World(cloud, fake_clock)
        for route, prepare in routes.items():
            prepare(world).send()  # the environment is now warm
            recording = Recording(prepare(world), fake_clock.time)
            keep_secrets_until(recording.time)
            with listening(recording):
                recording.request.send()
            recordings[route] = recording
    return recordings


def keep_secrets_until(moment: datetime) -> None:
    """Let the environment have read its secrets just now: reading them is no part of a request."""
    for secret_id, kept in stored_secrets._kept.items():  # noqa: SLF001
        stored_secrets._kept[secret_id] = kept._replace(  # noqa: SLF001
            read_at=int(moment.timestamp())
        )


@contextmanager
def listening(recording: Recording) -> Iterator[None]:
    """Record AWS's responses while the block runs."""
    make_call: Any = BaseClient._make_api_call  # type: ignore[attr-defined] # noqa: SLF001
    process = BotocoreStubber.process_request

    def call(client: BaseClient, name: str, values: dict[str, Any]) -> Any:
        try:
            result = make_call(client, name, values)
        except ClientError as refusal:
            result = refusal
        recording.results.append(result)
        return _again(result)

    def answer(stubber: BotocoreStubber, request: Any) -> Any:
        recording.raw.append(process(stubber, request))
        return recording.raw[-1]

    with (
        patch.object(BaseClient, "_make_api_call", call),
        patch.object(BotocoreStubber, "process_request", answer),
    ):
        yield


@contextmanager
def results_of(recording: Recording) -> Iterator[None]:
    """Replace the AWS client: return its results as recorded, in order."""
    results = cycle(recording.results)
    with ExitStack() as stack:
        stack.enter_context(
            patch.object(BaseClient, "_make_api_call", lambda *_values: _again(next(results)))
        )
        stack.enter_context(patch.object(Signer, "sign", lambda *_values: "https://example.org/"))
        yield


def _again(result: Any) -> Any:
    """Return what AWS said, or raise it where it refused."""
    if isinstance(result, ClientError):
        raise result
    return result


@contextmanager
def network_of(recording: Recording) -> Iterator[None]:
    """Replace the network: return HTTP answers as recorded, in order."""
    raw = cycle(recording.raw)

    def send(_endpoint: Endpoint, request: Any) -> AWSResponse:
        status, headers, body = next(raw)
        return AWSResponse(request.url, status, headers, MockRawResponse(body))

    with patch.object(Endpoint, "_send", send):
        yield


def _time(recording: Recording, answered: Callable[[Recording], Any]) -> float:
    send = recording.request.send
    keep_secrets_until(recording.time)
    with answered(recording):
        send()
        began = time.process_time_ns()
        for _ in range(LOOPS):
            send()
        return (time.process_time_ns() - began) / LOOPS / 1000
