"""What broke other account systems: each failure by its name, and that it is impossible here.

The reference of each failure stands with its test.
"""

from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

import pytest
from newsreel.accounts import passwords
from newsreel.policy import POLICY

from functions.catalogue import app as catalogue_app
from functions.password_reset import app as reset_app
from functions.registration import app as registration_app
from tests.support.accounts import (
    PASSWORD,
    Reply,
    call,
    code_in,
    confirm,
    deliver,
    items,
    log_in,
    mails,
    newest_code,
    open_account,
    read_account,
    register,
)
from tests.support.cloud import Cloud, FakeClock
from tests.support.credentials import NEW as NEW_PASSWORD
from tests.support.credentials import (
    NEW_ADDRESS,
    bearer,
    confirm_change,
    make_key,
    start_change,
)
from tests.support.resets import (
    LONG,
    NOBODY,
    SHORT,
    STRANGE,
    VICTIM,
    form,
    guess,
    networks,
    start,
    step,
)

pytestmark = pytest.mark.thorough

B = POLICY.budgets
STRANGERS = "Their-Heron-45-Maps"


@pytest.fixture
def cookie(cloud: Cloud, fake_clock: FakeClock) -> str:
    """Open the victim's account, two days ago."""
    opened = open_account(cloud.dynamodb, VICTIM).cookie
    fake_clock.forward(days=2)
    return opened


def proved(cloud: Cloud, address: str = VICTIM) -> tuple[Reply, str]:
    """Start a reset and enter its code; return the flow and its token."""
    flow = start(address)
    deliver(cloud.dynamodb)
    return flow, step(flow, "verify", code=newest_code(address)).json["reset_token"]


def complete(flow: Reply, token: str) -> Reply:
    return step(flow, "complete", reset_token=token, new_password=NEW_PASSWORD)


# ------------------------------------------------------------------ guesses
def test_a_resend_gives_no_tries_back(cookie: str, fake_clock: FakeClock) -> None:
    """better-auth #11162: each new code began with all its attempts again."""
    flow = start()
    guess(flow, 3)
    for left in (1, 0):
        fake_clock.forward(minutes=11)
        assert step(flow, "code").status == 202
        refused = step(flow, "verify", code=SHORT)
        assert refused.json.get("attempts_left", 0) == left


def test_of_parallel_guesses_in_parallel_flows_the_budget_is_compared(
    cookie: str, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Amazon Cognito until April 2021: 1,587 guesses at once instead of 20 (pentagrid.ch)."""
    compared: list[None] = []

    def wrong(*_values: object, **_more: object) -> bool:
        compared.append(None)
        return False

    monkeypatch.setattr("newsreel.accounts.flows.is_right", wrong)
    flows = [start(network=network) for network in islice(networks(), 4)]
    assert [form(flow) for flow in flows] == ["digits_6"] * 2 + ["base32_10"] * 2
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: step(flows[n % 2], "verify", code=SHORT), range(40)))
    # The address has eight, and a flow that has tries left then keeps one beyond them.
    assert len(compared) in (9, 10)


def test_no_forged_header_makes_another_network(cookie: str) -> None:
    """django-allauth before 65.14.2: a limit counted the address that X-Forwarded-For named."""
    for number in range(5):
        assert start(headers={"X-Forwarded-For": f"10.0.0.{number}"}).status == 202
    for header in ("X-Forwarded-For", "CloudFront-Viewer-Address", "X-Viewer-Address", "X-Real-IP"):
        assert start(headers={header: "10.9.9.9"}).status == 429


def test_after_the_last_try_each_step_that_is_named_leads_to_a_code(
    cookie: str, cloud: Cloud, fake_clock: FakeClock
) -> None:
    """brave-browser #57867, Ory Kratos #4510: after the last try nothing led anywhere."""
    flow = start()
    assert guess(flow, 5)[-1] == "code_spent"
    assert step(flow, "verify", code=SHORT).json["next"] == "send_new_code"
    fake_clock.forward(minutes=2)
    assert form(step(flow, "code")) == "base32_10"
    assert guess(flow, 5, LONG)[-1] == "flow_over"
    assert step(flow, "code").json["next"] == "start_again"
    fake_clock.forward(seconds=1)
    again = start()
    deliver(cloud.dynamodb)
    assert step(again, "verify", code=newest_code(VICTIM)).status == 200


# ------------------------------------------------------------------ whose account it is
@pytest.mark.parametrize("first", [STRANGERS, PASSWORD], ids=["the stranger", "the owner"])
def test_an_account_has_the_password_of_the_registration_whose_code_was_entered(
    cloud: Cloud, fake_clock: FakeClock, first: str
) -> None:
    """Supabase #29347, better-auth GHSA-qq9h-g4jm-xgf3: the first registrant's password stayed."""
    flows = {}
    for password in (first, STRANGERS if first == PASSWORD else PASSWORD):
        flows[password] = register(VICTIM, password).json["registration_id"]
        deliver(cloud.dynamodb)
        fake_clock.forward(seconds=1)
    codes = {mail["Subject"].split(" is ")[0].replace(" ", "") for mail in mails()}
    theirs = flows[STRANGERS]
    assert [confirm(flows[PASSWORD], code).status for code in codes].count(201) == 1
    assert log_in(VICTIM).status == 201
    assert log_in(VICTIM, STRANGERS).code == "wrong_credentials"
    for code in codes:  # the stranger's own flow leads nowhere, whatever is entered
        assert confirm(theirs, code).status >= 400
    assert log_in(VICTIM, STRANGERS).code == "wrong_credentials"


def test_no_step_of_a_reset_can_be_skipped(
    cookie: str, cloud: Cloud, fake_clock: FakeClock
) -> None:
    """Keycloak CVE-2026-18963: a reset went on without the step that proves the address."""
    flow = start()
    registration = register(VICTIM, STRANGERS).json["registration_id"]
    fake_clock.forward(minutes=2)
    other, token = proved(cloud)
    tokens = (" ", "x", "0" * 43, flow.json["reset_id"], registration, token)
    assert {complete(flow, one).code for one in tokens} == {"flow_over"}
    # Another way through the same flow gives no proof either.
    step(flow, "code")
    guess(flow, 2)
    assert complete(flow, token).code == "flow_over"
    assert log_in(VICTIM).status == 201
    assert complete(other, token).status == 204


@pytest.mark.parametrize(
    "typed",
    [
        "j\N{LATIN SMALL LETTER DOTLESS I}m@example.org",
        "jim@example.\N{CYRILLIC SMALL LETTER O}rg",
        "j\N{LATIN SMALL LETTER I WITH ACUTE}m@example.org",
        "j\N{CYRILLIC SMALL LETTER BYELORUSSIAN-UKRAINIAN I}m@example.org",
        "jim@ex\N{CYRILLIC SMALL LETTER A}mple.org",
    ],
)
def test_a_look_alike_gets_no_mail_of_the_account_that_it_looks_like(
    cloud: Cloud, fake_clock: FakeClock, typed: str
) -> None:
    """Django CVE-2019-19844: two addresses were one in the database, and the mail went to what
    was typed."""
    open_account(cloud.dynamodb, "jim@example.org")
    fake_clock.forward(minutes=1)
    before = len(mails())
    flow = start(typed)
    deliver(cloud.dynamodb)
    told = mails()[before:]
    assert "jim@example.org" not in {mail["To"] for mail in told}
    assert len(told) == (flow.status == 202)
    assert not any("verification code" in mail["Subject"] for mail in told)


@pytest.mark.parametrize(
    ("typed", "mailed"),
    [
        ("\N{KELVIN SIGN}IM@example.org", {"kim@example.org"}),
        ("kim\N{FULLWIDTH COMMERCIAL AT}example.org", {"kim@example.org"}),
        ("kim@example.org\N{FULLWIDTH COMMERCIAL AT}evil.example", set()),
        ("kim@example.org\N{SMALL COMMERCIAL AT}evil.example", set()),
        ("kim@example.org\N{GREEK QUESTION MARK}x@evil.example", set()),
        ("kim@example.org\N{FULLWIDTH COMMA}x@evil.example", set()),
        ("kim@example.org\N{FULLWIDTH COMMA} evil.example", set()),
    ],
)
def test_an_address_is_checked_in_the_form_that_is_mailed(
    cloud: Cloud, fake_clock: FakeClock, typed: str, mailed: set[str]
) -> None:
    """Auth.js CVE-2026-73420: the check came before the normalising, which made another @."""
    open_account(cloud.dynamodb, "kim@example.org")
    fake_clock.forward(minutes=1)
    before = len(mails())
    flow = start(typed)
    deliver(cloud.dynamodb)
    assert {mail["To"] for mail in mails()[before:]} == mailed
    assert flow.status == (202 if mailed else 422)


def test_an_address_is_not_changed_before_the_new_one_is_proved(
    cookie: str, cloud: Cloud, fake_clock: FakeClock
) -> None:
    """Amazon Cognito before June 2022: the new address counted at once, whoever it belonged to."""
    cookie = log_in(VICTIM).cookie
    change = start_change(cookie).json["change_id"]
    deliver(cloud.dynamodb)
    assert read_account(cookie).json["email"] == VICTIM
    assert log_in(NEW_ADDRESS).code == "wrong_credentials"
    assert log_in(VICTIM).status == 201
    before = len(mails())
    fake_clock.forward(seconds=1)
    start(NEW_ADDRESS)
    deliver(cloud.dynamodb)
    [told] = mails()[before:]  # that there is no account with this address
    assert "verification code" not in told["Subject"]
    assert confirm_change(cookie, change, SHORT + "x").status == 422
    assert read_account(cookie).json["email"] == VICTIM


# ------------------------------------------------------------------ what is told, what it costs
@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """List the hashes that are computed: with which parameters, for how many bytes."""
    hasher, seen = passwords._hasher, []

    class Listing:
        def hash(self, password: str) -> str:
            seen.append(("hash", len(password.encode())))
            return hasher.hash(password)

        def verify(self, stored: str, password: str) -> bool:
            seen.append((stored.rpartition("$")[0].rpartition("$")[0], len(password.encode())))
            return hasher.verify(stored, password)

        def check_needs_rehash(self, stored: str) -> bool:
            return hasher.check_needs_rehash(stored)

    monkeypatch.setattr(passwords, "_hasher", Listing())
    return seen


def test_a_log_in_costs_the_same_for_every_address(
    cookie: str, cloud: Cloud, hashed: list[tuple[str, int]]
) -> None:
    """Supabase auth #2674: without an account no password was hashed, and the answer came sooner.

    Hashes of these tests are quick ones, so the account gets one with the policy's parameters.
    """
    [account] = items(cloud.dynamodb, "account")
    cloud.dynamodb.update_item(
        TableName="accounts",
        Key={"pk": account["pk"], "sk": account["sk"]},
        UpdateExpression="SET password_hash = :real",
        ExpressionAttributeValues={":real": {"S": passwords.DUMMY_HASH}},
    )
    for address in (VICTIM, NOBODY):
        assert log_in(address, STRANGERS).code == "wrong_credentials"
    assert len(hashed) == 2
    assert hashed[0] == hashed[1]
    policy = POLICY.password
    cost = f"m={policy.argon2_memory_kib},t={policy.argon2_passes},p={policy.argon2_lanes}"
    assert hashed[0][0].endswith(cost)


@pytest.mark.parametrize("sign", ["a", "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}"])
def test_a_long_password_costs_no_more_than_a_short_one(
    cookie: str, cloud: Cloud, hashed: list[tuple[str, int]], sign: str
) -> None:
    """Django CVE-2013-1443: passwords of a megabyte were hashed, and a few kept a server busy."""
    flow, token = proved(cloud)
    for length in (POLICY.password.maximum_length + 1, 100_000):
        long = "Aa1!" + sign * length
        replies = [
            log_in(VICTIM, long),
            register(NOBODY, long),
            step(flow, "complete", reset_token=token, new_password=long),
        ]
        assert {reply.status for reply in replies} <= {413, 422}
    assert hashed == []
    # Normalising makes eighteen characters of this one: what is hashed stays bounded.
    log_in(VICTIM, sign * POLICY.password.maximum_length)
    [(_, size)] = hashed
    assert size <= POLICY.password.maximum_length * 18 * 2


def test_a_cool_down_tells_nothing_of_an_address(cookie: str, fake_clock: FakeClock) -> None:
    """Supabase auth #2398: only who has an account had to wait."""

    def seen(reply: Reply) -> tuple[Any, ...]:
        told = {k: v for k, v in reply.json.items() if k not in {"reset_id", "reference"}}
        return reply.status, told, reply.headers.get("Retry-After")

    flows: dict[str, list[Reply]] = {VICTIM: [], NOBODY: []}
    for _ in range(7):
        for address, begun in flows.items():
            begun.append(start(address))
        fake_clock.forward(minutes=1)
    assert [seen(one) for one in flows[VICTIM]] == [seen(one) for one in flows[NOBODY]]
    assert [one.status for one in flows[NOBODY]] == [202] * 5 + [429] * 2
    fake_clock.forward(hours=1)
    for name in ("code", "code", "verify"):
        body = {"code": LONG} if name == "verify" else {}
        answers = [step(begun[2], name, **body) for begun in flows.values()]
        assert seen(answers[0]) == seen(answers[1])


def test_nobody_is_bombed_with_mails(cookie: str, cloud: Cloud, fake_clock: FakeClock) -> None:
    """django-allauth #2167: a stranger could have any number of mails sent to anybody."""
    before = len(items(cloud.dynamodb, "mail_request"))
    for app, path, body in (
        (reset_app, "/password-resets", {"email": VICTIM}),
        (registration_app, "/registrations", {"email": VICTIM, "password": PASSWORD}),
    ):
        for network in islice(networks(), 25):
            call(app, "POST", path, body=body, source_ip=network)
    sent = len(items(cloud.dynamodb, "mail_request")) - before
    assert sent == B.mails.windows[0].most


# ------------------------------------------------------------------ what ends with a change
def test_nothing_that_was_signed_in_outlives_a_reset(
    cookie: str, cloud: Cloud, fake_clock: FakeClock
) -> None:
    """supertokens-core #477: after a reset, sessions went on unless the developer ended them."""
    cookie, *others = [log_in(VICTIM, keep=keep).cookie for keep in (True, True, False)]
    key = make_key(cookie).json["key"]
    stranger = start(network=STRANGE)
    fake_clock.forward(minutes=1)
    flow, token = proved(cloud)
    assert complete(flow, token).status == 204
    assert {read_account(one).status for one in (cookie, *others)} == {401}
    refused = call(catalogue_app, "GET", "/videos", headers=bearer(key))
    assert refused.code == "key_refused"
    fake_clock.forward(minutes=1)
    code = [code_in(mail) for mail in mails() if mail["To"] == VICTIM and "code" in mail["Subject"]]
    # The stranger's own code, and that of the owner.
    told = {step(stranger, "verify", code=one).code for one in code[-2:]}
    assert told == {"flow_over", "code_wrong"}


def test_no_other_session_outlives_a_change_of_address(cookie: str, cloud: Cloud) -> None:
    """Like a reset: who sat in the account with the address before must not stay in it."""
    cookie, *others = [log_in(VICTIM, keep=keep).cookie for keep in (True, True, False)]
    change = start_change(cookie).json["change_id"]
    deliver(cloud.dynamodb)
    changed = confirm_change(cookie, change, newest_code(NEW_ADDRESS))
    assert changed.status == 200
    assert {read_account(one).status for one in (cookie, *others)} == {401}
    assert read_account(changed.cookie).json["email"] == NEW_ADDRESS
