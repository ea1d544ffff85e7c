"""Starts as Lambda does, as far as a process can: imports, and the first client; then exits.

Run by `cold_starts.py` in the bare runtime: `cold_start_child.py nothing`,
`cold_start_child.py boto3`, or `cold_start_child.py <folder of app.py>
<layer's python folder...>`.
"""

import os
import sys


def main() -> None:
    """Start what the first argument names."""
    what = sys.argv[1]
    if what == "boto3":
        import boto3  # noqa: PLC0415 - what is measured

        boto3.client("dynamodb")
    elif what != "nothing":
        sys.path[:0] = sys.argv[1:]
        from newsreel.lambda_runtime import init_reads  # noqa: PLC0415

        # There is no AWS here: what init reads is measured with the first answer.
        init_reads.read_ahead = lambda *_reads: None
        import app  # type: ignore[import-not-found] # noqa: F401, PLC0415
        from newsreel.aws import clients  # noqa: PLC0415

        clients.dynamodb()
    # Exit without cleaning up, as Lambda does.
    os._exit(0)


main()
