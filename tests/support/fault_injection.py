"""The faults that an AWS call can have, and how a test injects one into the call it chooses."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from botocore.client import BaseClient
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError
from newsreel.aws import stored_secrets

from functions.catalogue import app as catalogue_app
from functions.downloads import app as downloads_app

Raise: TypeAlias = Callable[[BaseClient, str, dict[str, Any]], Exception | dict[str, Any] | None]

_THROTTLED = {
    "dynamodb": "ProvisionedThroughputExceededException",
    "secretsmanager": "ThrottlingException",
    "sts": "Throttling",
    "s3": "SlowDown",
    "ses": "Throttling",
    "sqs": "RequestThrottled",
}
_FAILED = {
    "dynamodb": "InternalServerError",
    "secretsmanager": "InternalServiceError",
    "sts": "InternalFailure",
    "s3": "InternalError",
    "ses": "InternalFailure",
    "sqs": "InternalError",
}


@dataclass(frozen=True)
class Fault:
    """One fault; ``strike`` returns None if it cannot happen to a call.

    With ``effective`` the call takes effect, and only its answer is lost.
    """

    name: str
    strike: Raise
    effective: bool = False

    def __str__(self) -> str:
        return self.name


@dataclass
class Injected:
    """The calls while a fault was in force, and those that it hit."""

    calls: list[str] = field(default_factory=list)
    hit: list[str] = field(default_factory=list)


def _answered(
    client: BaseClient, operation: str, code: str, status: int, **more: Any
) -> ClientError:
    # The texts quote values, as AWS's texts do: none of them may be written.
    response = {
        "Error": {"Code": code, "Message": "canary: jane@example.org"},
        "ResponseMetadata": {"HTTPStatusCode": status, "RequestId": "r", "RetryAttempts": 2},
        **more,
    }
    kind: Any = client.exceptions.from_code(code)
    error: ClientError = kind(response, operation)
    return error


def _service(client: BaseClient) -> str:
    return str(client.meta.service_model.service_name)


def _throttle(client: BaseClient, operation: str, _values: dict[str, Any]) -> Exception:
    status = 503 if _service(client) == "s3" else 400
    return _answered(client, operation, _THROTTLED[_service(client)], status)


def _break(client: BaseClient, operation: str, _values: dict[str, Any]) -> Exception:
    return _answered(client, operation, _FAILED[_service(client)], 500)


def _conflict(client: BaseClient, operation: str, values: dict[str, Any]) -> Exception | None:
    if operation == "TransactWriteItems":
        rest = [{"Code": "None"}] * (len(values["TransactItems"]) - 1)
        reasons = [{"Code": "TransactionConflict", "Message": "canary"}, *rest]
        code = "TransactionCanceledException"
        return _answered(client, operation, code, 400, CancellationReasons=reasons)
    if operation in {"PutItem", "UpdateItem", "DeleteItem"}:
        return _answered(client, operation, "TransactionConflictException", 400)
    return None


def _unreachable(client: BaseClient, _operation: str, _values: dict[str, Any]) -> Exception:
    return EndpointConnectionError(endpoint_url=client.meta.endpoint_url)


def _silence(client: BaseClient, _operation: str, _values: dict[str, Any]) -> Exception:
    return ReadTimeoutError(endpoint_url=client.meta.endpoint_url)


def _unprocessed(
    _client: BaseClient, operation: str, values: dict[str, Any]
) -> dict[str, Any] | None:
    if operation == "BatchGetItem":
        return {"Responses": {}, "UnprocessedKeys": values["RequestItems"]}
    if operation == "BatchWriteItem":
        return {"UnprocessedItems": values["RequestItems"]}
    return None


FAULTS = (
    Fault("throttled", _throttle),
    Fault("broken", _break),
    Fault("conflict", _conflict),
    Fault("unreachable", _unreachable),
    Fault("timeout before the effect", _silence),
    Fault("timeout after the effect", _silence, effective=True),
    Fault("nothing processed", _unprocessed),
)


def _quote(_client: BaseClient, operation: str, values: dict[str, Any]) -> Exception:
    return RuntimeError(f"{operation} does not take {values!r}")


QUOTING = Fault("quoting", _quote)
"""A fault of ours, not of AWS, whose text quotes all parameters of the call."""
LIKE_THROTTLED = {"broken", "unreachable", "timeout before the effect"}
"""Faults after which the data is the same as after a throttled call."""


@contextmanager
def inject_fault(
    fault: Fault | None = None, *, at: int = 0, lasting: bool = False, service: str | None = None
) -> Iterator[Injected]:
    """Inject a fault into call number ``at`` of the block; with ``lasting`` into later ones too.

    Calls, of one ``service`` or of all, are counted from zero, above boto3's own retries: a fault
    injected here has outlasted those.
    """
    call = BaseClient._make_api_call  # type: ignore[attr-defined]
    injected = Injected()

    def make(client: BaseClient, operation: str, values: dict[str, Any]) -> Any:
        if service not in {None, _service(client)}:
            return call(client, operation, values)
        number = len(injected.calls)
        injected.calls.append(operation)
        hits = fault is not None and (number == at or (lasting and number > at))
        result = fault.strike(client, operation, values) if fault and hits else None
        if result is None:
            return call(client, operation, values)
        injected.hit.append(operation)
        if fault and fault.effective:
            call(client, operation, values)
        if isinstance(result, Exception):
            raise result
        return result

    BaseClient._make_api_call = make  # type: ignore[attr-defined]
    try:
        yield injected
    finally:
        BaseClient._make_api_call = call  # type: ignore[attr-defined]


def forget() -> None:
    """Act as an environment that has just started: nothing has been read yet."""
    stored_secrets.forget()
    downloads_app.signer.forget()
    catalogue_app.shells._kept.clear()
