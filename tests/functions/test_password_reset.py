"""Resetting a password: code, token, new password; no step can be skipped, no account revealed."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from newsreel.accounts import flows, passwords

from functions.notices import app as notices_app
from functions.password_reset import app as reset_app
from functions.sessions import app as sessions_app
from tests.support.accounts import (
    PASSWORD,
    Reply,
    call,
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
from tests.support.events import stream_event

ADDRESS = "jane@example.org"
NEW = "Other-Otter-43-Maps"


def start(address: str = ADDRESS, *, key: str | None = None) -> Reply:
    headers = {"Idempotency-Key": key} if key is not None else None
    return call(reset_app, "POST", "/password-resets", body={"email": address}, headers=headers)


def step(method: str, reset_id: str, name: str = "", body: Any = None, **event: Any) -> Reply:
    resource = "/password-resets/{reset_id}" + (f"/{name}" if name else "")
    return call(reset_app, method, resource, path={"reset_id": reset_id}, body=body, **event)


def verify(reset_id: str, code: str, *, key: str | None = None, **event: Any) -> Reply:
    headers = {"Idempotency-Key": key} if key is not None else None
    return step("POST", reset_id, "verify", {"code": code}, headers=headers, **event)


def complete(reset_id: str, token: str, password: str = NEW) -> Reply:
    return step("POST", reset_id, "complete", {"reset_token": token, "new_password": password})


def proved(cloud: Cloud, address: str = ADDRESS) -> tuple[str, str]:
    """Start a reset and enter its code; return flow id and token."""
    reset_id = start(address).json["reset_id"]
    deliver(cloud.dynamodb)
    reply = verify(reset_id, newest_code(address))
    assert reply.status == 200
    return reset_id, reply.json["reset_token"]


def notify(cloud: Cloud) -> None:
    for image in items(cloud.dynamodb, "notice"):
        notices_app.handler(stream_event(image), None)  # type: ignore[arg-type]


@pytest.fixture
def jane(cloud: Cloud, fake_clock: FakeClock) -> str:
    """Open Jane's account and return her session's cookies."""
    cookie = open_account(cloud.dynamodb, ADDRESS).cookie
    fake_clock.forward(minutes=1)
    return cookie


@pytest.mark.thorough
def test_a_reset_sets_the_password_ends_every_session_and_signs_nobody_in(
    cloud: Cloud, jane: str
) -> None:
    other = log_in(ADDRESS, keep=True).cookie
    reset_id, token = proved(cloud)
    reply = complete(reset_id, token)
    assert (reply.status, reply.text) == (204, "")
    assert "Set-Cookie" not in reply.headers
    assert [read_account(cookie).status for cookie in (jane, other)] == [401, 401]
    assert log_in(ADDRESS).code == "wrong_credentials"
    assert log_in(ADDRESS, NEW).status == 201


@pytest.mark.thorough
def test_the_owner_gets_a_notice(cloud: Cloud, jane: str) -> None:
    complete(*proved(cloud))
    before = len(mails())
    notify(cloud)
    notify(cloud)
    subjects = [mail["Subject"] for mail in mails()[before:]]
    assert sorted(subjects) == [
        "Your NATO Multimedia account is open",
        "Your password was changed",
    ]


@pytest.mark.thorough
def test_a_token_is_used_once_and_dies_after_ten_minutes(
    cloud: Cloud, jane: str, fake_clock: FakeClock
) -> None:
    reset_id, token = proved(cloud)
    assert complete(reset_id, token).status == 204
    again = complete(reset_id, token)
    assert (again.status, again.code, again.json["next"]) == (410, "flow_over", "start_again")
    fake_clock.forward(minutes=2)
    reset_id, token = proved(cloud)
    fake_clock.forward(minutes=10)
    assert complete(reset_id, token).code == "flow_over"


@pytest.mark.thorough
def test_no_step_can_be_skipped(cloud: Cloud, jane: str, fake_clock: FakeClock) -> None:
    reset_id = start().json["reset_id"]
    for token in ("", "x", "0" * 64):
        assert complete(reset_id, token or " ").code == "flow_over"
    fake_clock.forward(seconds=1)
    _, other_token = proved(cloud)
    assert complete(reset_id, other_token).code == "flow_over"
    assert log_in(ADDRESS).status == 201


@pytest.mark.thorough
def test_a_token_of_another_account_opens_nothing(cloud: Cloud, jane: str) -> None:
    open_account(cloud.dynamodb, "joe@example.org")
    jane_reset, _ = proved(cloud)
    _, joe_token = proved(cloud, "joe@example.org")
    assert complete(jane_reset, joe_token).code == "flow_over"
    assert log_in(ADDRESS).status == 201


def test_a_registrations_code_or_id_is_useless_for_a_reset(cloud: Cloud, jane: str) -> None:
    registration = register(ADDRESS).json["registration_id"]
    assert step("GET", registration).code == "flow_over"
    assert verify(registration, "123456").code == "flow_over"


@pytest.mark.thorough
def test_a_refused_password_does_not_use_up_the_token(cloud: Cloud, jane: str) -> None:
    reset_id, token = proved(cloud)
    refused = complete(reset_id, token, "short")
    assert (refused.status, refused.code) == (422, "password_rejected")
    assert {error["field"] for error in refused.json["errors"]} == {"new_password"}
    assert complete(reset_id, token).status == 204


@pytest.mark.thorough
def test_a_completed_reset_voids_every_other_open_one(
    cloud: Cloud, jane: str, fake_clock: FakeClock
) -> None:
    proved_before = proved(cloud)
    fake_clock.forward(seconds=1)
    unproved = start().json["reset_id"]
    deliver(cloud.dynamodb)
    code = newest_code(ADDRESS)
    fake_clock.forward(seconds=1)
    reset_id, token = proved(cloud)
    assert complete(reset_id, token).status == 204
    assert complete(*proved_before).code == "flow_over"
    assert verify(unproved, code).code == "flow_over"
    fake_clock.forward(seconds=1)
    assert complete(*proved(cloud)).status == 204


@pytest.mark.thorough
def test_verifying_lets_a_person_who_was_made_to_wait_log_in(cloud: Cloud, jane: str) -> None:
    for _ in range(6):
        log_in(ADDRESS, "wrong")
    assert log_in(ADDRESS).status == 429
    reset_id = start().json["reset_id"]
    deliver(cloud.dynamodb)
    browser = verify(reset_id, newest_code(ADDRESS)).cookie
    assert log_in(ADDRESS).status == 429
    body = {"email": ADDRESS, "password": PASSWORD}
    assert call(sessions_app, "POST", "/sessions", body=body, cookie=browser).status == 201


@pytest.mark.thorough
def test_a_stranger_cannot_tell_by_the_counter_that_the_owner_has_reset_the_password(
    cloud: Cloud, jane: str, fake_clock: FakeClock
) -> None:
    seen: dict[str, list[int]] = {}
    for address in (ADDRESS, "nobody@example.org"):
        for _ in range(11):
            log_in(address, "wrong")
        if address == ADDRESS:
            proved(cloud)
        seen[address] = [log_in(address, "wrong").status for _ in range(3)]
    assert seen[ADDRESS] == seen["nobody@example.org"] == [429] * 3


def coded(cloud: Cloud) -> tuple[str, str]:
    """Start a reset; return its id and its code."""
    reset_id = start().json["reset_id"]
    deliver(cloud.dynamodb)
    return reset_id, newest_code(ADDRESS)


KEY = "0f8fad5b-d9cb-469f-a165-70867728950e"


@pytest.mark.thorough
def test_a_code_verifies_once(cloud: Cloud, jane: str, fake_clock: FakeClock) -> None:
    reset_id, code = coded(cloud)
    assert verify(reset_id, code, key=KEY).status == 200
    for key in (None, "another-key-of-a-browser"):
        assert verify(reset_id, code, key=key).code == "code_expired"
    assert step("GET", reset_id).json["state"] == "expired"
    fake_clock.forward(minutes=1)
    assert step("POST", reset_id, "code").status == 202
    assert verify(reset_id, code).code == "code_wrong"
    deliver(cloud.dynamodb)
    assert verify(reset_id, newest_code(ADDRESS)).status == 200


@pytest.mark.thorough
def test_a_repetition_with_its_key_gets_the_same_token_and_costs_no_try(
    cloud: Cloud, jane: str, fake_clock: FakeClock
) -> None:
    reset_id, code = coded(cloud)
    first = verify(reset_id, code, key=KEY)
    again = verify(reset_id, code, key=KEY)
    assert again.json == first.json
    assert again.cookie == first.cookie
    assert step("GET", reset_id).json["attempts_left"] == 4
    fake_clock.forward(minutes=10)
    assert verify(reset_id, code, key=KEY).code == "code_expired"


@pytest.mark.thorough
def test_a_repetition_with_another_code_gets_no_token(cloud: Cloud, jane: str) -> None:
    reset_id, code = coded(cloud)
    verify(reset_id, code, key=KEY)
    other = f"{(int(code) + 1) % 1_000_000:06}"
    assert verify(reset_id, other, key=KEY).code == "code_expired"


@pytest.mark.thorough
def test_a_repetition_of_the_last_try_gets_its_token(cloud: Cloud, jane: str) -> None:
    reset_id, code = coded(cloud)
    for _ in range(4):
        verify(reset_id, f"{(int(code) + 1) % 1_000_000:06}")
    first = verify(reset_id, code, key=KEY)
    assert first.status == 200
    assert verify(reset_id, code, key=KEY).json == first.json


@pytest.mark.thorough
def test_a_key_of_one_flow_is_of_no_use_for_another(cloud: Cloud, jane: str) -> None:
    first, code = coded(cloud)
    token = verify(first, code, key=KEY).json["reset_token"]
    second, code = coded(cloud)
    assert verify(second, code, key=KEY).json["reset_token"] != token


@pytest.mark.thorough
def test_neither_a_token_nor_a_mark_of_a_browser_is_stored(cloud: Cloud, jane: str) -> None:
    reset_id, code = coded(cloud)
    reply = verify(reset_id, code, key=KEY)
    device = reply.cookie.partition("=")[2]
    stored = json.dumps([*items(cloud.dynamodb, "flow"), *items(cloud.dynamodb, "device")])
    assert len(device) == 32
    assert device not in stored
    assert str(reply.json["reset_token"]) not in stored


@pytest.mark.thorough
def test_parallel_verifications_of_one_code_give_one_token(cloud: Cloud, jane: str) -> None:
    reset_id, code = coded(cloud)
    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(lambda _: verify(reset_id, code), range(4)))
    assert [reply.status for reply in replies].count(200) == 1


@pytest.mark.thorough
def test_a_person_who_forgot_a_password_in_a_known_browser_does_not_wait_with_the_new_one(
    cloud: Cloud, jane: str
) -> None:
    def from_known_browser(password: str) -> Reply:
        body = {"email": ADDRESS, "password": password}
        return call(sessions_app, "POST", "/sessions", body=body, cookie=jane)

    for _ in range(6):
        from_known_browser("wrong")
    assert from_known_browser(PASSWORD).status == 429
    reset_id = start().json["reset_id"]
    deliver(cloud.dynamodb)
    body = {"code": newest_code(ADDRESS)}
    token = step("POST", reset_id, "verify", body, cookie=jane).json["reset_token"]
    assert complete(reset_id, token).status == 204
    assert from_known_browser(NEW).status == 201


@pytest.mark.thorough
def test_parallel_completes_set_one_password(cloud: Cloud, jane: str) -> None:
    reset_id, token = proved(cloud)
    flow_request = [f"Parallel-Otter-{n:02d}" for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda password: complete(reset_id, token, password), flow_request))
    assert sorted(reply.status for reply in replies) == [204] + [410] * 7
    winner = flow_request[[reply.status for reply in replies].index(204)]
    assert log_in(ADDRESS, winner).status == 201


@pytest.mark.thorough
def test_completes_of_two_resets_in_pairs_leave_one_password(
    cloud: Cloud, jane: str, fake_clock: FakeClock
) -> None:
    for _ in range(5):
        fake_clock.forward(hours=5)  # within the mails of an hour and a day
        first = (*proved(cloud), f"First-Otter-{_}a")
        fake_clock.forward(seconds=1)
        pair = [first, (*proved(cloud), f"Second-Otter-{_}b")]
        with ThreadPoolExecutor(2) as pool:
            replies = list(pool.map(lambda entry: complete(*entry), pair))
        assert sorted(reply.status for reply in replies) == [204, 410]
        winner = pair[[reply.status for reply in replies].index(204)][2]
        assert log_in(ADDRESS, winner).status == 201


@pytest.mark.thorough
def test_of_many_wrong_codes_five_are_compared(
    cloud: Cloud, jane: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reset_id = start().json["reset_id"]
    compared: list[None] = []

    def counting(*_values: object, **_more: object) -> bool:
        compared.append(None)
        return False

    monkeypatch.setattr(flows, "is_right", counting)
    with ThreadPoolExecutor(16) as pool:
        replies = list(pool.map(lambda _: verify(reset_id, "000000"), range(60)))
    assert len(compared) == 5
    assert {reply.code for reply in replies} == {"code_wrong", "code_spent"}


@pytest.mark.thorough
def test_an_unknown_address_gets_a_mail_that_says_so_and_the_same_answers(
    cloud: Cloud, jane: str
) -> None:
    known, unknown = start(), start("nobody@example.org")
    assert known.status == unknown.status == 202
    assert known.json.keys() == unknown.json.keys()
    assert len(known.text) == len(unknown.text)
    deliver(cloud.dynamodb)
    subjects = {str(mail["To"]): str(mail["Subject"]) for mail in mails()[-2:]}
    assert "is your verification code" in subjects[ADDRESS]
    assert subjects["nobody@example.org"].startswith("No account with this address")
    for reply in (known, unknown):
        assert step("GET", reply.json["reset_id"]).json["delivery"] == "sent"


@pytest.mark.thorough
def test_the_new_password_is_the_only_one_kept(cloud: Cloud, jane: str) -> None:
    complete(*proved(cloud))
    [account] = items(cloud.dynamodb, "account")
    stored = account["password_hash"]["S"]
    assert passwords.matches(stored, NEW)
    assert not passwords.matches(stored, PASSWORD)


def test_a_key_that_a_stranger_could_guess_leads_to_no_flow(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    """A caller who repeats key and address gets the flow's id, and the address is not secret."""
    for guessable in ("1", "reset", "123456789012345"):
        reply = start(key=guessable)
        assert (reply.status, reply.json["errors"][0]["code"]) == (422, "too_short")
    assert items(cloud.dynamodb, "flow") == []
    own = start(key="0f8fad5b-d9cb-469f-a165-70867728950e").json
    assert start(key="0f8fad5b-d9cb-469f-a165-70867728950e").json == own


@pytest.mark.thorough
@pytest.mark.parametrize("key", ["", "\udcff" * 20, "é" * 20, "\x00" * 20, "\x1f" * 20, "k" * 256])
def test_a_key_that_is_no_plain_text_is_refused(cloud: Cloud, key: str) -> None:
    reply = start(key=key)
    assert (reply.status, reply.code) == (422, "fields_rejected")


@pytest.mark.thorough
def test_a_browser_that_was_known_before_a_reset_is_unknown_after_it(
    cloud: Cloud, jane: str, fake_clock: FakeClock
) -> None:
    """A thief of the old password who gets the new one too must cause a notice."""

    def notices_sent() -> int:
        return sum(
            notice["kind"]["S"] == "new_sign_in" for notice in items(cloud.dynamodb, "notice")
        )

    def from_browser(cookie: str) -> Reply:
        body = {"email": ADDRESS, "password": NEW}
        return call(sessions_app, "POST", "/sessions", body=body, cookie=cookie)

    intruder = log_in(ADDRESS).cookie
    assert notices_sent() == 1
    reset_id = start().json["reset_id"]
    deliver(cloud.dynamodb)
    body = {"code": newest_code(ADDRESS)}
    token = step("POST", reset_id, "verify", body, cookie=jane).json["reset_token"]
    flow_request = {"reset_token": token, "new_password": NEW}
    assert step("POST", reset_id, "complete", flow_request, cookie=jane).status == 204
    assert from_browser(jane).status == 201
    assert notices_sent() == 1
    assert from_browser(intruder).status == 201
    assert notices_sent() == 2
