"""The one logger of a function's process: each line carries the ids by which a failure is found.

Timestamps are RFC 3339: Lambda's level filter treats a line with another timestamp as INFO, and so
drops errors at higher levels (AWS Lambda developer guide, "Log-level filtering").
"""

import os

from aws_lambda_powertools import Logger


def function_name() -> str | None:
    """Return the name under which Lambda runs this process, if it does."""
    return os.environ.get("AWS_LAMBDA_FUNCTION_NAME")


logger = Logger(use_rfc3339=True)
logger.append_keys(function_name=function_name())


def identify(**ids: str | None) -> None:
    """Add ids to all following lines and remove those of the previous event or record.

    Only ids that grant no access: API Gateway's request id, a stream's sequence number, a video's
    id.
    """
    logger.append_keys(**ids)
