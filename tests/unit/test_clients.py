"""AWS clients: made of botocore's own descriptions, and with the keys that they are given."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.loaders import Loader
from newsreel.aws import clients


@pytest.fixture(autouse=True)
def _own_clients(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "of-the-environment")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
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

    listed = os.listdir
    monkeypatch.setattr("botocore.loaders.os.listdir", look)
    clients.dynamodb()
    assert set(looked) == {"dynamodb"}


def test_clients_use_the_keys_that_a_tool_gives_them() -> None:
    clients.dynamodb()
    clients.sign_with("given", "secret", "eu-west-1")
    client = clients.dynamodb()
    signer = client._request_signer  # type: ignore[attr-defined]
    assert signer._credentials.access_key == "given"
    assert client.meta.region_name == "eu-west-1"


def test_clients_use_the_keys_of_the_environment_again() -> None:
    clients.sign_with("given", "secret", "eu-west-1")
    clients.forget()
    client = clients.dynamodb()
    signer = client._request_signer  # type: ignore[attr-defined]
    assert signer._credentials.access_key == "of-the-environment"
    assert client.meta.region_name == "us-east-1"
