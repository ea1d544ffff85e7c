"""Compares the AWS calls of functions with the template's policies; moto does not enforce them.

A fixture records each AWS call of a function's handler, in this process, and reports afterwards
which of them the function's policy would have refused. It understands only the parts of policies
that ours use, and raises at any other: `Allow`, `*` in actions and resources, six operators.
"""

import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from botocore.client import BaseClient

from tests.support.needs import ACCOUNT, REGION, Call, needed, queue, secret, table
from tests.support.template import ROOT, functions

_FUNCTIONS = f"{ROOT / 'functions'}/"
_TESTS = f"{ROOT / 'tests'}/"

Seen: TypeAlias = tuple[str, str, str, Mapping[str, Any]]
"""A call: the function, the service, the operation and its parameters."""
Statement: TypeAlias = Mapping[str, Any]


def _known(environment: Mapping[str, str]) -> dict[str, str]:
    """The values of the template's names in a test's environment."""
    rings = {
        "FlowKeys": "FLOW_KEYS_SECRET",
        "LinkKeys": "LINK_KEYS_SECRET",
        "TrailKeys": "TRAIL_KEYS_SECRET",
        "OriginSecret": "ORIGIN_SECRET",
        "UnsubscribeKeys": "UNSUBSCRIBE_KEYS_SECRET",
    }
    return {
        **{name: secret(environment[variable]) for name, variable in rings.items()},
        "AccountsTable.Arn": table(environment["ACCOUNTS_TABLE"]),
        "AccountsTable.StreamArn": table(environment["ACCOUNTS_TABLE"]) + "/stream/2026",
        "CatalogueTable.Arn": table(environment["CATALOGUE_TABLE"]),
        "MailTable.Arn": table(environment["MAIL_TABLE"]),
        "InboundQueue.Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:inbound",
        "InboundBucket.Arn": "arn:aws:s3:::newsreel-test-inbound",
        "MailFeedbackQueue.Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:mail-feedback",
        "IngestQueue.Arn": queue(environment["INGEST_QUEUE"]),
        "NewsletterWalkQueue.Arn": queue(environment["WALK_QUEUE"]),
        "NewsletterSendQueue.Arn": queue(environment["SEND_QUEUE"]),
        "HashQueue.Arn": queue(environment["HASH_QUEUE"]),
        "NewsletterDomain": environment["NEWSLETTER_DOMAIN"],
        "DownloadSigner.Arn": environment["DOWNLOAD_SIGNER_ROLE"],
        "MailDomain": environment["MAIL_DOMAIN"],
        "Stage": environment["STAGE"],
        "AWS::StackName": environment["ADDRESSES_SECRET"].split("/")[1],
        "AWS::Partition": "aws",
        "AWS::Region": REGION,
        "AWS::AccountId": ACCOUNT,
    }


def _resolve(value: Any, known: Mapping[str, str]) -> str:
    if isinstance(value, str):
        return value
    ((name, inner),) = value.items()
    if name == "Fn::GetAtt":
        own = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{inner[0]}"  # of queues that no function names
        return known.get(".".join(inner), own)
    if name == "Ref":
        return known.get(inner, inner)
    if name == "Fn::If":  # a test's deployment has everything that a parameter may leave out
        return _resolve(inner[1], known)
    if isinstance(inner, list):
        inner, more = inner
        known = {**known, **{name: _resolve(one, known) for name, one in more.items()}}
    text = re.sub(r"\$\{([^}]+)\}", lambda match: known.get(match[1], match[1]), inner)
    # Tests name the buckets without account and region.
    return re.sub(rf"-(media|public|site)-{ACCOUNT}-{REGION}", r"-\1", text)


def _plain(value: Any, known: Mapping[str, str]) -> Any:
    """Return a part of a statement with its names resolved."""
    if isinstance(value, list):
        return [_plain(one, known) for one in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1 and next(iter(value)) in {"Ref", "Fn::Sub", "Fn::GetAtt", "Fn::If"}:
        return _resolve(value, known)
    return {key: _plain(one, known) for key, one in value.items()}


def policies(environment: Mapping[str, str]) -> dict[str, list[dict[str, Any]]]:
    """Return the statements of each function by its folder, as they hold in an environment."""
    return _policies(tuple(environment.items()))


@cache
def _policies(environment: tuple[tuple[str, str], ...]) -> dict[str, list[dict[str, Any]]]:
    known = _known(dict(environment))
    return {
        folder: [_plain(statement, known) for statement in function.statements]
        for folder, function in functions().items()
    }


def _caller() -> str | None:
    """Return the folder of the function that makes a call, or None for a test's own call."""
    frame = sys._getframe(2)
    while frame is not None:
        path = frame.f_code.co_filename
        if path.startswith(_TESTS):  # a test steps in between, to lose or win a race
            return None
        if path.startswith(_FUNCTIONS):
            return Path(path).parent.name
        frame = frame.f_back  # type: ignore[assignment]
    return None


def listed(value: Any) -> list[Any]:
    """Return a value of a policy, which may be one or several, as several."""
    return value if isinstance(value, list) else [value]


def _like(values: Sequence[str], patterns: Sequence[str]) -> Iterator[bool]:
    return (any(fnmatchcase(value, one) for one in patterns) for value in values)


_OPERATORS: dict[str, Callable[[list[str], list[str]], bool]] = {
    "ForAllValues:StringLike": lambda values, named: all(_like(values, named)),
    "ForAnyValue:StringLike": lambda values, named: any(_like(values, named)),
    "ForAllValues:StringEquals": lambda values, named: set(values) <= set(named),
    "ForAllValues:StringNotEquals": lambda values, named: not set(values) & set(named),
    "StringEquals": lambda values, named: bool(set(values) & set(named)),
    "StringLike": lambda values, named: any(_like(values, named)),
    "StringEqualsIfExists": lambda values, named: not values or bool(set(values) & set(named)),
}
"""By their names: whether a request's values meet what a policy names."""


def allows(statement: Statement, call: Call) -> bool:
    """Tell whether a statement whose names are resolved allows a call."""
    if not any(fnmatchcase(call.action, one) for one in listed(statement["Action"])):
        return False
    if not any(fnmatchcase(call.resource, one) for one in listed(statement["Resource"])):
        return False
    context = call.context
    return all(
        _OPERATORS[operator](listed(context.get(key, [])), listed(named))
        for operator, keys in statement.get("Condition", {}).items()
        for key, named in keys.items()
    )


def refused(seen: Sequence[Seen], environment: Mapping[str, str]) -> list[Call]:
    """Return the calls that the template does not allow to the calling function."""
    deployed = policies(environment)
    calls = {call for one in seen for call in needed(*one)}
    return [
        call
        for call in sorted(calls, key=repr)
        if call.folder in deployed and not any(allows(one, call) for one in deployed[call.folder])
    ]


@contextmanager
def recorded() -> Iterator[list[Seen]]:
    """Record the calls of functions while the block runs."""
    calls: list[Seen] = []
    original = BaseClient._make_api_call  # type: ignore[attr-defined]

    def record(client: BaseClient, operation: str, parameters: Mapping[str, Any]) -> Any:
        folder = _caller()
        if folder is not None:
            calls.append(
                (folder, client.meta.service_model.service_name, operation, {**parameters})
            )
        return original(client, operation, parameters)

    BaseClient._make_api_call = record  # type: ignore[attr-defined]
    try:
        yield calls
    finally:
        BaseClient._make_api_call = original  # type: ignore[attr-defined]
