"""Each mend of the local AWS's mail is still needed; what it does is in test_mail_states.py.

When one of these fails, the release behaves: take the mend out of ministack_patches/.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from tests.local_stack.released import released


@pytest.fixture(scope="module")
def unmended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The local AWS as it is released, without our launcher: its address."""
    with released(tmp_path_factory.mktemp("unmended"), {}) as url:
        yield url


def _of(url: str, service: str) -> Any:
    return boto3.client(  # type: ignore[call-overload]
        service,
        endpoint_url=url,
        region_name="eu-central-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def test_the_release_still_takes_mail_of_a_set_that_does_not_exist(unmended: str) -> None:
    ses = _of(unmended, "ses")
    ses.verify_domain_identity(Domain="newsreel.test")
    answer = ses.send_raw_email(
        Source="codes@newsreel.test",
        Destinations=["jane@example.org"],
        RawMessage={"Data": b"Subject: x\r\n\r\nx"},
        ConfigurationSetName="none",
    )
    assert answer["MessageId"]


def test_the_release_still_tells_no_event_destination_of_a_mail() -> None:
    # What is never told cannot be waited for; the module that sends does not look at destinations.
    asked = "import inspect; from ministack.services import ses; print(inspect.getsource(ses))"
    answer = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True
    )
    assert "EventDestinations" not in answer.stdout


def test_the_release_still_enters_no_list_in_a_transformers_path(unmended: str) -> None:
    events, sqs = _of(unmended, "events"), _of(unmended, "sqs")
    url = sqs.create_queue(QueueName="lists")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    events.put_rule(Name="lists", EventPattern='{"source": ["ours"]}')
    transformer = {"InputPathsMap": {"x": "$.detail.list[0].name"}, "InputTemplate": '{"x":"<x>"}'}
    target = {"Id": "1", "Arn": arn["QueueArn"], "InputTransformer": transformer}
    events.put_targets(Rule="lists", Targets=[target])
    detail = json.dumps({"list": [{"name": "first"}]})
    events.put_events(Entries=[{"Source": "ours", "DetailType": "x", "Detail": detail}])
    (message,) = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=10)["Messages"]
    assert json.loads(message["Body"]) == {"x": ""}
