"""Compares the rights that functions have with those that a test of theirs uses.

    PYTHONPATH=. .venv/bin/python -m tests.support.used_rights

prints a line for each right, an action on a resource within the partition keys that a statement
is about, and how many kinds of recorded requests use it. What Lambda does with a function's role
before and after a run is no call of the function's; those statements are named here.
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.support.cloud import ENVIRONMENT
from tests.support.needs import Call
from tests.support.permissions import allows, listed, policies
from tests.support.request_record import Request, recorded_requests

LAMBDAS_OWN = {
    "ReadStream": "Lambda takes records from the stream",
    "ListStreams": "Lambda looks whether the stream is there",
    "TakeEvents": "Lambda takes messages from the queue",
    "TakeMails": "Lambda takes messages from the queue",
    "TakeSteps": "Lambda takes messages from the queue",
    "TakeChunks": "Lambda takes messages from the queue",
    "TakeFolders": "Lambda takes messages from the queue",
    "KeepFailures": "Lambda hands over what a run failed at",
    "WriteLogs": "Lambda writes what the function prints",
    "WriteTraces": "Lambda writes its own segments",
}
"""Statements that Lambda uses in a function's name, and what for."""


@dataclass(frozen=True)
class Right:
    """What a statement grants to a function: one action, on one resource, with keys of one form."""

    folder: str
    sid: str
    action: str
    resource: str
    key: str

    @property
    def place(self) -> str:
        """The resource, short, with the form of its keys."""
        name = self.resource.rpartition(":")[2]
        return f"{name} {self.key}" if self.key else name


def rights() -> Iterator[tuple[Right, dict[str, Any]]]:
    """Yield every right of a function that it uses itself, with a statement of that right alone."""
    for folder, statements in policies(ENVIRONMENT).items():
        for statement in statements:
            if statement["Sid"] not in LAMBDAS_OWN:
                yield from _of_statement(folder, statement)


def _of_statement(folder: str, statement: dict[str, Any]) -> Iterator[tuple[Right, dict[str, Any]]]:
    for action in listed(statement["Action"]):
        for resource in listed(statement["Resource"]):
            for key in _keys(statement):
                condition = statement.get("Condition", {})
                if key:
                    own = {"dynamodb:LeadingKeys": [key]}
                    condition = {**condition, "ForAnyValue:StringLike": own}
                alone = {**statement, "Action": action, "Resource": resource}
                right = Right(folder, statement["Sid"], action, resource, key)
                yield right, {**alone, "Condition": condition}


def _keys(statement: dict[str, Any]) -> list[str]:
    """Return the forms of keys that a statement is about; ForAnyValue may name."""
    condition = statement.get("Condition", {})
    for operator in ("ForAnyValue:StringLike", "ForAllValues:StringLike"):
        keys: list[str] = condition.get(operator, {}).get("dynamodb:LeadingKeys", [])
        if keys:
            return keys
    return [""]


def used(requests: Iterable[Request]) -> dict[Right, int]:
    """Return for each right how many kinds of requests use it, each item by itself."""
    asked = [list(_alone(one.calls)) for one in requests]
    return {
        right: sum(any(_uses(call, right, alone) for call in calls) for calls in asked)
        for right, alone in rights()
    }


def _alone(calls: Iterable[Call]) -> Iterator[Call]:
    """Yield calls with one key each: a batch uses the rights to each of its items."""
    for call in calls:
        for key in call.keys or ("",):
            yield replace(call, keys=(key,) if key else ())


def _uses(call: Call, right: Right, alone: dict[str, Any]) -> bool:
    return call.folder == right.folder and allows(alone, call)


def main() -> int:
    """Print every right and how often it is used."""
    table = Table("function", "statement", "action", "on", "used")
    for right, times in used(recorded_requests()).items():
        style = "" if times else "bold red"
        row = (right.folder, right.sid, right.action, right.place, str(times or "never"))
        table.add_row(*row, style=style)
    Console(width=200).print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
