"""Has another program's IAM judge the recorded requests, in each reading of `dynamodb:LeadingKeys`.

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

import json
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from infra.local.node import NODE, install
from tests.support.needs import Call
from tests.support.request_record import Request
from tests.support.template import ROOT

_PACKAGE = ROOT / "tools" / "second_opinion"


class InvalidError(RuntimeError):
    """The simulator did not understand a policy or a call; the text says which."""


Reading: TypeAlias = Callable[[Call, Call], bool]
"""Whether a call's values are told for another one of the same request."""

READINGS: Mapping[str, Reading] = {
    "item": lambda own, other: own is other,
    "action": lambda own, other: (own.action, own.resource) == (other.action, other.resource),
    "request": lambda own, other: own.resource == other.resource,
}


@dataclass(frozen=True)
class Verdict:
    """What the simulator says of a call."""

    call: Call
    allowed: bool
    ignored: frozenset[str]
    """What the call names that its action has no condition key for."""


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


def simulate(calls: Sequence[Call], policies: Mapping[str, Sequence[Any]]) -> list[Verdict]:
    """Return a verdict for each call, from one run of the simulator.

    Raises:
        NotFetchedError: npm could not fetch it.
        InvalidError: the simulator finds a policy or a call invalid.
    """
    install(_PACKAGE)
    asked = [
        {"owner": one.folder, "action": one.action, "resource": one.resource, "context": one.context}
        for one in calls
    ]
    done = subprocess.run(
        [NODE, _PACKAGE / "simulate.js"],
        input=json.dumps({"policies": policies, "calls": asked}),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise InvalidError(done.stderr[-3000:])
    told = json.loads(done.stdout)
    return [
        Verdict(call, one["allowed"], frozenset(one["ignored"]))
        for call, one in zip(calls, told, strict=True)
    ]
