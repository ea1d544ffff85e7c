"""Decides how much memory a media library may take for one file.

A few bytes of an index can claim a hundred million samples, for which FFmpeg then makes room. Where
memory is not to be had it answers with an error; where it is, Lambda ends the whole invocation, and
with it whatever else was to be looked at.
"""

import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MOST = 1024 * 1024 * 1024
"""Bytes of address space beyond what the process has; ``ingest`` has 1,769 MB of memory."""

_PAGES = Path("/proc/self/statm")


class _Bound:
    """The process's limit while anybody is inside; the last one out lifts it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._before = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)

    def enter(self) -> None:
        with self._lock:
            if not self._inside:
                self._before = resource.getrlimit(resource.RLIMIT_AS)
                _set_limit(*self._before)
            self._inside += 1

    def leave(self) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside:
                resource.setrlimit(resource.RLIMIT_AS, self._before)


_bound = _Bound()


@contextmanager
def bounded() -> Iterator[None]:
    """Let allocations fail beyond ``MOST`` while the block runs; only Linux tells what is in use.

    Raises:
        MemoryError: FFmpeg's, or Python's own.
    """
    if not _PAGES.exists():
        yield
        return
    _bound.enter()
    try:
        yield
    finally:
        _bound.leave()


def _set_limit(soft: int, hard: int) -> None:
    in_use = int(_PAGES.read_text().split()[0]) * resource.getpagesize()
    limits = [limit for limit in (in_use + MOST, soft, hard) if limit != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_AS, (min(limits), hard))
