"""Items are stored as DynamoDB's own client would store them, and are read back unchanged."""

from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from hypothesis import given
from hypothesis import strategies as st
from newsreel.aws.items import from_item, to_item, to_value

WHOLE = st.integers(min_value=-(10**37), max_value=10**37)
BROKEN = st.floats(min_value=-1e15, max_value=1e15).filter(lambda n: n == 0 or abs(n) > 1e-100)
VALUES = st.recursive(
    st.none() | st.booleans() | WHOLE | BROKEN | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
ITEMS = st.dictionaries(st.text(min_size=1), VALUES)


@pytest.mark.thorough
@given(ITEMS)
def test_an_item_comes_back_as_it_was_but_for_what_was_none(values: dict[str, Any]) -> None:
    back = from_item(to_item(values))
    assert back == {name: value for name, value in values.items() if value is not None}


@given(WHOLE)
def test_a_whole_number_comes_back_whole(number: int) -> None:
    assert type(from_item({"n": to_value(number)})["n"]) is int


@pytest.mark.parametrize(
    ("stored", "number"),
    [("2", 2), ("2.0", 2), ("2.50", 2.5), ("-0.04", -0.04), ("1E+3", 1000), ("1e-7", 1e-7)],
)
def test_a_number_is_read_in_every_form_that_dynamodb_writes(stored: str, number: float) -> None:
    value = from_item({"n": {"N": stored}})["n"]
    assert (value, type(value)) == (number, type(number))


@pytest.mark.thorough
@given(ITEMS)
def test_boto3_reads_what_is_written_and_writes_what_is_read(values: dict[str, Any]) -> None:
    reader, writer = TypeDeserializer(), TypeSerializer()
    for value in to_item(values).values():
        assert from_item({"v": writer.serialize(reader.deserialize(value))}) == from_item(
            {"v": value}
        )


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {"a"}, object()])
def test_a_value_without_a_dynamodb_type_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="DynamoDB keeps no"):
        to_value(value)
