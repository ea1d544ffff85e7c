"""CloudFormation transforms and updates nested stacks, as on AWS; the release does neither.

When one of the first two tests fails, take its part of ministack_patches/nested_stacks.py out.
"""

import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from infra.local import administrator
from infra.local.paths import Stack
from tests.local_stack.released import released

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import StackTypeDef

QUEUE = {"Type": "AWS::SQS::Queue"}
PLAIN = {
    "Resources": {"Waiting": QUEUE},
    "Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["Waiting", "Arn"]}}},
}
TRANSFORMED = {
    **PLAIN,
    "Transform": "AWS::Serverless-2016-10-31",
    "Resources": {"Waiting": QUEUE, "Made": {"Type": "AWS::Serverless::SimpleTable"}},
}


def with_one_more(template: Mapping[str, Any]) -> dict[str, Any]:
    return {**template, "Resources": {**template["Resources"], "More": QUEUE}}


@dataclass(frozen=True)
class Outer:
    """A stack with one nested in it."""

    session: boto3.Session
    url: str
    name: str

    def deploy(self, inner: Mapping[str, Any]) -> "StackTypeDef":
        """Make or update it, wait until that ends, and return what became of it."""
        s3 = self.session.client("s3", endpoint_url=self.url)
        cloudformation = self.session.client("cloudformation", endpoint_url=self.url)
        bucket = f"{self.name}-{secrets.token_hex(4)}"
        s3.create_bucket(
            Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
        s3.put_object(Bucket=bucket, Key="inner", Body=json.dumps(inner).encode())
        nested = {"TemplateURL": f"https://s3.eu-central-1.amazonaws.com/{bucket}/inner"}
        outer = {
            "Resources": {"Inner": {"Type": "AWS::CloudFormation::Stack", "Properties": nested}},
            "Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["Inner", "Outputs.Arn"]}}},
        }
        exists = self.name in str(cloudformation.describe_stacks()["Stacks"])
        act = cloudformation.update_stack if exists else cloudformation.create_stack
        act(
            StackName=self.name,
            TemplateBody=json.dumps(outer),
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
            DisableRollback=True,
        )
        while True:
            (found,) = cloudformation.describe_stacks(StackName=self.name)["Stacks"]
            if not found["StackStatus"].endswith("_IN_PROGRESS"):
                return found

    def delete(self) -> None:
        cloudformation = self.session.client("cloudformation", endpoint_url=self.url)
        cloudformation.delete_stack(StackName=self.name)
        cloudformation.get_waiter("stack_delete_complete").wait(StackName=self.name)


@pytest.fixture(scope="module")
def unmended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with released(tmp_path_factory.mktemp("unmended"), {}) as url:
        yield url


def outer_on(url: str) -> Outer:
    session = boto3.Session("test", "test", region_name="eu-central-1")
    return Outer(session, url, f"outer-{secrets.token_hex(4)}")


def test_the_release_still_transforms_no_nested_template(unmended: str) -> None:
    found = outer_on(unmended).deploy(TRANSFORMED)
    assert found["StackStatus"] == "CREATE_FAILED"
    assert "AWS::Serverless::SimpleTable" in found["StackStatusReason"]


def test_the_release_still_forgets_what_an_update_of_a_nested_stack_leaves(unmended: str) -> None:
    outer = outer_on(unmended)
    assert outer.deploy(PLAIN)["StackStatus"] == "CREATE_COMPLETE"
    found = outer.deploy(with_one_more(PLAIN))
    assert found["StackStatus"] != "UPDATE_COMPLETE"
    assert "Requested attribute Arn" in found["StackStatusReason"]


def test_a_nested_stack_is_transformed_updated_and_deleted(stack: Stack) -> None:
    session, url = administrator.session(), stack.aws_endpoint_url
    outer = Outer(session, url, f"outer-{secrets.token_hex(4)}")
    tables = session.client("dynamodb", endpoint_url=url)

    def made() -> list[str]:
        return [name for name in tables.list_tables()["TableNames"] if outer.name in name]

    created = outer.deploy(TRANSFORMED)
    assert created["StackStatus"] == "CREATE_COMPLETE"
    (table,) = made()
    updated = outer.deploy(with_one_more(TRANSFORMED))
    assert updated["StackStatus"] == "UPDATE_COMPLETE"
    assert updated["Outputs"] == created["Outputs"]
    assert made() == [table]
    outer.delete()
    assert made() == []
