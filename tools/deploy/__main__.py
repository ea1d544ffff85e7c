"""Deploys a stage that was built: shows the changes, asks, and lets alarms undo an update.

`make deploy STAGE=dev`; a pipeline adds `CONFIRM=no`. sam does the work; it has no option for
alarms that CloudFormation watches, so they are added to the change set that it makes.
"""

import argparse
import os
import sys
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from samcli.cli.main import cli
from samcli.commands.deploy import deploy_context
from samcli.lib.deploy.deployer import Deployer

from tools.deploy.stacks import NotDeployableError, Stack
from tools.preflight.stage import Stage, UnknownStageError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import RollbackConfigurationTypeDef


def main() -> int:
    """Deploy, and return the exit status."""
    parser = argparse.ArgumentParser(prog="make deploy STAGE=…", description=__doc__)
    parser.add_argument("stage", help="a section of samconfig.toml, such as dev")
    parser.add_argument("--look", action="store_true", help="only look whether it can be deployed")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--without-alarms", action="store_true", help="let no alarm undo it")
    asked = parser.parse_args()
    try:
        stage = Stage.read(asked.stage)
        client = boto3.client("cloudformation", region_name=stage.region)
        stack = Stack(stage.stack, stage.region, client)
        stack.must_be_deployable()
        triggers = None if asked.without_alarms else stack.rollback_triggers()
        if triggers:
            cloudwatch = boto3.client("cloudwatch", region_name=stage.region)
            stack.must_be_quiet(triggers, cloudwatch)
        if asked.look:
            return 0
    except (UnknownStageError, NotDeployableError, ClientError, BotoCoreError) as refused:
        print(refused, file=sys.stderr)
        return 2
    status = deploy(stage.name, triggers, asks=not asked.yes)
    if status:
        _tell(stack)
    return status


def deploy(name: str, triggers: "RollbackConfigurationTypeDef | None", *, asks: bool) -> int:
    """Have sam deploy a stage with alarms to watch; return its exit status."""
    if triggers:
        count = len(triggers["RollbackTriggers"])
        minutes = triggers["MonitoringTimeInMinutes"]
        print(f"{count} alarms undo the update until {minutes} minutes after it.")
    deploy_context.Deployer = _watched(triggers)
    arguments = ["deploy", "--config-env", name, *([] if asks else ["--no-confirm-changeset"])]
    os.environ.setdefault("SAM_CLI_TELEMETRY", "0")
    try:
        cli.main(arguments, prog_name="sam")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1
    return 0


def _watched(triggers: "RollbackConfigurationTypeDef | None") -> type[Deployer]:
    # None of ours means none at all: CloudFormation would take those of the update before.
    watched = triggers or {"RollbackTriggers": []}

    class Watched(Deployer):  # type: ignore[misc]
        """sam's own, whose change sets name alarms."""

        def _create_change_set(self, *given: object, **named: object) -> Any:
            return super()._create_change_set(*given, **named, RollbackConfiguration=watched)

    return Watched


def _tell(stack: Stack) -> None:
    try:
        stack.must_be_deployable()
    except (NotDeployableError, ClientError, BotoCoreError) as refused:
        print(refused, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
