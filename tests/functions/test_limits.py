"""What strangers may do to an address, a network and the service, and who is never slowed by it."""

import re

import pytest
from newsreel import clock
from newsreel.aws import clients
from newsreel.aws.items import to_item
from newsreel.aws.keyring import read_keyring
from newsreel.budgets.counting import _counts
from newsreel.budgets.subjects import network_subject
from newsreel.http.api import Access
from newsreel.mail_table.keys import budget_key
from newsreel.policy import POLICY, Limit
from newsreel.texts import messages

from functions.credentials import app as credentials_app
from functions.password_reset import app as reset_app
from functions.registration import app as registration_app
from functions.sessions import app as sessions_app
from tests.support.accounts import (
    PASSWORD,
    call,
    code_in,
    deliver,
    log_in,
    mails,
    newest_code,
    open_account,
)
from tests.support.cloud import ENVIRONMENT, Cloud, FakeClock
from tests.support.resets import HOME, STRANGE, VICTIM, form, guess, networks, start, step
from tests.support.template import ROOT, functions, load

B = POLICY.budgets


@pytest.fixture
def cookie(cloud: Cloud, fake_clock: FakeClock) -> str:
    """Open the victim's account, two days ago."""
    opened = open_account(cloud.dynamodb, VICTIM).cookie
    fake_clock.forward(days=2)
    return opened


def spend_guesses(fake_clock: FakeClock) -> None:
    """Use up an address's six-digit tries, in flows of the days before."""
    for _ in range(2):
        guess(start(), 4)
        fake_clock.forward(hours=13)
    fake_clock.forward(hours=25)


def nearly_spend(limit: Limit, network: str = HOME, *, left: int = 0) -> None:
    """Write what so many requests of a network would have counted."""
    subject = network_subject(network, read_keyring(ENVIRONMENT["TRAIL_KEYS_SECRET"]))
    names = {
        f"#{n}": one.attribute for n, one in enumerate(_counts(subject, [limit], clock.epoch()))
    }
    clients.dynamodb().update_item(
        TableName="mail",
        Key=to_item(budget_key(subject.name)),
        UpdateExpression=f"SET {', '.join(f'{name} = :count' for name in names)}",
        ExpressionAttributeNames=names,
        ExpressionAttributeValues=to_item({":count": limit.windows[0].most - left}),
    )


@pytest.mark.thorough
def test_one_network_sends_an_address_five_mails_an_hour_and_ten_a_day(
    cookie: str, cloud: Cloud, fake_clock: FakeClock
) -> None:
    hours = []
    for _ in range(3):
        fake_clock.forward(hours=1)
        hours.append([start().status for _ in range(6)])
    assert hours == [[202] * 5 + [429], [202] * 5 + [429], [429] * 6]
    assert start(network=STRANGE).status == 202


# ------------------------------------------------------------------ long codes, nobody refused
@pytest.mark.thorough
def test_the_third_flow_of_a_day_has_a_long_code(cookie: str, fake_clock: FakeClock) -> None:
    assert [form(start()) for _ in range(3)] == ["digits_6", "digits_6", "base32_10"]
    fake_clock.forward(hours=25)
    assert form(start()) == "digits_6"


@pytest.mark.thorough
def test_after_eight_wrong_codes_in_a_window_codes_are_long_and_still_right(
    cookie: str, cloud: Cloud, fake_clock: FakeClock
) -> None:
    spend_guesses(fake_clock)
    flow = start(network=STRANGE)
    assert form(flow) == "base32_10"
    deliver(cloud.dynamodb)
    assert step(flow, "verify", code=newest_code(VICTIM)).status == 200
    fake_clock.forward(days=92)
    assert form(start()) == "digits_6"


@pytest.mark.thorough
def test_a_code_on_its_way_keeps_one_try_and_the_next_one_is_long(
    cookie: str, cloud: Cloud, fake_clock: FakeClock
) -> None:
    own, other = start(), start(network=STRANGE)
    deliver(cloud.dynamodb)
    code = code_in(mails()[-2])
    guess(other, 5)
    guess(own, 3)
    assert guess(own) == ["code_spent"]  # the one that it kept
    flow = start()
    fake_clock.forward(minutes=2)
    assert form(step(own, "code")) == "base32_10"
    assert step(own, "verify", code=code).status != 200
    assert form(flow) == "base32_10"


@pytest.mark.thorough
def test_a_right_code_is_accepted_with_the_try_that_is_kept(
    cookie: str, cloud: Cloud, fake_clock: FakeClock
) -> None:
    fake_clock.forward(days=1)
    guess(start(), 4)
    deliver(cloud.dynamodb)
    own = start(network=STRANGE)
    deliver(cloud.dynamodb)
    code = newest_code(VICTIM)
    guess(own, 4)
    assert step(own, "verify", code=code).status == 200


@pytest.mark.thorough
def test_a_right_code_takes_its_own_count_back(
    cookie: str, cloud: Cloud, fake_clock: FakeClock
) -> None:
    for _ in range(10):
        flow = start()
        assert form(flow) == "digits_6"
        deliver(cloud.dynamodb)
        assert step(flow, "verify", code=newest_code(VICTIM)).status == 200
        fake_clock.forward(days=1)


@pytest.mark.thorough
def test_wrong_codes_of_one_network_make_its_own_codes_long_for_an_hour(
    cookie: str, fake_clock: FakeClock
) -> None:
    nearly_spend(B.network_codes, left=1)
    assert form(start("somebody@example.org")) == "digits_6"
    guess(start("person@example.org"))
    assert form(start("someone@example.org")) == "base32_10"
    assert form(start("another@example.org", network=STRANGE)) == "digits_6"
    fake_clock.forward(hours=1)
    assert form(start("third@example.org")) == "digits_6"


# ------------------------------------------------------------------ nobody is slowed by strangers
@pytest.mark.thorough
def test_a_known_browser_has_budgets_of_its_own(
    cookie: str, cloud: Cloud, fake_clock: FakeClock
) -> None:
    for network, _ in zip(networks(), range(31), strict=False):
        start(network=network)
    assert start().status == 429
    known = []
    for _ in range(6):
        fake_clock.forward(seconds=1)
        known.append(start(cookie=cookie))
    assert [one.status for one in known] == [202] * 5 + [429]
    assert [form(one) for one in known[:3]] == ["digits_6", "digits_6", "base32_10"]
    deliver(cloud.dynamodb)
    assert step(known[4], "verify", code=newest_code(VICTIM)).status == 200


@pytest.mark.thorough
def test_a_mark_of_another_account_opens_no_budget(cookie: str, cloud: Cloud) -> None:
    other = open_account(cloud.dynamodb, "joe@example.org").cookie
    assert [start(cookie=other).status for _ in range(6)] == [202] * 5 + [429]
    assert start(cookie="__Host-device=" + "a" * 32).status == 429


@pytest.mark.thorough
def test_one_caller_uses_up_its_own_network_and_nobody_elses(cookie: str) -> None:
    nearly_spend(B.starts, left=1)
    assert [start(f"x{number}@example.org").status for number in range(2)] == [202, 429]
    assert start("someone@example.org", network=STRANGE).status == 202


@pytest.mark.thorough
def test_a_trusted_network_is_not_counted(cookie: str, monkeypatch: pytest.MonkeyPatch) -> None:
    api = reset_app.api
    meter = api._budgets
    assert meter is not None
    trusted = ("198.51.100.0/24", "2001:db8::/32")
    monkeypatch.setattr(api, "_budgets", meter._replace(trusted=trusted))  # type: ignore[attr-defined]
    assert [start().status for _ in range(12)] == [202] * 12
    for address in ("2001:db8::7", "::ffff:198.51.100.9"):
        assert start(network=address).status == 202
    assert [start(network=STRANGE).status for _ in range(6)] == [202] * 5 + [429]


@pytest.mark.thorough
def test_a_network_with_300_failed_log_ins_waits_two_seconds_between_two(
    cookie: str, fake_clock: FakeClock
) -> None:
    nearly_spend(B.log_ins, "192.0.2.10")
    tried = [log_in(f"y{number}@example.org", "Wrong-Word-12x") for number in range(3)]
    assert [one.code for one in tried] == ["wrong_credentials"] + ["too_many_requests"] * 2
    assert tried[1].headers["Retry-After"] in (["1"], ["2"])
    body = {"email": VICTIM, "password": PASSWORD}
    elsewhere = call(sessions_app, "POST", "/sessions", body=body, source_ip=STRANGE)
    known = call(sessions_app, "POST", "/sessions", body=body, cookie=cookie)
    assert (elsewhere.status, known.status) == (201, 201)
    fake_clock.forward(seconds=2)
    assert log_in("z@example.org", "Wrong-Word-12x").code == "wrong_credentials"


@pytest.mark.thorough
def test_right_log_ins_do_not_slow_a_newsroom_down(cookie: str) -> None:
    nearly_spend(B.log_ins, "192.0.2.10", left=2)
    assert [log_in(VICTIM).status for _ in range(4)] == [201] * 4
    for number in range(2):
        assert log_in(f"x{number}@example.org", "Wrong-Word-12x").code == "wrong_credentials"


@pytest.mark.thorough
def test_a_start_that_is_repeated_counts_once_and_is_never_refused(cookie: str) -> None:
    headers = {"Idempotency-Key": "one-press-of-a-button"}
    first = start(headers=headers)
    for _ in range(4):
        assert start().status == 202
    assert start().status == 429
    again = start(headers=headers)
    assert (again.status, again.json["reset_id"]) == (202, first.json["reset_id"])


def wrong_codes_of_all(cloud: Cloud) -> int:
    """Return how many wrong codes were counted for the whole service."""
    found = cloud.dynamodb.scan(TableName="mail")["Items"]
    service = [one for one in found if "#service#" in one["pk"]["S"]]
    return sum(int(one[name]["N"]) for one in service for name in one if name.startswith("codes_"))


def test_a_stranger_with_wrong_tokens_makes_nobody_elses_codes_long(
    cloud: Cloud, cookie: str
) -> None:
    # A wrong code costs its guesser a mail for every five tries; a token may be tried without end.
    flow = start("mallory@example.org")
    for _ in range(3):
        call(credentials_app, "POST", "/email-changes/undo/{token}", path={"token": "x"})
        step(flow, "complete", reset_token="x", new_password="Other-Otter-43-Maps")
    assert wrong_codes_of_all(cloud) == 0
    assert guess(flow) == ["code_wrong"]
    assert wrong_codes_of_all(cloud) == 1


# ------------------------------------------------------------------ what is told
@pytest.mark.thorough
@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_every_429_says_when_and_names_a_way_that_works(
    cookie: str, fake_clock: FakeClock, language: str
) -> None:
    headers = {"Accept-Language": language}
    path = {"reset_id": start().json["reset_id"]}
    refused = [
        call(reset_app, "POST", "/password-resets/{reset_id}/code", path=path, headers=headers)
    ]
    refused += [start(headers=headers) for _ in range(6)]
    nearly_spend(B.starts)
    refused.append(start("x@example.org", headers=headers))
    for _ in range(7):
        body = {"email": VICTIM, "password": "Wrong-Word-12x"}
        refused.append(call(sessions_app, "POST", "/sessions", body=body, headers=headers))
    kinds = {}
    for reply in refused:
        if reply.status == 429:
            wait = reply.json["retry_in"]
            assert reply.headers["Retry-After"] == [str(wait)]
            fake_clock.forward(seconds=wait)
            until = f"{fake_clock.time:%H:%M}"
            fake_clock.forward(seconds=-wait)
            assert f"{until} UTC" in reply.json["detail"]
            kinds[reply.json["limit"]] = reply.json["detail"]
    assert kinds.keys() == {"resend", "mails_or_write", "network", "log_ins"}
    assert "codes@mail.example.org" in kinds["mails_or_write"]


def test_every_public_route_that_mails_guesses_or_hashes_declares_its_limits() -> None:
    for name, app in (
        ("registration", registration_app),
        ("password_reset", reset_app),
        ("sessions", sessions_app),
        ("credentials", credentials_app),
    ):
        for route in app.api.routes:
            if route.access is Access.PUBLIC and route.method == "POST":
                per = {limit.per for limit in route.limits}
                assert "network" in per, (name, route.path)
    mailing = [
        r for r in registration_app.api.routes if r.path.endswith(("/code", "/registrations"))
    ]
    for route in mailing:
        per = {limit.per for limit in route.limits}
        assert per == {"address", "browser", "network", "address and network", "service"}


def test_functions_that_need_no_session_write_nothing_but_budgets_to_the_mail_table() -> None:
    for name in ("registration", "password_reset", "sessions"):
        (statement,) = [
            one
            for one in functions()[name].statements
            if one["Resource"] == {"Fn::GetAtt": ["MailTable", "Arn"]}
        ]
        assert statement["Action"] == "dynamodb:UpdateItem"
        keys = statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
        assert keys == ["BUDGET#*"]


def test_the_web_acl_counts_all_that_hashes_a_password_or_sends_a_mail() -> None:
    acl = load(ROOT / "infra" / "edge.yaml")["Resources"]["WebAcl"]["Properties"]
    [rule] = [one for one in acl["Rules"] if one["Name"] == "account-requests"]
    counted = rule["Statement"]["RateBasedStatement"]["ScopeDownStatement"]["AndStatement"]
    method, path = (
        re.compile(one["RegexMatchStatement"]["RegexString"]) for one in counted["Statements"]
    )
    for app in (registration_app, reset_app, sessions_app, credentials_app):
        for route in app.api.routes:
            costs = bool(route.limits) or "wrong_password" in route.refusals
            is_counted = method.search(route.method) and path.search(f"/api{route.path}")
            assert bool(is_counted) == costs, (route.method, route.path)
