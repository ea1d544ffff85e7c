"""AWS clients: low-level, each made once per environment, when a function first needs it.

botocore makes them, as it does for boto3, whose own part we do not use: 15 ms of a start.

A call gives up before its function times out; otherwise the caller would get the gateway's error
instead of ours. Two attempts of 3 s and a pause of at most 1 s make 7 of an API function's 10.
"""

from functools import cache
from typing import TYPE_CHECKING, Literal, TypeAlias, cast

import botocore
from botocore.config import Config
from botocore.loaders import Loader
from botocore.session import Session

from newsreel.aws.trusted_roots import AMAZON_ROOTS, falling_back

if TYPE_CHECKING:
    from botocore.client import BaseClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_ses import SESClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sts import STSClient

Service: TypeAlias = Literal["dynamodb", "s3", "secretsmanager", "ses", "sqs", "sts"]
SERVICES: tuple[Service, ...] = ("dynamodb", "s3", "secretsmanager", "ses", "sqs", "sts")

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
def _session() -> Session:
    session = Session()
    session.register_component("data_loader", _Descriptions())
    return session


def _client(service: Service, config: Config) -> "BaseClient":
    client = _session().create_client(service, config=config, verify=AMAZON_ROOTS)
    return falling_back(client)


@cache
def dynamodb() -> "DynamoDBClient":
    """Return the DynamoDB client; only the two table modules use it."""
    return cast("DynamoDBClient", _client("dynamodb", _FOR_TABLES))


@cache
def s3() -> "S3Client":
    """Return the S3 client for calls that a person waits for."""
    return cast("S3Client", _client("s3", _CONFIG))


@cache
def bulk_s3() -> "S3Client":
    """Return the S3 client for whole files, with a longer timeout: nobody waits for them."""
    patient = _CONFIG.merge(Config(read_timeout=30, max_pool_connections=16))
    return cast("S3Client", _client("s3", patient))


@cache
def secretsmanager() -> "SecretsManagerClient":
    """Return the Secrets Manager client."""
    return cast("SecretsManagerClient", _client("secretsmanager", _CONFIG))


@cache
def ses() -> "SESClient":
    """Return the SES client (version 1: ``SendRawEmail`` keeps every header).

    It asks once. ``mail.ses_sender`` decides what is tried again, and boto3's own retry after a
    silence could send a mail twice before anybody counts.
    """
    once = Config(read_timeout=8, retries={"mode": "standard", "total_max_attempts": 1})
    return cast("SESClient", _client("ses", _CONFIG.merge(once)))


@cache
def sqs() -> "SQSClient":
    """Return the Simple Queue Service client."""
    return cast("SQSClient", _client("sqs", _CONFIG))


@cache
def sts() -> "STSClient":
    """Return the Security Token Service client."""
    return cast("STSClient", _client("sts", _CONFIG))


def check_boto3(version: str = botocore.__version__) -> None:
    """Log, once per environment, if boto3 is older than what this package was tested with.

    From 1.33 on botocore has its first two numbers, and loads without the rest of it.
    """
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST_BOTO3:
        from newsreel.lambda_runtime.log import logger  # noqa: PLC0415 - almost never needed

        logger.error(TOO_OLD, extra={"boto3": version})


check_boto3()


def sign_with(access_key_id: str, secret_access_key: str, region: str) -> None:
    """Have all clients use these keys, where they are not those of the environment: in tools."""
    forget()
    _session().set_credentials(access_key_id, secret_access_key)
    _session().set_config_variable("region", region)


def forget() -> None:
    """Drop every client, so that a test starts with its own."""
    for made in (_session, dynamodb, s3, bulk_s3, secretsmanager, ses, sqs, sts):
        made.cache_clear()
