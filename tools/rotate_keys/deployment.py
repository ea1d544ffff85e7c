"""Decides where a deployment's rings are, and that no two people change one at the same time."""

import json
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError

from infra.local import administrator
from infra.local.paths import Stack as LocalStack
from tools.rotate_keys.distribution import Distribution
from tools.rotate_keys.rings import NotNowError, Ring

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_secretsmanager import SecretsManagerClient

_LOCAL = "newsreel-local"
_ONE_CHANGE = uuid.UUID("5d3b1c0e-92d1-4f0a-9a5e-6f6f0c3c5c11")
_TAKEN = frozenset({"ResourceExistsException", "InvalidRequestException"})


@dataclass(frozen=True, slots=True)
class Stored:
    """A ring as it is stored; ``repr`` never shows it."""

    ring: Ring = field(repr=False)
    version_id: str
    changed_at: int

    def age(self) -> int:
        """Return how many seconds ago it was changed."""
        return int(time.time()) - self.changed_at


class Deployment:
    """The rings and the distribution of one stack."""

    def __init__(self, stack: str, session: boto3.Session, endpoint_url: str | None = None) -> None:
        self.stack = stack
        self._secrets: SecretsManagerClient = session.client(
            "secretsmanager", endpoint_url=endpoint_url
        )
        self._stacks: CloudFormationClient = session.client(
            "cloudformation", endpoint_url=endpoint_url
        )
        self._session, self._endpoint_url = session, endpoint_url

    @classmethod
    def find(cls, stack: str | None) -> "Deployment":
        """Return the named one, in the caller's account and region; without a name, the local one.

        Raises:
            FileNotFoundError: the local one is not up.
        """
        if stack is None:
            return cls(_LOCAL, administrator.session(), LocalStack.read().aws_endpoint_url)
        return cls(stack, boto3.Session())

    def read(self, name: str) -> Stored:
        """Return the ring that a resource of the template holds."""
        answer = self._secrets.get_secret_value(SecretId=self._resource(name))
        ring: Ring = json.loads(answer["SecretString"])
        return Stored(ring, answer["VersionId"], int(answer["CreatedDate"].timestamp()))

    def change(self, name: str, change: Callable[[Stored], Ring]) -> Ring:
        """Store what a ring becomes, unless somebody else changed it meanwhile.

        Raises:
            NotNowError: somebody did, or the change cannot be made.
        """
        before = self.read(name)
        after = change(before)
        # A version has one successor: its id comes of the one before, and a version never changes.
        version_id = str(uuid.uuid5(_ONE_CHANGE, before.version_id))
        try:
            self._secrets.put_secret_value(
                SecretId=self._resource(name),
                SecretString=json.dumps(after),
                ClientRequestToken=version_id,
            )
        except ClientError as refused:
            if refused.response["Error"].get("Code") in _TAKEN:
                raise NotNowError("Somebody else changed it meanwhile. Look again.") from None
            raise
        return after

    def distribution(self) -> Distribution:
        """Return the distribution that sends the origin secret."""
        answer = self._stacks.describe_stacks(StackName=self.stack)["Stacks"][0]
        outputs: Mapping[str, str] = {
            one["OutputKey"]: one["OutputValue"] for one in answer.get("Outputs", [])
        }
        return Distribution(outputs["DistributionId"], self._session, self._endpoint_url)

    def _resource(self, name: str) -> str:
        answer = self._stacks.describe_stack_resource(StackName=self.stack, LogicalResourceId=name)
        return answer["StackResourceDetail"].get("PhysicalResourceId", "")
