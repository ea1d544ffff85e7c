"""Failed events wait in a queue, and an alarm reports them."""

import json
from typing import Any

import pytest
from newsreel.ingest import batches, lease, rounds
from newsreel.policy import POLICY

from tests.support.template import ROOT, functions, resources

ALARMS = ROOT / "infra" / "alarms.yaml"
MEASURED = {"canary"}
"""A run of theirs that fails leaves nothing to do again; that nothing is measured is an alarm."""
NOT_API = [
    (function.folder, event)
    for function in functions().values()
    for event in function.properties["Events"].values()
    if event["Type"] != "Api" and function.folder not in MEASURED
]
NOTIFIED = resources("AWS::S3::Bucket")["MediaBucket"]["Properties"]["NotificationConfiguration"]
"""What the media bucket calls; the permissions for it are in the functions' stacks."""
CALLED = {
    function.folder: [one for one in NOTIFIED["LambdaConfigurations"] if one["Function"] == arn]
    for function in functions().values()
    for arn in [{"Fn::GetAtt": [function.logical_id, "Arn"]}]
}
NOT_API += [(folder, {"Type": "S3"}) for folder, events in CALLED.items() if events]

QUEUES = resources("AWS::SQS::Queue")
SOURCES = {
    event["Properties"]["Queue"]["Fn::GetAtt"][0]: (folder, event["Properties"])
    for folder, event in NOT_API
    if event["Type"] == "SQS"
}
"""Queues that functions take from, with the function's folder and the event source."""


def queue_of(destination: dict[str, Any]) -> str:
    assert destination["Type"] == "SQS"
    name, attribute = destination["Destination"]["Fn::GetAtt"]
    assert attribute == "Arn"
    return str(name)


def failure_queue(folder: str, event: dict[str, Any]) -> str:
    """Return an event's queue: its own, its source queue's, or the function's if Lambda retries."""
    if event["Type"] == "SQS":
        source = QUEUES[event["Properties"]["Queue"]["Fn::GetAtt"][0]]
        return str(source["Properties"]["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0])
    owner = event["Properties"] if event["Type"] == "DynamoDB" else None
    owner = owner or functions()[folder].properties["EventInvokeConfig"]
    return queue_of(owner["DestinationConfig"]["OnFailure"])


def test_every_source_has_a_queue_for_what_failed() -> None:
    assert {(folder, event["Type"]) for folder, event in NOT_API} == {
        ("code_issuance", "DynamoDB"),
        ("notices", "DynamoDB"),
        ("notices", "DynamoDB"),
        ("ingest", "SQS"),
        ("ingest", "Schedule"),
        ("hashes", "SQS"),
        ("hashes", "Schedule"),
        ("inbound_mail", "SQS"),
        ("mail_feedback", "SQS"),
        ("mail_redrive", "Schedule"),
        ("account_care", "Schedule"),
        ("newsletter_editions", "S3"),
        ("newsletter_editions", "Schedule"),
        ("newsletter_walk", "SQS"),
        ("newsletter_send", "SQS"),
    }
    queues = {failure_queue(folder, event) for folder, event in NOT_API}
    assert queues == QUEUES.keys() - SOURCES.keys()


def test_the_media_bucket_calls_for_what_is_uploaded_and_may_call_nobody_else() -> None:
    assert NOTIFIED.keys() == {"LambdaConfigurations", "QueueConfigurations"}
    wanted = {("newsletter_editions", "s3:ObjectCreated:*", "newsletter/")}
    told = {
        (folder, event["Event"], event["Filter"]["S3Key"]["Rules"][0]["Value"])
        for folder, events in CALLED.items()
        for event in events
    }
    assert told == wanted
    assert len(NOTIFIED["LambdaConfigurations"]) == len(wanted)
    bucket = resources("AWS::S3::Bucket")["MediaBucket"]["Properties"]["BucketName"]["Fn::Sub"]
    permissions = resources("AWS::Lambda::Permission").values()
    called = {one["Properties"]["FunctionName"]["Ref"] for one in permissions}
    assert called == {functions()[folder].logical_id for folder, _, _ in wanted}
    for one in permissions:
        assert one["Properties"]["Principal"] == "s3.amazonaws.com"
        assert one["Properties"]["SourceAccount"] == {"Ref": "AWS::AccountId"}
        source = {"Fn::Sub": f"arn:${{AWS::Partition}}:s3:::{bucket}"}
        assert one["Properties"]["SourceArn"] == source


@pytest.mark.parametrize("folder", MEASURED)
def test_what_has_no_queue_is_not_tried_again_and_its_silence_is_an_alarm(folder: str) -> None:
    function = functions()[folder]
    assert function.properties["EventInvokeConfig"] == {"MaximumRetryAttempts": 0}
    alarm = resources("AWS::CloudWatch::Alarm", ALARMS)["TrialRegistrationFails"]["Properties"]
    assert alarm["TreatMissingData"] == "breaching"


def test_every_queue_is_encrypted_and_keeps_what_failed_as_long_as_it_may() -> None:
    for name, queue in QUEUES.items():
        # Notifications of mails hold their headers, and go when the mails go.
        days = 7 if name in {"InboundQueue", "InboundMailFailures"} else 14
        assert queue["Properties"]["SqsManagedSseEnabled"] is True, name
        assert queue["Properties"]["MessageRetentionPeriod"] == days * 24 * 3600, name


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_a_queue_that_a_function_reads_waits_for_it_and_gives_up_after_some_tries(
    name: str,
) -> None:
    folder, source = SOURCES[name]
    timeout = functions()[folder].properties["Timeout"]
    # Lambda's own advice, for a batch that is throttled (developer guide, "Using Lambda with SQS").
    assert QUEUES[name]["Properties"]["VisibilityTimeout"] >= 6 * timeout
    # A message comes again each half minute while its folder is worked on, and that may take as
    # long as the function; ten more tries are for what fails.
    tries = timeout / batches.AGAIN + 10 if name == "IngestQueue" else 5
    assert QUEUES[name]["Properties"]["RedrivePolicy"]["maxReceiveCount"] == tries
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    most = source["ScalingConfig"]["MaximumConcurrency"]
    # A parameter's least value is in the template: 2, as here (SQS event source, ScalingConfig).
    assert most == {"Ref": "NewsletterConcurrency"} or most >= 2


def test_every_queue_has_an_alarm_on_its_first_message() -> None:
    given = resources("AWS::CloudFormation::Stack")["Alarms"]["Properties"]["Parameters"]
    watched = set()
    for alarm in resources("AWS::CloudWatch::Alarm", ALARMS).values():
        settings = alarm["Properties"]
        if settings.get("MetricName") == "ApproximateNumberOfMessagesVisible":
            (dimension,) = settings["Dimensions"]
            queue = given[dimension["Value"]["Ref"]]
            queue = queue["Fn::If"][1] if "Fn::If" in queue else queue
            name, attribute = queue["Fn::GetAtt"]
            assert attribute == "QueueName"
            assert (settings["Threshold"], settings["EvaluationPeriods"]) == (0, 1)
            watched.add(name)
    assert watched == QUEUES.keys() - SOURCES.keys()


STREAMED = {folder: event for folder, event in NOT_API if event["Type"] == "DynamoDB"}


@pytest.mark.parametrize("folder", STREAMED)
def test_the_accounts_stream_gives_one_record_at_a_time_and_gives_up_in_time(folder: str) -> None:
    settings = STREAMED[folder]["Properties"]
    # Batches of one: a local AWS ignores batchItemFailures, and each failure concerns one record.
    assert settings["BatchSize"] == 1
    assert settings["ParallelizationFactor"] == 10
    assert settings["MaximumRecordAgeInSeconds"] == 900  # half the life of a code
    assert settings["MaximumRetryAttempts"] == 5
    assert "FunctionResponseTypes" not in settings


def test_the_accounts_stream_has_two_consumers_at_most_and_each_its_own_records() -> None:
    # DynamoDB throttles a shard that has more than two readers (developer guide, "Streams").
    assert len(STREAMED) <= 2
    entities = []
    for event in STREAMED.values():
        assert event["Properties"]["Stream"] == {"Fn::GetAtt": ["AccountsTable", "StreamArn"]}
        (one,) = event["Properties"]["FilterCriteria"]["Filters"]
        image = json.loads(one["Pattern"])["dynamodb"]["NewImage"]
        assert image["state"] == {"S": ["requested"]}
        entities += image["entity"]["S"]
    assert len(entities) == len(set(entities))


SCHEDULED = {
    folder: [
        name
        for name, event in functions()[folder].properties["Events"].items()
        if event["Type"] == "Schedule"
    ]
    for folder, event in NOT_API
    if event["Type"] == "Schedule"
}


@pytest.mark.parametrize("folder", SCHEDULED)
def test_a_schedule_may_put_into_its_queue_what_it_could_not_deliver(folder: str) -> None:
    function = functions()[folder]
    events = function.properties["Events"]
    names = SCHEDULED[folder]
    arn, *others = [events[name]["Properties"]["DeadLetterConfig"]["Arn"] for name in names]
    assert all(other == arn for other in others)
    policy = resources("AWS::SQS::QueuePolicy")[f"{arn['Fn::GetAtt'][0]}Policy"]
    (statement,) = policy["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Resource"] == arn
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}
    assert statement["Action"] == "sqs:SendMessage"
    source = statement["Condition"]["ArnEquals"]["aws:SourceArn"]
    rules = [{"Fn::GetAtt": [f"{function.logical_id}{name}", "Arn"]} for name in names]
    assert source == (rules if others else rules[0])


def test_what_follows_from_itself_has_a_bound_of_its_own() -> None:
    # Lambda ends a loop through a queue after 16 rounds unless it is told not to.
    looping = {
        folder
        for folder, function in functions().items()
        if function.properties.get("RecursiveLoop") == "Allow"
    }
    assert looping == {"hashes", "ingest", "newsletter_walk", "newsletter_send"}


def test_editions_are_sent_by_as_many_workers_as_the_pace_reckons_with() -> None:
    _, source = SOURCES["NewsletterSendQueue"]
    assert source["ScalingConfig"] == {"MaximumConcurrency": {"Ref": "NewsletterConcurrency"}}
    for folder in ("newsletter_walk", "newsletter_send"):
        known = functions()[folder].environment["NEWSLETTER_CONCURRENCY"]
        assert known == {"Ref": "NewsletterConcurrency"}
    # A chunk's mails take a minute at most, and one more call each its longest.
    assert functions()["newsletter_send"].properties["Timeout"] >= 2 * POLICY.newsletter.chunk_time
    assert source["BatchSize"] == 1


def test_ingest_gathers_what_is_uploaded_together_and_never_takes_all_of_an_account() -> None:
    _, source = SOURCES["IngestQueue"]
    assert source["MaximumBatchingWindowInSeconds"] == 5
    # An account has ten executions at first; the API needs the rest.
    assert source["ScalingConfig"] == {"MaximumConcurrency": 2}
    # Lambda takes more than ten messages at once only with a window.
    assert source["BatchSize"] == 50
    assert functions()["ingest"].properties["Timeout"] == lease.LONGEST


def test_the_bucket_tells_ingests_queue_of_uploads_and_nobody_else_may() -> None:
    told = NOTIFIED["QueueConfigurations"]
    assert {one["Event"] for one in told} == {"s3:ObjectCreated:*", "s3:ObjectRemoved:*"}
    for one in told:
        assert one["Queue"] == {"Fn::GetAtt": ["IngestQueue", "Arn"]}
        assert one["Filter"] == {"S3Key": {"Rules": [{"Name": "prefix", "Value": "incoming/"}]}}
    (statement,) = resources("AWS::SQS::QueuePolicy")["IngestQueuePolicy"]["Properties"][
        "PolicyDocument"
    ]["Statement"]
    assert statement["Principal"] == {"Service": "s3.amazonaws.com"}
    assert statement["Action"] == "sqs:SendMessage"
    condition = statement["Condition"]
    assert "newsreel-${Stage}-media-" in str(condition["ArnEquals"]["aws:SourceArn"])
    assert condition["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}


def test_the_schedule_asks_each_minute_for_what_is_due_and_once_a_day_for_everything() -> None:
    events = functions()["ingest"].properties["Events"]
    scheduled = {
        json.loads(event["Properties"]["Input"])["task"]: event["Properties"]["Schedule"]
        for event in events.values()
        if event["Type"] == "Schedule"
    }
    assert scheduled == {
        "look_at_due": "rate(1 minute)",
        "look_at_everything": "cron(0 2 * * ? *)",
    }
    assert rounds.WORKED_OFF >= lease.LONGEST
