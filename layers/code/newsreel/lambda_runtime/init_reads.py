"""Decides what a function may wait for during init, where Lambda gives it a whole processor.

A read that fails or hangs costs no start: it is done again when a request needs it.
"""

import time
from collections.abc import Callable
from threading import Thread

from newsreel.lambda_runtime import log
from newsreel.lambda_runtime.error_log import describe_error

LONGEST = 1.0
"""Seconds of init for all reads together."""


def read_ahead(*reads: Callable[[], object]) -> None:
    """Do each read, in Lambda only; leave what takes too long to the first request.

    In a thread, because no time-out of a client covers all that can hang: not the resolver of
    names, for one.
    """
    if log.function_name() is None:
        return
    deadline = time.monotonic() + LONGEST
    # A daemon: what hangs may end whenever it likes, and what it brings late is kept all the same.
    reading = Thread(target=_read_each, args=(reads, deadline), daemon=True)
    reading.start()
    reading.join(LONGEST)
    if reading.is_alive():
        log.logger.warning("not read during init", extra={"error_type": "TimeoutError"})


def _read_each(reads: tuple[Callable[[], object], ...], deadline: float) -> None:
    for read in reads:
        if time.monotonic() > deadline:
            return
        try:
            read()
        except Exception as error:  # noqa: BLE001 - whatever it is, the first request meets it again
            log.logger.warning("not read during init", extra=describe_error(error))
