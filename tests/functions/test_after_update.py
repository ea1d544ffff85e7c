"""After an update over 0.2.0 those who wanted the newsletter are on its list, and nobody else."""

from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws
from newsreel.accounts.table.subscribers import SubscribersTable
from newsreel.aws import clients
from newsreel.aws.items import to_item

from tests.support.template import create_tables
from tools.after_update import Subscribers, look_at_every_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

WANTED = "00" * 16


@pytest.fixture
def dynamodb() -> "Iterator[DynamoDBClient]":
    with mock_aws():
        clients.dynamodb.cache_clear()
        yield boto3.client("dynamodb", region_name="eu-central-1")
        clients.dynamodb.cache_clear()


@pytest.fixture
def subscribers(dynamodb: "DynamoDBClient") -> Subscribers:
    return Subscribers(dynamodb, create_tables(dynamodb)["AccountsTable"])


def put(to: Subscribers, account_id: str, sk: str = "ACCOUNT", **values: Any) -> None:
    item = {"pk": f"ACCOUNT#{account_id}", "sk": sk, "language": "fr", **values}
    to.dynamodb.put_item(TableName=to.table, Item=to_item(item))


def test_somebody_who_said_yes_before_there_was_a_list_is_put_on_it(
    subscribers: Subscribers,
) -> None:
    put(subscribers, WANTED, newsletter=True, newsletter_at=1_780_000_000)
    assert subscribers.put_on_list() == 1
    table = SubscribersTable(subscribers.table)
    assert table.page("fr", "00", "")[0] == [WANTED]
    assert subscribers.put_on_list() == 0


def test_nobody_else_is(subscribers: Subscribers) -> None:
    put(subscribers, "01" * 16, newsletter=False)
    put(subscribers, "02" * 16)
    put(subscribers, "03" * 16, newsletter=True, work="SUBSCRIBER#en#03", at=1)
    put(subscribers, "04" * 16, sk="CONSENT#newsletter", newsletter=True)
    assert subscribers.put_on_list() == 0


def test_a_no_that_comes_meanwhile_is_kept(subscribers: Subscribers) -> None:
    put(subscribers, WANTED, newsletter=True)
    missed = list(subscribers._missed())
    put(subscribers, WANTED, newsletter=False)
    assert [subscribers._put(item) for item in missed] == [False]
    assert SubscribersTable(subscribers.table).count("fr", "00") == 0


def test_ingest_is_asked_for_the_daily_look() -> None:
    class Functions:
        asked: dict[str, Any]

        def invoke(self, **asked: Any) -> None:
            self.asked = asked

    functions = Functions()
    look_at_every_folder(functions, "newsreel-prod")  # type: ignore[arg-type]
    assert functions.asked["FunctionName"] == "newsreel-prod-ingest"
    assert functions.asked["Payload"] == b'{"task": "look_at_everything"}'
