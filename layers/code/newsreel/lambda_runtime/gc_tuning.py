"""Decides when Python collects garbage: not during init.

Objects made by imports live as long as the environment, so scanning them is wasted: 12 % of a cold
start. Collection is off during init; the first event freezes those objects and switches it on.
"""

import gc
import os


def pause_during_init() -> None:
    """Switch collection off, in Lambda only: other processes are not ours to tune."""
    if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
        gc.disable()


def resume() -> None:
    """Switch collection on; every handler calls this first."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
