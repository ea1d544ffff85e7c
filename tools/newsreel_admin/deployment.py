"""Decides which deployment a command looks at: a stack's outputs name its tables and keys."""

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
import click
from newsreel.aws import clients

from infra.local import administrator
from infra.local.paths import Stack

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_secretsmanager import SecretsManagerClient


@dataclass(frozen=True, slots=True)
class Deployment:
    """A deployment, and the clients that reach it."""

    outputs: dict[str, str]
    dynamodb: "DynamoDBClient"
    secretsmanager: "SecretsManagerClient"
    session: boto3.Session | None = None
    endpoint_url: str = ""
    """Of the local AWS; empty on AWS."""

    def become_default(self) -> None:
        """Have the package's own clients reach it too."""
        if self.session is not None:
            boto3.DEFAULT_SESSION = self.session
            os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = self.endpoint_url
            clients.dynamodb.cache_clear()

    @classmethod
    def local(cls) -> "Deployment":
        """Return the one that `make up` started.

        Raises:
            click.ClickException: none is up.
        """
        try:
            stack = Stack.read()
        except FileNotFoundError:
            raise click.ClickException("The local stack is not up; `make up` starts it.") from None
        session, url = administrator.session(), stack.aws_endpoint_url
        return cls(
            stack.outputs,
            session.client("dynamodb", endpoint_url=url),
            session.client("secretsmanager", endpoint_url=url),
            session,
            url,
        )

    @classmethod
    def named(cls, stack_name: str) -> "Deployment":
        """Return the one of a stack, in the account and region of the caller's own credentials."""
        stacks = boto3.client("cloudformation").describe_stacks(StackName=stack_name)["Stacks"]
        outputs = {one["OutputKey"]: one["OutputValue"] for one in stacks[0].get("Outputs", [])}
        return cls(outputs, boto3.client("dynamodb"), boto3.client("secretsmanager"))
