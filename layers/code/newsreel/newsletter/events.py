"""Decides what an event of ``newsletter_editions`` asks for: a schedule's, or an object's in S3."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, TypeAlias, cast
from urllib.parse import unquote_plus

from newsreel.newsletter.states import BY_PRESS_OFFICE, Command

Task: TypeAlias = Literal["make", "obey", "carry_on"]

_OBJECT = re.compile(
    r"newsletter/(?P<edition>[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9]{4})/(?P<name>[a-z]+)"
)


@dataclass(frozen=True, slots=True)
class Order:
    """One thing to do."""

    task: Task
    edition_id: str = ""
    command: Command | None = None
    since: int | None = None
    """From when on an edition made by hand announces videos; None goes on from the one before."""


def read_orders(event: Mapping[str, object]) -> Iterator[Order]:
    """Return what an event asks for; objects of other names ask for nothing.

    The schedule of editions hands over the moment it is for, the same however often it is tried,
    and an edition is named after it. The schedule that looks after editions says so by ``task``.
    An operator makes an edition by hand: ``{"time": ..., "since": ...}``, by a direct invocation.
    """
    if event.get("task") == "carry_on":
        yield Order("carry_on")
    elif "Records" in event:
        for record in cast("list[dict[str, dict[str, dict[str, str]]]]", event["Records"]):
            found = _OBJECT.fullmatch(unquote_plus(record["s3"]["object"]["key"]))
            if found and found["name"] in BY_PRESS_OFFICE:
                yield Order("obey", found["edition"], cast("Command", found["name"]))
    else:
        since = event.get("since")
        moment = int(datetime.fromisoformat(str(since)).timestamp()) if since else None
        yield Order("make", edition_id_of(str(event["time"])), since=moment)


def edition_id_of(moment: str) -> str:
    """Return the id of the edition of a moment in RFC 3339: ``2026-11-26-0700``."""
    return f"{datetime.fromisoformat(moment).astimezone(UTC):%Y-%m-%d-%H%M}"
