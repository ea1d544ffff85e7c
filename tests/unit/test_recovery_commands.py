"""Every command of an update, of the way back and of a recovery can be typed as it is written.

Each in an account of its own: some delete what others need, and what a deployment makes again.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from tests.support.documented_commands import blocks, shell
from tests.support.template import ROOT
from tools.recover.stacks import Stacks

BLOCKS = blocks(ROOT / "docs/recovery.md")
pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.thorough]


@pytest.mark.parametrize("block", BLOCKS, ids=[f"block {at}" for at in range(len(BLOCKS))])
def test_a_block_of_commands_runs(block: str, tmp_path: Path) -> None:
    with shell(tmp_path) as typing:
        ran = typing.run(block)
    assert ran.returncode == 0, ran.stdout + ran.stderr


QUEUE = {"Type": "AWS::SQS::Queue"}


@pytest.fixture
def cloud() -> Iterator[Stacks]:
    with mock_aws():
        session = boto3.Session("test", "test", region_name="eu-central-1")
        session.client("cloudformation").create_stack(
            StackName="there",
            TemplateBody=json.dumps(
                {"Parameters": {"Kept": {"Type": "String"}}, "Resources": {"First": QUEUE}}
            ),
            Parameters=[{"ParameterKey": "Kept", "ParameterValue": "one"}],
        )
        yield Stacks(session)


def test_a_change_set_is_told_and_carried_out_with_the_parameters_of_the_stack(
    cloud: Stacks,
) -> None:
    found = cloud.template("there")
    wanted = {**found, "Resources": {**found["Resources"], "Second": QUEUE}}
    change = cloud.propose("there", "UPDATE", wanted)
    assert "Add Second" in change.told
    cloud.carry_out(change, "UPDATE")
    assert cloud.template("there")["Resources"].keys() == {"First", "Second"}
    assert cloud._parameters("there") == ["Kept"]
    assert cloud._parameters("not there") == []
