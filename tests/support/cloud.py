"""An AWS in this process for tests and benchmarks: moto, with tables made from the template.

Import this before any function, because a function reads its settings at import.
"""

import copy
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.table import Table
from moto.s3.models import s3_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.ses.models import ses_backends
from moto.sqs.models import sqs_backends
from newsreel.aws import clients, stored_secrets

from tests.support.events import ORIGIN_SECRET
from tests.support.template import create_tables

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

REGION: Literal["eu-central-1"] = "eu-central-1"
SITE_URL, API_URL = "https://media.example.org", "https://api.example.org/api"
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
    "PYDANTIC_DISABLE_PLUGINS": "__all__",
    "ACCOUNTS_TABLE": "accounts",
    "CATALOGUE_TABLE": "catalogue",
    "MAIL_TABLE": "mail",
    "MEDIA_BUCKET": "newsreel-test-media",
    "PUBLIC_BUCKET": "newsreel-test-public",
    "SITE_BUCKET": "newsreel-test-site",
    "FLOW_KEYS_SECRET": "newsreel/test/flow-keys",
    "LINK_KEYS_SECRET": "newsreel/test/link-keys",
    "TRAIL_KEYS_SECRET": "newsreel/test/trail-keys",
    "UNSUBSCRIBE_KEYS_SECRET": "newsreel/test/unsubscribe-keys",
    "ADDRESSES_SECRET": "newsreel/test/addresses",
    "ORIGIN_SECRET": "newsreel/test/origin",
    "DIRECT_API": "no",
    "TRUSTED_NETWORKS": "",
    "CODES_ADDRESS": "codes@mail.example.org",
    "DOWNLOAD_SIGNER_ROLE": "arn:aws:iam::123456789012:role/download-signer",
    "PRESIGNED_SECONDS": "3600",
    "MEDIA_URL": "https://newsreel-test-media.s3.eu-central-1.amazonaws.com",
    "PASSWORD_POLICY": "page",
    "MAIL_DOMAIN": "mail.example.org",
    "NEWSLETTER_DOMAIN": "news.mail.example.org",
    "NEWSLETTER_APPROVAL": "required",
    "NEWSLETTER_RATE": "7",
    "NEWSLETTER_CONCURRENCY": "2",
    "PRESS_OFFICE_EMAIL": "press@example.org",
    "WALK_QUEUE": "https://sqs.eu-central-1.amazonaws.com/123456789012/walk",
    "SEND_QUEUE": "https://sqs.eu-central-1.amazonaws.com/123456789012/send",
    "INGEST_QUEUE": "https://sqs.eu-central-1.amazonaws.com/123456789012/ingest",
    "CONFIGURATION_SET": "",
    "HASH_QUEUE": "https://sqs.eu-central-1.amazonaws.com/123456789012/hashes",
}
# Set before any function is imported: settings are read at import, and must not be real ones.
for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ.update(ENVIRONMENT)


_EMPTY: dict[str, Table] = {}
"""The tables as they are without items."""


class FakeClock:
    """A clock that stops until a test moves it."""

    def __init__(self) -> None:
        self.time = datetime(2026, 2, 14, 2, 4, tzinfo=UTC)

    def epoch(self) -> int:
        return int(self.time.timestamp())

    def forward(self, **duration: float) -> None:
        self.time += timedelta(**duration)


@dataclass(frozen=True)
class Cloud:
    """The moto account of one test."""

    dynamodb: "DynamoDBClient"
    site_url: str = SITE_URL


@contextmanager
def empty_account() -> Iterator[Cloud]:
    """An empty account with tables, secrets, addresses, buckets and a mail identity.

    Clients are kept between tests, because making them is slow and moto is behind them all.
    Everything else that an environment has read is dropped.
    """
    with mock_aws():
        stored_secrets.forget()
        dynamodb = clients.dynamodb()
        _make_tables(dynamodb)
        _fill_account()
        yield Cloud(dynamodb)


def _make_tables(dynamodb: "DynamoDBClient") -> None:
    """Make the tables through the API the first time, and later copy what that made."""
    tables = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables
    if not _EMPTY:
        names = {"AccountsTable": "accounts", "CatalogueTable": "catalogue", "MailTable": "mail"}
        create_tables(dynamodb, names=names)
        # Few tests read the stream (they request it), and moto copies all of it for each entry of
        # each transaction.
        for table in tables.values():
            table.stream_shard = None
        _EMPTY.update(copy.deepcopy(tables))
    else:
        tables.update(copy.deepcopy(_EMPTY))


def _fill_account() -> None:
    """Make what functions only read. Through moto's models: an API call takes ten times as long."""
    secrets = secretsmanager_backends[DEFAULT_ACCOUNT_ID][REGION]
    rings = {
        purpose: json.dumps({"current": "k1", "k1": f"{purpose}-" + "0123456789abcdef" * 4})
        for purpose in ("flow-keys", "link-keys", "trail-keys", "unsubscribe-keys")
    }
    rings["origin"] = json.dumps({"previous": "", "current": ORIGIN_SECRET})
    rings["addresses"] = json.dumps({"site_url": SITE_URL, "api_url": API_URL})
    for name, value in rings.items():
        secrets.create_secret(
            f"newsreel/test/{name}", value, None, None, None, None, None, [], force_overwrite=False
        )
    buckets = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
    for bucket in ("media", "public", "site", "inbound"):
        buckets.create_bucket(f"newsreel-test-{bucket}", REGION)
        buckets.put_bucket_versioning(f"newsreel-test-{bucket}", "Enabled")
    for domain in ("mail.example.org", "news.mail.example.org"):
        ses_backends[DEFAULT_ACCOUNT_ID][REGION].verify_domain(domain)
    for queue in ("walk", "send", "ingest", "hashes"):
        sqs_backends[DEFAULT_ACCOUNT_ID][REGION].create_queue(queue)
