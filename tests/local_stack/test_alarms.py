"""The local AWS keeps every alarm of the stack; the release refuses two kinds of them.

When the first test fails, take ministack_patches/alarms.py out.
"""

import json
import secrets
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError, WaiterError

from infra.local import administrator
from infra.local.paths import Stack
from tests.local_stack.released import released
from tests.support.template import resources

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

METRIC = {"Namespace": "Newsreel", "MetricName": "CodesRequested"}
MATH: dict[str, Any] = {
    "EvaluationPeriods": 1,
    "Threshold": 0,
    "ComparisonOperator": "GreaterThanThreshold",
    "Metrics": [
        {
            "Id": "a",
            "ReturnData": False,
            "MetricStat": {"Metric": METRIC, "Period": 60, "Stat": "Sum"},
        },
        {"Id": "b", "Expression": "FILL(a, 0)"},
    ],
}

REFUSALS = {"Math": "rolled back", "Both": "unknown type"}


def template(threshold: int) -> str:
    """Return a stack with one alarm on metric math, and one that follows it."""
    math = {"Type": "AWS::CloudWatch::Alarm", "Properties": {**MATH, "Threshold": threshold}}
    rule = {"AlarmRule": {"Fn::Sub": 'ALARM("${Math}")'}, "AlarmActions": ["arn:aws:sns:::topic"]}
    both = {"Type": "AWS::CloudWatch::CompositeAlarm", "Properties": rule}
    return json.dumps({"Resources": {"Math": math, "Both": both}})


@pytest.mark.parametrize("kind", ["Math", "Both"])
def test_the_release_still_refuses_them(
    kind: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    made = json.loads(template(0))["Resources"][kind]
    if kind == "Both":
        made["Properties"]["AlarmRule"] = "TRUE"
    body = json.dumps({"Resources": {kind: made}})
    with released(tmp_path_factory.mktemp("unmended"), {}) as url:
        cloudformation: CloudFormationClient = boto3.client(
            "cloudformation",
            endpoint_url=url,
            region_name="eu-central-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        assert refusal(cloudformation, body) == REFUSALS[kind]


def refusal(cloudformation: "CloudFormationClient", body: str) -> str:
    """Return why a stack cannot be made, or an empty text."""
    try:
        cloudformation.create_stack(StackName="alarms", TemplateBody=body)
        cloudformation.get_waiter("stack_create_complete").wait(
            StackName="alarms", WaiterConfig={"Delay": 1, "MaxAttempts": 20}
        )
    except ClientError as refused:
        return "unknown type" if "Unrecognized resource" in str(refused) else str(refused)
    except WaiterError:
        return "rolled back"
    return ""


def test_a_stack_makes_changes_and_deletes_them(stack: Stack) -> None:
    session, url = administrator.session(), stack.aws_endpoint_url
    cloudformation = session.client("cloudformation", endpoint_url=url)
    watch = session.client("cloudwatch", endpoint_url=url)
    name = f"alarms-{secrets.token_hex(4)}"

    def found() -> list[tuple[str, Any]]:
        answer = watch.describe_alarms(
            AlarmNamePrefix=name, AlarmTypes=["MetricAlarm", "CompositeAlarm"]
        )
        composite = [("composite", one["AlarmRule"]) for one in answer["CompositeAlarms"]]
        return [("metric", one["Threshold"]) for one in answer["MetricAlarms"]] + composite

    cloudformation.create_stack(StackName=name, TemplateBody=template(0))
    cloudformation.get_waiter("stack_create_complete").wait(StackName=name)
    (metric, (kind, rule)) = found()
    assert (metric, kind) == (("metric", 0.0), "composite")
    assert rule.startswith('ALARM("alarms-')
    cloudformation.update_stack(StackName=name, TemplateBody=template(5))
    cloudformation.get_waiter("stack_update_complete").wait(StackName=name)
    assert found()[0] == ("metric", 5.0)
    cloudformation.delete_stack(StackName=name)
    cloudformation.get_waiter("stack_delete_complete").wait(StackName=name)
    assert found() == []


def test_every_alarm_and_the_dashboard_are_made_with_the_stack(stack: Stack) -> None:
    session, url = administrator.session(), stack.aws_endpoint_url
    watch = session.client("cloudwatch", endpoint_url=url)
    pages = watch.get_paginator("describe_alarms").paginate(
        AlarmTypes=["MetricAlarm", "CompositeAlarm"]
    )
    sections = {
        one["AlarmDescription"].rpartition("#")[2]
        for page in pages
        for one in (*page["MetricAlarms"], *page["CompositeAlarms"])
    }
    wanted = resources("AWS::CloudWatch::Alarm") | resources("AWS::CloudWatch::CompositeAlarm")
    # Nobody watches a local stack, so it tries no registration.
    assert {name.lower() for name in wanted} - sections == {"trialregistrationfails"}
    assert stack.stack_name in [
        one["DashboardName"] for one in watch.list_dashboards()["DashboardEntries"]
    ]
