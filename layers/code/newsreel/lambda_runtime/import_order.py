"""Decides what is imported before everything else: what needs the most stack.

Python keeps its stack in pieces of 16 KiB and returns a piece to the system as soon as it is left.
A loop that stands at the edge of one takes and returns it in every round: 2,000 calls last 10 ms
there and 0.07 anywhere else (Python 3.11 to 3.13). urllib3 compiles long expressions when it is
imported; behind a chain of imports that met such an edge, up to 30 ms of a start.
"""

import os


def begin_with_the_deepest() -> None:
    """Import them while the stack is flat, in Lambda only: other processes may not need them."""
    if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
        # urllib3 first, which otherwise stands behind botocore's own imports.
        import urllib3  # noqa: F401, I001, PLC0415
        import botocore.session  # noqa: F401, PLC0415
