"""A copy that the local AWS makes of an item shares nothing with it that could change."""

from collections import defaultdict
from typing import Any

from infra.local.ministack_patches.quick_copies import copied


def containers(value: Any) -> list[int]:
    """Return the identity of each thing in a value that could change."""
    if isinstance(value, dict):
        return [id(value), *(one for inner in value.values() for one in containers(inner))]
    if isinstance(value, list | set):
        return [id(value), *(one for inner in value for one in containers(inner))]
    return []


def test_a_copy_is_equal_and_shares_nothing_that_could_change() -> None:
    item: dict[str, Any] = {
        "pk": {"S": "A"},
        "list": {"L": [{"N": "1"}, {"M": {"b": {"B": b"x"}, "none": {"NULL": True}}}]},
        "of": {"SS": {"a", "b"}},
        "counted": defaultdict(dict, {"a": {"b": [1, 2.5, None]}}),
    }
    copy = copied(item)
    assert copy == item
    assert type(copy["counted"]) is defaultdict
    assert copy["counted"]["new"] == {}
    assert not set(containers(copy)) & set(containers(item))
