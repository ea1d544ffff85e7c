"""Decides how mail requests are read from a table's stream.

One record at a time. A failure is logged without its text and raised, so that the stream retries
the record and, in the end, puts its position into the on-failure queue.
"""

from collections.abc import Callable, Mapping

from aws_lambda_powertools.utilities.data_classes import DynamoDBStreamEvent

from newsreel.lambda_runtime import gc_tuning, log
from newsreel.lambda_runtime.error_log import RecordFailedError, describe_error


def handle(
    event: dict[str, object], *, entity: str, send: Callable[[Mapping[str, object]], str]
) -> None:
    """Send the mail for each record of one entity; ``send`` returns its result for the log.

    Raises:
        RecordFailedError: a record could not be handled now.
    """
    gc_tuning.resume()
    for record in DynamoDBStreamEvent(event).records:
        image = record.dynamodb.new_image if record.dynamodb else {}
        # The event source has the same filter; if that were wider, nothing must be sent twice.
        if image.get("entity") != entity or image.get("state") != "requested":
            continue
        log.identify(sequence_number=record.dynamodb.sequence_number if record.dynamodb else None)
        try:
            outcome = send(image)
        except Exception as error:  # noqa: BLE001 - whatever it is, its text must not leave
            # Lambda prints the text of an exception raised here, and texts of SES quote addresses.
            log.logger.error("mail not sent", extra=describe_error(error))
            raise RecordFailedError from None
        log.logger.info("mail", extra={"entity": entity, "outcome": outcome})
