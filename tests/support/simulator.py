"""Has another program judge what policies allow: Cloud Copilot's simulator of IAM, on Node."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra.local.node import NODE, install
from tests.support.needs import Call
from tests.support.template import ROOT

_PACKAGE = ROOT / "tools" / "second_opinion"


class InvalidError(RuntimeError):
    """The simulator did not understand a policy or a call; the text says which."""


@dataclass(frozen=True)
class Verdict:
    """What the simulator says of a call."""

    call: Call
    allowed: bool
    ignored: frozenset[str]
    """What the call names that its action has no condition key for."""


def simulate(calls: Sequence[Call], policies: Mapping[str, Sequence[Any]]) -> list[Verdict]:
    """Return a verdict for each call, from one run of the simulator.

    Raises:
        NotFetchedError: npm could not fetch it.
        InvalidError: the simulator finds a policy or a call invalid.
    """
    install(_PACKAGE)
    asked = [
        {
            "owner": one.folder,
            "action": one.action,
            "resource": one.resource,
            "context": one.context,
        }
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
