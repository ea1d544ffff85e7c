"""Lets a queue's source gather messages before it calls its function: MiniStack never waits.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html (batching window)
Files that are uploaded together would otherwise be handled one by one, and all but the first would
find their folder taken.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

Receive: TypeAlias = Callable[[str, int], list[dict[str, Any]]]


def mend() -> None:
    """Put the mend in MiniStack's place."""
    from ministack.services import sqs  # noqa: PLC0415 (its import starts threads)

    sqs._receive_messages_for_esm = gathering(sqs._receive_messages_for_esm)  # noqa: SLF001


def gathering(receive: Receive) -> Receive:
    """Return a receive that takes nothing while the batching window of the queue is open."""
    from ministack.services import lambda_svc, sqs  # noqa: PLC0415

    def receive_together(queue_url: str, most: int) -> list[dict[str, Any]]:
        queue = sqs._queues.get(queue_url) or {}  # noqa: SLF001
        arn = queue.get("attributes", {}).get("QueueArn")
        window = window_of(arn, [*lambda_svc._esms.values()])  # noqa: SLF001
        if is_gathering(queue.get("messages", []), window, most, time.time()):
            return []
        return receive(queue_url, most)

    return receive_together


def window_of(queue_arn: str | None, sources: Sequence[Mapping[str, Any]]) -> float:
    """Return the seconds for which the sources of a queue gather messages."""
    windows = [
        float(source.get("MaximumBatchingWindowInSeconds") or 0)
        for source in sources
        if source.get("EventSourceArn") == queue_arn
    ]
    return max(windows, default=0.0)


def is_gathering(
    messages: Sequence[Mapping[str, Any]], window: float, most: int, now: float
) -> bool:
    """Tell whether the oldest message may still wait, and fewer than a batch are there."""
    visible = [one["visible_at"] for one in messages if one["visible_at"] <= now]
    return bool(visible) and len(visible) < most and now - min(visible) < window
