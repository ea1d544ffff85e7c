"""Transactions: which errors are retried; a retry never mistakes our own write for another's."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber
from newsreel.aws import transactions
from newsreel.aws.transactions import ConditionFailed, write_together
from newsreel.refusals import Refusal

ENTRIES: list[Any] = [{"Put": {"TableName": "t", "Item": {"pk": {"S": "x"}}}}]
CONFLICT = {"CancellationReasons": [{"Code": "TransactionConflict"}]}
LOST = {"CancellationReasons": [{"Code": "ConditionalCheckFailed"}]}


@pytest.fixture
def dynamodb(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Any, Stubber, list[str]]]:
    """A client whose answers a test sets, and the tokens that it received."""
    monkeypatch.setattr("newsreel.aws.transactions.time.sleep", lambda _seconds: None)
    client = boto3.client(
        "dynamodb", "eu-central-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    tokens: list[str] = []
    client.meta.events.register(
        "provide-client-params.dynamodb.TransactWriteItems",
        lambda params, **_more: tokens.append(params["ClientRequestToken"]),
    )
    with Stubber(client) as stubber:
        yield client, stubber, tokens


def answer(stubber: Stubber, code: str | None = None, status: int = 400, more: Any = None) -> None:
    parameters = {"TransactItems": ANY, "ClientRequestToken": ANY}
    if code is None:
        stubber.add_response("transact_write_items", {}, parameters)
    else:
        stubber.add_client_error(
            "transact_write_items",
            code,
            http_status_code=status,
            expected_params=parameters,
            modeled_fields=more,
        )


def test_a_servers_error_is_followed_by_the_same_write(
    dynamodb: tuple[Any, Stubber, list[str]],
) -> None:
    """The write may have taken effect; under a new token its own condition would fail."""
    client, stubber, tokens = dynamodb
    answer(stubber, "InternalServerError", 500)
    answer(stubber, "ProvisionedThroughputExceededException")
    answer(stubber)
    write_together(client, ENTRIES)
    assert len(tokens) == 3
    assert len(set(tokens)) == 1


def test_a_conflict_is_followed_by_another_try(
    dynamodb: tuple[Any, Stubber, list[str]],
) -> None:
    client, stubber, tokens = dynamodb
    answer(stubber, "TransactionCanceledException", more=CONFLICT)
    answer(stubber)
    write_together(client, ENTRIES)
    assert len(set(tokens)) == 2


@pytest.mark.thorough
def test_a_lost_condition_is_an_outcome(dynamodb: tuple[Any, Stubber, list[str]]) -> None:
    client, stubber, tokens = dynamodb
    answer(stubber, "TransactionCanceledException", more=LOST)
    with pytest.raises(ConditionFailed) as lost:
        write_together(client, ENTRIES)
    assert lost.value.failed == {0: None}
    assert len(tokens) == 1


def test_a_table_that_stays_busy_is_refused_as_busy(
    dynamodb: tuple[Any, Stubber, list[str]],
) -> None:
    client, stubber, tokens = dynamodb
    for _ in range(transactions._RETRIES + 1):
        answer(stubber, "InternalServerError", 500)
    with pytest.raises(Refusal) as refused:
        write_together(client, ENTRIES)
    assert refused.value.code == "busy"
    assert len(set(tokens)) == 1
