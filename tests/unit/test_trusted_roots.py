"""Which authorities an AWS client trusts, against a server that speaks TLS."""

import json
import logging
import re
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import botocore
import pytest
from botocore.config import Config
from botocore.exceptions import SSLError
from newsreel.aws import clients
from newsreel.aws.trusted_roots import AMAZON_ROOTS, UNKNOWN_ROOT, falling_back

from tests.support.tls_server import TlsServer, serving

_CERTIFICATE = re.compile("-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----")
ONCE = Config(retries={"mode": "standard", "total_max_attempts": 1})
ReadSecret = Callable[[str], str]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[TlsServer]:
    answer = json.dumps({"SecretString": "text"}).encode()
    with serving(tmp_path, lambda *_asked: (200, {}, answer)) as running:
        yield running


def reading(server: TlsServer, roots: str | Path) -> ReadSecret:
    """Return what reads a secret with a client that trusts these roots."""
    client = falling_back(
        boto3.client(
            "secretsmanager",
            endpoint_url=server.url,
            region_name="eu-central-1",
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
            verify=str(roots),
            config=ONCE,
        )
    )
    return lambda name: client.get_secret_value(SecretId=name)["SecretString"]


def trust_by_default(monkeypatch: pytest.MonkeyPatch, authority: Path | str) -> None:
    monkeypatch.setattr("botocore.httpsession.where", lambda: str(authority))


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.message for one in caplog.records if one.levelno >= logging.WARNING]


def test_a_known_root_needs_nothing_else(
    server: TlsServer, caplog: pytest.LogCaptureFixture
) -> None:
    assert reading(server, server.authority)("a") == "text"
    assert (len(server.connections), told(caplog)) == (1, [])


def test_a_root_that_is_missing_costs_one_try_and_is_told_once(
    server: TlsServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Even for a client that asks once, as that of mail does: nothing was sent by then."""
    trust_by_default(monkeypatch, server.authority)
    read = reading(server, AMAZON_ROOTS)
    assert [read(name) for name in "abc"] == ["text"] * 3
    assert told(caplog) == [UNKNOWN_ROOT]
    assert len(server.connections) == 1


def test_what_no_bundle_knows_is_refused(
    server: TlsServer, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(SSLError):
        reading(server, AMAZON_ROOTS)("a")
    assert server.connections == []
    assert told(caplog) == [UNKNOWN_ROOT]


@pytest.fixture
def own_clients(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    clients.forget()
    yield
    clients.forget()


@pytest.mark.usefixtures("own_clients")
def test_every_client_trusts_amazons_roots_first() -> None:
    makers = (clients.dynamodb, clients.s3, clients.bulk_s3, clients.secretsmanager)
    for make in (*makers, clients.ses, clients.sqs, clients.sts):
        client: Any = make()
        assert client._endpoint.http_session._verify == AMAZON_ROOTS, make.__name__


def test_the_roots_are_those_that_boto3_has_of_amazon() -> None:
    """Their names: https://www.amazontrust.com/repository/."""
    own = _CERTIFICATE.findall(Path(AMAZON_ROOTS).read_text(encoding="ascii"))
    bundle = Path(botocore.__file__).with_name("cacert.pem").read_text(encoding="ascii")
    assert set(own) <= set(_CERTIFICATE.findall(bundle))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(AMAZON_ROOTS)
    loaded: list[Any] = context.get_ca_certs()
    names = sorted(dict(part[0] for part in one["subject"])["commonName"] for one in loaded)
    assert names == [
        *(f"Amazon Root CA {number}" for number in range(1, 5)),
        "Starfield Services Root Certificate Authority - G2",
    ]
