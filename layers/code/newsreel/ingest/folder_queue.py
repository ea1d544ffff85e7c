"""Decides how ingest's queue is written: what is put into it, and when a message comes again."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from newsreel.aws import clients
from newsreel.ingest.events import FolderOrder, Slice

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_BATCH = 10
"""Entries of one call (SQS API reference, SendMessageBatch)."""


_Entry = TypeVar("_Entry")


class NotQueuedError(Exception):
    """SQS took some messages of a call and refused others."""


@dataclass(frozen=True, slots=True)
class FolderQueue:
    """The queue of ingest under its URL."""

    url: str

    @property
    def _client(self) -> "SQSClient":
        return clients.sqs()

    def send_folders(self, video_ids: Iterable[str]) -> None:
        """Ask for a look at each of these folders.

        Raises:
            NotQueuedError: not all were taken; asking again does no harm.
        """
        for some in _tens([FolderOrder(folder=video_id) for video_id in video_ids]):
            answer = self._client.send_message_batch(
                QueueUrl=self.url,
                Entries=[
                    {"Id": str(number), "MessageBody": order.model_dump_json()}
                    for number, order in enumerate(some)
                ],
            )
            if answer.get("Failed"):
                raise NotQueuedError

    def send_slice(self, one: Slice) -> None:
        """Ask for a slice of the daily look."""
        self._client.send_message(QueueUrl=self.url, MessageBody=one.model_dump_json())

    def show_again(self, receipt_handles: Sequence[str], seconds: int) -> None:
        """Let messages that were received come again after some seconds.

        A message that is gone meanwhile stays gone.
        """
        for some in _tens(receipt_handles):
            self._client.change_message_visibility_batch(
                QueueUrl=self.url,
                Entries=[
                    {"Id": str(number), "ReceiptHandle": handle, "VisibilityTimeout": seconds}
                    for number, handle in enumerate(some)
                ],
            )


def _tens(entries: Sequence[_Entry]) -> Iterator[Sequence[_Entry]]:
    return (entries[start : start + _BATCH] for start in range(0, len(entries), _BATCH))
