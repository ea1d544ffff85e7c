"""Operators' tools say what keeps them from AWS, and show no traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError

from tools.aws_refusals import NO_CREDENTIALS, NO_REGION, told_in_words

QUEUE = "https://sqs.eu-central-1.amazonaws.com/000000000000/queue"


@pytest.mark.parametrize(
    "command",
    [
        ["-m", "tools.newsreel_admin", "show", "jane@example.org", "--stack", "newsreel-dev"],
        ["-m", "tools.rotate_keys", "show", "--stack", "newsreel-dev"],
        ["tools/redrive.py", "--queue-url", QUEUE],
    ],
    ids=["show", "rotate_keys", "redrive"],
)
def test_a_shell_without_a_region_is_told_so(command: list[str], tmp_path: Path) -> None:
    shell = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    shell |= {"HOME": str(tmp_path), "AWS_EC2_METADATA_DISABLED": "true"}
    ended = subprocess.run(
        [sys.executable, *command], env=shell, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert ended.stderr == f"{NO_REGION}\n"


REFUSED = ClientError(
    {"Error": {"Code": "ValidationError", "Message": "Stack does not exist"}}, "DescribeStacks"
)


@pytest.mark.parametrize(
    ("refusal", "told"),
    [
        (NoCredentialsError(), NO_CREDENTIALS),
        (EndpointConnectionError(endpoint_url="http://127.0.0.1:4566/"), "Could not connect"),
        (REFUSED, "Stack does not exist"),
    ],
)
def test_what_aws_refuses_is_the_last_line(refusal: Exception, told: str) -> None:
    with pytest.raises(SystemExit, match=told[:20]) as ended, told_in_words():
        raise refusal
    assert told in str(ended.value)


def test_a_fault_of_our_own_keeps_its_traceback() -> None:
    with pytest.raises(KeyError), told_in_words():
        raise KeyError
