"""The one clock: all code reads the time here, so that a test can set it."""

import time
from datetime import UTC, datetime


def now() -> datetime:
    """Return the current time, aware, in UTC, with microseconds."""
    return datetime.fromtimestamp(time.time(), UTC)


def epoch() -> int:
    """Return the current time in whole seconds since 1970-01-01T00:00:00Z."""
    return int(now().timestamp())


def rfc3339(seconds: int) -> str:
    """Format seconds since 1970 as RFC 3339 in UTC: ``2026-02-14T09:30:00Z``."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
