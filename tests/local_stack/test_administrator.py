"""The commands of this project work on the local AWS with the administrator's keys, and only so."""

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from infra.local import administrator
from infra.local.paths import CREDENTIALS, PROJECT, Stack

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

STRANGER = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "eu-central-1",
}
# As docs/local.md says it.
OWN = {"AWS_SHARED_CREDENTIALS_FILE": str(CREDENTIALS), "AWS_PROFILE": administrator.PROFILE}


def _run(keys: dict[str, str], *command: str) -> "subprocess.CompletedProcess[str]":
    surroundings = {"PATH": os.environ["PATH"], "AWS_CONFIG_FILE": os.devnull, **keys}
    return subprocess.run(
        [sys.executable, *command],
        cwd=PROJECT,
        env=surroundings,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def redrive(stack: Stack, sqs: "SQSClient") -> tuple[str, ...]:
    """The command that asks again for mails, for an empty queue."""
    queue = sqs.create_queue(QueueName="nothing-failed")["QueueUrl"]
    return ("tools/redrive.py", "--queue-url", queue, "--endpoint-url", stack.aws_endpoint_url)


def test_the_administrator_may_redrive(redrive: tuple[str, ...]) -> None:
    ended = _run(OWN, *redrive)
    assert (ended.returncode, ended.stdout) == (0, "The queue is empty.\n"), ended.stderr


def test_a_stranger_may_not_redrive(redrive: tuple[str, ...]) -> None:
    ended = _run(STRANGER, *redrive)
    assert ended.returncode != 0
    assert "InvalidClientTokenId" in ended.stderr or "security token" in ended.stderr


def test_a_stranger_may_not_publish_the_website(stack: Stack) -> None:
    command = ("tools/publish_website.py", "--bucket", stack.outputs["SiteBucket"])
    ended = _run(
        STRANGER, *command, "--site-url", stack.site_url, "--endpoint-url", stack.aws_endpoint_url
    )
    assert ended.returncode != 0
    assert "(Invalid" in ended.stderr or "security token" in ended.stderr
