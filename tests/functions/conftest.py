"""Gives every test its own AWS: moto in this process, with tables made from the template."""

import io
import logging
import os
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from argon2 import PasswordHasher
from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from botocore.client import BaseClient
from newsreel import clock
from newsreel.accounts import passwords

from tests.support import permissions, quick_moto, readings, request_record
from tests.support.cloud import ENVIRONMENT, Cloud, FakeClock, empty_account
from tests.support.engine import engine_url, real  # noqa: F401 - fixtures
from tests.support.garbage import leave_out_what_stays
from tests.support.log_capture import CapturedOutput, capture_output
from tests.support.order import begin_with
from tests.support.told_mails import keep_tags

quick_moto.install()

_CALL = BaseClient._make_api_call  # type: ignore[attr-defined]
_LONGEST = (
    "test_fault_injection",
    "test_ingest_limits",
    "test_races_dynamodb_local",
    "test_credential_races",
    "test_ingest_media",
    "test_canaries_of_streams",
    "test_enumeration",
    "test_newsletter_fault_injection",
    "test_receipt_advice",
    "test_stream_fault_injection",
    "test_embargo",
    "test_pairs_dynamodb_local",
    "test_ingest",
    "test_fuzz",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest."""
    begin_with(_LONGEST, items)


def pytest_collection_finish() -> None:
    """Leave what stays to the end out of all collections."""
    leave_out_what_stays()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Iterator[None]:
    """Fail a test that leaves its stand-in for botocore's calls to those that follow.

    No fixture can check this: some end before ``monkeypatch`` takes back what it set.
    """
    yield
    left: Any = BaseClient._make_api_call  # type: ignore[attr-defined]
    BaseClient._make_api_call = _CALL  # type: ignore[attr-defined]
    assert left is _CALL, f"still in botocore's place: {left.__module__}.{left.__qualname__}"


@pytest.fixture
def fake_clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """Stop the clock at 02:04 UTC on 14 February 2026."""
    moved = FakeClock()
    monkeypatch.setattr(clock, "now", lambda: moved.time)
    return moved


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """Collect the functions' log lines as CloudWatch would receive them."""
    collected = io.StringIO()
    for handler in logging.getLogger("newsreel").handlers:
        monkeypatch.setattr(handler, "stream", collected)
    return collected


@pytest.fixture
def captured(capfd: pytest.CaptureFixture[str]) -> Iterator[CapturedOutput]:
    """Capture everything written, at the lowest level that can be deployed."""
    with capture_output(lambda: "".join(capfd.readouterr())) as collected:
        yield collected


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash with little memory: the real cost is tested with passwords, and tests would wait."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", quick)


@pytest.fixture(autouse=True)
def _one_request_per_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each thread what an environment of Lambda has: one request at a time.

    Powertools keeps the request in the class and in the resolver, so threads that share an app
    would take each other's.
    """
    of_thread = threading.local()
    read = APIGatewayRestResolver._to_proxy_event

    def begin(self: APIGatewayRestResolver, event: dict[str, Any]) -> Any:
        of_thread.context = {}
        of_thread.event = read(self, event)
        return of_thread.event

    held = property(lambda _: of_thread.__dict__.setdefault("context", {}), lambda *_: None)
    monkeypatch.setattr(APIGatewayRestResolver, "_to_proxy_event", begin)
    monkeypatch.setattr(
        APIGatewayRestResolver, "current_event", property(lambda _: of_thread.event), raising=False
    )
    monkeypatch.setattr(APIGatewayRestResolver, "context", held, raising=False)


@pytest.fixture(autouse=True)
def no_patience(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Wait for SES no longer than a test does, and say how long it would have been."""
    waits: list[float] = []
    monkeypatch.setattr("newsreel.mail.ses_sender.sleep", waits.append)
    return waits


@pytest.fixture(autouse=True)
def _keep_tags(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the tags of each mail that SES took, which moto does not."""
    keep_tags(monkeypatch)


@pytest.fixture(autouse=True)
def _nothing_beyond_its_policy() -> Iterator[None]:
    """Check every call of a function against the template's policies, which moto ignores."""
    with permissions.recorded() as calls:
        yield
    assert permissions.refused(calls, ENVIRONMENT) == []
    requests = request_record.requests_of(calls)
    assert readings.refused_in_any(requests, ENVIRONMENT) == []
    if "NEWSREEL_RECORD_REQUESTS" in os.environ:
        request_record.add(requests)
    # NEWSREEL_RECORD_REQUESTS=1 before the same command writes them down.
    assert request_record.unrecorded(requests) == []


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    """Give a test an empty account."""
    with empty_account() as made:
        yield made
