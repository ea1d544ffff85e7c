"""An attacker cannot distinguish known, unknown, pending and deleted addresses.

Nor can he see what the owner of an address does, whatever he began there before.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from unittest.mock import patch

import botocore.client
import pytest

from functions.credentials import app as credentials_app
from functions.newsletter import app as newsletter_app
from functions.password_reset import app as reset_app
from functions.registration import app as registration_app
from functions.sessions import app as sessions_app
from tests.support.accounts import (
    PASSWORD,
    Reply,
    call,
    deliver,
    log_in,
    mails,
    newest_code,
    open_account,
    register,
)
from tests.support.cloud import Cloud, FakeClock
from tests.support.credentials import (
    NEW_ADDRESS,
    change_password,
    change_step,
    confirm_change,
    start_change,
)
from tests.support.reset_steps import complete, proved_reset
from tests.support.resets import networks

pytestmark = pytest.mark.thorough

KNOWN, UNKNOWN, PENDING = "known@example.org", "nobody@example.org", "waiting@example.org"
DELETED = "deleted@example.org"
ADDRESSES = (KNOWN, UNKNOWN, PENDING, DELETED)
# Values that are random for every address. Nothing else may differ.
RANDOM_FIELDS = {"registration_id", "reset_id", "change_id", "reference"}


def prepare(cloud: Cloud, fake_clock: FakeClock) -> None:
    """Open one account, delete another, and leave one registration pending."""
    open_account(cloud.dynamodb, KNOWN)
    assert delete(open_account(cloud.dynamodb, DELETED).cookie).status == 204
    register(PENDING)
    deliver(cloud.dynamodb)
    # This environment has read its addresses and secrets before.
    log_in("warm@example.org", "x")
    fake_clock.forward(minutes=5)


def delete(cookie: str) -> Reply:
    body = {"current_password": PASSWORD}
    return call(credentials_app, "POST", "/account/deletion", body=body, cookie=cookie)


def observe(ask: Callable[[], Reply]) -> tuple[Reply, list[str]]:
    """Return an answer and its AWS calls, in order."""
    call = botocore.client.BaseClient._make_api_call  # type: ignore[attr-defined]
    calls: list[str] = []

    def listing(client: object, name: str, values: dict[str, object]) -> object:
        shape = sorted(values)
        entries = values.get("TransactItems")
        kinds = [next(iter(entry)) for entry in entries] if isinstance(entries, list) else []
        if name != "GetSecretValue":  # every five minutes, whoever is asked about
            calls.append(f"{name} {shape} {kinds}")
        return call(client, name, values)

    with patch("botocore.client.BaseClient._make_api_call", new=listing):
        return ask(), calls


def outside(reply: Reply) -> dict[str, object]:
    """Return everything that is visible from outside, with random values as their lengths."""
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
    assert all(one == seen[0] for one in seen)
    calls = [made for _, made in answers]
    assert all(one == calls[0] for one in calls)
    return calls[0]


@dataclass(frozen=True)
class Steps:
    """The requests that a stranger can send for one kind of flow."""

    name: str
    id_name: str
    app: Any
    collection: str
    entering: str

    def start(self, address: str, *, key: str | None = None) -> Reply:
        """Start a flow."""
        body = {"email": address}
        if self.entering == "confirm":
            body["password"] = PASSWORD
        headers = {"Idempotency-Key": key} if key else None
        return call(self.app, "POST", f"/{self.collection}", body=body, headers=headers)

    def look(self, flow_id: str) -> Reply:
        """Read the flow's state."""
        return self.ask("GET", flow_id)

    def send_new_code(self, flow_id: str) -> Reply:
        """Request another code."""
        return self.ask("POST", flow_id, "code")

    def guess(self, flow_id: str) -> Reply:
        """Enter a text that can be no code, so that it is never right by chance."""
        return self.ask("POST", flow_id, self.entering, {"code": "000000x"})

    def ask(self, method: str, flow_id: str, step: str = "", body: Any = None) -> Reply:
        """Send the request of one step."""
        resource = f"/{self.collection}/{{{self.id_name}}}" + (f"/{step}" if step else "")
        return call(self.app, method, resource, path={self.id_name: flow_id}, body=body)


REGISTRATION = Steps(
    "registration", "registration_id", registration_app, "registrations", "confirm"
)
RESET = Steps("password reset", "reset_id", reset_app, "password-resets", "verify")


@pytest.mark.parametrize("steps", [REGISTRATION, RESET], ids=lambda steps: steps.name)
def test_a_flow_looks_the_same_over_its_whole_life_for_every_address(
    cloud: Cloud, fake_clock: FakeClock, steps: Steps
) -> None:
    prepare(cloud, fake_clock)
    starts = [observe(lambda address=address: steps.start(address)) for address in ADDRESSES]  # type: ignore[misc]
    assert len(assert_equal(starts)) == 4
    flow_ids = [reply.json[steps.id_name] for reply, _ in starts]

    def each(ask: Callable[[str], Reply]) -> list[str]:
        return assert_equal([observe(lambda fid=fid: ask(fid)) for fid in flow_ids])  # type: ignore[misc]

    assert len(each(steps.look)) == 1
    deliver(cloud.dynamodb)
    each(steps.look)
    each(steps.send_new_code)
    fake_clock.forward(seconds=60)
    assert len(each(steps.send_new_code)) == 5
    deliver(cloud.dynamodb)
    each(steps.look)
    for _ in range(6):
        each(steps.guess)
        each(steps.look)
    fake_clock.forward(minutes=2)
    each(steps.send_new_code)
    deliver(cloud.dynamodb)
    each(steps.look)
    for _ in range(5):
        each(steps.guess)
    each(steps.look)
    each(steps.send_new_code)
    fake_clock.forward(hours=24)
    each(steps.look)
    each(steps.send_new_code)
    each(steps.guess)


def test_a_repeated_start_looks_the_same_for_every_address(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    prepare(cloud, fake_clock)
    starts = [
        observe(lambda address=address: RESET.start(address, key=f"{address} repeats"))  # type: ignore[misc]
        for address in (*ADDRESSES, *ADDRESSES)  # each once more, as after a lost answer
    ]
    half = len(ADDRESSES)
    assert_equal(starts[:half])
    assert_equal(starts[half:])
    flow_ids = [reply.json["reset_id"] for reply, _ in starts]
    assert flow_ids[:half] == flow_ids[half:]


def test_a_completed_reset_cannot_be_seen_from_a_strangers_one(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    """The flow's state and all its answers stay the same after the owner has completed a reset."""
    prepare(cloud, fake_clock)
    flow_ids = [RESET.start(address).json["reset_id"] for address in ADDRESSES]
    deliver(cloud.dynamodb)
    fake_clock.forward(seconds=1)
    own = RESET.start(KNOWN).json["reset_id"]
    deliver(cloud.dynamodb)
    token = RESET.ask("POST", own, "verify", {"code": newest_code(KNOWN)}).json["reset_token"]
    new_password = {"reset_token": token, "new_password": "Other-Otter-43-Maps"}
    assert RESET.ask("POST", own, "complete", new_password).status == 204
    fake_clock.forward(seconds=60)
    for method, name, body in (
        ("GET", "", None),
        ("POST", "verify", {"code": "000000x"}),
        ("POST", "code", None),
        ("POST", "complete", {**new_password, "reset_token": "x" * 43}),
        ("GET", "", None),
    ):
        answers = [
            observe(lambda fid=fid: RESET.ask(method, fid, name, body))  # type: ignore[misc] # noqa: B023
            for fid in flow_ids
        ]
        assert_equal(answers)


def test_a_wrong_log_in_looks_the_same_for_every_address(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    prepare(cloud, fake_clock)
    for _ in range(7):
        answers = [
            observe(lambda address=address: log_in(address, "Wrong-Word-12x"))  # type: ignore[misc]
            for address in ADDRESSES
        ]
        assert len(assert_equal(answers)) <= 5


def test_a_change_of_address_looks_the_same_for_every_address(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    """Each new address is asked for by an account of its own."""
    prepare(cloud, fake_clock)
    askers = [f"asker{number}@example.org" for number in range(len(ADDRESSES))]
    cookies = [open_account(cloud.dynamodb, asker).cookie for asker in askers]
    fake_clock.forward(minutes=5)
    starts = [
        observe(lambda cookie=cookie, address=address: start_change(cookie, address))  # type: ignore[misc]
        for cookie, address in zip(cookies, ADDRESSES, strict=True)
    ]
    assert len(assert_equal(starts)) == 7
    ids = [reply.json["change_id"] for reply, _ in starts]

    def each(method: str, step: str = "", body: object = None) -> list[str]:
        return assert_equal(
            [
                observe(
                    lambda one=one, cookie=cookie: change_step(  # type: ignore[misc]
                        method, one, step, body, cookie=cookie
                    )
                )
                for one, cookie in zip(ids, cookies, strict=True)
            ]
        )

    each("GET")
    deliver(cloud.dynamodb)
    assert len(each("GET")) == 2
    each("POST", "code")
    fake_clock.forward(seconds=60)
    assert len(each("POST", "code")) == 6
    deliver(cloud.dynamodb)
    each("GET")
    for _ in range(6):
        each("POST", "confirm", {"code": "000000x"})
        each("GET")
    fake_clock.forward(minutes=2)
    each("POST", "code")
    deliver(cloud.dynamodb)
    for _ in range(6):
        each("POST", "confirm", {"code": "0000000000"})
        each("GET")


def test_an_address_that_is_held_looks_like_any_other(cloud: Cloud, fake_clock: FakeClock) -> None:
    prepare(cloud, fake_clock)
    held = "held@example.org"
    cookie = open_account(cloud.dynamodb, held).cookie
    change_id = start_change(cookie, "moved@example.org").json["change_id"]
    deliver(cloud.dynamodb)
    code = newest_code("moved@example.org")
    assert confirm_change(cookie, change_id, code).status == 200
    fake_clock.forward(hours=25)  # the flows that were open are over: a third one has a long code
    three = (held, UNKNOWN, KNOWN)
    for steps in (REGISTRATION, RESET):
        starts = [observe(lambda one=one: steps.start(one)) for one in three]  # type: ignore[misc] # noqa: B023
        assert_equal(starts)
        deliver(cloud.dynamodb)
        flow_ids = [reply.json[steps.id_name] for reply, _ in starts]
        for ask in (steps.look, steps.guess, steps.look):
            assert_equal([observe(lambda fid=fid: ask(fid)) for fid in flow_ids])  # type: ignore[misc] # noqa: B023
        fake_clock.forward(minutes=2)
    assert_equal([observe(lambda one=one: log_in(one, "Wrong-Word-12x")) for one in three])  # type: ignore[misc]


# ------------------------------------------------------------------ what others do to an address
def seen_of(addresses: Sequence[str], flows: dict[str, list[str]], clock: FakeClock) -> None:
    """Go on with flows of some addresses, begin others and log in; nothing tells them apart."""
    for steps in (REGISTRATION, RESET):
        for ask in (steps.look, steps.guess, steps.send_new_code, steps.look):
            assert_equal([observe(lambda fid=fid: ask(fid)) for fid in flows[steps.name]])  # type: ignore[misc] # noqa: B023
    clock.forward(minutes=2)
    for steps in (REGISTRATION, RESET):
        assert_equal([observe(lambda one=one: steps.start(one)) for one in addresses])  # type: ignore[misc] # noqa: B023
        again = [observe(lambda fid=fid: steps.send_new_code(fid)) for fid in flows[steps.name]]  # type: ignore[misc] # noqa: B023
        assert_equal(again)
    for _ in range(2):
        assert_equal([observe(lambda one=one: log_in(one, "Wrong-Word-12x")) for one in addresses])  # type: ignore[misc]


def begun(addresses: Sequence[str]) -> dict[str, list[str]]:
    """Begin a flow of each kind for some addresses; return their ids."""
    return {
        steps.name: [steps.start(one).json[steps.id_name] for one in addresses]
        for steps in (REGISTRATION, RESET)
    }


def reset_password(cloud: Cloud, cookie: str) -> Reply:
    return complete(*proved_reset(cloud.dynamodb, KNOWN, cookie))


def change_address(cloud: Cloud, cookie: str) -> Reply:
    change_id = start_change(cookie, NEW_ADDRESS).json["change_id"]
    deliver(cloud.dynamodb)
    return confirm_change(cookie, change_id, newest_code(NEW_ADDRESS))


ACTS: dict[str, Callable[[Cloud, str], Reply]] = {
    "logs in": lambda _cloud, cookie: call(
        sessions_app,
        "POST",
        "/sessions",
        body={"email": KNOWN, "password": PASSWORD},
        cookie=cookie,
    ),
    "logs in in a new browser": lambda _cloud, _cookie: log_in(KNOWN),
    "resets the password": reset_password,
    "changes the password": lambda _cloud, cookie: change_password(cookie),
    "changes the address": change_address,
    "deletes the account": lambda _cloud, cookie: delete(cookie),
}


@pytest.mark.parametrize("act", ACTS)
def test_what_the_owner_does_cannot_be_seen_by_who_began_flows_there(
    cloud: Cloud, fake_clock: FakeClock, act: str
) -> None:
    open_account(cloud.dynamodb, KNOWN)
    fake_clock.forward(days=2)
    cookie = log_in(KNOWN).cookie
    log_in(UNKNOWN)  # a log-in in a new browser counts for both
    fake_clock.forward(minutes=1)
    addresses = (KNOWN, UNKNOWN)
    flows = begun(addresses)
    deliver(cloud.dynamodb)
    fake_clock.forward(minutes=2)
    assert ACTS[act](cloud, cookie).status < 300
    seen_of(addresses, flows, fake_clock)


def mute(cloud: Cloud, address: str) -> None:
    RESET.start(address)
    deliver(cloud.dynamodb)
    told = [mail for mail in mails() if mail["To"] == address][-1]
    text = told.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    [token] = re.findall(r"not-me#(\S+)", text)
    path, body = {"token": token}, {"mute": "day"}
    assert call(newsletter_app, "POST", "/not-me/{token}", path=path, body=body).status == 200


def spend_mails(_cloud: Cloud, address: str) -> None:
    for network in islice(networks(), 30):
        body = {"email": address}
        call(reset_app, "POST", "/password-resets", body=body, source_ip=network)
    assert RESET.start(address).status == 429


def spend_tries(_cloud: Cloud, address: str) -> None:
    for _ in range(2):
        flow_id = RESET.start(address).json["reset_id"]
        for _ in range(5):
            RESET.ask("POST", flow_id, "verify", {"code": "000000"})
    assert RESET.start(address).json["code_format"] == "base32_10"


def spend_log_ins(_cloud: Cloud, address: str) -> None:
    tried = [log_in(address, "Wrong-Word-12x").status for _ in range(7)]
    assert tried[-1] == 429


@pytest.mark.parametrize("strain", [mute, spend_mails, spend_tries, spend_log_ins])
def test_a_muted_or_spent_address_looks_like_any_other_such(
    cloud: Cloud, fake_clock: FakeClock, strain: Callable[[Cloud, str], None]
) -> None:
    prepare(cloud, fake_clock)
    fake_clock.forward(days=1)
    flows = begun(ADDRESSES)
    deliver(cloud.dynamodb)
    fake_clock.forward(seconds=1)
    for address in ADDRESSES:
        strain(cloud, address)
    deliver(cloud.dynamodb)
    seen_of(ADDRESSES, flows, fake_clock)
