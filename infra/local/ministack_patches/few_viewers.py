"""Lets functions at the edge take turns in two processes; MiniStack has one for each call at once.

A browser asks for six files at once, so that MiniStack began up to six processes of Node for a page
and ended most of them after it: two thirds of the processor time of a page's files. A call takes a
millisecond and cannot ask for anything itself: none waits long, or for one that waits for it.
"""

import threading
from collections.abc import Callable
from typing import Any, TypeAlias

Call: TypeAlias = Callable[..., Any]

# MiniStack keeps as many without work, and ends what is more.
AT_ONCE = 2


def mend() -> None:
    """Put the mend in MiniStack's place."""
    from ministack.core import cloudfront_js  # noqa: PLC0415 (its import starts threads)

    pool = cloudfront_js._pool  # noqa: SLF001
    pool.call = in_turn(pool.call)


def in_turn(call: Call) -> Call:
    """Return a call of which no more than some happen at a time; the others wait."""
    turns = threading.BoundedSemaphore(AT_ONCE)

    def call_in_turn(*arguments: Any, **more: Any) -> Any:
        with turns:
            return call(*arguments, **more)

    return call_in_turn
