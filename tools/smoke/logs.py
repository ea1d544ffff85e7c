"""Decides what the functions' logs say of a trial: whether a right was missing, or boto3 is old."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from newsreel.aws.clients import OLDEST_BOTO3, TOO_OLD

from tools.smoke.deployment import kind_of
from tools.smoke.trial import NotTriedError, StepFailedError, Trial

RIGHTS = "Rights, in the logs"
LIBRARY = "boto3, in the logs"
STEPS = (RIGHTS, LIBRARY)
# Any of these words; the lines are read once more here, because a word says not where it stands.
_REFUSALS = "?AccessDenied ?AccessDeniedException ?AuthorizationError ?NotAuthorized"
_DENIED = ("AccessDenied", "Authorization", "NotAuthorized")
_DAY = 86_400
"""A function says it once an environment, which may have begun long before the trial."""


def look(trial: Trial, logs: Any, stack: str, since: float) -> None:
    """Look for refused calls since a time, in seconds since 1970, and for an old boto3."""
    trial.step(RIGHTS, lambda: _denied(logs, stack, since))
    trial.step(LIBRARY, lambda: _library(logs, stack, since - _DAY))


def _denied(logs: Any, stack: str, since: float) -> tuple[bool, str]:
    found = _lines(logs, stack, since, _REFUSALS)
    refused = [one for one in found if str(one.get("aws_error")).startswith(_DENIED)]
    if refused:
        raise StepFailedError(f"AccessDenied: {_by_function(refused)}")
    return True, "no function was refused anything"


def _library(logs: Any, stack: str, since: float) -> tuple[bool, str]:
    found = _lines(logs, stack, since, f'"{TOO_OLD}"')
    old = [one for one in found if one.get("message") == TOO_OLD]
    if old:
        versions = ", ".join(sorted({str(one.get("boto3")) for one in old}))
        raise StepFailedError(f"Lambda's is {versions}: {_by_function(old)}")
    return True, f"none is older than {'.'.join(map(str, OLDEST_BOTO3))}"


def _lines(logs: Any, stack: str, since: float, pattern: str) -> list[Mapping[str, Any]]:
    try:
        pages = logs.get_paginator("filter_log_events").paginate(
            logGroupName=f"/newsreel/{stack}/functions",
            startTime=int(since * 1000),
            filterPattern=pattern,
        )
        messages = [str(event["message"]) for page in pages for event in page.get("events", ())]
    except (BotoCoreError, ClientError) as refused:
        raise NotTriedError(f"needs logs:FilterLogEvents: {kind_of(refused)}") from None
    return [line for message in messages if (line := _read(message))]


def _read(message: str) -> Mapping[str, Any]:
    try:
        line = json.loads(message)
    except ValueError:
        return {}
    return line if isinstance(line, dict) else {}


def _by_function(lines: list[Mapping[str, Any]]) -> str:
    names = Counter(str(line.get("function_name") or "a function") for line in lines)
    return ", ".join(f"{name} {number} times" for name, number in names.items())
