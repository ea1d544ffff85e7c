"""Whatever becomes of a mail, its address, subject and code reach no queue, log or item."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from infra.local import administrator
from infra.local.paths import Stack
from infra.local.simulator import OUTCOMES
from tests.local_stack.logs import all_logs
from tests.local_stack.test_mail_states import STATES, Watched, await_true, somebody, watch
from tests.support.canaries import told

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient


@dataclass(frozen=True)
class Copied:
    """A second target of the rule, with the same transformer: what the queue gets, kept."""

    sqs: "SQSClient"
    url: str

    def bodies(self, codes: int) -> list[str]:
        """Return all bodies once so many tell of a code; a notice of a test before may come too."""
        found: list[str] = []

        def enough() -> bool:
            answer = self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10)
            found.extend(one["Body"] for one in answer.get("Messages", []))
            kinds = [json.loads(body)["tags"]["kind"] for body in found]
            return kinds.count(["code"]) >= codes

        await_true(enough, f"{len(found)} events came, not {codes} of codes")
        return found


@pytest.fixture(scope="module")
def copied(stack: Stack, sqs: "SQSClient") -> Iterator[Copied]:
    session = administrator.session()
    events: Any = session.client("events", endpoint_url=stack.aws_endpoint_url)
    rule = f"{stack.stack_name}-mail-events"
    url = sqs.create_queue(QueueName=f"watched-{secrets.token_hex(4)}")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    (target,) = events.list_targets_by_rule(Rule=rule)["Targets"]
    events.put_targets(Rule=rule, Targets=[{**target, "Id": "watched", "Arn": arn["QueueArn"]}])
    yield Copied(sqs, url)
    events.remove_targets(Rule=rule, Ids=["watched"])
    sqs.delete_queue(QueueUrl=url)


@pytest.fixture(scope="module")
def mailed(stack: Stack, copied: Copied) -> dict[str, str]:
    """Register once with each address of the simulator; return what must stay secret."""
    watched = {name: Watched.start(somebody(stack, name), end) for name, (_, end) in STATES.items()}
    watch(*watched.values())
    found = {}
    for name, one in watched.items():
        person = one.person
        (mail,) = person.inbox.mails()
        found[f"{name}: address"] = person.email
        found[f"{name}: subject"] = mail["subject"]
        found[f"{name}: code"] = person.inbox.code()
    return found


def test_nothing_of_a_mail_reaches_the_queue(copied: Copied, mailed: dict[str, str]) -> None:
    bodies = copied.bodies(sum(len(outcomes) for outcomes in OUTCOMES.values()))
    assert told(bodies, mailed) == set()


def test_nothing_of_a_mail_is_logged(stack: Stack, mailed: dict[str, str]) -> None:
    assert told(all_logs(stack), mailed) == set()


def test_nothing_of_a_mail_stands_in_the_mail_table(
    stack: Stack, dynamodb: "DynamoDBClient", mailed: dict[str, str]
) -> None:
    pages = dynamodb.get_paginator("scan").paginate(TableName=stack.outputs["MailTable"])
    items = [json.dumps(item, default=str) for page in pages for item in page["Items"]]
    assert len(items) > len(STATES)
    assert told(items, mailed) == set()
