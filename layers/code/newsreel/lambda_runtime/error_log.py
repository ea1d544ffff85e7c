"""Decides what is logged of an error: its kind and its frames, never its text.

Exception texts quote values: pydantic the input, SES the address, DynamoDB the key.
"""

import traceback
from collections.abc import Mapping


class RecordFailedError(Exception):
    """A record could not be handled; the error was logged, and the event source retries."""


def describe_error(error: BaseException) -> dict[str, str | list[str] | None]:
    """Return the kind of an error, AWS's error code if it has one, and its frames."""
    response = getattr(error, "response", None)
    detail = response.get("Error") if isinstance(response, Mapping) else None
    return {
        "error_type": type(error).__name__,
        "aws_error": str(detail.get("Code")) if isinstance(detail, Mapping) else None,
        "frames": [
            f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)
        ],
    }
