"""Fixtures that put the tables on Amazon's own engine instead of moto."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.config import Config
from newsreel.aws import clients

from tests.support.cloud import REGION, Cloud, FakeClock
from tests.support.dynamodb_local import NotHereError, endpoint
from tests.support.template import create_tables

AT_ONCE = 32
"""Connections that may be open."""


@pytest.fixture(scope="module")
def engine_url() -> Iterator[str]:
    """Run the engine; skip without a JDK, except in CI, where these tests must run."""
    running = endpoint()
    try:
        url = running.__enter__()
    except NotHereError as missing:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(missing))
    try:
        yield url
    finally:
        running.__exit__(None, None, None)


@pytest.fixture
def real(
    engine_url: str,
    cloud: Cloud,
    fake_clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Cloud:
    """Put the tables on the engine; secrets, addresses and mail stay in moto.

    The engine keeps one database per access key, so each test has its own.
    """
    # The engine deletes expired items by its own clock, so ours must not be behind it.
    fake_clock.time = datetime.now(UTC)
    key = "".join(letter for letter in request.node.name if letter.isalnum())
    retries: Any = {"mode": "standard", "total_max_attempts": 3}
    dynamodb = boto3.client(
        "dynamodb",
        region_name=REGION,
        endpoint_url=engine_url,
        aws_access_key_id=key,
        aws_secret_access_key="any",
        config=Config(max_pool_connections=AT_ONCE, retries=retries),
    )
    names = {"AccountsTable": "accounts", "CatalogueTable": "catalogue", "MailTable": "mail"}
    create_tables(dynamodb, names=names)
    monkeypatch.setattr(clients, "dynamodb", lambda: dynamodb)
    return Cloud(dynamodb)
