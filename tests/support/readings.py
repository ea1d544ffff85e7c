"""Decides what conditions on `dynamodb:LeadingKeys` may see of a transaction: three readings.

AWS documents that key for single calls and batches. What it holds for one item of a transaction can
be read in three ways, and the policies have to hold in each:

- `item`: the item's own partition key;
- `action`: the keys of all items that the request wants the same action for;
- `request`: the keys of all items of the request.

All of them are of one table: rights are asked for table by table. `dynamodb:Attributes` holds those
of the item, or of all items that the same action is wanted for. That a transaction tells no keys at
all is no reading: AWS's service authorization reference gives `dynamodb:LeadingKeys` to
`ConditionCheckItem`, which exists in transactions alone.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TypeAlias

from tests.support.needs import Call
from tests.support.permissions import allows, policies
from tests.support.request_record import Request

Reading: TypeAlias = Callable[[Call, Call], bool]
"""Whether a call's values are told for another one of the same request."""

READINGS: Mapping[str, Reading] = {
    "item": lambda own, other: own is other,
    "action": lambda own, other: (own.action, own.resource) == (other.action, other.resource),
    "request": lambda own, other: own.resource == other.resource,
}


def read(requests: Iterable[Request], reading: str) -> list[Call]:
    """Return each call of some requests once, with what one reading has the conditions see."""
    return sorted({call for one in requests for call in _read(one, READINGS[reading])}, key=repr)


def _read(request: Request, is_told: Reading) -> Iterator[Call]:
    for call in request.calls:
        together = [other for other in request.calls if is_told(call, other)]
        keys = {key for other in together for key in other.keys}
        alike = [other for other in together if other.action == call.action]
        named = {name for other in alike for name in other.attributes}
        yield replace(call, keys=tuple(sorted(keys)), attributes=tuple(sorted(named)))


def refused_in_any(requests: Sequence[Request], environment: Mapping[str, str]) -> list[Call]:
    """Return the calls that a reading does not allow to the calling function."""
    named = tuple(environment.items())
    return [call for request in requests for call in _refused(request, named)]


@cache
def _refused(request: Request, environment: tuple[tuple[str, str], ...]) -> list[Call]:
    # Most requests of a test are of kinds that another one has made before.
    deployed = policies(dict(environment))
    return [
        call
        for reading in READINGS
        for call in read([request], reading)
        if call.folder in deployed
        and not any(allows(statement, call) for statement in deployed[call.folder])
    ]
