"""Reads what the functions of the local stack logged, oldest first, and says which one wrote it.

All functions share one log group. A line names its function in `function_name`; a line without one
(a traceback, Lambda's own) belongs to the function that wrote the other lines of its log stream.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import boto3

from infra.local import clean_environment
from infra.local.paths import Stack

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_logs.type_defs import FilteredLogEventTypeDef

_LAMBDAS_OWN = ("START RequestId", "END RequestId", "REPORT RequestId")
_LOGICAL_ID = re.compile(r"-(\w+)Function-")


@dataclass(frozen=True, slots=True)
class LogLine:
    """One logged line; `source` is the function that wrote it or, if unknown, the log group."""

    logged_at: datetime
    source: str
    message: str


def logged(stack: Stack) -> Iterator[LogLine]:
    """Yield every line of every log group of the local AWS, group by group."""
    logs: CloudWatchLogsClient = boto3.client(
        "logs",
        endpoint_url=clean_environment.assert_loopback(stack.aws_endpoint_url),
        region_name=stack.region,
        aws_access_key_id=clean_environment.ACCESS_KEY,
        aws_secret_access_key=clean_environment.SECRET_KEY,
    )
    for page in logs.get_paginator("describe_log_groups").paginate():
        for group in page["logGroups"]:
            name = group["logGroupName"]
            pages = logs.get_paginator("filter_log_events").paginate(logGroupName=name)
            yield from with_sources(name, [event for page in pages for event in page["events"]])


def with_sources(group: str, events: Iterable["FilteredLogEventTypeDef"]) -> Iterator[LogLine]:
    """Yield a log group's events as lines, each with the function that wrote it."""
    events = list(events)
    writers = {
        event["logStreamName"]: writer
        for event in events
        if (writer := _writer(event["message"])) is not None
    }
    for event in events:
        logged_at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
        source = writers.get(event["logStreamName"], group.rpartition("/")[2])
        yield LogLine(logged_at, source, event["message"])


def _writer(message: str) -> str | None:
    """Return the function that a line names, as its folder under functions/ is called."""
    try:
        line = json.loads(message)
    except ValueError:
        return None
    name = line.get("function_name") if isinstance(line, dict) else None
    if not isinstance(name, str):
        return None
    logical = _LOGICAL_ID.search(name)
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", logical[1]).lower() if logical else name


def show(stack: Stack) -> None:
    """Print all lines in order of time, without Lambda's own start, end and report."""
    lines = [line for line in logged(stack) if not line.message.startswith(_LAMBDAS_OWN)]
    for line in sorted(lines, key=lambda line: line.logged_at):
        print(f"{line.logged_at:%H:%M:%S}  {line.source:<14} {line.message}")
