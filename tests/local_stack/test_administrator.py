"""The commands of this project work on the local AWS with the administrator's keys, and only so."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import requests

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


SCOPE = "20260101/eu-central-1/dynamodb/aws4_request"


@pytest.mark.parametrize(
    "claim",
    [
        None,
        "",
        "x",
        "Bearer x",
        "Basic dGVzdDp0ZXN0",
        "AWS test:x",
        "AWS4-HMAC-SHA512 Credential=test/" + SCOPE,
        f"AWS4-HMAC-SHA256 Credential=test/{SCOPE}, SignedHeaders=host, Signature=x",
        f"AWS4-HMAC-SHA256 Credential=000000000000/{SCOPE}, SignedHeaders=host, Signature=x",
        f"AWS4-HMAC-SHA256 Credential=/{SCOPE}, SignedHeaders=host, Signature=x",
        f"AWS4-HMAC-SHA256 Credential=KEY/{SCOPE}, SignedHeaders=host, Signature=x",
    ],
)
def test_whoever_does_not_sign_with_these_keys_is_refused(stack: Stack, claim: str | None) -> None:
    headers = {"X-Amz-Date": f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"}
    if claim is not None:
        headers["Authorization"] = claim.replace("KEY", administrator.keys().access_key_id)
    listing = {"X-Amz-Target": "DynamoDB_20120810.ListTables"}
    secret = {"X-Amz-Target": "secretsmanager.ListSecrets"}
    url = stack.aws_endpoint_url
    asked = [
        requests.post(url, headers=headers | listing, json={}, timeout=30),
        requests.post(url, headers=headers | secret, json={}, timeout=30),
        requests.get(f"{url}/2015-03-31/functions/", headers=headers, timeout=30),
        requests.get(f"{url}/?Action=ListUsers&Version=2010-05-08", headers=headers, timeout=30),
        requests.get(f"{url}/v2/email/identities", headers=headers, timeout=30),
        requests.get(f"{url}/{stack.media_bucket}?list-type=2", headers=headers, timeout=30),
    ]
    assert {answer.status_code for answer in asked} <= {400, 403}


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
