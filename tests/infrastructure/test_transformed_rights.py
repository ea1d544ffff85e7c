"""What roles and policies become once SAM has transformed the templates: nothing is for everything.

SAM adds roles, managed policies and permissions that no template shows. Each exception here has its
reason.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.permissions import listed
from tests.support.template import ROOT
from tests.support.transformed import transformed

TEMPLATES = [ROOT / "template.yaml", *sorted((ROOT / "infra").glob("*.yaml"))]
KNOW_NO_RESOURCE = {
    "ses:GetSendQuota": "the quota is the account's",
    "xray:PutTraceSegments": "X-Ray has no resource for a trace",
    "xray:PutTelemetryRecords": "X-Ray has no resource for a trace",
}
"""Actions for which AWS accepts no other resource than `*`."""
MANAGED = {
    "service-role/AWSLambdaBasicExecutionRole": "SAM's, for functions without a role of their own: "
    "they may write lines into any log group, and read none",
    "AWSXrayWriteOnlyAccess": "SAM's, for the same functions: X-Ray has no resources",
    "service-role/AmazonAPIGatewayPushToCloudWatchLogs": "AWS accepts this one for the account's "
    "setting, and no function has it",
    "PowerUserAccess": "the pipeline makes what the templates hold; roles by a policy of its own",
}
"""Policies of AWS that we attach, all of which are for `*`."""


def statements_of(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every statement of a policy within a part of a template."""
    if isinstance(value, list):
        for one in value:
            yield from statements_of(one)
    elif isinstance(value, dict):
        statements = value.get("Statement", [])
        # A web ACL has statements too, which allow nothing by themselves.
        yield from (one for one in listed(statements) if "Effect" in one)
        for one in value.values():
            yield from statements_of(one)


def faults(resources: dict[str, dict[str, Any]]) -> list[str]:
    """Return what is allowed for everything or to everybody, by resource."""
    found = []
    for name, resource in resources.items():
        for statement in statements_of(resource):
            if statement["Effect"] != "Allow":
                continue
            actions = {*map(str, listed(statement.get("Action", "*")))}
            if "*" in str(listed(statement.get("Principal", ""))):
                found.append(f"{name}: to everybody")
            if any("*" in action for action in actions):
                found.append(f"{name}: every action")
            if "*" in listed(statement.get("Resource", [])) and not actions <= {*KNOW_NO_RESOURCE}:
                found.append(f"{name}: on everything")
            if {"NotAction", "NotResource", "NotPrincipal"} & statement.keys():
                found.append(f"{name}: all but something")
    return found


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_nothing_is_allowed_for_everything_or_to_everybody(path: Path) -> None:
    assert faults(transformed(path)) == []


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"Resource": "*"}, "Role: on everything"),
        ({"Resource": ["arn:aws:s3:::a", "*"]}, "Role: on everything"),
        ({"Action": "s3:*"}, "Role: every action"),
        ({"Action": ["ses:GetSendQuota", "s3:GetObject"], "Resource": "*"}, "Role: on everything"),
        ({"Principal": "*"}, "Role: to everybody"),
        ({"Principal": {"AWS": ["*"]}}, "Role: to everybody"),
        ({"NotResource": "arn:aws:s3:::a"}, "Role: all but something"),
    ],
)
def test_what_is_for_everything_would_be_found(changed: dict[str, Any], fault: str) -> None:
    allowed = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a"}
    policy = {"PolicyDocument": {"Statement": [{**allowed, **changed}]}}
    assert fault in faults({"Role": {"Properties": {"Policies": [policy]}}})


def managed_policies() -> Iterator[tuple[str, str]]:
    for path in TEMPLATES:
        for name, resource in transformed(path).items():
            for one in resource.get("Properties", {}).get("ManagedPolicyArns", []):
                text = one if isinstance(one, str) else next(iter(one.values()))
                yield name, str(text).partition(":policy/")[2]


def test_policies_of_aws_are_attached_for_a_reason_each() -> None:
    assert {policy for _, policy in managed_policies()} == MANAGED.keys()


def test_what_a_stream_or_a_queue_calls_has_no_policy_of_aws() -> None:
    # AWSLambdaDynamoDBExecutionRole reads every stream of the account, password hashes in it.
    sources = "AWS::Lambda::EventSourceMapping"
    called = set()
    for path in TEMPLATES:
        for resource in transformed(path).values():
            if resource["Type"] == sources:
                called.add(f"{resource['Properties']['FunctionName']['Ref']}Role")
    assert len(called) == 8
    assert not {name for name, _ in managed_policies()} & called
