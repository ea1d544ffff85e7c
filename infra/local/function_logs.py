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

from infra.local import administrator, clean_environment
from infra.local.paths import Stack

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_logs.type_defs import FilteredLogEventTypeDef

# FilterLogEvents takes no more streams and gives no more events than these (its API reference).
_STREAMS_AT_ONCE = 100
_GIVEN_AT_MOST = 10_000
_LAMBDAS_OWN = ("START RequestId", "END RequestId", "REPORT RequestId")
# A name that CloudFormation gave holds the logical id; one of a nested stack ends with the folder.
_LOGICAL_ID = re.compile(r"-(\w+)Function-\w+$")
_FOLDER = re.compile(r"-([a-z_]+)$")


@dataclass(frozen=True, slots=True)
class LogLine:
    """One logged line; `source` is the function that wrote it or, if unknown, the log group."""

    logged_at: datetime
    source: str
    message: str


def logged(stack: Stack, prefix: str = "") -> Iterator[LogLine]:
    """Yield every line of every log group, or of those whose name begins so, group by group."""
    logs: CloudWatchLogsClient = administrator.session().client(
        "logs", endpoint_url=clean_environment.assert_loopback(stack.aws_endpoint_url)
    )
    for page in logs.get_paginator("describe_log_groups").paginate():
        for group in page["logGroups"]:
            name = group["logGroupName"]
            if name.startswith(prefix):
                yield from with_sources(name, _events(logs, name))


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
    return folder_of(name) if isinstance(name, str) else None


def folder_of(name: str) -> str:
    """Return a deployed function's folder under functions/; another name as it is."""
    if logical := _LOGICAL_ID.search(name):
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", logical[1]).lower()
    folder = _FOLDER.search(name)
    return folder[1] if folder else name


def _events(logs: "CloudWatchLogsClient", group: str) -> "Iterator[FilteredLogEventTypeDef]":
    """Yield every event of a group, some streams at a time; a stream holds one invocation.

    The local AWS gives the oldest 10,000 events of what it is asked for, and says nothing of the
    others.
    """
    pages = logs.get_paginator("describe_log_streams").paginate(logGroupName=group)
    # Pages begin at a number: while new streams come, the end of one page begins the next again.
    names = list(
        dict.fromkeys(one["logStreamName"] for page in pages for one in page["logStreams"])
    )
    for first in range(0, len(names), _STREAMS_AT_ONCE):
        some = names[first : first + _STREAMS_AT_ONCE]
        events = list(_of_streams(logs, group, some))
        if len(events) < _GIVEN_AT_MOST:
            yield from events
            continue
        for name in some:
            yield from _of_streams(logs, group, [name])


def _of_streams(
    logs: "CloudWatchLogsClient", group: str, names: list[str]
) -> "Iterator[FilteredLogEventTypeDef]":
    asked = logs.get_paginator("filter_log_events")
    for page in asked.paginate(logGroupName=group, logStreamNames=names):
        yield from page["events"]


def show(stack: Stack) -> None:
    """Print all lines in order of time, without Lambda's own start, end and report."""
    lines = [line for line in logged(stack) if not line.message.startswith(_LAMBDAS_OWN)]
    for line in sorted(lines, key=lambda line: line.logged_at):
        print(f"{line.logged_at:%H:%M:%S}  {line.source:<14} {line.message}")
