"""Calls that take the quick way to moto are answered and refused as on the whole way."""

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.endpoint import Endpoint
from botocore.exceptions import ClientError, ParamValidationError
from newsreel.aws import clients

from tests.support import quick_objects
from tests.support.cloud import Cloud
from tests.support.uploads import MEDIA

KEY = {"pk": {"S": "one"}, "sk": {"S": "it"}}
ITEM: dict[str, Any] = {
    **KEY,
    "bytes": {"B": b"\x00\xff"},
    "many": {"BS": [b"\x01", b"\x02"]},
    "B": {
        "M": {"B": {"S": "a name like a type's"}, "deep": {"L": [{"B": b"\xfe"}, {"NULL": True}]}}
    },
    "n": {"N": "2.50"},
    "words": {"SS": ["a", "b"]},
}
IS_NEW = {"ConditionExpression": "attribute_not_exists(pk)"}
OLD = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
TABLE = {"TableName": "accounts"}
CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "read": ("get_item", {**TABLE, "Key": KEY}),
    "nothing": ("get_item", {**TABLE, "Key": {**KEY, "sk": {"S": "no"}}}),
    "together": ("batch_get_item", {"RequestItems": {"accounts": {"Keys": [KEY]}}}),
    "query": (
        "query",
        {
            **TABLE,
            "KeyConditionExpression": "pk = :p",
            "ExpressionAttributeValues": {":p": KEY["pk"]},
            "ReturnConsumedCapacity": "TOTAL",
        },
    ),
    "scan": ("scan", {**TABLE, "Limit": 1}),
    "update": (
        "update_item",
        {
            **TABLE,
            "Key": KEY,
            "UpdateExpression": "SET bytes = :b",
            "ExpressionAttributeValues": {":b": {"B": b"\xaa"}},
            "ReturnValues": "ALL_NEW",
        },
    ),
    "delete": ("delete_item", {**TABLE, "Key": KEY, "ReturnValues": "ALL_OLD"}),
    "refused": ("put_item", {**TABLE, "Item": ITEM, **IS_NEW, **OLD}),
    "refused together": (
        "transact_write_items",
        {"TransactItems": [{"Put": {**TABLE, "Item": ITEM, **IS_NEW, **OLD}}]},
    ),
    "no such table": ("get_item", {"TableName": "none", "Key": KEY}),
    "a word too many": ("get_item", {**TABLE, "Key": KEY, "ProjectionExpression": "#no"}),
}


def told(call: Callable[[], Any]) -> Any:
    """Return an answer or a refusal, without what HTTP adds."""
    try:
        answer = call()
    except ClientError as refused:
        answer = {**refused.response, "class": type(refused).__name__}
    return {name: one for name, one in answer.items() if name != "ResponseMetadata"}


def stand_on_the_wire(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Look at each request on its way, and list the operations."""
    answer: Any = Endpoint._do_get_response  # type: ignore[attr-defined]
    seen = []

    def look(endpoint: Endpoint, request: Any, model: Any, context: Any) -> Any:
        seen.append(model.name)
        return answer(endpoint, request, model, context)

    monkeypatch.setattr(Endpoint, "_do_get_response", look)
    return seen


@pytest.mark.parametrize("name", CALLS)
def test_a_call_of_a_table_is_answered_alike_on_both_ways(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    operation, parameters = CALLS[name]
    ask = getattr(cloud.dynamodb, operation)
    cloud.dynamodb.put_item(TableName="accounts", Item=ITEM)
    quickly = told(lambda: ask(**parameters))
    seen = stand_on_the_wire(monkeypatch)
    cloud.dynamodb.put_item(TableName="accounts", Item=ITEM)
    assert told(lambda: ask(**parameters)) == quickly
    assert len(seen) == 2, "a test on the wire sees every call"


def test_parameters_are_checked_where_a_client_checks_them(cloud: Cloud) -> None:
    checking = boto3.client("dynamodb")
    with pytest.raises(ParamValidationError, match="Unknown parameter"):
        checking.get_item(TableName="accounts", Key=KEY, Colour="red")  # type: ignore[call-arg]


def test_a_secret_that_is_not_there_is_refused_by_its_name(cloud: Cloud) -> None:
    client = clients.secretsmanager()
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_secret_value(SecretId="none")


OBJECTS: dict[str, Callable[[Any], Any]] = {
    "read": lambda s3: s3.get_object(Bucket=MEDIA, Key="a b/é+%2F.txt"),
    "a part": lambda s3: s3.get_object(Bucket=MEDIA, Key="a b/é+%2F.txt", Range="bytes=2-3"),
    "past the end": lambda s3: s3.get_object(Bucket=MEDIA, Key="a b/é+%2F.txt", Range="bytes=99-"),
    "looked at": lambda s3: s3.head_object(Bucket=MEDIA, Key="a b/é+%2F.txt"),
    "not there": lambda s3: s3.get_object(Bucket=MEDIA, Key="none"),
    "list": lambda s3: s3.list_objects_v2(Bucket=MEDIA, Prefix="a b/é+"),
    "no bucket": lambda s3: s3.list_objects_v2(Bucket="none"),
    "copy": lambda s3: s3.copy_object(
        Bucket=MEDIA, Key="copy", CopySource={"Bucket": MEDIA, "Key": "a b/é+%2F.txt"}
    )["CopyObjectResult"]["ETag"],
    "not again": lambda s3: s3.put_object(
        Bucket=MEDIA, Key="a b/é+%2F.txt", Body=b"y", IfNoneMatch="*"
    ),
}


def object_told(call: Callable[[], Any]) -> Any:
    """Return what S3 says, but for versions and moments, which are new each time."""
    answer = told(lambda: {"ETag": one} if isinstance(one := call(), str) else one)
    if "Body" in answer:
        answer["Body"] = answer["Body"].read()
    for entry in [answer, *answer.get("Contents", [])]:
        for name in ("VersionId", "LastModified"):
            entry.pop(name, None)
    return answer


@pytest.mark.parametrize("name", OBJECTS)
def test_a_call_of_an_object_is_answered_alike_on_both_ways(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    s3, answers = clients.s3(), []
    for operations in (quick_objects.OPERATIONS, set[str]()):
        monkeypatch.setattr(quick_objects, "OPERATIONS", operations)
        s3.put_object(
            Bucket=MEDIA,
            Key="a b/é+%2F.txt",
            Body=b"words",
            ContentType="text/plain",
            CacheControl="no-cache",
            Metadata={"under_score": "kept", "name": "value"},
        )
        answers.append(object_told(lambda: OBJECTS[name](s3)))
    assert answers[0] == answers[1]
