"""Says whether a stage is still what was deployed: `python -m tools.deploy.drift newsreel-prod`.

Exit status: 0 if nothing was changed by hand, 1 if something was. CloudFormation looks at each
nested stack by itself, and at some kinds of resources not at all.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

_EVERY = 5
"""Seconds between two looks."""


def main() -> int:
    """Look at a stack and all in it, and print what differs."""
    parser = argparse.ArgumentParser(prog="python -m tools.deploy.drift", description=__doc__)
    parser.add_argument("stack", help="such as newsreel-prod")
    client: CloudFormationClient = boto3.client("cloudformation")
    found = list(drifted(client, parser.parse_args().stack))
    for line in found:
        print(line)
    print(f"{len(found)} differences from what was deployed." if found else "As it was deployed.")
    return 1 if found else 0


def drifted(client: "CloudFormationClient", stack: str) -> Iterator[str]:
    """Return a line for each resource that was changed or deleted by hand."""
    for one in (stack, *_nested(client, stack)):
        asked = client.detect_stack_drift(StackName=one)["StackDriftDetectionId"]
        reason = _wait(client, asked)
        if reason:
            yield f"{_short(one)}: not looked at whole: {reason}"
        answer = client.describe_stack_resource_drifts(
            StackName=one, StackResourceDriftStatusFilters=["MODIFIED", "DELETED"]
        )
        for drift in answer["StackResourceDrifts"]:
            status = drift["StackResourceDriftStatus"]
            paths = [one["PropertyPath"] for one in drift.get("PropertyDifferences", [])]
            words = f"{_short(one)}: {drift['LogicalResourceId']} {status.lower()}"
            yield f"{words} {', '.join(paths)}".strip()


def _nested(client: "CloudFormationClient", stack: str) -> list[str]:
    pages = client.get_paginator("list_stack_resources").paginate(StackName=stack)
    return [
        one["PhysicalResourceId"]
        for page in pages
        for one in page["StackResourceSummaries"]
        if one["ResourceType"] == "AWS::CloudFormation::Stack" and "PhysicalResourceId" in one
    ]


def _wait(client: "CloudFormationClient", asked: str) -> str:
    """Return why a look was not whole, once it ended; empty if it was."""
    while True:
        answer = client.describe_stack_drift_detection_status(StackDriftDetectionId=asked)
        if answer["DetectionStatus"] != "DETECTION_IN_PROGRESS":
            break
        time.sleep(_EVERY)
    failed = answer["DetectionStatus"] == "DETECTION_FAILED"
    return answer.get("DetectionStatusReason", "no reason given") if failed else ""


def _short(stack: str) -> str:
    """Return the name in a stack's ARN."""
    return stack.split("/")[1] if stack.startswith("arn:") else stack


if __name__ == "__main__":
    sys.exit(main())
