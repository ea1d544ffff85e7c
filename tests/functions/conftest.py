"""An AWS of its own for every test: moto in this process, tables made from the template."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from newsreel import addresses, clients, keyring
from tests.template import create_tables

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

REGION = "eu-central-1"
SITE_URL = "https://media.example.org"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_SESSION_TOKEN": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
    "STAGE": "test",
    "ORGANISATION": "NATO",
    "POWERTOOLS_SERVICE_NAME": "newsreel",
    "POWERTOOLS_LOG_LEVEL": "INFO",
    "ACCOUNTS_TABLE": "accounts",
    "CATALOGUE_TABLE": "catalogue",
    "MEDIA_BUCKET": "newsreel-test-media",
    "PUBLIC_BUCKET": "newsreel-test-public",
    "SITE_BUCKET": "newsreel-test-site",
    "FLOW_KEYS_SECRET": "newsreel/test/flow-keys",
    "LINK_KEYS_SECRET": "newsreel/test/link-keys",
    "ORIGIN_SECRET": "newsreel/test/origin",
    "ADDRESSES_PARAMETER": "/newsreel/test/addresses",
    "DOWNLOAD_SIGNER_ROLE": "arn:aws:iam::123456789012:role/download-signer",
    "PRESIGNED_SECONDS": "3600",
    "MEDIA_ENDPOINT_URL": "",
    "PASSWORD_POLICY": "page",
    "MAIL_DOMAIN": "mail.example.org",
    "CONFIGURATION_SET": "",
}
# Before any function is imported: settings are read at import, and nothing real may be reached.
for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ.update(ENVIRONMENT)


@dataclass(frozen=True)
class Cloud:
    """The moto account of one test."""

    dynamodb: "DynamoDBClient"
    site_url: str = SITE_URL


def forget_everything() -> None:
    """Drop what an execution environment keeps between requests."""
    clients.forget()
    keyring.forget()
    addresses.read_addresses.cache_clear()


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    """Give a test an empty account with tables, secrets, addresses, buckets and a mail identity."""
    with mock_aws():
        forget_everything()
        dynamodb = boto3.client("dynamodb")
        create_tables(
            dynamodb,
            names={"AccountsTable": "accounts", "CatalogueTable": "catalogue"},
        )
        secrets = boto3.client("secretsmanager")
        for purpose in ("flow-keys", "link-keys"):
            value = json.dumps({"current": "k1", "k1": f"{purpose}-" + "0123456789abcdef" * 4})
            secrets.create_secret(Name=f"newsreel/test/{purpose}", SecretString=value)
        secrets.create_secret(Name="newsreel/test/origin", SecretString="origin-" + "x" * 32)
        boto3.client("ssm").put_parameter(
            Name=ENVIRONMENT["ADDRESSES_PARAMETER"],
            Type="String",
            Value=json.dumps({"site_url": SITE_URL, "api_url": "https://api.example.org/api"}),
        )
        s3 = boto3.client("s3")
        for bucket in ("media", "public", "site"):
            s3.create_bucket(
                Bucket=f"newsreel-test-{bucket}",
                CreateBucketConfiguration={"LocationConstraint": REGION},
            )
            s3.put_bucket_versioning(
                Bucket=f"newsreel-test-{bucket}", VersioningConfiguration={"Status": "Enabled"}
            )
        boto3.client("ses").verify_domain_identity(Domain="mail.example.org")
        yield Cloud(dynamodb)
        forget_everything()
