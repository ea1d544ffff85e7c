"""Decides what collections of garbage look at: of tests, only what a test itself has made."""

import gc


def leave_out_what_stays() -> None:
    """Leave libraries and the tests themselves, which stay to the end, out of all collections."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
