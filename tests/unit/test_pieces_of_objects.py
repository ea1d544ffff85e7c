"""A piece of an object is sent whole, and held only as far as it was taken."""

import asyncio
from typing import Any

import pytest

from infra.local.ministack_patches.pieces_of_objects import sent_in_place
from infra.local.patched_ministack import mend_versioned_reads

OBJECT = bytes(number % 251 for number in range(10**6))


def sent(start: int, end: int) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = []

    async def keep(event: Any) -> None:
        told.append(event)

    asyncio.run(sent_in_place(OBJECT, start, end).runner(keep, None))
    return told


@pytest.mark.parametrize(
    ("start", "end"),
    [(0, 1), (999_999, 10**6), (1, 10**6), (7, 7 + 2**18), (7, 8 + 2**18), (0, 3 * 2**18)],
)
def test_a_piece_arrives_whole(start: int, end: int) -> None:
    events = sent(start, end)
    assert b"".join(event["body"] for event in events) == OBJECT[start:end]
    assert [event["more_body"] for event in events] == [True] * (len(events) - 1) + [False]


def test_no_more_is_cut_than_is_sent_at_once() -> None:
    assert max(len(event["body"]) for event in sent(1, 10**6)) == 2**18


ETAG, CHANGED = '"3a-2"', "Fri, 27 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("had", "status"),
    [
        (ETAG, 206),
        (CHANGED, 206),
        ('"of another"', 200),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 200),
        ("", 206),
    ],
)
def test_a_part_of_something_else_is_not_resumed(had: str, status: int) -> None:
    def get(*_asked: Any) -> Any:
        return 200, {"ETag": ETAG, "Last-Modified": CHANGED}, OBJECT

    headers = {"range": "bytes=10-19", **({"if-range": had} if had else {})}
    answered, _, body = mend_versioned_reads(get)("bucket", "key", headers, {"versionId": "1"})
    assert answered == status
    assert (body is OBJECT) == (status == 200)
