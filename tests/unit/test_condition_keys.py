"""The condition keys of a request, read from the wire formats of DynamoDB and SES."""

import json

import pytest

from infra.local import condition_keys

TABLE = "arn:aws:dynamodb:eu-central-1:000000000000:table/accounts"


def _partition_key(table: str, index: str) -> str:
    return {"": "pk", "published": "listing"}[index] if table == "accounts" else "id"


def _keys(**request: object) -> list[str]:
    (named,) = condition_keys.of_tables(request, _partition_key).values()
    return list(named.get("dynamodb:LeadingKeys", []))


def _attributes(**request: object) -> list[str]:
    (named,) = condition_keys.of_tables(request, _partition_key).values()
    return list(named["dynamodb:Attributes"])


KEY = {"pk": {"S": "ACCOUNT#1"}, "sk": {"S": "SESSION#2"}}


@pytest.mark.parametrize("table", ["accounts", TABLE])
def test_a_key_or_an_item_leads_with_its_partition(table: str) -> None:
    assert _keys(TableName=table, Key=KEY) == ["ACCOUNT#1"]
    assert _keys(TableName=table, Item={**KEY, "state": {"S": "x"}}) == ["ACCOUNT#1"]


def test_a_query_leads_with_the_partition_that_it_asks_for() -> None:
    values = {":it": {"S": "VIDEO#1"}, ":from": {"S": "A"}}
    plain = {"KeyConditionExpression": "sk > :from AND pk = :it"}
    assert _keys(TableName="accounts", ExpressionAttributeValues=values, **plain) == ["VIDEO#1"]
    named = {"KeyConditionExpression": "#p=:it", "ExpressionAttributeNames": {"#p": "pk"}}
    assert _keys(TableName="accounts", ExpressionAttributeValues=values, **named) == ["VIDEO#1"]


def test_a_query_of_an_index_leads_with_the_key_of_the_index() -> None:
    condition = {"KeyConditionExpression": "listing = :it AND listing_key < :till"}
    values = {":it": {"S": "published"}, ":till": {"S": "2026"}}
    request = {"TableName": "accounts", "IndexName": "published", **condition}
    assert _keys(ExpressionAttributeValues=values, **request) == ["published"]


def test_what_an_update_asks_to_be_told_is_named() -> None:
    (named,) = condition_keys.of_tables(
        {"TableName": "accounts", "Key": KEY, "ReturnValues": "ALL_OLD"}, _partition_key
    ).values()
    assert named["dynamodb:ReturnValues"] == "ALL_OLD"


def test_a_scan_leads_with_nothing() -> None:
    assert _keys(TableName="accounts") == []


def test_each_table_of_a_batch_has_separate_keys() -> None:
    reads = {"accounts": {"Keys": [KEY]}, "videos": {"Keys": [{"id": {"S": "v1"}}]}}
    named = condition_keys.of_tables({"RequestItems": reads}, _partition_key)
    assert named["accounts"]["dynamodb:LeadingKeys"] == ["ACCOUNT#1"]
    assert named["videos"]["dynamodb:LeadingKeys"] == ["v1"]


def test_a_batch_of_writes_names_what_it_puts_and_what_it_deletes() -> None:
    put = {"PutRequest": {"Item": {"pk": {"S": "A"}, "password_hash": {"S": "x"}}}}
    writes = {"accounts": [put, {"DeleteRequest": {"Key": {"pk": {"S": "B"}}}}]}
    assert _keys(RequestItems=writes) == ["A", "B"]
    assert "password_hash" in _attributes(RequestItems=writes)


def test_each_item_of_a_transaction_is_judged_separately() -> None:
    items = [
        {"Put": {"TableName": "accounts", "Item": {"pk": {"S": "A"}}}},
        {"ConditionCheck": {"TableName": TABLE, "Key": {"pk": {"S": "B"}}}},
    ]
    entries = list(condition_keys.of_transaction({"TransactItems": items}, _partition_key))
    assert [(action, table) for action, table, _ in entries] == [
        ("dynamodb:PutItem", "accounts"),
        ("dynamodb:ConditionCheckItem", "accounts"),
    ]
    assert [named["dynamodb:LeadingKeys"] for *_, named in entries] == [["A"], ["B"]]


def test_a_write_names_the_attributes_of_its_expressions_under_their_own_names() -> None:
    attributes = _attributes(
        TableName="accounts",
        Key=KEY,
        UpdateExpression="SET #s = :s, seen = if_not_exists(seen, :n) REMOVE old ADD uses :one",
        ConditionExpression="attribute_exists(pk) AND NOT epoch > :n",
        ExpressionAttributeNames={"#s": "state"},
    )
    assert attributes == ["epoch", "old", "pk", "seen", "sk", "state", "uses"]


@pytest.mark.parametrize("body", [b"", b"nonsense", b"[1]", b"\xff"])
def test_a_body_that_is_no_object_names_nothing(body: bytes) -> None:
    assert condition_keys.read(body) == {}
    assert condition_keys.of_tables(condition_keys.read(body), _partition_key) == {}


def test_a_body_is_read_as_json() -> None:
    assert condition_keys.read(json.dumps({"TableName": "accounts"}).encode()) == {
        "TableName": "accounts"
    }


@pytest.mark.parametrize("source", ["a@b.example", "A Name <a@b.example>", "<a@b.example>"])
def test_a_sender_is_the_bare_address(source: str) -> None:
    assert condition_keys.sender(source) == "a@b.example"


@pytest.mark.parametrize(
    ("projection", "select"),
    [({"ProjectionExpression": "pk, email"}, "SPECIFIC_ATTRIBUTES"), ({}, "ALL_ATTRIBUTES")],
)
def test_a_batch_of_reads_says_whether_it_takes_all_attributes(
    projection: dict[str, str], select: str
) -> None:
    request = {"RequestItems": {"accounts": {"Keys": [KEY], **projection}}}
    (named,) = condition_keys.of_tables(request, _partition_key).values()
    assert named["dynamodb:Select"] == select
    assert set(named["dynamodb:Attributes"]) == {"pk", "sk", *(["email"] if projection else [])}
