"""Decides how requests for mail are taken from a table's stream.

One record at a time; a failure is logged without its text and raised, so that the stream tries the
record again and, in the end, puts its position into the on-failure queue.
"""

from collections.abc import Callable, Mapping

from aws_lambda_powertools.utilities.data_classes import DynamoDBStreamEvent

from newsreel.lambda_runtime import gc_tuning, log
from newsreel.lambda_runtime.error_log import RecordFailedError, describe_error


def handle(
    event: dict[str, object], *, entity: str, send: Callable[[Mapping[str, object]], str]
) -> None:
    """Send what each record of one entity asks for; ``send`` returns what became of it.

    Raises:
        RecordFailedError: a record could not be handled now.
    """
    gc_tuning.resume()
    for record in DynamoDBStreamEvent(event).records:
        image = record.dynamodb.new_image if record.dynamodb else {}
        # The event source filters likewise; a wider filter must not send anything twice.
        if image.get("entity") != entity or image.get("state") != "requested":
            continue
        log.identify(sequence_number=record.dynamodb.sequence_number if record.dynamodb else None)
        try:
            outcome = send(image)
        except Exception as error:  # noqa: BLE001 - whatever it is, its text must not leave
            # The runtime prints the text of what is raised here, and SES quotes addresses in it.
            log.logger.error("mail not sent", extra=describe_error(error))
            raise RecordFailedError from None
        log.logger.info("mail", extra={"entity": entity, "outcome": outcome})
