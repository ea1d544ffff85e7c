"""How long functions wait for AWS: boto3's own retries, below other tests' injected faults."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.endpoint import Endpoint
from botocore.exceptions import ReadTimeoutError
from moto.core.botocore_stubber import MockRawResponse
from newsreel.aws import clients

from functions.catalogue import app as catalogue_app
from tests.support import template, uploads
from tests.support.cloud import Cloud, FakeClock
from tests.support.fault_injection import FAULTS, inject_fault
from tests.support.invariants import assert_whole
from tests.support.scenarios import (
    Complete,
    Confirm,
    ConfirmWithTheLastTry,
    FollowLink,
    LogIn,
    ReadAccount,
    ReadAccountHoursLater,
    Scenario,
    SendNewCode,
    Verify,
    publish,
    pursue,
)


def throttled(url: str) -> tuple[AWSResponse, dict[str, Any]]:
    """Build DynamoDB's throttling answer, in the form that botocore has parsed it to."""
    error = {"Code": "ProvisionedThroughputExceededException", "Message": "canary"}
    metadata = {"HTTPStatusCode": 400, "HTTPHeaders": {}, "RequestId": "r"}
    answer = AWSResponse(url, 400, {}, MockRawResponse(b"{}"))  # type: ignore[arg-type]
    return answer, {"Error": error, "ResponseMetadata": metadata}


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retry without pauses."""
    monkeypatch.setattr("time.sleep", lambda _seconds: None)


@contextmanager
def on_the_wire(*, failing: int, silent: bool, effective: bool = False) -> Iterator[list[str]]:
    """Fail the first attempts of each table call; list every attempt.

    They are not sent, or with ``effective`` sent and their answers lost. Transactions are excluded:
    DynamoDB recognises a repeated one and moto does not (see the races on DynamoDB Local).
    """
    answered = Endpoint._do_get_response  # type: ignore[attr-defined]
    attempts: list[str] = []
    left: dict[str, int] = {}

    def answer(endpoint: Endpoint, request: Any, model: Any, context: Any) -> Any:
        if model.service_model.service_name != "dynamodb":
            return answered(endpoint, request, model, context)
        attempts.append(model.name)
        left[model.name] = left.get(model.name, failing) - 1
        if left[model.name] < 0:
            return answered(endpoint, request, model, context)
        if effective and model.name != "TransactWriteItems":
            answered(endpoint, request, model, context)
        if silent:
            return None, ReadTimeoutError(endpoint_url=endpoint.host)
        return throttled(request.url), None

    Endpoint._do_get_response = answer  # type: ignore[attr-defined]
    try:
        yield attempts
    finally:
        Endpoint._do_get_response = answered  # type: ignore[attr-defined]


@pytest.mark.thorough
@pytest.mark.parametrize("silent", [False, True], ids=["throttled", "silent"])
@pytest.mark.parametrize(
    "kind",
    [SendNewCode, Confirm, Complete, LogIn, ReadAccount, FollowLink],
    ids=lambda k: k.__name__,
)
def test_a_call_that_fails_once_on_the_wire_is_never_noticed(
    cloud: Cloud, fake_clock: FakeClock, kind: type[Scenario], silent: bool
) -> None:
    publish()
    scenario = kind(cloud, fake_clock)
    with on_the_wire(failing=1, silent=silent) as attempts:
        reply = scenario.act()
    assert reply.status < 400
    # Each operation failed once and was retried once.
    assert attempts
    assert len(attempts) >= 2 * len(set(attempts))
    scenario.check(reply)


@pytest.mark.thorough
@pytest.mark.parametrize(
    "kind",
    [Confirm, ConfirmWithTheLastTry, Verify, LogIn, ReadAccountHoursLater, FollowLink],
    ids=lambda k: k.__name__,
)
def test_answers_that_get_lost_on_the_wire_may_cost_a_try_but_never_the_way_on(
    cloud: Cloud, fake_clock: FakeClock, kind: type[Scenario]
) -> None:
    publish()
    scenario = kind(cloud, fake_clock)
    with on_the_wire(failing=1, silent=True, effective=True) as attempts:
        reply = scenario.act()
    assert attempts
    # The one answer besides success: a code was counted twice, and the second was the last try.
    if reply.status >= 400:
        assert (kind, reply.code) == (ConfirmWithTheLastTry, "code_spent")
    scenario.check(pursue(scenario, reply))
    assert_whole()


@pytest.mark.thorough
@pytest.mark.parametrize("silent", [False, True], ids=["throttled", "silent"])
def test_a_call_that_keeps_failing_is_refused_as_busy(
    cloud: Cloud, fake_clock: FakeClock, silent: bool
) -> None:
    scenario = ReadAccount(cloud, fake_clock)
    clients.forget()  # restores the full budget of retries
    with on_the_wire(failing=100, silent=silent) as attempts:
        reply = scenario.act()
    assert (reply.status, reply.code) == (503, "busy")
    assert reply.headers["Retry-After"] == ["1"]
    assert attempts == ["BatchGetItem"] * 2


@pytest.mark.thorough
def test_a_call_without_an_answer_is_given_up_before_the_function_times_out(cloud: Cloud) -> None:
    waits = {}
    for made in (clients.dynamodb, clients.s3, clients.secretsmanager, clients.sts):
        config: Any = made().meta.config
        attempts = config.retries["total_max_attempts"]
        # Standard mode pauses for up to 2^n seconds before attempt n + 1.
        pauses = sum(2**number for number in range(attempts - 1))
        waits[made.__name__] = attempts * max(config.connect_timeout, config.read_timeout) + pauses
    for function in template.functions().values():
        limit = function.properties.get(
            "Timeout", template.load()["Globals"]["Function"]["Timeout"]
        )
        # Two seconds for starting and hashing.
        assert max(waits.values()) + 2 <= limit


def test_a_page_is_shown_in_the_last_shell_when_the_bucket_does_not_answer(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    publish()
    catalogue_app.shells._kept.clear()
    for fault in FAULTS:
        assert uploads.page().status == 200
        fake_clock.forward(seconds=61)
        with inject_fault(fault, service="s3") as injected:
            assert uploads.page().status == 200
        assert injected.calls == ["GetObject"]
