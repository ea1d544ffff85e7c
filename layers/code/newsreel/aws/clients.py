"""AWS clients: low-level, each made once per environment, when a function first needs it.

A call gives up before its function times out; otherwise the caller would get the gateway's error
instead of ours. Two attempts of 3 s and a pause of at most 1 s make 7 of an API function's 10.
"""

from functools import cache
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_ses import SESClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_ssm import SSMClient
    from mypy_boto3_sts import STSClient

_CONFIG = Config(
    connect_timeout=2, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 2}
)

# Botocore's parameter validation and its long User-Agent are a third of a call's processor time;
# our items are typed when they are built (`newsreel.aws.items`).
_FOR_TABLES = _CONFIG.merge(Config(parameter_validation=False, user_agent="newsreel"))


@cache
def dynamodb() -> "DynamoDBClient":
    """Return the DynamoDB client; only the two table modules use it."""
    return boto3.client("dynamodb", config=_FOR_TABLES)


@cache
def s3() -> "S3Client":
    """Return the S3 client for calls that a person waits for."""
    return boto3.client("s3", config=_CONFIG)


@cache
def bulk_s3() -> "S3Client":
    """Return the S3 client for whole files, with a longer timeout: nobody waits for them."""
    return boto3.client(
        "s3", config=_CONFIG.merge(Config(read_timeout=30, max_pool_connections=16))
    )


@cache
def ssm() -> "SSMClient":
    """Return the Systems Manager client."""
    return boto3.client("ssm", config=_CONFIG)


@cache
def secretsmanager() -> "SecretsManagerClient":
    """Return the Secrets Manager client."""
    return boto3.client("secretsmanager", config=_CONFIG)


@cache
def ses() -> "SESClient":
    """Return the SES client (version 1: ``SendRawEmail`` keeps every header).

    It asks once. ``mail.ses_sender`` decides what is tried again, and boto3's own retry after a
    silence could send a mail twice before anybody counts.
    """
    once = Config(read_timeout=8, retries={"mode": "standard", "total_max_attempts": 1})
    return boto3.client("ses", config=_CONFIG.merge(once))


@cache
def sqs() -> "SQSClient":
    """Return the Simple Queue Service client."""
    return boto3.client("sqs", config=_CONFIG)


@cache
def sts() -> "STSClient":
    """Return the Security Token Service client."""
    return boto3.client("sts", config=_CONFIG)


def forget() -> None:
    """Drop every client, so that a test starts with its own."""
    for made in (dynamodb, s3, bulk_s3, ssm, secretsmanager, ses, sqs, sts):
        made.cache_clear()
