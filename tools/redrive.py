"""Decides how mails that the stream gave up are requested again: ``python tools/redrive.py``.

A failure queue holds positions in the accounts table's stream, not records. Each message leads to
its record's key. The redrive writes the pending request with that key once more, which the stream
function sees as new. A mail that was sent meanwhile is not sent again, and a code that is mailed
twice is the same code.
"""

import argparse
import json
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

import boto3
from botocore.exceptions import ClientError

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools.aws_refusals import told_in_words

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient
    from mypy_boto3_dynamodbstreams.type_defs import AttributeValueTypeDef
    from mypy_boto3_sqs import SQSClient

RedriveResult: TypeAlias = Literal["asked for again", "needed no more", "too old to find"]

_AT_ONCE = 10
_GONE = {"TrimmedDataAccessException", "ResourceNotFoundException", "ExpiredIteratorException"}


@dataclass(frozen=True, slots=True)
class Position:
    """The position of a record in a stream."""

    stream: str
    shard: str
    sequence_number: str

    @classmethod
    def read(cls, message: str) -> "Position":
        """Read a message that Lambda put into a stream's on-failure destination (batches of one).

        AWS Lambda Developer Guide, "Retain discarded batches for a DynamoDB event source".
        """
        batch = json.loads(message)["DDBStreamBatchInfo"]
        return cls(batch["streamArn"], batch["shardId"], batch["startSequenceNumber"])

    @property
    def table(self) -> str:
        """Return the name of the table that the stream belongs to."""
        return self.stream.split("/")[1]


@dataclass(frozen=True, slots=True)
class Redrive:
    """The clients that a redrive works with."""

    sqs: "SQSClient"
    streams: "DynamoDBStreamsClient"
    dynamodb: "DynamoDBClient"
    patience: int = 5
    """Seconds to wait for a message: without waiting, SQS may miss some (long polling)."""

    def empty(self, queue_url: str) -> Counter[RedriveResult]:
        """Request every mail in a queue again and return how many had which result.

        A message is deleted only after its request was written, so this can be interrupted and run
        again at any time.
        """
        counted: Counter[RedriveResult] = Counter()
        while messages := self.sqs.receive_message(
            QueueUrl=queue_url, MaxNumberOfMessages=_AT_ONCE, WaitTimeSeconds=self.patience
        ).get("Messages", []):
            for message in messages:
                counted[self.ask_again(Position.read(message["Body"]))] += 1
                self.sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
        return counted

    def ask_again(self, position: Position) -> RedriveResult:
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
            # A stream keeps records for a day, but a flow's mail is useless after half an hour.
            if error.response["Error"]["Code"] in _GONE:
                return "too old to find"
            raise
        if not records:
            return "too old to find"
        return self._touch(position, records[0]["dynamodb"]["Keys"])

    def _touch(self, position: Position, key: "dict[str, AttributeValueTypeDef]") -> RedriveResult:
        try:
            self.dynamodb.update_item(
                TableName=position.table,
                Key=key,
                # A write that changes nothing produces no stream record, so this one sets a mark.
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
    options = parser.parse_args()
    redrive = Redrive(
        boto3.client("sqs", endpoint_url=options.endpoint_url),
        boto3.client("dynamodbstreams", endpoint_url=options.endpoint_url),
        boto3.client("dynamodb", endpoint_url=options.endpoint_url),
    )
    counted = redrive.empty(options.queue_url)
    print(", ".join(f"{n} {outcome}" for outcome, n in counted.items()) or "The queue is empty.")


if __name__ == "__main__":
    with told_in_words():
        main()
