"""Classifies AWS errors as transient: throttling, conflicts, timeouts, and AWS's own 5xx.

The caller retries transient errors; any other error is a fault of ours. Codes: "Common Errors" of
each service's API reference, and "Error handling with DynamoDB".
"""

from collections.abc import Mapping

from botocore.exceptions import (
    ClientError,
    ConnectionError,  # noqa: A004 - botocore's, whose name hides Python's
    HTTPClientError,
    IncompleteReadError,
)

RETRY_AFTER = 1
"""Seconds after which a refused caller should try again."""

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
# These have no error code. Their texts name endpoints only; none says if the call took effect.
_SILENCE = (ConnectionError, HTTPClientError, IncompleteReadError)


def is_transient(error: BaseException) -> bool:
    """Tell whether an error is transient; boto3 has retried by then."""
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return is_transient_code(error.response.get("Error", {})) or status >= _FIRST_SERVER_ERROR
    return isinstance(error, _SILENCE)


def is_conflict(error: ClientError) -> bool:
    """Tell whether a single write met a transaction on its item, and so did nothing."""
    return error.response.get("Error", {}).get("Code") == "TransactionConflictException"


def is_transient_code(detail: Mapping[str, object]) -> bool:
    """Tell whether an error's ``Code``, or a cancelled transaction's reason, is transient."""
    return detail.get("Code") in _CODES
