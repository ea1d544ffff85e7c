"""Logging in, staying in, logging out."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any, NoReturn
from unittest.mock import patch

import pytest
from botocore.exceptions import ClientError
from newsreel import clock
from newsreel.accounts import passwords, sessions
from newsreel.accounts.table import accounts
from newsreel.accounts.table.base import AccountsTable
from newsreel.policy import DAY, POLICY

from functions.account import app as account_app
from functions.sessions import app as sessions_app
from tests.support.accounts import (
    PASSWORD,
    Reply,
    call,
    items,
    log_in,
    log_out,
    open_account,
    read_account,
)
from tests.support.cloud import SITE_URL, Cloud, FakeClock
from tests.support.fault_injection import FAULTS, inject_fault

ADDRESS = "jane@example.org"


def session_cookie(cookies: list[str]) -> str:
    return next(cookie for cookie in cookies if cookie.startswith("__Host-session="))


@pytest.mark.thorough
def test_a_session_that_is_not_kept_goes_with_the_browser(cloud: Cloud) -> None:
    open_account(cloud.dynamodb, ADDRESS)
    reply = log_in("JANE@example.org")
    assert reply.status == 201
    cookie = session_cookie(reply.headers["Set-Cookie"])
    assert cookie.endswith("; Path=/; Secure; HttpOnly; SameSite=Lax")
    assert read_account(reply.cookie).json["email"] == ADDRESS


def test_a_kept_session_has_a_life_of_ninety_days(cloud: Cloud) -> None:
    open_account(cloud.dynamodb, ADDRESS)
    reply = log_in(ADDRESS, keep=True)
    assert "; Max-Age=7776000" in session_cookie(reply.headers["Set-Cookie"])


@pytest.mark.thorough
@pytest.mark.parametrize(("keep", "idle_hours"), [(False, 12), (True, 30 * 24)])
def test_an_idle_session_ends(
    cloud: Cloud,
    fake_clock: FakeClock,
    keep: bool,
    idle_hours: int,
) -> None:
    open_account(cloud.dynamodb, ADDRESS)
    cookie = log_in(ADDRESS, keep=keep).cookie
    fake_clock.forward(hours=idle_hours - 1)
    assert read_account(cookie).status == 200
    fake_clock.forward(hours=idle_hours - 1)
    assert read_account(cookie).status == 200
    fake_clock.forward(hours=idle_hours)
    ended = read_account(cookie)
    assert (ended.status, ended.code, ended.json["next"]) == (401, "not_signed_in", "log_in")


def test_a_kept_session_ends_after_ninety_days_however_much_it_is_used(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    open_account(cloud.dynamodb, ADDRESS)
    cookie = log_in(ADDRESS, keep=True).cookie
    for _ in range(4):
        fake_clock.forward(days=22)
        assert read_account(cookie).status == 200
    fake_clock.forward(days=2)
    assert read_account(cookie).status == 401


def test_last_use_is_written_at_most_hourly(cloud: Cloud, fake_clock: FakeClock) -> None:
    cookie = open_account(cloud.dynamodb, ADDRESS).cookie
    fake_clock.forward(minutes=59)
    read_account(cookie)
    [session] = items(cloud.dynamodb, "session")
    assert session["last_used_at"] == session["created_at"]
    fake_clock.forward(minutes=1)
    read_account(cookie)
    [session] = items(cloud.dynamodb, "session")
    assert int(session["last_used_at"]["N"]) - int(session["created_at"]["N"]) == 3600


def test_logging_out_ends_this_session_and_touches_no_cookie_of_a_newer_one(cloud: Cloud) -> None:
    cookie = open_account(cloud.dynamodb, ADDRESS).cookie
    other = log_in(ADDRESS).cookie
    reply = log_out(cookie)
    assert (reply.status, reply.text) == (204, "")
    assert "Set-Cookie" not in reply.headers
    assert "Clear-Site-Data" not in reply.headers
    assert read_account(cookie).status == 401
    assert read_account(other).status == 200
    assert log_out(cookie).code == "not_signed_in"


def test_a_new_epoch_ends_every_session_at_once(cloud: Cloud) -> None:
    cookies = [open_account(cloud.dynamodb, ADDRESS).cookie, log_in(ADDRESS).cookie]
    [account] = items(cloud.dynamodb, "account")
    cloud.dynamodb.update_item(
        TableName="accounts",
        Key={"pk": account["pk"], "sk": account["sk"]},
        UpdateExpression="SET epoch = epoch + :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
    )
    assert [read_account(cookie).status for cookie in cookies] == [401, 401]
    assert read_account(log_in(ADDRESS).cookie).status == 200


@pytest.mark.parametrize(
    "cookie",
    [
        None,
        "__Host-session=",
        "__Host-session=nonsense",
        "__Host-session=" + "0" * 32 + "." + "A" * 43,
        "__Host-session=" + "x" * 5000,
        "session=" + "0" * 32 + "." + "A" * 43,
    ],
)
def test_an_invalid_session_cookie_does_not_sign_in(cloud: Cloud, cookie: str | None) -> None:
    assert read_account(cookie).code == "not_signed_in"


@pytest.mark.thorough
def test_a_token_of_one_account_opens_no_other(cloud: Cloud) -> None:
    jane = open_account(cloud.dynamodb, ADDRESS)
    joe = open_account(cloud.dynamodb, "joe@example.org")
    crossed = jane.cookie.replace(
        jane.json["account"]["account_id"], joe.json["account"]["account_id"]
    )
    assert read_account(crossed).status == 401


@pytest.mark.thorough
def test_five_failures_are_free_and_then_waits_double(cloud: Cloud, fake_clock: FakeClock) -> None:
    open_account(cloud.dynamodb, ADDRESS)
    assert [log_in(ADDRESS, "wrong").status for _ in range(5)] == [401] * 5
    assert log_in(ADDRESS, "wrong").status == 401
    waits = []
    for _ in range(12):
        held = log_in(ADDRESS)
        assert (held.status, held.code) == (429, "too_many_requests")
        waits.append(int(held.headers["Retry-After"][0]))
        fake_clock.forward(seconds=waits[-1])
        assert log_in(ADDRESS, "wrong").status == 401
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]


@pytest.mark.thorough
def test_a_right_password_forgets_the_failures_of_a_known_browser(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    known = open_account(cloud.dynamodb, ADDRESS).cookie
    for _ in range(4):
        with_device(known, "wrong")
    assert with_device(known).status == 201
    assert [with_device(known, "wrong").status for _ in range(6)] == [401] * 6


@pytest.mark.thorough
def test_right_passwords_from_new_browsers_are_no_failures(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    open_account(cloud.dynamodb, ADDRESS)
    assert [log_in(ADDRESS).status for _ in range(8)] == [201] * 8


@pytest.mark.thorough
@pytest.mark.parametrize("failures", [0, 4, 7])
def test_a_stranger_cannot_tell_by_the_counter_that_the_owner_has_logged_in(
    cloud: Cloud, fake_clock: FakeClock, failures: int
) -> None:
    """As ``nobody``, whose address has no account and whom nobody logs in."""
    known = open_account(cloud.dynamodb, ADDRESS).cookie
    seen: dict[str, list[int]] = {}
    for address in (ADDRESS, "nobody@example.org"):
        seen[address] = []
        for _ in range(failures):
            seen[address].append(log_in(address, "wrong").status)
        fake_clock.forward(seconds=2 ** max(0, failures - 5))
        if address == ADDRESS:
            assert log_in(ADDRESS).status == 201
            assert with_device(known).status == 201
        seen[address] += [log_in(address, "wrong").status for _ in range(9)]
    assert seen[ADDRESS] == seen["nobody@example.org"]


def test_a_guess_that_meets_the_owners_log_in_looks_like_any_other(cloud: Cloud) -> None:
    open_account(cloud.dynamodb, ADDRESS)
    [conflict] = [fault for fault in FAULTS if fault.name == "conflict"]
    with inject_fault() as calls:
        log_in(ADDRESS, "wrong")
    with inject_fault(conflict, at=calls.calls.index("UpdateItem")) as injected:
        assert log_in(ADDRESS, "wrong").code == "wrong_credentials"
    assert injected.hit == ["UpdateItem"]


@pytest.mark.thorough
@pytest.mark.parametrize("guesses", [1, 2])
def test_guesses_while_a_right_password_is_compared_stay_counted_and_it_does_not(
    cloud: Cloud, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch, guesses: int
) -> None:
    open_account(cloud.dynamodb, ADDRESS)
    matches = passwords.matches

    def slow(stored: str | None, password: str) -> bool:
        monkeypatch.setattr(passwords, "matches", matches)
        for _ in range(guesses):
            assert log_in(ADDRESS, "wrong").code == "wrong_credentials"
        return matches(stored, password)

    monkeypatch.setattr(passwords, "matches", slow)
    assert log_in(ADDRESS).status == 201
    [counted] = items(cloud.dynamodb, "log_in_failures")
    assert counted["failures"] == {"N": str(guesses)}


def test_a_log_in_goes_on_without_the_count_that_it_would_take_back(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_account(cloud.dynamodb, ADDRESS)
    matches = passwords.matches

    def slow(stored: str | None, password: str) -> bool:
        [counted] = items(cloud.dynamodb, "log_in_failures")
        key = {"pk": counted["pk"], "sk": counted["sk"]}
        cloud.dynamodb.delete_item(TableName="accounts", Key=key)
        return matches(stored, password)

    monkeypatch.setattr(passwords, "matches", slow)
    assert log_in(ADDRESS).status == 201


@pytest.mark.thorough
def test_a_log_in_ends_the_session_that_the_browser_had(cloud: Cloud) -> None:
    before = open_account(cloud.dynamodb, ADDRESS).cookie
    elsewhere = log_in(ADDRESS).cookie
    body = {"email": ADDRESS, "password": PASSWORD}
    after = call(sessions_app, "POST", "/sessions", body=body, cookie=before).cookie
    assert [read_account(one).status for one in (before, elsewhere, after)] == [401, 200, 200]


@pytest.mark.thorough
def test_a_log_in_to_another_account_ends_the_session_that_the_browser_had(cloud: Cloud) -> None:
    before = open_account(cloud.dynamodb, ADDRESS).cookie
    open_account(cloud.dynamodb, "joe@example.org")
    body = {"email": "joe@example.org", "password": PASSWORD}
    after = call(sessions_app, "POST", "/sessions", body=body, cookie=before)
    assert (after.status, read_account(before).status) == (201, 401)


def test_a_log_in_that_fails_ends_no_session(cloud: Cloud) -> None:
    before = open_account(cloud.dynamodb, ADDRESS).cookie
    body = {"email": ADDRESS, "password": "wrong"}
    assert call(sessions_app, "POST", "/sessions", body=body, cookie=before).status == 401
    assert read_account(before).status == 200


@pytest.mark.thorough
def test_an_account_has_fifty_sessions_and_the_oldest_goes(cloud: Cloud) -> None:
    cookies = [open_account(cloud.dynamodb, ADDRESS).cookie]
    cookies += [log_in(ADDRESS).cookie for _ in range(51)]
    assert len(items(cloud.dynamodb, "session")) == POLICY.session.most
    alive = [read_account(cookie).status == 200 for cookie in cookies]
    assert alive == [False] * 2 + [True] * 50


@pytest.fixture
def few_sessions(monkeypatch: pytest.MonkeyPatch) -> int:
    """Let an account have three sessions: the rule is the same, and hashing takes its time."""
    few = POLICY._replace(session=POLICY.session._replace(most=3))
    monkeypatch.setattr(sessions, "POLICY", few)
    return few.session.most


@pytest.mark.usefixtures("few_sessions")
def test_one_session_too_many_ends_the_oldest(cloud: Cloud) -> None:
    cookies = [open_account(cloud.dynamodb, ADDRESS).cookie]
    cookies += [log_in(ADDRESS).cookie for _ in range(3)]
    assert [read_account(cookie).status for cookie in cookies] == [401, 200, 200, 200]


@pytest.mark.thorough
@pytest.mark.usefixtures("few_sessions")
def test_sessions_that_have_ended_take_nobodys_place(cloud: Cloud, fake_clock: FakeClock) -> None:
    first = open_account(cloud.dynamodb, ADDRESS).cookie
    kept = log_in(ADDRESS, keep=True).cookie
    log_out(first)
    log_out(log_in(ADDRESS).cookie)
    log_in(ADDRESS)
    fake_clock.forward(days=8)
    log_in(ADDRESS)
    log_in(ADDRESS)
    assert read_account(kept).status == 200


@pytest.mark.thorough
@pytest.mark.usefixtures("few_sessions")
def test_log_ins_at_the_same_moment_do_not_get_beyond_the_limit(cloud: Cloud) -> None:
    open_account(cloud.dynamodb, ADDRESS)
    # Known browsers: those that are new share one count, which makes them wait for each other.
    browsers = [log_in(ADDRESS).cookie.rpartition("; ")[2] for _ in range(6)]
    assert all(browser.startswith("__Host-device=") for browser in browsers)
    body = {"email": ADDRESS, "password": PASSWORD}

    def again(browser: str) -> Reply:
        return call(sessions_app, "POST", "/sessions", body=body, cookie=browser)

    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(again, browsers))
    assert {reply.status for reply in replies} <= {201, 503}
    assert len(items(cloud.dynamodb, "session")) <= 3


def test_an_account_of_an_older_release_gets_its_list_with_the_next_log_in(cloud: Cloud) -> None:
    before = open_account(cloud.dynamodb, ADDRESS).cookie
    [account] = items(cloud.dynamodb, "account")
    cloud.dynamodb.update_item(
        TableName="accounts",
        Key={"pk": account["pk"], "sk": account["sk"]},
        UpdateExpression="REMOVE session_list",
    )
    assert log_out(log_in(ADDRESS).cookie).status == 204
    assert log_out(before).status == 204
    [account] = items(cloud.dynamodb, "account")
    assert account["session_list"] == {"M": {}}


@pytest.mark.thorough
def test_all_other_browsers_can_be_logged_out_at_once(cloud: Cloud) -> None:
    here = open_account(cloud.dynamodb, ADDRESS).cookie
    others = [log_in(ADDRESS).cookie for _ in range(2)]
    stranger = open_account(cloud.dynamodb, "joe@example.org").cookie
    reply = call(account_app, "DELETE", "/account/sessions/others", cookie=here)
    assert (reply.status, reply.text) == (204, "")
    assert [read_account(one).status for one in (here, *others, stranger)] == [200, 401, 401, 200]


def test_a_busy_table_fails_no_request_for_the_hour_of_last_use(
    cloud: Cloud, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    cookie = open_account(cloud.dynamodb, ADDRESS).cookie
    fake_clock.forward(hours=2)

    def throttled(*_: object, **__: object) -> NoReturn:
        answer: Any = {"Error": {"Code": "ThrottlingException", "Message": ""}}
        raise ClientError(answer, "UpdateItem")

    monkeypatch.setattr(cloud.dynamodb, "update_item", throttled)
    monkeypatch.setattr(AccountsTable, "client", cloud.dynamodb)
    assert read_account(cookie).status == 200


def test_a_refusal_expires_no_cookie_because_a_newer_session_may_have_set_them(
    cloud: Cloud,
) -> None:
    ended = open_account(cloud.dynamodb, ADDRESS).cookie
    log_out(ended)
    late = read_account(ended)
    assert late.status == 401
    assert "Set-Cookie" not in late.headers


def test_each_session_has_a_mark_of_its_own_that_pages_can_read(cloud: Cloud) -> None:
    marks = {
        next(part for part in reply.cookie.split("; ") if part.startswith("signed_in="))
        for reply in (open_account(cloud.dynamodb, ADDRESS), log_in(ADDRESS), log_in(ADDRESS))
    }
    assert len(marks) == 3


def test_a_mark_that_somebody_planted_makes_no_browser_known(cloud: Cloud) -> None:
    open_account(cloud.dynamodb, ADDRESS)
    planted = "__Host-device=" + "ab" * 16
    assert with_device(planted).status == 201
    assert len(notices(cloud, "new_sign_in")) == 1
    assert with_device(planted).status == 201
    assert len(notices(cloud, "new_sign_in")) == 2


@pytest.mark.thorough
def test_a_mark_of_another_account_makes_no_browser_known(cloud: Cloud) -> None:
    """Whoever has an account gets a mark of ours, and could plant that one."""
    open_account(cloud.dynamodb, ADDRESS)
    planted = open_account(cloud.dynamodb, "joe@example.org").cookie
    assert with_device(planted).status == 201
    assert with_device(planted).status == 201
    assert len(notices(cloud, "new_sign_in")) == 2


@pytest.mark.thorough
def test_two_people_at_one_browser_are_both_known_there(cloud: Cloud) -> None:
    jane = open_account(cloud.dynamodb, ADDRESS).cookie
    open_account(cloud.dynamodb, "joe@example.org")
    body = {"email": "joe@example.org", "password": PASSWORD}
    device = device_of(jane)
    for _ in range(2):
        reply = call(sessions_app, "POST", "/sessions", body=body, headers={"Cookie": device})
        device = device_of(reply.cookie)
        reply = with_device(device)
        device = device_of(reply.cookie)
    assert len(notices(cloud, "new_sign_in")) == 1


def device_of(cookie: str) -> str:
    return next(part for part in cookie.split("; ") if part.startswith("__Host-device="))


@pytest.mark.thorough
def test_an_unknown_address_waits_like_a_known_one(cloud: Cloud, fake_clock: FakeClock) -> None:
    open_account(cloud.dynamodb, ADDRESS)
    known = [log_in(ADDRESS, "wrong") for _ in range(8)]
    unknown = [log_in("nobody@example.org", "wrong") for _ in range(8)]
    assert [reply.status for reply in known] == [reply.status for reply in unknown]
    assert [reply.text for reply in known] == [reply.text for reply in unknown]


@pytest.mark.thorough
def test_parallel_guesses_get_no_more_than_the_free_failures(
    cloud: Cloud, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_account(cloud.dynamodb, ADDRESS)
    compared: list[None] = []

    def counting(_stored: str | None, _password: str) -> bool:
        compared.append(None)
        return False

    monkeypatch.setattr(passwords, "matches", counting)
    with ThreadPoolExecutor(20) as pool:
        replies = list(pool.map(lambda _: log_in(ADDRESS, "wrong"), range(60)))
    assert {reply.status for reply in replies} <= {401, 429}
    # Five are free and the sixth starts the first wait.
    assert len(compared) <= 6


@pytest.mark.thorough
def test_a_hash_with_old_parameters_is_renewed_when_its_owner_logs_in(cloud: Cloud) -> None:
    open_account(cloud.dynamodb, ADDRESS)
    [account] = items(cloud.dynamodb, "account")
    from argon2 import PasswordHasher  # noqa: PLC0415

    old = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    cloud.dynamodb.update_item(
        TableName="accounts",
        Key={"pk": account["pk"], "sk": account["sk"]},
        UpdateExpression="SET password_hash = :old",
        ExpressionAttributeValues={":old": {"S": old}},
    )
    assert log_in(ADDRESS).status == 201
    [account] = items(cloud.dynamodb, "account")
    assert not passwords.is_outdated(account["password_hash"]["S"])
    assert log_in(ADDRESS).status == 201


def test_a_reset_that_comes_first_wins_over_a_log_in(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_account(cloud.dynamodb, ADDRESS)
    before = len(items(cloud.dynamodb, "session"))
    matches = passwords.matches

    def reset_meanwhile(stored: str | None, password: str) -> bool:
        [account] = items(cloud.dynamodb, "account")
        cloud.dynamodb.update_item(
            TableName="accounts",
            Key={"pk": account["pk"], "sk": account["sk"]},
            UpdateExpression="SET epoch = epoch + :one",
            ExpressionAttributeValues={":one": {"N": "1"}},
        )
        return matches(stored, password)

    monkeypatch.setattr(passwords, "matches", reset_meanwhile)
    assert log_in(ADDRESS).code == "wrong_credentials"
    assert len(items(cloud.dynamodb, "session")) == before


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 204),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": SITE_URL}, 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": SITE_URL}, 403),
        ({"Sec-Fetch-Site": "", "Origin": SITE_URL}, 204),
        ({"Sec-Fetch-Site": "", "Origin": "https://evil.example"}, 403),
        ({"Sec-Fetch-Site": "", "Origin": "null"}, 403),
        ({"Sec-Fetch-Site": ""}, 403),
    ],
)
def test_a_change_with_a_cookie_must_come_from_our_own_site(
    cloud: Cloud, headers: dict[str, str], status: int
) -> None:
    cookie = open_account(cloud.dynamodb, ADDRESS).cookie
    reply = call(sessions_app, "DELETE", "/sessions/current", cookie=cookie, headers=headers)
    assert reply.status == status


def test_reading_needs_no_origin(cloud: Cloud) -> None:
    cookie = open_account(cloud.dynamodb, ADDRESS).cookie
    reply = call(
        account_app, "GET", "/account", cookie=cookie, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert reply.status == 200


def notices(cloud: Cloud, kind: str) -> list[dict[str, object]]:
    return [item for item in items(cloud.dynamodb, "notice") if item["kind"]["S"] == kind]


def with_device(cookie: str, password: str = PASSWORD) -> Reply:
    body = {"email": ADDRESS, "password": password}
    headers = {"Cookie": device_of(cookie)}
    return call(sessions_app, "POST", "/sessions", body=body, headers=headers)


def test_a_known_browser_does_not_wait_for_failures_of_strangers(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    known = open_account(cloud.dynamodb, ADDRESS).cookie
    for _ in range(6):
        log_in(ADDRESS, "wrong")
    assert log_in(ADDRESS).status == 429
    assert with_device(known).status == 201


@pytest.mark.thorough
def test_a_log_in_of_a_known_browser_does_not_set_strangers_free(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    known = open_account(cloud.dynamodb, ADDRESS).cookie
    for _ in range(6):
        log_in(ADDRESS, "wrong")
    assert with_device(known).status == 201
    assert log_in(ADDRESS, "wrong").status == 429


@pytest.mark.thorough
def test_a_known_browser_has_separate_free_failures_and_then_waits_too(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    known = open_account(cloud.dynamodb, ADDRESS).cookie
    assert [with_device(known, "wrong").status for _ in range(7)] == [401] * 6 + [429]
    assert log_in(ADDRESS).status == 201


@pytest.mark.thorough
def test_a_device_cookie_of_another_account_is_unknown(cloud: Cloud, fake_clock: FakeClock) -> None:
    open_account(cloud.dynamodb, ADDRESS)
    other = open_account(cloud.dynamodb, "joe@example.org").cookie
    for _ in range(6):
        log_in(ADDRESS, "wrong")
    assert with_device(other).status == 429


def test_a_new_browser_causes_one_notice_and_a_known_one_none(cloud: Cloud) -> None:
    known = open_account(cloud.dynamodb, ADDRESS).cookie
    assert with_device(known).status == 201
    assert notices(cloud, "new_sign_in") == []
    agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
    body = {"email": ADDRESS, "password": PASSWORD}
    reply = call(sessions_app, "POST", "/sessions", body=body, headers={"User-Agent": agent})
    [notice] = notices(cloud, "new_sign_in")
    assert notice["facts"] == {"M": {"device": {"S": "Firefox, Windows"}}}
    assert with_device(reply.cookie).status == 201
    assert len(notices(cloud, "new_sign_in")) == 1


@pytest.mark.thorough
def test_a_password_thief_cannot_fill_the_owners_mailbox(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    open_account(cloud.dynamodb, ADDRESS)
    assert {log_in(ADDRESS).status for _ in range(12)} == {201}
    assert len(notices(cloud, "new_sign_in")) == 10
    fake_clock.forward(days=1)
    assert log_in(ADDRESS).status == 201
    assert len(notices(cloud, "new_sign_in")) == 11
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: log_in(ADDRESS), range(20)))
    # Log-ins at the same moment may each cause a notice, once.
    assert 20 <= len(notices(cloud, "new_sign_in")) <= 20 + 3


def test_log_ins_at_the_same_moment_are_all_counted_the_first_of_a_day_too(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    new_session = open_account(cloud.dynamodb, ADDRESS)
    log_in(ADDRESS)
    fake_clock.forward(days=1)
    table, day = AccountsTable("accounts"), clock.epoch() // DAY
    stale = accounts.read(table, new_session.json["account"]["account_id"])
    assert stale is not None
    for _ in range(3):
        with patch.object(accounts, "read_with_devices", lambda *_: (stale, None)):
            assert log_in(ADDRESS).status == 201
    counted = accounts.read(table, stale.account_id)
    assert counted is not None
    assert (counted.notices_on(day - 1), counted.notices_on(day)) == (0, 3)
