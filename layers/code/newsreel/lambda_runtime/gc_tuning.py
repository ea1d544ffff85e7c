"""Decides when Python looks for garbage: not while an environment starts.

What imports make stays as long as the environment does, and looking through it again and again is
an eighth of a cold start. From the first event on Python collects as usual, but for what was there.
"""

import gc
import os


def pause_during_init() -> None:
    """Collect nothing for now, in Lambda alone: any other process is somebody else's."""
    if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
        gc.disable()


def resume() -> None:
    """Collect again; every handler says so first."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
