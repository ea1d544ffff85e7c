"""What exists once per account tells of costs, forgets old builds, and lets one pipeline in."""

import fnmatch
import tomllib
from typing import Any

import pytest

from tests.support.template import ROOT, load, resources

TEMPLATE = ROOT / "infra/account.yaml"
MADE = load(TEMPLATE)["Resources"]
STAGES = tomllib.loads((ROOT / "samconfig.toml").read_text(encoding="utf-8"))


def properties(name: str) -> dict[str, Any]:
    found: dict[str, Any] = MADE[name]["Properties"]
    return found


@pytest.mark.parametrize(
    ("name", "condition"),
    [
        ("ApiGatewayAccount", "MakesLogRole"),
        ("ApiGatewayRole", "MakesLogRole"),
        ("Budget", "HasBudget"),
        ("PipelineRole", "HasPipeline"),
        ("GitHub", "MakesProvider"),
    ],
)
def test_what_somebody_else_may_have_made_is_made_only_if_wanted(name: str, condition: str) -> None:
    assert MADE[name]["Condition"] == condition


def test_the_log_role_of_the_region_stays_for_other_apis() -> None:
    for name in ("ApiGatewayAccount", "ApiGatewayRole"):
        assert MADE[name]["DeletionPolicy"] == "RetainExceptOnCreate"


def test_somebody_is_told_of_costs_before_and_when_they_are_too_high() -> None:
    told = [one["Notification"] for one in properties("Budget")["NotificationsWithSubscribers"]]
    assert {(one["NotificationType"], one["Threshold"]) for one in told} == {
        ("ACTUAL", 80),
        ("FORECASTED", 100),
    }


def test_builds_are_private_and_forgotten_after_more_than_a_year() -> None:
    bucket = properties("Artifacts")
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    (rule,) = bucket["LifecycleConfiguration"]["Rules"]
    assert (rule["Status"], rule["ExpirationInDays"]) == ("Enabled", 400)
    (statement,) = properties("ArtifactsPolicy")["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Sid"]) == ("Deny", "TlsOnly")


def test_only_jobs_of_the_two_environments_take_the_pipelines_role() -> None:
    (statement,) = properties("PipelineRole")["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    ((test, asked),) = statement["Condition"].items()
    assert test == "StringEquals"  # no pattern, which another repository could match
    subjects = [one["Fn::Sub"] for one in asked["token.actions.githubusercontent.com:sub"]]
    assert subjects == [f"repo:${{Repository}}:environment:{stage}" for stage in ("dev", "prod")]
    assert asked["token.actions.githubusercontent.com:aud"] == "sts.amazonaws.com"


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_the_pipeline_may_make_the_roles_of_its_stages_and_of_nothing_else(stage: str) -> None:
    (policy,) = properties("PipelineRole")["Policies"]
    stack = STAGES[stage]["deploy"]["parameters"]["stack_name"]
    for statement in policy["PolicyDocument"]["Statement"]:
        names = [one["Fn::Sub"].rpartition("/")[2] for one in statement["Resource"]]
        assert any(fnmatch.fnmatchcase(f"{stack}-Ingest-1-Role-2", name) for name in names)
        assert not any(fnmatch.fnmatchcase("administrator", name) for name in names)
        assert all(
            action.startswith("iam:") and "*" not in action for action in statement["Action"]
        )
        assert not {one for one in statement["Action"] if "User" in one or "AccessKey" in one}


def test_the_stages_take_their_log_role_as_documented() -> None:
    allowed = load()["Parameters"]["ApiGatewayLogRole"]["AllowedValues"]
    assert allowed == ["create", "existing"]
    assert resources("AWS::ApiGateway::Account")["ApiGatewayAccount"]["Condition"]
