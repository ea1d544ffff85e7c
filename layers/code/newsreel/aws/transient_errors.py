"""Decides which failures of AWS pass by themselves: throttling, conflicts, silence, its own faults.

They are met by trying again, by whoever asked; anything else is a fault of ours. Codes: "Common
Errors" of each service's API reference, and "Error handling with DynamoDB".
"""

from collections.abc import Mapping

from botocore.exceptions import (
    ClientError,
    ConnectionError,  # noqa: A004 - botocore's, whose name hides Python's
    HTTPClientError,
    IncompleteReadError,
)

RETRY_AFTER = 1
"""Seconds after which a caller is asked to try again."""

_FIRST_SERVER_ERROR = 500
_CODES = frozenset(
    {
        "InternalServerError",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "SlowDown",
        "Throttling",
        "ThrottlingError",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionConflict",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
# Their texts name endpoints only, but no type of theirs says whether the call took effect.
_SILENCE = (ConnectionError, HTTPClientError, IncompleteReadError)


def is_transient(error: BaseException) -> bool:
    """Tell whether a failure passes by itself; boto3 has tried again by then."""
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return is_transient_code(error.response.get("Error", {})) or status >= _FIRST_SERVER_ERROR
    return isinstance(error, _SILENCE)


def is_transient_code(detail: Mapping[str, object]) -> bool:
    """Tell the same of an error's ``Code``, or of one reason of a cancelled transaction."""
    return detail.get("Code") in _CODES
