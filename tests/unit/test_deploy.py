"""`make deploy` shows changes, asks people and no pipeline, and names how a failure is cleared."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from samcli.commands.deploy import deploy_context
from samcli.lib.deploy.deployer import Deployer
from samtranslator.yaml_helper import yaml_parse

from tests.support.template import ROOT, resources
from tools.deploy import __main__ as command
from tools.deploy import drift
from tools.deploy.stacks import ALARMS, MONITORED, NotDeployableError, Stack

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
REGION = "eu-central-1"
ALARM_STACK = "arn:aws:cloudformation:eu-central-1:111122223333:stack/newsreel-dev-Alarms-1/abc"
SAMCONFIG = """version = 0.1
[dev.deploy.parameters]
stack_name = "newsreel-dev"
region = "eu-central-1"
template_file = "template.yaml"
tags = "service=newsreel stage=dev"
confirm_changeset = true
[dev.deploy.parameters.parameter_overrides]
Stage = "dev"
"""
TEMPLATE = """Resources: {Topic: {Type: AWS::SNS::Topic}}
Parameters: {Stage: {Type: String}}
"""
Asked = list[tuple[str, Mapping[str, Any]]]
Answers = dict[str, Any]
WORKFLOW = yaml_parse((ROOT / ".github/workflows/deploy.yml").read_text(encoding="utf-8"))


def refusal(operation: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": "ValidationError", "Message": message}}, operation)


def there(status: str) -> dict[str, Any]:
    return {"Stacks": [{"StackStatus": status, "StackName": "newsreel-dev"}]}


@pytest.fixture
def answers() -> Answers:
    """What AWS answers to each operation; an exception is raised."""
    return {"DescribeStacks": there("UPDATE_COMPLETE"), "DescribeAlarms": {}}


@pytest.fixture
def asked(answers: Answers, monkeypatch: pytest.MonkeyPatch) -> Asked:
    """What AWS is asked, by any client."""
    asked: Asked = []

    def call(_self: BaseClient, operation: str, given: Mapping[str, Any]) -> object:
        asked.append((operation, given))
        answer = answers[operation]
        answer = answer(given) if callable(answer) else answer
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(BaseClient, "_make_api_call", call)
    return asked


@pytest.fixture
def stack(asked: Asked) -> Stack:
    return Stack("newsreel-dev", REGION, boto3.client("cloudformation", region_name=REGION))


def physical(given: Mapping[str, str]) -> dict[str, Any]:
    name = given["LogicalResourceId"]
    found = ALARM_STACK if name == "Alarms" else f"newsreel-dev-{name}-XYZ"
    return {"StackResourceDetail": {"PhysicalResourceId": found}}


@pytest.mark.parametrize(
    ("status", "to_do"),
    [
        ("ROLLBACK_COMPLETE", "sam delete --stack-name newsreel-dev --region eu-central-1"),
        ("CREATE_FAILED", "sam delete"),
        ("UPDATE_ROLLBACK_FAILED", "continue-update-rollback --stack-name newsreel-dev"),
        ("UPDATE_IN_PROGRESS", "wait"),
    ],
)
def test_a_stack_that_nothing_can_be_deployed_over_says_what_to_do(
    status: str, to_do: str, stack: Stack, answers: Answers
) -> None:
    answers["DescribeStacks"] = there(status)
    with pytest.raises(NotDeployableError, match=to_do):
        stack.must_be_deployable()


@pytest.mark.parametrize("status", ["UPDATE_COMPLETE", "CREATE_COMPLETE", "REVIEW_IN_PROGRESS"])
def test_a_stack_that_is_up_can_be_deployed_over(
    status: str, stack: Stack, answers: Answers
) -> None:
    answers["DescribeStacks"] = there(status)
    stack.must_be_deployable()


def test_a_stack_that_is_not_there_is_made_without_alarms(stack: Stack, answers: Answers) -> None:
    answers["DescribeStacks"] = refusal("DescribeStacks", "Stack newsreel-dev does not exist")
    stack.must_be_deployable()
    assert stack.rollback_triggers() is None


def test_alarms_that_wake_somebody_undo_an_update(stack: Stack, answers: Answers) -> None:
    answers["DescribeStackResource"] = physical
    triggers = stack.rollback_triggers()
    assert triggers
    assert triggers["RollbackTriggers"] == [
        {
            "Arn": f"arn:aws:cloudwatch:eu-central-1:111122223333:alarm:newsreel-dev-{name}-XYZ",
            "Type": kind,
        }
        for name, kind in ALARMS.items()
    ]


def in_state(value: str) -> dict[str, Any]:
    """Return what CloudWatch tells of two alarms, the composite one in a state."""
    calm = {"AlarmName": "newsreel-dev-FaultsAnswered-XYZ", "StateValue": "OK"}
    other = {"AlarmName": "newsreel-dev-PeopleCannotRegister-XYZ", "StateValue": value}
    return {"MetricAlarms": [calm], "CompositeAlarms": [other]}


@pytest.mark.parametrize(
    ("words", "value", "status"),
    [
        (["--look"], "OK", 0),
        (["--look"], "INSUFFICIENT_DATA", 0),
        (["--look"], "ALARM", 2),
        (["--look", "--without-alarms"], "ALARM", 0),
    ],
)
def test_an_alarm_that_sounds_already_is_told_before_anything_is_built(
    words: list[str],
    value: str,
    status: int,
    asked: Asked,
    answers: Answers,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    answers["DescribeStackResource"] = physical
    answers["DescribeAlarms"] = in_state(value)
    monkeypatch.setattr("sys.argv", ["deploy", "dev", *words])
    assert command.main() == status
    assert "CreateChangeSet" not in dict(asked)
    told = capsys.readouterr().err
    assert ("docs/runbook.md#peoplecannotregister" in told) is (status == 2)


def test_who_may_not_see_alarms_may_deploy(
    asked: Asked, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers["DescribeStackResource"] = physical
    answers["DescribeAlarms"] = refusal("DescribeAlarms", "no")
    monkeypatch.setattr("sys.argv", ["deploy", "dev", "--look"])
    assert command.main() == 0
    assert "DescribeAlarms" in dict(asked)


def test_the_alarms_exist_wake_somebody_and_sound_while_the_update_is_watched() -> None:
    template = ROOT / "infra/alarms.yaml"
    for name, kind in ALARMS.items():
        alarm = resources(kind, template)[name]["Properties"]
        assert ". Page. " in alarm["AlarmDescription"]
    assert len(ALARMS) <= 5  # CloudFormation's limit
    rate = resources("AWS::CloudWatch::Alarm", template)["FaultsAnswered"]["Properties"]
    assert rate["Period"] * rate["EvaluationPeriods"] < MONITORED * 60


@pytest.fixture
def deploy(
    asked: Asked, answers: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Mapping[str, Any]]:
    """Have sam deploy, and return the change set that it asks for."""
    (tmp_path / "samconfig.toml").write_text(SAMCONFIG, encoding="utf-8")
    (tmp_path / "template.yaml").write_text(TEMPLATE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SAM_CLI_TELEMETRY", "0")
    answers["GetTemplateSummary"] = {"Parameters": []}
    answers["DescribeStackResource"] = physical
    # Put back afterwards.
    monkeypatch.setattr(deploy_context, "Deployer", Deployer)

    def run(*words: str) -> Mapping[str, Any]:
        monkeypatch.setattr("sys.argv", ["deploy", "dev", *words])
        command.main()
        return dict(asked)["CreateChangeSet"]

    return run


@pytest.mark.thorough
def test_the_change_set_carries_alarms_and_tags(
    deploy: Callable[..., Mapping[str, Any]], answers: Answers
) -> None:
    answers["CreateChangeSet"] = refusal("CreateChangeSet", "enough")
    given = deploy()
    arns = [one["Arn"] for one in given["RollbackConfiguration"]["RollbackTriggers"]]
    assert len(arns) == len(ALARMS)
    assert {"Key": "stage", "Value": "dev"} in given["Tags"]


@pytest.mark.thorough
def test_without_alarms_those_of_the_update_before_are_taken_away(
    deploy: Callable[..., Mapping[str, Any]], answers: Answers
) -> None:
    answers["CreateChangeSet"] = refusal("CreateChangeSet", "enough")
    given = deploy("--without-alarms")
    assert given["RollbackConfiguration"] == {"RollbackTriggers": []}


CHANGE = {
    "Action": "Remove",
    "LogicalResourceId": "MailTable",
    "ResourceType": "AWS::DynamoDB::Table",
    "Replacement": "N/A",
}


def made(answers: Answers) -> None:
    answers["CreateChangeSet"] = {"Id": "arn:of-changes", "StackId": "arn:of-stack"}
    answers["DescribeChangeSet"] = {
        "Status": "CREATE_COMPLETE",
        "Changes": [{"ResourceChange": CHANGE}],
    }
    answers["DescribeStackEvents"] = {"StackEvents": [{"Timestamp": datetime.now(UTC)}]}
    answers["ExecuteChangeSet"] = refusal("ExecuteChangeSet", "enough")


@pytest.mark.thorough
def test_changes_are_shown_and_a_person_is_asked_before_any_is_made(
    deploy: Callable[..., Mapping[str, Any]],
    answers: Answers,
    asked: Asked,
    capsys: pytest.CaptureFixture[str],
) -> None:
    made(answers)
    deploy()  # nobody answers: standard input is at its end
    shown = capsys.readouterr().out
    assert "MailTable" in shown
    assert "[y/N]" in shown
    assert "ExecuteChangeSet" not in dict(asked)


@pytest.mark.thorough
def test_a_pipeline_is_not_asked_and_reads_the_changes_in_its_log(
    deploy: Callable[..., Mapping[str, Any]],
    answers: Answers,
    asked: Asked,
    capsys: pytest.CaptureFixture[str],
) -> None:
    made(answers)
    deploy("--yes")
    shown = capsys.readouterr().out
    assert "MailTable" in shown
    assert "[y/N]" not in shown
    assert "ExecuteChangeSet" in dict(asked)


def test_what_was_changed_by_hand_is_told_of_nested_stacks_too(
    asked: Asked, answers: Answers, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    kind = "AWS::CloudFormation::Stack"
    answers["ListStackResources"] = {
        "StackResourceSummaries": [{"ResourceType": kind, "PhysicalResourceId": ALARM_STACK}]
    }
    answers["DetectStackDrift"] = lambda given: {"StackDriftDetectionId": given["StackName"]}
    answers["DescribeStackDriftDetectionStatus"] = {"DetectionStatus": "DETECTION_COMPLETE"}
    answers["DescribeStackResourceDrifts"] = lambda given: {
        "StackResourceDrifts": [
            {
                "LogicalResourceId": "FaultsAnswered",
                "StackResourceDriftStatus": "MODIFIED",
                "PropertyDifferences": [{"PropertyPath": "/Threshold"}],
            }
        ]
        if given["StackName"] == ALARM_STACK
        else []
    }
    monkeypatch.setattr("sys.argv", ["drift", "newsreel-dev"])
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    assert drift.main() == 1
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "newsreel-dev-Alarms-1: FaultsAnswered modified /Threshold"
    answers["DescribeStackResourceDrifts"] = {"StackResourceDrifts": []}
    assert drift.main() == 0


def test_production_comes_after_a_smoke_test_of_dev() -> None:
    jobs = WORKFLOW["jobs"]
    assert jobs["prod"]["needs"] == "dev"
    for name in ("dev", "prod"):
        # The role's trust names the environments, and GitHub asks for approval by them.
        assert jobs[name]["environment"] == name
        commands = [step.get("run", "") for step in jobs[name]["steps"]]
        deployed = next(at for at, one in enumerate(commands) if "make deploy" in one)
        smoked = next(at for at, one in enumerate(commands) if "make smoke" in one)
        assert deployed < smoked
        assert "CONFIRM=no" in commands[deployed]


def test_the_pipeline_keeps_no_keys_and_every_action_is_pinned() -> None:
    text = (ROOT / ".github/workflows/deploy.yml").read_text(encoding="utf-8")
    assert "secrets." not in text
    assert "aws-access-key-id" not in text
    assert WORKFLOW["permissions"] == {}
    jobs = WORKFLOW["jobs"].values()
    assert all(job["permissions"] == {"contents": "read", "id-token": "write"} for job in jobs)
    steps = [step for job in jobs for step in job["steps"]]
    # By the hash of a commit: a tag can be moved to other code.
    assert all(re.search("@[0-9a-f]{40}$", step["uses"]) for step in steps if "uses" in step)
