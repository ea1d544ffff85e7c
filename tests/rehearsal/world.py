"""A local AWS on which one version after the other is deployed and published."""

import hashlib
import os
import shutil
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import boto3
from newsreel.accounts.table.subscribers import SubscribersTable

from infra.local import deployment
from infra.local.deployment import Checkout
from infra.local.paths import STACK_NAME, Ports, Stack
from infra.local.progress import run
from infra.local.releases import Release

OUTLIVING = {"AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SES::EmailIdentity"}
"""What holds what people entrusted to the service."""


@dataclass
class World:
    """The stack that is up, and what was seen of it at the last note."""

    ports: Ports
    fetching: Mapping[str, str]
    release: Release
    before: Checkout
    resources: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Type and physical id by logical id at the last note."""
    keys: dict[str, str] = field(default_factory=dict)
    """A digest of each secret by its name at the last note."""

    @property
    def stack(self) -> Stack:
        """The stack as it was deployed last."""
        return Stack.read()

    @cached_property
    def session(self) -> boto3.Session:
        """The administrator's."""
        return boto3.Session()

    def client(self, service: str) -> Any:
        """Return a client of the local AWS."""
        return self.session.client(service, endpoint_url=self.ports.aws_url)  # type: ignore[call-overload]

    def deploy(self, checkout: Checkout) -> None:
        """Build a version and deploy it over what is there."""
        deployment.build(self.ports, self.fetching, checkout)
        deployment.deploy(self.ports, checkout).write()

    def publish(self, checkout: Checkout) -> None:
        """Publish a version's website with its own tool."""
        stack = self.stack
        more = ["--site-url", stack.site_url, "--organisation", stack.outputs["Organisation"]]
        self._website(checkout, *more)

    def put_back_site(self, checkout: Checkout) -> None:
        """Make the website of before live again, with a version's own tool."""
        self._website(checkout, "--rollback")

    def _website(self, checkout: Checkout, *arguments: str) -> None:
        stack = self.stack
        _lend_bundler(checkout)
        command = [sys.executable, str(checkout.root / "tools" / "publish_website.py"), *arguments]
        command += ["--bucket", stack.outputs["SiteBucket"]]
        run("website", [*command, "--endpoint-url", stack.aws_endpoint_url], os.environ)

    def note(self) -> None:
        """Look at what must still be there after the next deployment."""
        self.resources, self.keys = self.resources_now(), self.keys_now()

    def resources_now(self) -> dict[str, tuple[str, str]]:
        """Return type and physical id of every resource by ``<nested stack>/<logical id>``."""
        return dict(self._resources(STACK_NAME, ""))

    def _resources(self, stack: str, prefix: str) -> list[tuple[str, tuple[str, str]]]:
        found = []
        told = self.client("cloudformation").describe_stack_resources(StackName=stack)
        for one in told["StackResources"]:
            physical = one.get("PhysicalResourceId", "")
            place = f"{prefix}{one['LogicalResourceId']}"
            found.append((place, (one["ResourceType"], physical)))
            if one["ResourceType"] == "AWS::CloudFormation::Stack":
                found += self._resources(physical, f"{place}/")
        return found

    def outliving(self) -> dict[str, tuple[str, str]]:
        """Return tables, buckets and mail domains that were there at the last note."""
        return {name: one for name, one in self.resources.items() if one[0] in OUTLIVING}

    def keys_now(self) -> dict[str, str]:
        """Return a digest of each secret by its name."""
        secrets = self.client("secretsmanager")
        return {
            one["Name"]: hashlib.sha256(
                secrets.get_secret_value(SecretId=one["ARN"])["SecretString"].encode()
            ).hexdigest()
            for one in secrets.list_secrets()["SecretList"]
        }

    def is_due(self, video_id: str, *, after: float) -> bool:
        """Tell whether a folder comes to be due at some time after a moment; wait for a minute."""
        last = time.monotonic() + 60
        while time.monotonic() < last:
            found = self.client("dynamodb").query(
                TableName=self.stack.outputs["CatalogueTable"],
                KeyConditionExpression="pk = :pk",
                ExpressionAttributeValues={":pk": {"S": f"FOLDER#{video_id}"}},
            )
            times = [float(one["due_at"]["N"]) for one in found["Items"] if "due_at" in one]
            if any(due > after for due in times):
                return True
            time.sleep(0.5)
        return False

    def subscribers(self) -> int:
        """Return how many accounts are on the list that editions are sent by."""
        boto3.DEFAULT_SESSION = self.session
        return SubscribersTable(self.stack.outputs["AccountsTable"]).count_all()

    def verified_domains(self) -> list[str]:
        """Return the domains that SES sends from."""
        told = self.client("ses").list_identities(IdentityType="Domain")
        return sorted(told["Identities"])


def _lend_bundler(checkout: Checkout) -> None:
    """Give an older version what npm fetched for this one, if it wants the same."""
    here, there = (one.root / "tools" / "bundling" for one in (deployment.THIS, checkout))
    modules = there / "node_modules"
    if here == there or not there.exists() or modules.exists():
        return
    lock = "package-lock.json"
    if (here / lock).read_bytes() == (there / lock).read_bytes():
        shutil.copytree(here / "node_modules", modules, symlinks=True)
