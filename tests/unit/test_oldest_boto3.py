"""A runtime whose boto3 is older than ours was tested with says so, once an environment."""

import logging

import pytest
from newsreel.aws import clients


@pytest.mark.parametrize(
    ("version", "told"),
    [
        ("1.34.162", [clients.TOO_OLD]),
        ("1.35.99", [clients.TOO_OLD]),
        ("1.36.0", []),
        ("1.43.102", []),
        ("2.0", []),
    ],
)
def test_an_old_boto3_is_told(
    version: str, told: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    clients.check_boto3(version)
    assert [line.message for line in caplog.records if line.levelno >= logging.ERROR] == told


def test_the_boto3_of_the_tests_is_not_too_old(caplog: pytest.LogCaptureFixture) -> None:
    clients.check_boto3()
    assert caplog.records == []
