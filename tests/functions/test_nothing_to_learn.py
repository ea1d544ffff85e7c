"""What an attacker may not learn: known, unknown and pending addresses cannot be told apart."""

from collections.abc import Callable
from unittest.mock import patch

import botocore.client

from tests.functions.accounts import (
    Reply,
    confirm,
    deliver,
    log_in,
    look,
    open_account,
    register,
    send_new_code,
)
from tests.functions.conftest import Cloud, Hands

KNOWN, UNKNOWN, PENDING = "known@example.org", "nobody@example.org", "waiting@example.org"
ADDRESSES = (KNOWN, UNKNOWN, PENDING)
# What differs by chance for any address, and nothing else.
RANDOM_FIELDS = {"registration_id", "reference"}


def prepare(cloud: Cloud, hands: Hands) -> None:
    """Open one account and leave one registration pending."""
    open_account(cloud.dynamodb, KNOWN)
    register(PENDING)
    deliver(cloud.dynamodb)
    # An execution environment that has read its addresses and secrets before.
    log_in("warm@example.org", "x")
    hands.forward(minutes=5)


def observe(ask: Callable[[], Reply]) -> tuple[Reply, list[str]]:
    """Return an answer and the AWS calls that it took, in order."""
    call = botocore.client.BaseClient._make_api_call  # type: ignore[attr-defined]
    calls: list[str] = []

    def listing(client: object, name: str, values: dict[str, object]) -> object:
        shape = sorted(values)
        entries = values.get("TransactItems")
        kinds = [next(iter(entry)) for entry in entries] if isinstance(entries, list) else []
        calls.append(f"{name} {shape} {kinds}")
        return call(client, name, values)

    with patch("botocore.client.BaseClient._make_api_call", new=listing):
        return ask(), calls


def outside(reply: Reply) -> dict[str, object]:
    """Return everything that is seen from outside, chance values by their length alone."""
    body = {
        name: len(str(value)) if name in RANDOM_FIELDS else value
        for name, value in reply.json.items()
    }
    return {
        "status": reply.status,
        "headers": dict(reply.headers),
        "body": body,
        "field order": list(reply.json),
        "length": len(reply.text),
    }


def assert_equal(answers: list[tuple[Reply, list[str]]]) -> list[str]:
    seen = [outside(reply) for reply, _ in answers]
    assert seen[0] == seen[1] == seen[2]
    calls = [made for _, made in answers]
    assert calls[0] == calls[1] == calls[2]
    return calls[0]


def test_a_flow_looks_the_same_over_its_whole_life_for_every_address(
    cloud: Cloud, hands: Hands
) -> None:
    prepare(cloud, hands)
    starts = [observe(lambda address=address: register(address)) for address in ADDRESSES]  # type: ignore[misc]
    assert len(assert_equal(starts)) == 1
    flow_ids = [reply.json["registration_id"] for reply, _ in starts]

    def each(ask: Callable[[str], Reply]) -> list[str]:
        return assert_equal([observe(lambda fid=fid: ask(fid)) for fid in flow_ids])  # type: ignore[misc]

    assert len(each(look)) == 1
    deliver(cloud.dynamodb)
    each(look)
    each(send_new_code)
    hands.forward(seconds=60)
    assert len(each(send_new_code)) == 2
    deliver(cloud.dynamodb)
    each(look)
    for _ in range(6):
        each(lambda fid: confirm(fid, "000000x"))
        each(look)
    hands.forward(minutes=2)
    each(send_new_code)
    deliver(cloud.dynamodb)
    each(look)
    for _ in range(5):
        each(lambda fid: confirm(fid, "000000x"))
    each(look)
    each(send_new_code)
    hands.forward(hours=24)
    each(look)
    each(send_new_code)
    each(lambda fid: confirm(fid, "000000x"))


def test_a_wrong_log_in_looks_the_same_for_every_address(cloud: Cloud, hands: Hands) -> None:
    prepare(cloud, hands)
    for _ in range(7):
        answers = [
            observe(lambda address=address: log_in(address, "Wrong-Word-12x"))  # type: ignore[misc]
            for address in ADDRESSES
        ]
        assert len(assert_equal(answers)) <= 4
