"""Decides whether the functions lacked a right meanwhile: what their logs say of AccessDenied."""

import json
from collections import Counter
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from tools.smoke.deployment import kind_of
from tools.smoke.trial import NotTriedError, StepFailedError, Trial

STEP = "Rights, in the logs"
# Any of these words; the lines are read once more here, because a word says not where it stands.
_PATTERN = "?AccessDenied ?AccessDeniedException ?AuthorizationError ?NotAuthorized"
_DENIED = ("AccessDenied", "Authorization", "NotAuthorized")


def look(trial: Trial, logs: Any, stack: str, since: float) -> None:
    """Look for refused calls since a time, in seconds since 1970."""
    trial.step(STEP, lambda: _denied(logs, stack, since))


def _denied(logs: Any, stack: str, since: float) -> tuple[bool, str]:
    try:
        pages = logs.get_paginator("filter_log_events").paginate(
            logGroupName=f"/newsreel/{stack}/functions",
            startTime=int(since * 1000),
            filterPattern=_PATTERN,
        )
        messages = [str(event["message"]) for page in pages for event in page.get("events", ())]
    except (BotoCoreError, ClientError) as refused:
        raise NotTriedError(f"needs logs:FilterLogEvents: {kind_of(refused)}") from None
    names = Counter(name for message in messages if (name := _who_was_refused(message)))
    if names:
        found = ", ".join(f"{name} {number} times" for name, number in names.items())
        raise StepFailedError(f"AccessDenied: {found}")
    return True, "no function was refused anything"


def _who_was_refused(message: str) -> str:
    try:
        line = json.loads(message)
    except ValueError:
        return ""
    if not isinstance(line, dict) or not str(line.get("aws_error")).startswith(_DENIED):
        return ""
    return str(line.get("function_name") or "a function")
