"""Promises about what fails: it waits in a queue, and somebody is told."""

import json
from typing import Any

import pytest

from tests.support.template import ROOT, functions, resources

ALARMS = ROOT / "infra" / "alarms.yaml"
NOT_API = [
    (function.folder, event)
    for function in functions().values()
    for event in function.properties["Events"].values()
    if event["Type"] != "Api"
]


def queue_of(destination: dict[str, Any]) -> str:
    assert destination["Type"] == "SQS"
    name, attribute = destination["Destination"]["Fn::GetAtt"]
    assert attribute == "Arn"
    return str(name)


def failure_queue(folder: str, event: dict[str, Any]) -> str:
    """The queue of an event: its own for a stream, the function's where Lambda itself retries."""
    owner = event["Properties"] if event["Type"] == "DynamoDB" else None
    owner = owner or functions()[folder].properties["EventInvokeConfig"]
    return queue_of(owner["DestinationConfig"]["OnFailure"])


def test_every_source_has_a_queue_for_what_failed() -> None:
    assert {(folder, event["Type"]) for folder, event in NOT_API} == {
        ("code_issuance", "DynamoDB"),
        ("notices", "DynamoDB"),
        ("notices", "DynamoDB"),
        ("ingest", "S3"),
        ("ingest", "Schedule"),
    }
    queues = {failure_queue(folder, event) for folder, event in NOT_API}
    assert queues == set(resources("AWS::SQS::Queue"))


def test_every_queue_is_encrypted_and_keeps_what_failed_for_two_weeks() -> None:
    for name, queue in resources("AWS::SQS::Queue").items():
        assert queue["Properties"]["SqsManagedSseEnabled"] is True, name
        assert queue["Properties"]["MessageRetentionPeriod"] == 14 * 24 * 3600, name


def test_every_queue_has_an_alarm_on_its_first_message() -> None:
    given = resources("AWS::CloudFormation::Stack")["Alarms"]["Properties"]["Parameters"]
    watched = set()
    for alarm in resources("AWS::CloudWatch::Alarm", ALARMS).values():
        settings = alarm["Properties"]
        if settings["MetricName"] == "ApproximateNumberOfMessagesVisible":
            (dimension,) = settings["Dimensions"]
            name, attribute = given[dimension["Value"]["Ref"]]["Fn::GetAtt"]
            assert attribute == "QueueName"
            assert (settings["Threshold"], settings["EvaluationPeriods"]) == (0, 1)
            watched.add(name)
    assert watched == set(resources("AWS::SQS::Queue"))


def test_every_alarm_is_announced_and_called_off() -> None:
    for name, alarm in resources("AWS::CloudWatch::Alarm", ALARMS).items():
        settings = alarm["Properties"]
        assert settings["AlarmActions"] == settings["OKActions"] == [{"Ref": "Topic"}], name
        assert settings["TreatMissingData"] == "notBreaching", name


STREAMED = {folder: event for folder, event in NOT_API if event["Type"] == "DynamoDB"}


@pytest.mark.parametrize("folder", STREAMED)
def test_the_accounts_stream_gives_one_record_at_a_time_and_gives_up_in_time(folder: str) -> None:
    settings = STREAMED[folder]["Properties"]
    # One record: a local AWS ignores batchItemFailures, and a failure is the record's own.
    assert settings["BatchSize"] == 1
    assert settings["ParallelizationFactor"] == 10
    assert settings["MaximumRecordAgeInSeconds"] == 900  # half the life of a code
    assert settings["MaximumRetryAttempts"] == 5
    assert "FunctionResponseTypes" not in settings


def test_the_accounts_stream_has_two_consumers_at_most_and_each_its_own_records() -> None:
    # DynamoDB throttles a shard that more than two read (developer guide, "Streams").
    assert len(STREAMED) <= 2
    wanted = []
    for event in STREAMED.values():
        assert event["Properties"]["Stream"] == {"Fn::GetAtt": ["AccountsTable", "StreamArn"]}
        (one,) = event["Properties"]["FilterCriteria"]["Filters"]
        image = json.loads(one["Pattern"])["dynamodb"]["NewImage"]
        assert image["state"] == {"S": ["requested"]}
        wanted += image["entity"]["S"]
    assert len(wanted) == len(set(wanted))


def test_the_schedule_may_put_into_its_queue_what_it_could_not_deliver() -> None:
    events = functions()["ingest"].properties["Events"]
    queue = events["Everything"]["Properties"]["DeadLetterConfig"]["Arn"]
    (policy,) = resources("AWS::SQS::QueuePolicy").values()
    (statement,) = policy["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Resource"] == queue
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}
    assert statement["Action"] == "sqs:SendMessage"
    source = statement["Condition"]["ArnEquals"]["aws:SourceArn"]
    assert source == {"Fn::GetAtt": ["IngestFunctionEverything", "Arn"]}
