"""Mails that the stream gave up are requested again, once, and with the same code."""

import json
from typing import TYPE_CHECKING

import boto3
import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.table import StreamShard

from tests.support.accounts import deliver, items, mails, register
from tests.support.cloud import REGION, Cloud, FakeClock
from tools.redrive import Redrive

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

ADDRESS = "jane@example.org"


class Failures:
    """The stream's on-failure queue, and the messages that Lambda writes into it."""

    def __init__(self, dynamodb: "DynamoDBClient") -> None:
        self.sqs: SQSClient = boto3.client("sqs", region_name=REGION)
        self.streams = boto3.client("dynamodbstreams", region_name=REGION)
        self.url = self.sqs.create_queue(QueueName="code-issuance-failures")["QueueUrl"]
        self.redrive = Redrive(self.sqs, self.streams, dynamodb, patience=0)
        self.arn = dynamodb.describe_table(TableName="accounts")["Table"]["LatestStreamArn"]
        stream = self.streams.describe_stream(StreamArn=self.arn)["StreamDescription"]
        self.shard = stream["Shards"][0]["ShardId"]

    def give_up_mail_requests(self) -> None:
        iterator = self.streams.get_shard_iterator(
            StreamArn=self.arn, ShardId=self.shard, ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        for record in self.streams.get_records(ShardIterator=iterator)["Records"]:
            if record["dynamodb"]["NewImage"]["entity"]["S"] == "mail_request":
                self.give_up(record["dynamodb"]["SequenceNumber"])

    def give_up(self, sequence_number: str) -> None:
        batch = {
            "shardId": self.shard,
            "startSequenceNumber": sequence_number,
            "endSequenceNumber": sequence_number,
            "approximateArrivalOfFirstRecord": "2026-02-14T02:04:00Z",
            "approximateArrivalOfLastRecord": "2026-02-14T02:04:00Z",
            "batchSize": 1,
            "streamArn": self.arn,
        }
        message = {
            "requestContext": {"condition": "RetryAttemptsExhausted"},
            "version": "1.0",
            "timestamp": "2026-02-14T02:19:00Z",
            "DDBStreamBatchInfo": batch,
        }
        self.sqs.send_message(QueueUrl=self.url, MessageBody=json.dumps(message))

    def waiting(self) -> int:
        answer = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["All"])
        there = answer["Attributes"]["ApproximateNumberOfMessages"]
        return int(there) + int(answer["Attributes"]["ApproximateNumberOfMessagesNotVisible"])


@pytest.fixture
def failures(cloud: Cloud, fake_clock: FakeClock) -> Failures:
    table = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables["accounts"]
    table.stream_shard = StreamShard(DEFAULT_ACCOUNT_ID, table)
    return Failures(cloud.dynamodb)


@pytest.mark.thorough
@pytest.mark.parametrize("stuck", ["requested", "sending"])
def test_a_mail_that_was_given_up_is_sent_after_all(
    cloud: Cloud, failures: Failures, stuck: str
) -> None:
    register(ADDRESS)
    failures.give_up_mail_requests()
    [request] = items(cloud.dynamodb, "mail_request")
    cloud.dynamodb.update_item(
        TableName="accounts",
        Key={"pk": request["pk"], "sk": request["sk"]},
        UpdateExpression="SET #state = :stuck",
        ExpressionAttributeNames={"#state": "state"},
        ExpressionAttributeValues={":stuck": {"S": stuck}},
    )
    assert failures.redrive.empty(failures.url) == {"asked for again": 1}
    [requested] = items(cloud.dynamodb, "mail_request")
    assert requested["state"] == {"S": "requested"}
    # Some attribute must change even if the state does not: otherwise there is no stream record.
    assert requested != {**request, "state": {"S": stuck}}
    deliver(cloud.dynamodb)
    assert [mail["To"] for mail in mails()] == [ADDRESS]
    assert failures.waiting() == 0


def test_a_mail_that_was_sent_meanwhile_is_left_alone(cloud: Cloud, failures: Failures) -> None:
    register(ADDRESS)
    failures.give_up_mail_requests()
    deliver(cloud.dynamodb)
    before = items(cloud.dynamodb, "mail_request")
    assert failures.redrive.empty(failures.url) == {"needed no more": 1}
    assert items(cloud.dynamodb, "mail_request") == before


@pytest.mark.thorough
def test_a_request_that_is_gone_is_not_brought_back(cloud: Cloud, failures: Failures) -> None:
    register(ADDRESS)
    failures.give_up_mail_requests()
    [request] = items(cloud.dynamodb, "mail_request")
    cloud.dynamodb.delete_item(TableName="accounts", Key={"pk": request["pk"], "sk": request["sk"]})
    assert failures.redrive.empty(failures.url) == {"needed no more": 1}
    assert items(cloud.dynamodb, "mail_request") == []


def test_positions_that_the_stream_forgot_are_cleared_away(failures: Failures) -> None:
    failures.give_up("999999999999999999999999")
    assert failures.redrive.empty(failures.url) == {"too old to find": 1}
    assert failures.waiting() == 0


@pytest.mark.thorough
def test_an_empty_queue_is_no_error(failures: Failures) -> None:
    assert failures.redrive.empty(failures.url) == {}
