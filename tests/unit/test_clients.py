"""AWS clients: made of botocore's own descriptions, or by the session that a tool gives."""

import os
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from botocore.loaders import Loader
from newsreel.aws import clients


@pytest.fixture(autouse=True)
def _own_clients(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "of-the-environment")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    clients.forget()
    yield
    clients.forget()


@pytest.mark.parametrize("kind", ["service-2", "endpoint-rule-set-1"])
def test_botocore_describes_each_service_that_we_say_we_use(kind: str) -> None:
    assert set(clients.SERVICES) <= set(Loader().list_available_services(kind))


def test_no_folder_of_another_service_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []

    def look(folder: str) -> list[str]:
        looked.append(Path(folder).name)
        return listed(folder)

    def search(_loader: Loader, _kind: str) -> list[str]:
        # Not botocore's own search: another test may have had it done, and kept what it found.
        looked.append("all")
        return [*clients.SERVICES]

    listed = os.listdir
    monkeypatch.setattr("botocore.loaders.os.listdir", look)
    monkeypatch.setattr(Loader, "list_available_services", search)
    clients.dynamodb()
    assert set(looked) == {"dynamodb"}


def test_clients_use_the_default_session_of_a_tool(monkeypatch: pytest.MonkeyPatch) -> None:
    clients.dynamodb()
    clients.forget()
    given = boto3.Session("given", "secret", region_name="eu-west-1")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", given)
    client = clients.dynamodb()
    signer = client._request_signer  # type: ignore[attr-defined]
    assert signer._credentials.access_key == "given"
    assert client.meta.region_name == "eu-west-1"
