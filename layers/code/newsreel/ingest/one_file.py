"""Decides that one file never costs a folder: a fault in reading it is a finding on it."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from newsreel.catalogue.findings import RejectedError
from newsreel.catalogue.metadata import MetadataRejectedError
from newsreel.lambda_runtime import log
from newsreel.lambda_runtime.error_log import describe_error


@contextmanager
def guarded(sort: str, passing: tuple[type[Exception], ...] = ()) -> Iterator[None]:
    """Turn any fault of a reader into a refusal, but those that AWS may be the cause of.

    Raises:
        RejectedError: the reader's own, or ``reading_failed`` with the reference that was logged.
    """
    try:
        yield
    except (RejectedError, MetadataRejectedError):
        raise
    except Exception as error:
        if isinstance(error, passing):
            raise
        reference = secrets.token_hex(4)
        # Not with its text: that may quote the file.
        extra = {**describe_error(error), "sort": sort, "reference": reference}
        log.logger.error("file_not_read", extra=extra)
        raise RejectedError("reading_failed", reference=reference) from None


def refuse_large(data: bytes, largest: int, unit: str) -> None:
    """Refuse an empty file, or one of more bytes than are read.

    Raises:
        RejectedError: ``empty`` or ``too_large``.
    """
    if not data:
        raise RejectedError("empty")
    if len(data) > largest:
        raise RejectedError("too_large", limit=unit)
