"""Decides what a trial may reach beside the website: mail, buckets and logs of one deployment."""

import json
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from typing import Any, Protocol

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from infra.local import administrator
from infra.local.paths import Stack
from tools.smoke.trial import NotTriedError, StepFailedError

_MAILS = 50
"""So many of the newest mails are read; the trial's own are among them."""


class Mailbox(Protocol):
    """Where mail to the trial's address can be read."""

    domain: str
    keeps: str
    """What stays of the mails, and until when; empty if nothing does."""

    def subjects(self, address: str) -> list[str]:
        """Return the subjects of the mails to an address, the oldest first."""
        ...


class LocalMailbox:
    """The mailbox of the local stack."""

    domain = "newsroom.example"
    keeps = ""

    def __init__(self, url: str) -> None:
        self._url = url

    def subjects(self, address: str) -> list[str]:
        """Return the subjects of the mails to an address, the oldest first."""
        with urllib.request.urlopen(f"{self._url}/messages.json?to={address}", timeout=30) as told:  # noqa: S310 - the stack's own file names it
            mails: list[dict[str, str]] = json.load(told)
        return [mail["subject"] for mail in reversed(mails)]


class ReceivedMail:
    """What SES's receipt rule put into the bucket of incoming mail."""

    def __init__(self, s3: Any, bucket: str, domain: str) -> None:
        self._s3, self._bucket, self.domain = s3, bucket, domain
        self.keeps = f"the mails to it, in {bucket}/inbound/ for a week"
        self._read: dict[str, tuple[str, str]] = {}

    def subjects(self, address: str) -> list[str]:
        """Return the subjects of the mails to an address, the oldest first.

        Raises:
            NotTriedError: the bucket may not be read.
        """
        try:
            objects = self._newest()
            for one in objects:
                if one["Key"] not in self._read:
                    self._read[one["Key"]] = self._head(one["Key"])
        except (BotoCoreError, ClientError) as refused:
            raise NotTriedError(f"cannot read {self._bucket}: {kind_of(refused)}") from None
        found = (self._read[one["Key"]] for one in objects if one["Key"] in self._read)
        return [subject for to, subject in found if to == address]

    def _newest(self) -> list[dict[str, Any]]:
        pages = self._s3.get_paginator("list_objects_v2")
        listed = pages.paginate(Bucket=self._bucket, Prefix="inbound/")
        objects = [one for page in listed for one in page.get("Contents", ())]
        return sorted(objects, key=lambda one: one["LastModified"])[-_MAILS:]

    def _head(self, key: str) -> tuple[str, str]:
        raw = self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        mail = message_from_bytes(raw, policy=policy.default)
        return str(mail["To"]), str(mail["Subject"])


@dataclass(frozen=True, slots=True)
class Deployment:
    """A deployment, as far as the caller's credentials reach; without them, its website alone."""

    site_url: str
    stage: str = ""
    stack: str = ""
    outputs: Mapping[str, str] = field(default_factory=dict)
    """What the stack gives out, and its parameters."""
    session: boto3.Session | None = None
    endpoint_url: str | None = None
    mail_url: str = ""

    @classmethod
    def find(cls, site_url: str, stack: str, region: str) -> "Deployment":
        """Return the deployment at an address: the local one, or that of a stack.

        Raises:
            NotTriedError: the stack cannot be read.
        """
        local = _local(site_url)
        if local is not None:
            return cls(
                site_url,
                "local",
                local.stack_name,
                local.outputs,
                administrator.session(),
                local.aws_endpoint_url,
                local.mailbox_url,
            )
        if not stack:
            return cls(site_url)
        session = boto3.Session(region_name=region or None)
        try:
            answer = session.client("cloudformation").describe_stacks(StackName=stack)
        except (BotoCoreError, ClientError) as refused:
            raise NotTriedError(f"The stack {stack} cannot be read: {kind_of(refused)}.") from None
        (made,) = answer["Stacks"]
        outputs = {one["OutputKey"]: one["OutputValue"] for one in made.get("Outputs", ())}
        given = {one["ParameterKey"]: one["ParameterValue"] for one in made["Parameters"]}
        if outputs.get("SiteUrl") != site_url:
            raise NotTriedError(f"The stack {stack} is at {outputs.get('SiteUrl')}, not here.")
        return cls(site_url, given["Stage"], stack, {**given, **outputs}, session)

    def client(self, service: str) -> Any:
        """Return a client of the deployment's account.

        Raises:
            NotTriedError: no stack is named.
        """
        if self.session is None:
            raise NotTriedError("needs credentials and the stack's name: STACK=newsreel-dev")
        return self.session.client(service, endpoint_url=self.endpoint_url)  # type: ignore[call-overload]

    def mailbox(self) -> Mailbox:
        """Return where the trial reads its mail.

        Raises:
            NotTriedError: no mail to it can be read.
        """
        if self.mail_url:
            return LocalMailbox(self.mail_url)
        cloudformation = self.client("cloudformation")
        if self.outputs.get("InboundMail") != "yes":
            raise NotTriedError("needs InboundMail=yes: SES then stores mail to the mail domain")
        inner = _resource(cloudformation, self.stack, "InboundMailStack")
        bucket = _resource(cloudformation, inner, "InboundBucket")
        return ReceivedMail(self.client("s3"), bucket, self.outputs["MailDomain"])


def _local(site_url: str) -> Stack | None:
    try:
        stack = Stack.read()
    except FileNotFoundError:
        return None
    return stack if stack.site_url == site_url else None


def _resource(cloudformation: Any, stack: str, name: str) -> str:
    with_rights = "cloudformation:DescribeStackResource"
    try:
        told = cloudformation.describe_stack_resource(StackName=stack, LogicalResourceId=name)
    except (BotoCoreError, ClientError) as refused:
        raise NotTriedError(f"needs {with_rights}: {kind_of(refused)}") from None
    return str(told["StackResourceDetail"]["PhysicalResourceId"])


def kind_of(error: Exception) -> str:
    """Return an error's kind, never its text."""
    response = getattr(error, "response", None)
    return str(response["Error"]["Code"]) if isinstance(response, dict) else type(error).__name__


def waiting(seconds: float, every: float = 1.0) -> Iterator[None]:
    """Yield until the time is over; the caller returns when it has what it waits for.

    Raises:
        StepFailedError: it is over.
    """
    last = time.monotonic() + seconds
    while time.monotonic() < last:
        yield
        time.sleep(every)
    raise StepFailedError(f"did not happen within {seconds:.0f} seconds")
