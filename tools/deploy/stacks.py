"""Decides whether a stack can be deployed over, and which alarms undo an update of it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import RollbackConfigurationTypeDef

ALARMS = {
    "FaultsAnswered": "AWS::CloudWatch::Alarm",
    "PeopleCannotRegister": "AWS::CloudWatch::CompositeAlarm",
}
"""Those that wake somebody, where the stack is; CloudFormation takes five at most."""
MONITORED = 10
"""Minutes after an update in which an alarm undoes it; the slower alarm needs half of that."""
_ONLY_DELETED = {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"}


class NotDeployableError(Exception):
    """Nothing can be deployed over the stack; the message says what to do."""


class Obstacle(NamedTuple):
    """What is in the way of a deployment, and the command that clears it; empty if time does."""

    why: str
    command: str


def obstacle(name: str, region: str, status: str) -> Obstacle | None:
    """Return what a stack's status puts in the way of a deployment; None if nothing."""
    of = f"--stack-name {name} --region {region}"
    if status in _ONLY_DELETED:
        why = (
            "a creation that failed can only be deleted. The cause is the first CREATE_FAILED of"
            " its events, those of nested stacks included; make preflight looks for the known ones."
        )
        return Obstacle(why, f".venv/bin/sam delete {of}")
    if status == "UPDATE_ROLLBACK_FAILED":
        why = "going back from an update failed. Mend what its events name."
        return Obstacle(why, f"aws cloudformation continue-update-rollback {of}")
    if status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS":
        return Obstacle("wait until that has ended.", "")
    return None


@dataclass(frozen=True, slots=True)
class Stack:
    """A stage's stack, which may not be there yet."""

    name: str
    region: str
    client: "CloudFormationClient"

    def status(self) -> str | None:
        """Return its status; None if there is no such stack."""
        try:
            return self.client.describe_stacks(StackName=self.name)["Stacks"][0]["StackStatus"]
        except ClientError as refused:
            error = refused.response["Error"]
            if error.get("Code") == "ValidationError" and "does not exist" in error["Message"]:
                return None
            raise

    def must_be_deployable(self) -> None:
        """Make sure that an update or a creation can begin.

        Raises:
            NotDeployableError: it cannot.
        """
        status = self.status() or ""
        in_the_way = obstacle(self.name, self.region, status)
        if in_the_way:
            why, command = in_the_way
            then = f" Then:\n  {command}" if command else ""
            raise NotDeployableError(f"{self.name} is {status}: {why}{then}")

    def rollback_triggers(self) -> "RollbackConfigurationTypeDef | None":
        """Return the alarms that undo an update; None if the stack has none yet."""
        if self.status() in (None, "REVIEW_IN_PROGRESS"):
            return None
        try:
            inner = self._resource(self.name, "Alarms")
            names = {name: self._resource(inner, name) for name in ALARMS}
        except ClientError as refused:
            if refused.response["Error"].get("Code") == "ValidationError":
                return None
            raise
        # arn:aws:cloudformation:<region>:<account>:stack/<name>/<id>
        _, partition, _, region, account, *_ = inner.split(":")
        prefix = f"arn:{partition}:cloudwatch:{region}:{account}:alarm"
        return {
            "RollbackTriggers": [
                {"Arn": f"{prefix}:{physical}", "Type": ALARMS[name]}
                for name, physical in names.items()
            ],
            "MonitoringTimeInMinutes": MONITORED,
        }

    def must_be_quiet(self, triggers: "RollbackConfigurationTypeDef", cloudwatch: Any) -> None:
        """Make sure that none of these alarms sounds already, which would undo any update.

        Raises:
            NotDeployableError: one does.
        """
        names = {one["Arn"].rpartition(":")[2]: one["Arn"] for one in triggers["RollbackTriggers"]}
        kinds = ["MetricAlarm", "CompositeAlarm"]
        try:
            told = cloudwatch.describe_alarms(AlarmNames=[*names], AlarmTypes=kinds)
        except ClientError:
            return  # who may not look learns it from the update
        found = [*told.get("MetricAlarms", ()), *told.get("CompositeAlarms", ())]
        sounding = {one["AlarmName"] for one in found if one["StateValue"] == "ALARM"}
        ours = [name for name in ALARMS if any(f"-{name}-" in one for one in sounding)]
        if ours:
            where = " and ".join(f"docs/runbook.md#{name.lower()}" for name in ours)
            raise NotDeployableError(
                f"{' and '.join(ours)} of {self.name} in ALARM: the update would be undone at once."
                f" Mend the cause ({where}), or deploy with ALARMS=no."
            )

    def _resource(self, stack: str, name: str) -> str:
        answer = self.client.describe_stack_resource(StackName=stack, LogicalResourceId=name)
        return answer["StackResourceDetail"]["PhysicalResourceId"]
