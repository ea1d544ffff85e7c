"""Reads what the functions of the local stack logged, oldest first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import boto3

from infra.local import clean_environment
from infra.local.paths import Stack

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

_LAMBDAS_OWN = ("START RequestId", "END RequestId", "REPORT RequestId")


@dataclass(frozen=True, slots=True)
class LogLine:
    """One logged line, with the function (the last part of its log group) that wrote it."""

    logged_at: datetime
    group: str
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
            for events in logs.get_paginator("filter_log_events").paginate(logGroupName=name):
                for event in events["events"]:
                    logged_at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
                    yield LogLine(logged_at, name.rpartition("/")[2], event["message"])


def show(stack: Stack) -> None:
    """Print all lines in order of time, without Lambda's own start, end and report."""
    lines = [line for line in logged(stack) if not line.message.startswith(_LAMBDAS_OWN)]
    for line in sorted(lines, key=lambda line: line.logged_at):
        print(f"{line.logged_at:%H:%M:%S}  {line.group:<14} {line.message}")
