"""Decides which times of a ``metadata.json`` cannot be meant: what is likely a slip is refused.

A wrong year in ``publish_at`` publishes at once what is embargoed, so these checks are strict. A
year too late publishes nothing, so up to ten years ahead it is only asked about.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Protocol

from newsreel import clock
from newsreel.catalogue.findings import Finding

_ZONES = timedelta(days=1)
"""A slip of the time zone is no slip of the day."""
_LONG_EMBARGO = timedelta(days=2 * 366)
_FARTHEST_YEARS = 10
_FARTHEST_EMBARGO = timedelta(days=_FARTHEST_YEARS * 366)
_FIRST_YEAR_ONLINE = 1990


class Times(Protocol):
    """The times of a video."""

    @property
    def recorded_at(self) -> datetime | None:
        """When it was recorded."""

    @property
    def publish_at(self) -> datetime | None:
        """When an embargo ends."""

    @property
    def withdraw_at(self) -> datetime | None:
        """When it is withdrawn."""


def refused(times: Times) -> Iterator[Finding]:
    """Return the times that cannot be, alone or beside each other."""
    recorded, published, withdrawn = times.recorded_at, times.publish_at, times.withdraw_at
    alone = _alone(recorded, published)
    if alone is not None:
        yield alone  # what is wrong by itself says nothing of the others
        return
    if published is not None and recorded is not None and published < recorded - _ZONES:
        yield _before("publish_at", published, "recorded_at", recorded)
    if withdrawn is not None and published is not None and withdrawn <= published:
        yield _before("withdraw_at", withdrawn, "publish_at", published)
    elif withdrawn is not None and recorded is not None and withdrawn < recorded - _ZONES:
        yield _before("withdraw_at", withdrawn, "recorded_at", recorded)


def doubted(times: Times) -> Iterator[Finding]:
    """Return the times that can be, and are likely a slip all the same."""
    published = times.publish_at
    if published is not None and published > clock.now() + _LONG_EMBARGO:
        yield Finding("field_late", {"field": "publish_at", "time": _written(published)})


def _alone(recorded: datetime | None, published: datetime | None) -> Finding | None:
    if recorded is not None and recorded > clock.now() + _ZONES:
        return Finding("field_ahead", {"field": "recorded_at", "time": _written(recorded)})
    if published is not None and published > clock.now() + _FARTHEST_EMBARGO:
        return Finding("field_far", {"field": "publish_at", "time": _written(published)})
    if published is not None and published.year < _FIRST_YEAR_ONLINE:
        first, last = _FIRST_YEAR_ONLINE, clock.now().year + _FARTHEST_YEARS
        values = {"year": published.year, "first": first, "last": last}
        return Finding("field_year", {"field": "publish_at", **values})
    return None


def _before(field: str, time: datetime, other: str, other_time: datetime) -> Finding:
    values = {"field": field, "time": _written(time), "other": other}
    return Finding("field_before", {**values, "other_time": _written(other_time)})


def _written(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
