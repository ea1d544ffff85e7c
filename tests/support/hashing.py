"""Steps that tests of hashes share: the queue, the schedule, a policy in small."""

from typing import Any

import pytest
from newsreel.aws import clients
from newsreel.ingest import folder_receipt, reconcile, scan
from newsreel.policy import POLICY, AccountPolicy

from functions.hashes import app as hashes_app
from tests.support.cloud import ENVIRONMENT
from tests.support.events import schedule_event, sqs_event
from tests.support.uploads import Context

QUEUE = ENVIRONMENT["HASH_QUEUE"]


def changed(**values: int) -> AccountPolicy:
    """Return the policy with other numbers for hashes."""
    return POLICY._replace(hashes=POLICY.hashes._replace(**values))


def let_nothing_be_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every file be one that is hashed by the queue, and have pieces of 4 KiB."""
    small = changed(at_once=0, piece=4096)
    for module in (reconcile, scan, folder_receipt, hashes_app):
        monkeypatch.setattr(module, "POLICY", small)


def waiting() -> list[str]:
    """Take the messages out of the queue."""
    bodies: list[str] = []
    while True:
        answer = clients.sqs().receive_message(QueueUrl=QUEUE, MaxNumberOfMessages=10)
        for message in answer.get("Messages", []):
            clients.sqs().delete_message(QueueUrl=QUEUE, ReceiptHandle=message["ReceiptHandle"])
            bodies.append(message["Body"])
        if "Messages" not in answer:
            return bodies


class EndingContext:
    """The context of an invocation whose time is over after a piece of a file."""

    def __init__(self) -> None:
        self.looks = 3  # at the claim, before the piece, at its only chunk

    def get_remaining_time_in_millis(self) -> int:
        self.looks -= 1
        return 300_000 if self.looks >= 0 else 0


def handle(body: str, context: Any = None) -> dict[str, list[dict[str, str]]] | None:
    """Hand over one message."""
    return hashes_app.handler(sqs_event("hashes", body), context or Context(300))  # type: ignore[arg-type]


def hash_everything() -> None:
    """Hand over all messages, and those that follow from them."""
    while bodies := waiting():
        for body in bodies:
            assert handle(body) == {"batchItemFailures": []}


def hash_what_is_due() -> None:
    """Act as the schedule of hashes."""
    hashes_app.handler(schedule_event("2026-02-14T02:04:00Z"), Context())  # type: ignore[arg-type]
