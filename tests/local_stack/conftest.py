"""Fixtures of the tests against the deployed local stack; `make up` makes it."""

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
import requests
from botocore.config import Config

from infra.local import administrator
from infra.local.clean_environment import assert_loopback
from infra.local.paths import Stack
from tests.local_stack.client import Client, Person

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_ses import SESClient
    from mypy_boto3_sqs import SQSClient


@pytest.fixture(scope="session")
def stack() -> Stack:
    """The stack that is up, checked to be on this machine."""
    try:
        stack = Stack.read()
    except FileNotFoundError:
        pytest.fail("The local stack is not up; `make up` starts it.")
    for url in (stack.site_url, stack.api_url, stack.mailbox_url, stack.aws_endpoint_url):
        assert_loopback(url)
    return stack


def _client(stack: Stack, service: str):  # type: ignore[no-untyped-def]  # noqa: ANN202
    return administrator.session().client(  # type: ignore[call-overload]
        service,
        endpoint_url=stack.aws_endpoint_url,
        config=Config(proxies={}, retries={"total_max_attempts": 1}),
    )


@pytest.fixture(scope="session")
def s3(stack: Stack, lambdas: "LambdaClient") -> "Iterator[S3Client]":
    """S3, with uploads looked at a second after they came, not when all that follow are there."""
    client: S3Client = _client(stack, "s3")
    with _gathered_for(1, lambdas):
        yield client


@contextmanager
def _gathered_for(seconds: int, lambdas: "LambdaClient") -> "Iterator[None]":
    sources = lambdas.list_event_source_mappings()["EventSourceMappings"]
    before = {
        one["UUID"]: window
        for one in sources
        # Equal ones too: a run that was killed has left them so.
        if (window := one.get("MaximumBatchingWindowInSeconds") or 0) >= seconds
    }
    assert before, "no source gathers messages any more"
    try:
        for source in before:
            lambdas.update_event_source_mapping(UUID=source, MaximumBatchingWindowInSeconds=seconds)
        yield
    finally:
        for source, window in before.items():
            lambdas.update_event_source_mapping(UUID=source, MaximumBatchingWindowInSeconds=window)


@pytest.fixture(scope="session")
def dynamodb(stack: Stack) -> "DynamoDBClient":
    client: DynamoDBClient = _client(stack, "dynamodb")
    return client


@pytest.fixture(scope="session")
def sqs(stack: Stack) -> "SQSClient":
    client: SQSClient = _client(stack, "sqs")
    return client


@pytest.fixture(scope="session")
def ses(stack: Stack) -> "SESClient":
    client: SESClient = _client(stack, "ses")
    return client


@pytest.fixture(scope="session")
def lambdas(stack: Stack) -> "LambdaClient":
    client: LambdaClient = _client(stack, "lambda")
    return client


@pytest.fixture
def visitor(stack: Stack) -> Client:
    """Somebody who is not signed in."""
    return Client(stack)


@pytest.fixture
def new_person(stack: Stack) -> "Callable[[], Person]":
    """Make somebody with an address that nobody had before."""
    return lambda: Person.new(stack)


@pytest.fixture(scope="session")
def member(stack: Stack) -> Person:
    """Somebody with an account, signed in; shared, so do not log out."""
    person = Person.new(stack)
    person.register()
    return person


@pytest.fixture(scope="session")
def mails(stack: Stack) -> str:
    """The address of the mailbox as JSON."""
    url = f"{stack.mailbox_url}/messages.json"
    assert requests.get(url, timeout=30).ok
    return url
