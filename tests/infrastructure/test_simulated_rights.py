"""Another program's IAM judges every recorded request, and what nobody may ask, as ours does."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest

from tests.support.cloud import ENVIRONMENT
from tests.support.needs import Call, secret, table
from tests.support.permissions import allows, listed, policies
from tests.support.readings import READINGS, read
from tests.support.request_record import recorded_requests
from tests.support.simulator import Verdict, simulate

POLICIES = policies(ENVIRONMENT)
FORGED = "FORGED#x"
WHATEVER_ITS_KEYS = {
    # Of the index only what everybody may read, and keys alone of what is due.
    ("catalogue", "dynamodb:Query", table("catalogue", "published")),
    ("newsletter_editions", "dynamodb:Query", table("catalogue", "published")),
    ("newsletter_send", "dynamodb:Query", table("catalogue", "published")),
    ("ingest", "dynamodb:Query", table("catalogue", "published")),
    ("ingest", "dynamodb:Query", table("catalogue", "due")),
}
"""Rights without a condition on keys: the function, the action and the resource."""
STRONGER = {
    "dynamodb:Query": "dynamodb:Scan",
    "dynamodb:GetItem": "dynamodb:PartiQLSelect",
    "dynamodb:UpdateItem": "dynamodb:PartiQLUpdate",
    "dynamodb:DeleteItem": "dynamodb:DeleteTable",
    "secretsmanager:GetSecretValue": "secretsmanager:PutSecretValue",
    "s3:ListBucket": "s3:PutBucketPolicy",
    "s3:PutObject": "s3:PutObjectAcl",
    "sqs:SendMessage": "sqs:PurgeQueue",
}
"""Actions that no function has, on the things that it may do the first to."""


def elsewhere(call: Call) -> Iterator[Call]:
    """Yield a call as nobody may make it: with a key, a place, a sender that no policy names."""
    service = call.action.partition(":")[0]
    if service == "dynamodb":
        yield replace(call, resource=table("another"))
        if (call.folder, call.action, call.resource) not in WHATEVER_ITS_KEYS:
            yield replace(call, keys=(FORGED,))
            yield replace(call, keys=(*call.keys, FORGED))
    elif service == "s3":
        bucket, _, path = call.resource.partition("/")
        yield replace(call, resource=f"arn:aws:s3:::another/{path}".rstrip("/"))
        if path:
            yield replace(call, resource=f"{bucket}/elsewhere/x")
    elif service == "secretsmanager":
        yield replace(call, resource=secret("newsreel/test/of-somebody-else"))
    elif service == "sqs":
        yield replace(call, resource=f"{call.resource}-of-somebody-else")
    elif call.sender:
        yield replace(call, sender="director@mail.example.org")
        yield replace(call, sender="")
    if call.action in STRONGER:
        yield replace(call, action=STRONGER[call.action])


@pytest.fixture(scope="module")
def verdicts() -> Mapping[tuple[str, str], list[Verdict]]:
    """Everything in one run: by reading, the requests as they are and as nobody may make them."""
    calls: dict[tuple[str, str], list[Call]] = {}
    for reading in READINGS:
        recorded = read(recorded_requests(), reading)
        calls["recorded", reading] = recorded
        planted = {forged for call in recorded for forged in elsewhere(call)}
        calls["planted", reading] = sorted(planted, key=repr)
    told = iter(simulate([one for each in calls.values() for one in each], POLICIES))
    return {kind: [next(told) for _ in each] for kind, each in calls.items()}


@pytest.mark.parametrize("reading", READINGS)
def test_every_recorded_request_is_allowed(
    verdicts: Mapping[tuple[str, str], list[Verdict]], reading: str
) -> None:
    found = verdicts["recorded", reading]
    assert {one.call.folder for one in found} == {*POLICIES}
    assert [one.call for one in found if not one.allowed] == []


@pytest.mark.parametrize("reading", READINGS)
def test_every_planted_request_is_refused(
    verdicts: Mapping[tuple[str, str], list[Verdict]], reading: str
) -> None:
    found = verdicts["planted", reading]
    assert len(found) > len(verdicts["recorded", reading])
    assert [one.call for one in found if one.allowed] == []


def test_our_own_checker_says_the_same(
    verdicts: Mapping[tuple[str, str], list[Verdict]],
) -> None:
    for found in verdicts.values():
        for one in found:
            own = any(allows(statement, one.call) for statement in POLICIES[one.call.folder])
            assert own == one.allowed, one.call


def test_no_condition_asks_for_a_value_that_its_action_does_not_tell(
    verdicts: Mapping[tuple[str, str], list[Verdict]],
) -> None:
    # ForAllValues of what is never told is met by everything.
    found = [one for each in verdicts.values() for one in each if one.allowed]
    assert [(one.call.action, one.ignored) for one in found if one.ignored] == []


def test_rights_whatever_the_keys_are_are_those_listed() -> None:
    found = {
        (folder, action, resource)
        for folder, statements in POLICIES.items()
        for statement in statements
        if "dynamodb:LeadingKeys" not in str(statement.get("Condition"))
        for action in listed(statement["Action"])
        for resource in listed(statement["Resource"])
        if action.startswith("dynamodb:") and ":table/" in resource and "/stream/" not in resource
    }
    assert found == WHATEVER_ITS_KEYS
