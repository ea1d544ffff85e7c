"""After requests full of canaries to every route, no log of the running stack holds one of them.

Each place where a caller can put something has its own: path, query, headers, cookies, body. What
is entered and given on the way that succeeds is searched for as well.
"""

import base64
import json
from typing import TYPE_CHECKING

import pytest
from newsreel import clock

from infra.local import administrator
from infra.local.paths import LOGS, Stack
from tests.local_stack.fixtures import a_world
from tests.local_stack.logs import all_logs
from tests.local_stack.roles import deployed
from tests.support.canaries import SECRET, Canaries, Loader, told
from tests.support.description import OPERATIONS
from tests.support.events import s3_event, stream_event
from tests.support.fuzzing import World

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient


@pytest.fixture(scope="module")
def world(stack: Stack) -> World:
    """Make persons of its own."""
    return a_world(stack)


@pytest.fixture(scope="module")
def canaries(world: World) -> Canaries:
    """Send them to every route."""
    given = Canaries()
    # The last one changes the password, and with it ends the session that the others need.
    for method, path, operation in sorted(OPERATIONS, key=lambda one: one[1].endswith("/complete")):
        for attempt in Loader(given, method, path, operation).attempts(world.known, world.cookie()):
            heard = world.door.open(
                attempt.method,
                attempt.path,
                query=attempt.query,
                headers=attempt.headers,
                body=attempt.body,
            )
            assert heard.status < 500, f"{attempt}: {heard.text}"
            world.statuses[f"{method} {path}: {heard.status}"] += 1
            if not path.endswith("/complete"):
                world.bring_back(heard.status)
    return given


@pytest.fixture(scope="module")
def texts(stack: Stack, canaries: Canaries) -> list[str]:
    """What is in all logs once the canaries are sent; reading them takes seconds."""
    return list(all_logs(stack))


def test_no_log_holds_a_canary(texts: list[str], canaries: Canaries) -> None:
    assert sum("START RequestId" in text for text in texts) > len(OPERATIONS)
    assert canaries.told(texts) == set()


def test_no_log_holds_what_led_to_success(texts: list[str], world: World) -> None:
    succeeded = {entry for entry in world.statuses if entry.rpartition(": ")[2] < "400"}
    assert len({entry.rpartition(":")[0] for entry in succeeded}) > len(OPERATIONS) * 2 / 3
    secrets = {name: world.known[name] for name in SECRET & world.known.keys()}
    secrets |= {"session": world.cookie().partition(".")[2].partition(";")[0]}
    assert told(texts, secrets) == set()


def _image(given: Canaries) -> dict[str, dict[str, str]]:
    """Return an item of the accounts table that asks for a mail and cannot be read."""
    names = (
        "pk",
        "sk",
        "email",
        "purpose",
        "flow_key",
        "issue",
        "account_id",
        "kind",
        "requested_at",
    )
    return {name: {"S": given.at(name)} for name in names} | {"state": {"S": "requested"}}


def test_no_log_holds_a_canary_of_an_event_that_fails(
    stack: Stack, lambdas: "LambdaClient"
) -> None:
    given = Canaries()
    events = {
        "CodeIssuance": stream_event(_image(given) | {"entity": {"S": "mail_request"}}),
        "Notices": stream_event(_image(given) | {"entity": {"S": "notice"}}),
        "Ingest": s3_event(stack.media_bucket, f"receipts/{given.at('key')}.json"),
    }
    for part, event in events.items():
        name = deployed(lambdas, part)["FunctionName"]
        answer = lambdas.invoke(FunctionName=name, Payload=json.dumps(event).encode())
        assert answer.get("FunctionError"), part
        assert given.told([answer["Payload"].read().decode()]) == set()
    texts = list(all_logs(stack))
    assert any("RecordFailedError" in text for text in texts)
    assert given.told(texts) == set()


def test_the_search_reads_every_log(stack: Stack) -> None:
    given = Canaries()
    logs: CloudWatchLogsClient = administrator.session().client(
        "logs", endpoint_url=stack.aws_endpoint_url
    )
    group, file = "/newsreel/planted", LOGS / "planted.log"
    said = [given.at("log group"), base64.b64encode(f"x{given.at('hidden')}".encode()).decode()]
    moment = int(clock.now().timestamp() * 1000)
    logs.create_log_group(logGroupName=group)
    try:
        logs.create_log_stream(logGroupName=group, logStreamName="one")
        logs.put_log_events(
            logGroupName=group,
            logStreamName="one",
            logEvents=[{"timestamp": moment, "message": text} for text in said],
        )
        file.write_text(given.at("file"), encoding="utf-8")
        found = given.told(all_logs(stack))
    finally:
        logs.delete_log_group(logGroupName=group)
        file.unlink(missing_ok=True)
    assert {"log group", "file"} < found
    assert len(found) == 3
