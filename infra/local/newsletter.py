"""Makes an edition of the newsletter on the local stack, and is its press office.

`make newsletter` makes one from everything that is published; `make newsletter DO=approve` puts the
press office's file into the media bucket, as do `pause`, `resume` and `cancel`. The mailbox's page
(`/mailbox/newsletter`) does the same.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from infra.local import administrator, clean_environment
from infra.local.paths import Stack
from infra.local.processes import NotStartedError
from infra.local.progress import console, step

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client

Report: TypeAlias = dict[str, Any]
"""What `newsletter_editions` writes of an edition into the media bucket."""

ORDERS = ("approve", "pause", "resume", "cancel")
_REPORTS = "receipts/newsletter/"
_EVER = "2000-01-01T00:00:00Z"


def make(stack: Stack) -> None:
    """Make an edition of all that is published, as the schedule would, and say where it is."""
    with step("Making an edition"):
        invoke(stack)
    _tell(stack, _newest_report(stack))


def order(stack: Stack, name: str) -> None:
    """Put a file of the press office for the newest edition."""
    edition = str(_newest_report(stack)["edition"])
    with step(f"Uploading newsletter/{edition}/{name}"):
        upload(stack, edition, name)
    console.print(f"  Its state is told in {_REPORTS}{edition}.json", markup=False)


def invoke(stack: Stack) -> None:
    """Have the function make an edition of all that is published."""
    functions: LambdaClient = administrator.session().client(
        "lambda", endpoint_url=_endpoint(stack)
    )
    moment = _free_moment(stack).strftime("%Y-%m-%dT%H:%M:%SZ")
    functions.invoke(
        FunctionName=stack.outputs["NewsletterEditionsFunction"],
        Payload=json.dumps({"time": moment, "since": _EVER}).encode(),
    )


def upload(stack: Stack, edition: str, name: str) -> None:
    """Put the press office's empty file, whose event the function obeys."""
    _s3(stack).put_object(Bucket=stack.media_bucket, Key=f"newsletter/{edition}/{name}")


def reports(stack: Stack, most: int) -> list[Report]:
    """Return what is told of the newest editions, the newest first."""
    s3, keys = _s3(stack), _report_keys(stack)[-most:]
    found = (s3.get_object(Bucket=stack.media_bucket, Key=key)["Body"].read() for key in keys)
    return [json.loads(body) for body in found][::-1]


def _report_keys(stack: Stack) -> list[str]:
    pages = _s3(stack).get_paginator("list_objects_v2")
    listed = pages.paginate(Bucket=stack.media_bucket, Prefix=_REPORTS)
    return sorted(entry["Key"] for page in listed for entry in page.get("Contents", []))


def _free_moment(stack: Stack) -> datetime:
    """Return now, or the next minute that no edition is named after: one a minute has its name."""
    taken, moment = set(_report_keys(stack)), datetime.now(UTC)
    while f"{_REPORTS}{moment:%Y-%m-%d-%H%M}.json" in taken:
        moment += timedelta(minutes=1)
    return moment


def _newest_report(stack: Stack) -> Report:
    found = reports(stack, 1)
    if not found:
        raise NotStartedError("There is no edition; `make newsletter` makes one.")
    return found[0]


def _tell(stack: Stack, report: Report) -> None:
    console.print(
        f"\n  Edition  {report['edition']}, {report['state']}, {len(report['videos'])} videos,"
        f" {report['recipients']} subscribers\n"
        f"  Preview  {stack.mailbox_url}/newsletter\n"
        f"  Report   s3://{stack.media_bucket}/{_REPORTS}{report['edition']}.json\n\n"
        "  `make newsletter DO=approve` sends it; pause, resume and cancel work in the same way.",
        markup=False,
    )


def _endpoint(stack: Stack) -> str:
    return clean_environment.assert_loopback(stack.aws_endpoint_url)


def _s3(stack: Stack) -> "S3Client":
    return administrator.session().client("s3", endpoint_url=_endpoint(stack))
