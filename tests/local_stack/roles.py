"""A function that says what its role is refused, run under the roles of the deployed functions."""

import io
import json
import secrets
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from infra.local.deployment import runtime
from infra.local.function_logs import folder_of

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_lambda.literals import RuntimeType
    from mypy_boto3_lambda.type_defs import FunctionConfigurationTypeDef

# Answers with the code of the refusal, or nothing; raises nothing of its own.
_PROBE = """
import boto3, json, os
from botocore.exceptions import ClientError
def handler(event, context):
    if event["service"] == "environment":
        return {"told": dict(os.environ)}
    client = boto3.client(event["service"])
    try:
        told = getattr(client, event["operation"])(**event["wanted"])
    except ClientError as error:
        return {"refused": error.response["Error"]["Code"]}
    return {"told": json.loads(json.dumps(told, default=str))}
"""


@dataclass(frozen=True)
class Probe:
    """One deployed probe, under the role of one function."""

    lambdas: "LambdaClient"
    name: str
    role: str

    def ask(self, service: str, operation: str = "", **wanted: Any) -> Mapping[str, Any]:
        """Call an API from within; return `told`, or the code under `refused`."""
        event = {"service": service, "operation": operation, "wanted": wanted}
        answer = self.lambdas.invoke(FunctionName=self.name, Payload=json.dumps(event).encode())
        found: dict[str, Any] = json.loads(answer["Payload"].read())
        assert "FunctionError" not in answer, found
        return found


def deployed(lambdas: "LambdaClient", function: str) -> "FunctionConfigurationTypeDef":
    """Return a function by its folder's name or, what is the same, the beginning of its id."""
    folder = folder_of(f"-{function}Function-0")
    for page in lambdas.get_paginator("list_functions").paginate():
        for one in page["Functions"]:
            if folder_of(one["FunctionName"]) == folder:
                return one
    raise AssertionError(f"no {function} function is deployed")


def role_of(lambdas: "LambdaClient", function: str) -> str:
    """Return the ARN of the role of a function."""
    return deployed(lambdas, function)["Role"]


@contextmanager
def probe(lambdas: "LambdaClient", role: str) -> Iterator[Probe]:
    """Deploy a probe under a role, and take it away again."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("app.py", _PROBE)
    name = f"probe-{secrets.token_hex(4)}"
    lambdas.create_function(
        FunctionName=name,
        Runtime=cast("RuntimeType", runtime()),
        Role=role,
        Handler="app.handler",
        Code={"ZipFile": packed.getvalue()},
        Timeout=30,
    )
    try:
        yield Probe(lambdas, name, role)
    finally:
        lambdas.delete_function(FunctionName=name)
