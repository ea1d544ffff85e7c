"""Decides how messages are taken from a queue: each by itself, a failed one alone comes again.

A failure is logged without its text; after the queue's last try the message goes to its failures.
"""

from collections.abc import Callable

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.data_classes import SQSEvent

from newsreel.lambda_runtime import gc_tuning
from newsreel.lambda_runtime.error_log import describe_error

logger = Logger()


def handle(
    event: dict[str, object], *, what: str, run: Callable[[str], str]
) -> dict[str, list[dict[str, str]]]:
    """Run each message's body; return those that failed, as ``ReportBatchItemFailures`` asks.

    ``what`` names the messages in the log; ``run`` returns what became of one.
    """
    gc_tuning.resume()
    failed: list[dict[str, str]] = []
    for record in SQSEvent(event).records:
        try:
            outcome = run(record.body)
        except Exception as error:  # noqa: BLE001 - whatever it is, its text must not leave
            logger.error("%s failed", what, extra=describe_error(error))  # noqa: TRY400
            failed.append({"itemIdentifier": record.message_id})
        else:
            logger.info(what, extra={"outcome": outcome})
    return {"batchItemFailures": failed}
