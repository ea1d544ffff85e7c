"""Lets a batch of SQS need the right to what it does once: MiniStack asks for one of its own.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
IAM knows no `sqs:SendMessageBatch`, so a template that followed MiniStack would fail on AWS.
"""

from collections.abc import Callable
from typing import TypeAlias

Name: TypeAlias = Callable[..., str | None]


def mend() -> None:
    """Put the mend in MiniStack's place."""
    from ministack.core import iam_actions  # noqa: PLC0415 (its import starts threads)

    iam_actions.extract_iam_action = naming(iam_actions.extract_iam_action)


def naming(name: Name) -> Name:
    """Return a namer of the right that a request needs, which knows no batches of SQS."""

    def name_single(service: str, *request: object) -> str | None:
        action = name(service, *request)
        return action.removesuffix("Batch") if action and service == "sqs" else action

    return name_single
