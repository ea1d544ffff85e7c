"""The tables of the functions' tests take short ways, and answer as DynamoDB does."""

import pytest
from botocore.exceptions import ClientError
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from tests.support.cloud import REGION, Cloud
from tests.support.invariants import memory
from tests.support.quick_tables import attributes

KEY = {"pk": {"S": "one"}, "sk": {"S": "it"}}
ITEM = {
    **KEY,
    "n": {"N": "1"},
    "words": {"SS": ["a", "b"]},
    "box": {"M": {"things": {"L": [{"S": "first"}]}}},
}
ONE, SET = {":v": {"N": "1"}}, {":v": {"SS": ["b", "c"]}}


def put(cloud: Cloud) -> None:
    cloud.dynamodb.put_item(TableName="accounts", Item=ITEM)  # type: ignore[arg-type]


def update(cloud: Cloud, expression: str, values: object, condition: str = "") -> None:
    cloud.dynamodb.update_item(
        TableName="accounts",
        Key=KEY,
        UpdateExpression=expression,
        ExpressionAttributeValues=values,  # type: ignore[arg-type]
        **({"ConditionExpression": condition} if condition else {}),  # type: ignore[arg-type]
    )


def held(cloud: Cloud) -> dict[str, object]:
    answer = cloud.dynamodb.get_item(TableName="accounts", Key=KEY)
    return dict(answer["Item"])


@pytest.mark.parametrize(
    ("expression", "values", "changed"),
    [
        ("SET n = n + :v", ONE, {"n": {"N": "2"}}),
        ("SET n = n - :v, m = n", ONE, {"n": {"N": "0"}, "m": {"N": "1"}}),
        ("SET n = if_not_exists(n, :v)", {":v": {"N": "9"}}, {"n": {"N": "1"}}),
        ("SET m = if_not_exists(m, :v)", {":v": {"N": "9"}}, {"m": {"N": "9"}}),
        ("SET m = if_not_exists(m, :v) + :v", ONE, {"m": {"N": "2"}}),
        ("SET box.things[0] = :v", ONE, {"box": {"M": {"things": {"L": [{"N": "1"}]}}}}),
        (
            "SET box.things = list_append(box.things, :v)",
            {":v": {"L": [{"S": "last"}]}},
            {"box": {"M": {"things": {"L": [{"S": "first"}, {"S": "last"}]}}}},
        ),
        ("ADD n :v", ONE, {"n": {"N": "2"}}),
        ("ADD words :v", SET, {"words": {"SS": ["a", "b", "c"]}}),
        ("DELETE words :v", SET, {"words": {"SS": ["a"]}}),
        (
            "SET n = :v REMOVE box.things[0]",
            ONE,
            {"n": {"N": "1"}, "box": {"M": {"things": {"L": []}}}},
        ),
    ],
)
def test_an_update_changes_what_it_names_and_nothing_else(
    cloud: Cloud, expression: str, values: object, changed: dict[str, object]
) -> None:
    put(cloud)
    update(cloud, expression, values)
    assert held(cloud) == {**ITEM, **changed}


@pytest.mark.parametrize(
    ("expression", "values", "told"),
    [
        ("SET n = m + :v", ONE, "does not exist in the item"),
        ("SET m.part = :v", ONE, "document path provided"),
        ("SET pk = :v", ONE, "part of the key"),
        ("SET status = :v", ONE, "reserved keyword"),
        ("SET n = :v, n = :v", ONE, "overlap"),
        ("SET n = n + :v", {":v": {"S": "1"}}, "Incorrect operand type"),
        ("SET n = :v SET m = :v", ONE, "only be used once"),
        ("SET n = :v, box.things[0] = :w", ONE, ":w"),
        ("ADD n :v, box :v", ONE, "incorrect data type"),
        ("SET lengthy = :v", {":v": {"S": "x" * 410_000}}, "exceeded the maximum"),
    ],
)
def test_a_refused_update_says_why_and_leaves_the_item_as_it_was(
    cloud: Cloud, expression: str, values: object, told: str
) -> None:
    put(cloud)
    with pytest.raises(ClientError, match=told):
        update(cloud, expression, values)
    assert held(cloud) == ITEM


@pytest.mark.parametrize(
    ("condition", "is_met"),
    [
        ("n = :v", True),
        ("n > :v", False),
        ("n BETWEEN :v AND :v AND attribute_exists(words)", True),
        ("n IN (:v) AND NOT attribute_exists(m)", True),
        ("attribute_not_exists(n) OR size(words) = :v", False),
    ],
)
def test_a_condition_is_read_with_the_values_of_its_own_call(
    cloud: Cloud, condition: str, *, is_met: bool
) -> None:
    put(cloud)
    if is_met:
        update(cloud, "SET n = :v", ONE, condition)
        with pytest.raises(ClientError, match="conditional request failed"):
            update(cloud, "SET n = :v", {":v": {"N": "7"}}, condition)
    else:
        with pytest.raises(ClientError, match="conditional request failed"):
            update(cloud, "SET n = :v", ONE, condition)
    assert held(cloud) == ITEM


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("n, words", {"n": ITEM["n"], "words": ITEM["words"]}),
        ("m", {}),
        ("n, box.things", {"n": ITEM["n"], "box": ITEM["box"]}),
    ],
)
def test_a_read_of_some_attributes_brings_these(
    cloud: Cloud, asked: str, answered: dict[str, object]
) -> None:
    put(cloud)
    answer = cloud.dynamodb.get_item(TableName="accounts", Key=KEY, ProjectionExpression=asked)
    assert answer.get("Item", {}) == answered
    assert held(cloud) == ITEM


def test_what_was_remembered_is_as_it_was_whatever_happens_since(cloud: Cloud) -> None:
    put(cloud)
    table = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables["accounts"]
    [item] = table.all_items()
    bring_back = memory()
    update(cloud, "SET box.things[0] = :v ADD words :w", {**ONE, ":w": SET[":v"]})
    assert held(cloud) != ITEM
    assert attributes(item) == ITEM
    bring_back()
    assert held(cloud) == ITEM
