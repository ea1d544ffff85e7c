"""CloudFormation makes receipt rules on the local AWS, as on AWS; the release cannot.

When the first test fails, take ministack_patches/receipt_rules.py out.
"""

import json
import secrets
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from infra.local import administrator
from infra.local.paths import Stack
from tests.local_stack.released import released

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_ses import SESClient


def template(*names: str) -> str:
    """A set with rules, each behind the one before."""
    made: dict[str, Any] = {"Set": {"Type": "AWS::SES::ReceiptRuleSet", "Properties": {}}}
    for place, name in enumerate(names):
        rule = {"Name": name, "Enabled": True, "Recipients": [f"{name}.test"], "Actions": []}
        properties: dict[str, Any] = {"RuleSetName": {"Ref": "Set"}, "Rule": rule}
        if place:
            properties["After"] = {"Ref": f"Rule{names[place - 1]}"}
        made[f"Rule{name}"] = {"Type": "AWS::SES::ReceiptRule", "Properties": properties}
    return json.dumps({"Resources": made, "Outputs": {"Set": {"Value": {"Ref": "Set"}}}})


def test_the_release_still_knows_no_receipt_rules(tmp_path_factory: pytest.TempPathFactory) -> None:
    with released(tmp_path_factory.mktemp("unmended"), {}) as url:
        cloudformation: CloudFormationClient = boto3.client(
            "cloudformation",
            endpoint_url=url,
            region_name="eu-central-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        with pytest.raises(cloudformation.exceptions.ClientError, match="Unrecognized resource"):
            cloudformation.create_stack(StackName="rules", TemplateBody=template("one"))


def test_a_stack_makes_changes_and_deletes_its_rules_in_order(stack: Stack) -> None:
    session = administrator.session()
    url = stack.aws_endpoint_url
    cloudformation: CloudFormationClient = session.client("cloudformation", endpoint_url=url)
    ses: SESClient = session.client("ses", endpoint_url=url)
    name = f"rules-{secrets.token_hex(4)}"

    def rules() -> list[str]:
        (made,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
        (output,) = made["Outputs"]
        found = ses.describe_receipt_rule_set(RuleSetName=output["OutputValue"])
        return [rule["Name"] for rule in found["Rules"]]

    cloudformation.create_stack(StackName=name, TemplateBody=template("one", "two"))
    cloudformation.get_waiter("stack_create_complete").wait(StackName=name)
    assert rules() == ["one", "two"]
    cloudformation.update_stack(StackName=name, TemplateBody=template("one", "two", "three"))
    cloudformation.get_waiter("stack_update_complete").wait(StackName=name)
    assert rules() == ["one", "two", "three"]
    cloudformation.delete_stack(StackName=name)
    cloudformation.get_waiter("stack_delete_complete").wait(StackName=name)
    assert name not in str(ses.list_receipt_rule_sets()["RuleSets"])


def test_our_rule_is_active_and_takes_both_domains(stack: Stack) -> None:
    ses: SESClient = administrator.session().client("ses", endpoint_url=stack.aws_endpoint_url)
    active = ses.describe_active_receipt_rule_set()
    assert active["Metadata"]["Name"] == stack.outputs["ReceiptRuleSet"]
    (rule,) = active["Rules"]
    assert set(rule["Recipients"]) == {"newsreel.test", "news.newsreel.test"}
