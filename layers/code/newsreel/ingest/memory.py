"""Decides how much memory a media library may take for one file.

A few bytes of an index can claim a hundred million samples, for which FFmpeg then makes room. Where
memory is not to be had it answers with an error; where it is, Lambda ends the whole invocation, and
with it whatever else was to be looked at.
"""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MOST = 1024 * 1024 * 1024
"""Bytes of address space beyond what the process has; ``ingest`` has 1,769 MB of memory."""

_PAGES = Path("/proc/self/statm")


@contextmanager
def bounded() -> Iterator[None]:
    """Let allocations fail beyond ``MOST`` while the block runs; only Linux tells what is in use.

    Raises:
        MemoryError: FFmpeg's, or Python's own.
    """
    if not _PAGES.exists():
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    in_use = int(_PAGES.read_text().split()[0]) * resource.getpagesize()
    limits = [limit for limit in (in_use + MOST, soft, hard) if limit != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_AS, (min(limits), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
