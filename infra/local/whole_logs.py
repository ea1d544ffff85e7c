"""Decides when all that an invocation logged is there: when its worker says so.

MiniStack cannot know whether another line comes. It waits 50 ms for a first one, at every answer
of a function that logs nothing. Here the worker writes down where an invocation's lines end.
"""

import queue
import time
from collections.abc import Callable
from threading import Thread
from typing import Protocol

# No line that a function logs is this one: JSON has no control characters in it.
END = "\x1eend of the invocation"
_PATIENCE = 5.0
"""Seconds to wait for the end; it is in the pipe before the answer is."""
_LOOK = 0.05
_LOOP_ENDS = "        _real_stdout.flush()\n\nrun()\n"
_WITH_END = f"        sys.stderr.write({END!r} + {chr(10)!r})\n        sys.stderr.flush()\n"


class Worker(Protocol):
    """What this needs of MiniStack's worker."""

    config: dict[str, str]
    _stderr_queue: "queue.Queue[str]"
    _stderr_thread: Thread | None


def ending(script: str) -> str:
    """Return the script of a Python worker that says where each invocation's lines end."""
    if script.count(_LOOP_ENDS) != 1:
        raise RuntimeError("MiniStack's Python worker has changed; whole_logs.py must follow it.")
    return script.replace(_LOOP_ENDS, _WITH_END + _LOOP_ENDS)


def to_the_end(waiting: Callable[..., str]) -> Callable[..., str]:
    """Return a drain that reads up to the end, and waits as before for other languages."""

    def drain(worker: Worker, **waits: float) -> str:
        if not worker.config.get("Runtime", "").startswith("python"):
            return waiting(worker, **waits)
        lines: list[str] = []
        last = time.monotonic() + _PATIENCE
        while time.monotonic() < last:
            try:
                line = worker._stderr_queue.get(timeout=_LOOK)  # noqa: SLF001
            except queue.Empty:
                reader = worker._stderr_thread  # noqa: SLF001
                if reader is None or not reader.is_alive():
                    break  # it died without a word
                continue
            if line == END:
                break
            lines.append(line)
        return "\n".join(lines)

    return drain
