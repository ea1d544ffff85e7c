"""Each mend of the local AWS is still needed, and does what AWS does.

When one of the first kind fails, the release behaves: take the mend out of mended_aws.py.
"""

import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.config import Config

from infra.local.place import Stack

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import GetObjectOutputTypeDef

CONTENT = bytes(range(256)) * 16


def _client(url: str) -> "S3Client":
    client: S3Client = boto3.client(
        "s3",
        endpoint_url=url,
        region_name="eu-central-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(s3={"addressing_style": "path"}),
    )
    return client


@pytest.fixture(scope="module")
def unmended(tmp_path_factory: pytest.TempPathFactory) -> Iterator["S3Client"]:
    """The local AWS as it is released, without our launcher."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = tmp_path_factory.mktemp("unmended")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(own),
        "TMPDIR": str(own),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": f"unix://{own}/none.sock",
        "LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "-m", "ministack"]
    with Path(own / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        _await_ready(f"http://127.0.0.1:{port}/_ministack/ready")
        yield _client(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(timeout=20)


def _await_ready(url: str) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the unmended local AWS did not start")


def _piece_of_a_version(s3: "S3Client", bucket: str) -> "GetObjectOutputTypeDef":
    key = f"mends/{secrets.token_hex(4)}"
    version = s3.put_object(Bucket=bucket, Key=key, Body=CONTENT)["VersionId"]
    s3.put_object(Bucket=bucket, Key=key, Body=b"newer")
    return s3.get_object(
        Bucket=bucket,
        Key=key,
        VersionId=version,
        Range="bytes=10-19",
        ResponseContentDisposition='attachment; filename="a.bin"',
    )


def test_the_release_still_ignores_a_range_of_a_version(unmended: "S3Client") -> None:
    unmended.create_bucket(
        Bucket="mends", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    unmended.put_bucket_versioning(Bucket="mends", VersioningConfiguration={"Status": "Enabled"})
    answer = _piece_of_a_version(unmended, "mends")
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert "ContentDisposition" not in answer


def test_a_version_gives_the_piece_that_was_asked_for(stack: Stack) -> None:
    answer = _piece_of_a_version(_client(stack.aws_endpoint_url), stack.media_bucket)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 206
    assert answer["Body"].read() == CONTENT[10:20]
    assert answer["ContentRange"] == f"bytes 10-19/{len(CONTENT)}"
    assert answer["ContentDisposition"] == 'attachment; filename="a.bin"'


def test_a_range_beyond_a_version_is_refused(stack: Stack) -> None:
    s3 = _client(stack.aws_endpoint_url)
    key = f"mends/{secrets.token_hex(4)}"
    version = s3.put_object(Bucket=stack.media_bucket, Key=key, Body=CONTENT)["VersionId"]
    with pytest.raises(s3.exceptions.ClientError, match="InvalidRange"):
        s3.get_object(Bucket=stack.media_bucket, Key=key, VersionId=version, Range="bytes=999999-")
