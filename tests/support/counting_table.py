"""A table that counts in memory: as much of ``UpdateItem`` as the budgets' module sends."""

import re
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

_ASSIGNMENTS = re.compile(r",\s*(?![^()]*\))")


class CountingTable:
    """Stands in for the DynamoDB client; moto would take minutes for a year."""

    def __init__(self) -> None:
        self.items: dict[str, dict[str, Any]] = {}

    def update_item(
        self,
        *,
        Key: Mapping[str, Any],  # noqa: N803 - the API's own names, here and below
        UpdateExpression: str,  # noqa: N803
        ConditionExpression: str = "",  # noqa: N803
        ExpressionAttributeNames: Mapping[str, str],  # noqa: N803
        ExpressionAttributeValues: Mapping[str, Any] | None = None,  # noqa: N803
        **_more: object,
    ) -> dict[str, Any]:
        before = self.items.get(Key["pk"]["S"], {})
        names, values = ExpressionAttributeNames, ExpressionAttributeValues or {}

        def read(term: str) -> Any:
            found = re.fullmatch(r"if_not_exists\((\S+), (\S+)\)", term)
            if found:
                name = names.get(found[1], found[1])
                return before.get(name, values[found[2]])
            return values[term] if term.startswith(":") else before[names.get(term, term)]

        for condition in filter(None, ConditionExpression.split(" AND ")):
            last = condition.strip("()").rpartition(" OR ")[2]
            name, sign, value = last.split(" ")
            stored = int(before.get(names[name], {"N": "0"})["N"])
            wanted = int(values[value]["N"])
            if not (stored < wanted if sign == "<" else stored >= wanted):
                code: Any = {"Code": "ConditionalCheckFailedException"}
                raise ClientError({"Error": code, "Item": before}, "UpdateItem")  # type: ignore[typeddict-unknown-key]
        after = dict(before)
        kind, _, text = UpdateExpression.partition(" ")
        for one in _ASSIGNMENTS.split(text):
            if kind == "REMOVE":
                after.pop(names.get(one, one), None)
                continue
            name, _, term = one.partition(" = ")
            left, sign, right = re.fullmatch(r"(.+?)(?: ([+-]) (\S+))?", term).groups()  # type: ignore[union-attr]
            result = read(left)
            if sign:
                result = {"N": str(int(result["N"]) + int(f"{sign}1") * int(read(right)["N"]))}
            after[names.get(name, name)] = result
        self.items[Key["pk"]["S"]] = after
        return {"Attributes": before}
