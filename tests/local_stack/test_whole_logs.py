"""What a function logged is in its log, whole and in order, once its answer is there."""

import io
import json
import secrets
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

import pytest

from infra.local import administrator, function_logs
from infra.local.deployment import runtime
from infra.local.paths import Stack
from tests.local_stack.roles import role_of

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_lambda.literals import RuntimeType
    from mypy_boto3_logs import CloudWatchLogsClient

# Says so much, by print and by logging, and raises if it is told to.
_SAYS = """
import logging
log = logging.getLogger()
log.setLevel("INFO")
log.addHandler(logging.StreamHandler())
def handler(event, context):
    for number in range(event["lines"]):
        say = print if number % 2 else log.info
        say(f"{event['name']} {number} x")
    if event.get("raises"):
        raise ValueError("on purpose")
    return "y" * event.get("answers", 1)
"""


@pytest.fixture
def talker(stack: Stack, lambdas: "LambdaClient") -> Iterator[str]:
    """A function that logs as much as it is asked to: its name."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("app.py", _SAYS)
    name = f"talker-{secrets.token_hex(4)}"
    lambdas.create_function(
        FunctionName=name,
        Runtime=cast("RuntimeType", runtime()),
        Role=role_of(lambdas, "Newsletter"),
        Handler="app.handler",
        Code={"ZipFile": packed.getvalue()},
        Timeout=30,
    )
    yield name
    lambdas.delete_function(FunctionName=name)
    logs: CloudWatchLogsClient = administrator.session().client(
        "logs", endpoint_url=stack.aws_endpoint_url
    )
    logs.delete_log_group(logGroupName=f"/aws/lambda/{name}")


def _said(stack: Stack, talker: str) -> list[str]:
    lines = [line.message for line in function_logs.logged(stack, f"/aws/lambda/{talker}")]
    return [line.rpartition(" ")[0] for line in lines if line.endswith("x")]


def test_lines_are_all_shown_however_many_there_are(
    stack: Stack, lambdas: "LambdaClient", talker: str
) -> None:
    said = []
    for name in ("a", "b", "c"):
        event = json.dumps({"lines": 4000, "name": name}).encode()
        lambdas.invoke(FunctionName=talker, Payload=event)
        said += [f"{name} {number}" for number in range(4000)]
    assert sorted(_said(stack, talker)) == sorted(said)


@pytest.mark.parametrize(
    "wanted",
    [
        {"lines": 0},
        {"lines": 1},
        {"lines": 2000},
        {"lines": 2000, "answers": 1_000_000},
        {"lines": 50, "raises": True},
    ],
    ids=["none", "one", "many", "many with a long answer", "a fault"],
)
def test_every_line_is_there_with_the_answer(
    stack: Stack, lambdas: "LambdaClient", talker: str, wanted: dict[str, int]
) -> None:
    for name in ("a", "b", "c"):
        event = json.dumps({**wanted, "name": name}).encode()
        answer = lambdas.invoke(FunctionName=talker, Payload=event)
        assert ("FunctionError" in answer) == ("raises" in wanted)
        said = [line for line in _said(stack, talker) if line.startswith(f"{name} ")]
        assert said == [f"{name} {number}" for number in range(wanted["lines"])]
