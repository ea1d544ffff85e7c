"""A recorded request is answered again as AWS answered it once, refusals included."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from newsreel.aws import clients

from benchmarks.warm_requests import Recording, listening, results_of
from benchmarks.world import Prepared
from tests.support.cloud import FakeClock, empty_account

_REFUSED = "ConditionalCheckFailedException"


class _Writer:
    """Writes an item that may exist once, and reads it."""

    def handler(self, _event: dict[str, Any], _context: None) -> dict[str, int]:
        key = {"pk": {"S": "A"}, "sk": {"S": "A"}}
        client = clients.dynamodb()
        try:
            client.put_item(
                TableName="accounts", Item=key, ConditionExpression="attribute_not_exists(pk)"
            )
        except ClientError as refusal:
            if refusal.response["Error"]["Code"] != _REFUSED:
                raise
            return {"statusCode": len(client.get_item(TableName="accounts", Key=key)["Item"])}
        return {"statusCode": 0}


@pytest.fixture
def recording() -> Recording:
    fake_clock = FakeClock()
    with empty_account():
        Prepared(_Writer(), {"resource": "first"}, 0).send()
        made = Recording(Prepared(_Writer(), {"resource": "again"}, 2), fake_clock.time)
        with listening(made):
            made.request.send()
    return made


def test_a_refused_call_counts_and_is_refused_again_each_time(recording: Recording) -> None:
    assert len(recording.results) == 2
    with results_of(recording):
        for _ in range(3):
            recording.request.send()
