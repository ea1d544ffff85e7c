"""Decides how mails that the stream gave up are asked for again: ``python tools/redrive.py``.

A failure queue holds positions in the accounts table's stream, not records. Each message leads to
its record's key; the pending request there is written once more, which the stream function sees as
new. What was sent meanwhile stays untouched, and a code mailed twice is the same code.
"""

import argparse
import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import boto3
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient
    from mypy_boto3_dynamodbstreams.type_defs import AttributeValueTypeDef
    from mypy_boto3_sqs import SQSClient

FolderResult: TypeAlias = Literal["asked for again", "needed no more", "too old to find"]

_AT_ONCE = 10
_GONE = {"TrimmedDataAccessException", "ResourceNotFoundException", "ExpiredIteratorException"}


@dataclass(frozen=True, slots=True)
class Position:
    """Where a record stands in a stream."""

    stream: str
    shard: str
    sequence_number: str

    @classmethod
    def read(cls, message: str) -> "Position":
        """Read what Lambda puts into the on-failure destination of a stream, batches of one.

        AWS Lambda Developer Guide, "Retain discarded batches for a DynamoDB event source".
        """
        batch = json.loads(message)["DDBStreamBatchInfo"]
        return cls(batch["streamArn"], batch["shardId"], batch["startSequenceNumber"])

    @property
    def table(self) -> str:
        """Return the name of the table whose stream it is."""
        return self.stream.split("/")[1]


@dataclass(frozen=True, slots=True)
class Redrive:
    """The clients that a redrive works with."""

    sqs: "SQSClient"
    streams: "DynamoDBStreamsClient"
    dynamodb: "DynamoDBClient"
    patience: int = 5
    """Seconds to wait for a message: without waiting SQS may overlook some (long polling)."""

    def empty(self, queue_url: str) -> Counter[FolderResult]:
        """Ask again for every mail in a queue and return how many came to what.

        A message is deleted only after its request was written, so this may be broken off and run
        again at any time.
        """
        counted: Counter[FolderResult] = Counter()
        while messages := self.sqs.receive_message(
            QueueUrl=queue_url, MaxNumberOfMessages=_AT_ONCE, WaitTimeSeconds=self.patience
        ).get("Messages", []):
            for message in messages:
                counted[self.ask_again(Position.read(message["Body"]))] += 1
                self.sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
        return counted

    def ask_again(self, position: Position) -> FolderResult:
        """Write the request at a position once more, unless it was sent or dropped meanwhile."""
        try:
            iterator = self.streams.get_shard_iterator(
                StreamArn=position.stream,
                ShardId=position.shard,
                ShardIteratorType="AT_SEQUENCE_NUMBER",
                SequenceNumber=position.sequence_number,
            )["ShardIterator"]
            records = self.streams.get_records(ShardIterator=iterator, Limit=1)["Records"]
        except ClientError as error:
            # A stream keeps a day; a flow's mail is of no use after half an hour.
            if error.response["Error"]["Code"] in _GONE:
                return "too old to find"
            raise
        if not records:
            return "too old to find"
        return self._touch(position, records[0]["dynamodb"]["Keys"])

    def _touch(self, position: Position, key: "dict[str, AttributeValueTypeDef]") -> FolderResult:
        try:
            self.dynamodb.update_item(
                TableName=position.table,
                Key=key,
                # A write that changes nothing leaves no trace in a stream: hence the mark.
                UpdateExpression="SET #state = :requested, redriven = :position",
                ConditionExpression="#state IN (:requested, :sending)",
                ExpressionAttributeNames={"#state": "state"},
                ExpressionAttributeValues={
                    ":requested": {"S": "requested"},
                    ":sending": {"S": "sending"},
                    ":position": {"S": position.sequence_number},
                },
            )
        except self.dynamodb.exceptions.ConditionalCheckFailedException:
            return "needed no more"
        return "asked for again"


def main() -> None:
    """Empty one failure queue."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--queue-url", required=True, help="of CodeIssuanceFailures or its like")
    parser.add_argument("--endpoint-url", help="of a local AWS")
    wanted = parser.parse_args()
    redrive = Redrive(
        boto3.client("sqs", endpoint_url=wanted.endpoint_url),
        boto3.client("dynamodbstreams", endpoint_url=wanted.endpoint_url),
        boto3.client("dynamodb", endpoint_url=wanted.endpoint_url),
    )
    counted = redrive.empty(wanted.queue_url)
    print(", ".join(f"{n} {outcome}" for outcome, n in counted.items()) or "The queue is empty.")


if __name__ == "__main__":
    main()
