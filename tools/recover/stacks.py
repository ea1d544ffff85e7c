"""Makes the change sets of a recovery, waits for them, and keeps big templates in S3."""

import contextlib
import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import boto3
from botocore.exceptions import WaiterError

from tools.recover.templates import NotRecoverableError, Template

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_dynamodb import DynamoDBClient

_LONGEST_BODY = 51_200
"""Bytes of a template that CloudFormation takes in a request (its quotas)."""
_CAPABILITIES = ("CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND")
_NESTED = "AWS::CloudFormation::Stack"
Kind = Literal["CREATE", "IMPORT", "UPDATE"]


@dataclass(frozen=True, slots=True)
class Change:
    """A change set that was made and can be carried out."""

    stack: str
    name: str
    told: list[str]
    """One line for each resource: what becomes of it."""


class Stacks:
    """CloudFormation and DynamoDB of an account and region."""

    def __init__(self, session: boto3.Session, endpoint_url: str | None = None) -> None:
        self._session, self._url = session, endpoint_url
        self._client: CloudFormationClient = session.client(
            "cloudformation", endpoint_url=endpoint_url
        )
        self._tables: DynamoDBClient = session.client("dynamodb", endpoint_url=endpoint_url)

    def template(self, stack: str) -> Template:
        """Return a stack's template as CloudFormation carries it out."""
        told: Any = self._client.get_template(StackName=stack, TemplateStage="Processed")
        body = told["TemplateBody"]
        template: Template = json.loads(body) if isinstance(body, str) else body
        return template

    def values_of(self, table: str) -> dict[str, str]:
        """Return what a template may ask of a table."""
        found = self._tables.describe_table(TableName=table)["Table"]
        stream = found.get("LatestStreamArn")
        values = {"Ref": table, "Arn": found["TableArn"]}
        return {**values, "StreamArn": stream} if stream else values

    def give_settings(self, table: str, resource: Mapping[str, Any]) -> None:
        """Give a restored table what a restore leaves out: recovery, expiry, stream.

        DynamoDB Developer Guide, "Restoring a table to a point in time".
        """
        wanted = resource["Properties"]
        stream = wanted.get("StreamSpecification")
        if stream and not self.values_of(table).get("StreamArn"):
            self._tables.update_table(
                TableName=table,
                StreamSpecification={
                    "StreamEnabled": True,
                    "StreamViewType": stream["StreamViewType"],
                },
            )
            self._tables.get_waiter("table_exists").wait(TableName=table)
        ttl = wanted["TimeToLiveSpecification"]
        told = self._tables.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
        if told["TimeToLiveStatus"] not in {"ENABLED", "ENABLING"}:
            self._tables.update_time_to_live(TableName=table, TimeToLiveSpecification=ttl)
        self._tables.update_continuous_backups(
            TableName=table,
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
        )

    def propose(
        self,
        stack: str,
        kind: Kind,
        template: Template,
        imported: Sequence[Mapping[str, Any]] = (),
    ) -> Change:
        """Make a change set and return what it would do.

        Raises:
            NotRecoverableError: CloudFormation refuses it, and says why.
        """
        name = f"recover-{secrets.token_hex(4)}"
        asked: dict[str, Any] = {
            "StackName": stack,
            "ChangeSetName": name,
            "ChangeSetType": kind,
            "Capabilities": list(_CAPABILITIES),
            "Parameters": [
                {"ParameterKey": one, "UsePreviousValue": True} for one in self._parameters(stack)
            ],
            **self._carried(template),
        }
        if imported:
            asked["ResourcesToImport"] = list(imported)
        self._client.create_change_set(**asked)
        with contextlib.suppress(WaiterError):  # what failed says why, below
            self._client.get_waiter("change_set_create_complete").wait(
                StackName=stack, ChangeSetName=name, WaiterConfig={"Delay": 2, "MaxAttempts": 300}
            )
        told = self._client.describe_change_set(StackName=stack, ChangeSetName=name)
        if told["ExecutionStatus"] != "AVAILABLE":
            raise NotRecoverableError(told.get("StatusReason", told["Status"]))
        changes = [one["ResourceChange"] for one in told["Changes"]]
        return Change(stack, name, [f"{c['Action']} {c['LogicalResourceId']}" for c in changes])

    def carry_out(self, change: Change, kind: Kind) -> None:
        """Carry a change set out and wait for its end.

        Raises:
            WaiterError: it failed; the stack's events say why.
        """
        self._client.execute_change_set(StackName=change.stack, ChangeSetName=change.name)
        waiter: Any = self._client.get_waiter(
            "stack_import_complete" if kind == "IMPORT" else "stack_update_complete"
        )
        waiter.wait(StackName=change.stack, WaiterConfig={"Delay": 2, "MaxAttempts": 1800})

    def _parameters(self, stack: str) -> list[str]:
        """Return the parameters that a stack has; none if there is no such stack yet."""
        for page in self._client.get_paginator("describe_stacks").paginate():
            for one in page["Stacks"]:
                if one["StackName"] == stack and one["StackStatus"] != "DELETE_COMPLETE":
                    return [each["ParameterKey"] for each in one.get("Parameters", [])]
        return []

    def _carried(self, template: Template) -> dict[str, str]:
        body = json.dumps(template)
        if len(body) <= _LONGEST_BODY:
            return {"TemplateBody": body}
        prefix, bucket = _artifacts_of(template)
        key = f"recovery/{secrets.token_hex(8)}.template"
        self._session.client("s3", endpoint_url=self._url).put_object(
            Bucket=bucket, Key=key, Body=body.encode()
        )
        return {"TemplateURL": f"{prefix}/{key}"}


def _artifacts_of(template: Template) -> tuple[str, str]:
    """Return address and name of the bucket that sam keeps the nested stacks' templates in."""
    for one in template["Resources"].values():
        if one["Type"] == _NESTED:
            # Path style, as sam writes it.
            found = re.match(r"(https?://[^/]+/([^/]+))/", one["Properties"]["TemplateURL"])
            if found:
                return found[1], found[2]
    raise NotRecoverableError("The template is too long, and names no bucket to keep it in.")
