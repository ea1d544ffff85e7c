"""AWS clients: low-level, each made once per environment, when a function first needs it.

A call gives up before its function times out; otherwise the caller would get the gateway's error
instead of ours. Two attempts of 3 s and a pause of at most 1 s make 7 of an API function's 10.
"""

from functools import cache
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.loaders import Loader
from botocore.session import Session

from newsreel.aws.trusted_roots import AMAZON_ROOTS, falling_back

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_ses import SESClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sts import STSClient

SERVICES = ("dynamodb", "s3", "secretsmanager", "ses", "sqs", "sts")

_CONFIG = Config(
    connect_timeout=2, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 2}
)

OLDEST_BOTO3 = (1, 36)
"""Before it, S3 knew no ``IfNoneMatch``, by which a receipt is written once, and did not tell a
whole object's checksum from a part's. The runtime brings boto3; only a deployment shows which."""
TOO_OLD = "boto3 is too old"
"""What is logged then, and looked for by the smoke test."""

# Botocore's parameter validation and its long User-Agent are a third of a call's processor time;
# our items are typed when they are built (`newsreel.aws.items`).
_FOR_TABLES = _CONFIG.merge(Config(parameter_validation=False, user_agent="newsreel"))


class _Descriptions(Loader):
    """Reads botocore's descriptions of services without a look at those that we do not use.

    By itself it goes through the folders of all 430 twice before it makes the first client: 15 ms
    of a start.
    """

    def list_available_services(self, type_name: str) -> list[str]:  # noqa: ARG002 - botocore's
        """Return the services whose description may be asked for."""
        return [*SERVICES]


@cache
def _own_session() -> boto3.Session:
    described = Session()
    described.register_component("data_loader", _Descriptions())
    return boto3.Session(botocore_session=described)


def _session() -> boto3.Session:
    # Tools that reach another deployment set a default session with its keys.
    return boto3.DEFAULT_SESSION or _own_session()


@cache
def dynamodb() -> "DynamoDBClient":
    """Return the DynamoDB client; only the two table modules use it."""
    return falling_back(_session().client("dynamodb", config=_FOR_TABLES, verify=AMAZON_ROOTS))


@cache
def s3() -> "S3Client":
    """Return the S3 client for calls that a person waits for."""
    return falling_back(_session().client("s3", config=_CONFIG, verify=AMAZON_ROOTS))


@cache
def bulk_s3() -> "S3Client":
    """Return the S3 client for whole files, with a longer timeout: nobody waits for them."""
    patient = _CONFIG.merge(Config(read_timeout=30, max_pool_connections=16))
    return falling_back(_session().client("s3", config=patient, verify=AMAZON_ROOTS))


@cache
def secretsmanager() -> "SecretsManagerClient":
    """Return the Secrets Manager client."""
    return falling_back(_session().client("secretsmanager", config=_CONFIG, verify=AMAZON_ROOTS))


@cache
def ses() -> "SESClient":
    """Return the SES client (version 1: ``SendRawEmail`` keeps every header).

    It asks once. ``mail.ses_sender`` decides what is tried again, and boto3's own retry after a
    silence could send a mail twice before anybody counts.
    """
    once = Config(read_timeout=8, retries={"mode": "standard", "total_max_attempts": 1})
    return falling_back(_session().client("ses", config=_CONFIG.merge(once), verify=AMAZON_ROOTS))


@cache
def sqs() -> "SQSClient":
    """Return the Simple Queue Service client."""
    return falling_back(_session().client("sqs", config=_CONFIG, verify=AMAZON_ROOTS))


@cache
def sts() -> "STSClient":
    """Return the Security Token Service client."""
    return falling_back(_session().client("sts", config=_CONFIG, verify=AMAZON_ROOTS))


def check_boto3(version: str = boto3.__version__) -> None:
    """Log, once per environment, if boto3 is older than what this package was tested with."""
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST_BOTO3:
        from newsreel.lambda_runtime.log import logger  # noqa: PLC0415 - almost never needed

        logger.error(TOO_OLD, extra={"boto3": version})


check_boto3()


def forget() -> None:
    """Drop every client, so that a test starts with its own."""
    for made in (_own_session, dynamodb, s3, bulk_s3, secretsmanager, ses, sqs, sts):
        made.cache_clear()
