"""Gives every test its own AWS: moto in this process, with tables made from the template."""

import io
import logging
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from moto.dynamodb.models import DynamoDBBackend
from newsreel import clock

from tests.support import permissions
from tests.support.cloud import ENVIRONMENT, Cloud, FakeClock, empty_account
from tests.support.log_capture import CapturedOutput, capture_output


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
def _one_write_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give moto a property of DynamoDB: a condition and its write are one atomic step."""
    lock = threading.RLock()
    for name in ("put_item", "update_item", "delete_item", "transact_write_items"):
        write = getattr(DynamoDBBackend, name)

        def alone(*values: object, _write: Any = write, **more: object) -> Any:
            with lock:
                return _write(*values, **more)

        monkeypatch.setattr(DynamoDBBackend, name, alone)


@pytest.fixture(autouse=True)
def _nothing_beyond_its_policy() -> Iterator[None]:
    """Check every call of a function against the template's policies, which moto ignores."""
    with permissions.recorded() as calls:
        yield
    assert permissions.refused(calls, ENVIRONMENT) == []


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    """Give a test an empty account."""
    with empty_account() as made:
        yield made
