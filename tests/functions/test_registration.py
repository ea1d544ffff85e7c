"""Registration through its handler: no account exists before a code proves the address."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from newsreel.accounts import flows

from functions.registration import app as registration_app
from tests.support.accounts import (
    CONFIRM,
    PASSWORD,
    REGISTRATIONS,
    call,
    code_in,
    confirm,
    deliver,
    items,
    log_in,
    look,
    mails,
    newest_code,
    open_account,
    read_account,
    register,
    send_new_code,
)
from tests.support.cloud import Cloud, FakeClock

ADDRESS = "jane@example.org"


def start(address: str = ADDRESS, password: str = PASSWORD) -> str:
    reply = register(address, password)
    assert reply.status == 202
    return str(reply.json["registration_id"])


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_a_start_answers_with_the_flow_and_mails_one_code(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    reply = register("Jane@Example.org")
    assert reply.status == 202
    assert reply.headers["Cache-Control"] == ["no-store"]
    flow = reply.json
    assert flow.pop("registration_id")
    assert len(flow.pop("reference")) == 3
    assert flow == {
        "code_format": "digits_6",
        "expires_at": "2026-02-14T02:34:00Z",
        "expires_in": 1800,
        "resend_after": "2026-02-14T02:05:00Z",
        "resend_in": 60,
        "requested_at": "2026-02-14T02:04:00Z",
    }
    deliver(cloud.dynamodb)
    [mail] = mails()
    assert mail["To"] == ADDRESS
    assert mail["Subject"].endswith("is your verification code (02:04 UTC)")


@pytest.mark.thorough
def test_no_account_exists_before_the_code_and_one_after_it(cloud: Cloud) -> None:
    flow_id = start()
    deliver(cloud.dynamodb)
    assert items(cloud.dynamodb, "account") == []
    assert log_in(ADDRESS).code == "wrong_credentials"
    reply = confirm(flow_id, newest_code(ADDRESS))
    assert reply.status == 201
    assert reply.json["account"]["email"] == ADDRESS
    assert read_account(reply.cookie).json == reply.json["account"]
    assert log_in(ADDRESS).status == 201


def test_the_mail_and_the_page_name_the_same_reference_and_time(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    reference = register(ADDRESS).json["reference"]
    deliver(cloud.dynamodb)
    for part in mails()[0].walk():
        if part.get_content_maintype() == "text":
            assert reference in part.get_content()
            assert "02:34\u00a0UTC on 14\u00a0February\u00a02026" in part.get_content()


@pytest.mark.thorough
def test_five_wrong_codes_spend_a_flow_and_a_right_one_then_comes_too_late(cloud: Cloud) -> None:
    flow_id = start()
    deliver(cloud.dynamodb)
    code = newest_code(ADDRESS)
    left = [confirm(flow_id, wrong(code)) for _ in range(5)]
    assert [reply.code for reply in left] == ["code_wrong"] * 4 + ["code_spent"]
    assert [reply.json.get("attempts_left") for reply in left] == [4, 3, 2, 1, None]
    late = confirm(flow_id, code)
    assert (late.status, late.code, late.json["next"]) == (410, "code_spent", "send_new_code")
    assert look(flow_id).json["state"] == "spent"
    assert items(cloud.dynamodb, "account") == []


def test_a_spent_flow_gets_one_long_code_with_new_tries(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    flow_id = start()
    deliver(cloud.dynamodb)
    short = newest_code(ADDRESS)
    for _ in range(5):
        confirm(flow_id, wrong(short))
    fake_clock.forward(seconds=61)
    reply = send_new_code(flow_id)
    assert (reply.status, reply.json["code_format"]) == (202, "base32_10")
    deliver(cloud.dynamodb)
    long = newest_code(ADDRESS)
    assert len(long) == 10
    # The six-digit code before it is dead: otherwise a resend would give guesses against it.
    refused = confirm(flow_id, short)
    assert (refused.status, refused.json["errors"][0]["code"]) == (422, "code")
    assert look(flow_id).json["attempts_left"] == 5
    assert confirm(flow_id, f"{long[:5].lower()}-{long[5:]} ").status == 201


@pytest.mark.thorough
def test_a_long_code_spent_too_ends_the_flow(cloud: Cloud, fake_clock: FakeClock) -> None:
    flow_id = start()
    deliver(cloud.dynamodb)
    for _ in range(5):
        confirm(flow_id, wrong(newest_code(ADDRESS)))
    fake_clock.forward(seconds=61)
    send_new_code(flow_id)
    codes = [confirm(flow_id, "0000000000").code for _ in range(5)]
    assert codes == ["code_wrong"] * 4 + ["flow_over"]
    fake_clock.forward(minutes=11)
    over = send_new_code(flow_id)
    assert (over.status, over.code, over.json["next"]) == (410, "flow_over", "start_again")
    assert look(flow_id).json["state"] == "over"


def test_a_resend_gives_no_new_tries(cloud: Cloud, fake_clock: FakeClock) -> None:
    flow_id = start()
    deliver(cloud.dynamodb)
    for _ in range(3):
        confirm(flow_id, wrong(newest_code(ADDRESS)))
    fake_clock.forward(seconds=61)
    send_new_code(flow_id)
    assert look(flow_id).json["attempts_left"] == 2


@pytest.mark.thorough
@pytest.mark.parametrize(
    "typed", ["12345", "--", ".", "1234567", "48291O", "7KQ2M-9X4TD", "0" * 400]
)
def test_what_can_be_no_code_of_this_flow_costs_no_try(cloud: Cloud, typed: str) -> None:
    flow_id = start()
    refused = confirm(flow_id, typed)
    assert (refused.status, refused.code) == (422, "fields_rejected")
    assert refused.json["errors"][0]["code"] == "code"
    assert look(flow_id).json["attempts_left"] == 5


@pytest.mark.thorough
def test_the_subject_of_the_mail_is_its_code(cloud: Cloud) -> None:
    flow_id = start()
    deliver(cloud.dynamodb)
    assert confirm(flow_id, str(mails()[-1]["Subject"])).status == 201


def test_what_can_be_no_code_is_refused_alike_for_every_address(cloud: Cloud) -> None:
    open_account(cloud.dynamodb, ADDRESS)
    known, unknown = start(), start("nobody@example.org")
    assert confirm(known, "12345").text == confirm(unknown, "12345").text
    assert confirm(known, "7KQ2M9X4TD").text == confirm(unknown, "7KQ2M9X4TD").text


@pytest.mark.thorough
def test_confirming_ends_the_session_that_the_browser_had(cloud: Cloud) -> None:
    before = open_account(cloud.dynamodb, "joe@example.org").cookie
    flow_id = start()
    deliver(cloud.dynamodb)
    path, body = {"registration_id": flow_id}, {"code": newest_code(ADDRESS)}
    reply = call(registration_app, "POST", CONFIRM, path=path, body=body, cookie=before)
    assert (reply.status, read_account(before).status) == (201, 401)
    assert read_account(reply.cookie).json["email"] == ADDRESS


@pytest.mark.thorough
def test_the_newest_code_and_the_one_before_it_are_valid(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    flow_id = start()
    codes = []
    for wait in (61, 121, 301):
        deliver(cloud.dynamodb)
        codes.append(newest_code(ADDRESS))
        fake_clock.forward(seconds=wait)
        assert send_new_code(flow_id).status == 202
    deliver(cloud.dynamodb)
    assert confirm(flow_id, codes[0]).code == "code_wrong"
    assert confirm(flow_id, codes[2]).status == 201


@pytest.mark.thorough
def test_each_code_lives_thirty_minutes_from_its_own_issue(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    flow_id = start()
    deliver(cloud.dynamodb)
    first = newest_code(ADDRESS)
    fake_clock.forward(minutes=29)
    send_new_code(flow_id)
    deliver(cloud.dynamodb)
    second = newest_code(ADDRESS)
    fake_clock.forward(minutes=1)
    assert confirm(flow_id, first).code == "code_wrong"
    fake_clock.forward(minutes=29)
    expired = confirm(flow_id, second)
    assert (expired.status, expired.code, expired.json["next"]) == (
        410,
        "code_expired",
        "send_new_code",
    )
    # An expired code does not use up a try.
    assert look(flow_id).json["attempts_left"] == 4
    assert send_new_code(flow_id).status == 202


def test_resends_wait_one_then_two_then_five_then_ten_minutes(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    flow_id = start()
    early = send_new_code(flow_id)
    assert (early.status, early.code) == (429, "too_many_requests")
    assert early.headers["Retry-After"] == ["60"]
    waits = []
    for _ in range(4):  # a fifth would be the sixth mail of an hour
        fake_clock.forward(seconds=look(flow_id).json["resend_in"])
        reply = send_new_code(flow_id)
        assert reply.status == 202
        waits.append(reply.json["resend_in"])
    assert waits == [120, 300, 600, 600]


def test_a_flow_ends_after_a_day(cloud: Cloud, fake_clock: FakeClock) -> None:
    flow_id = start()
    fake_clock.forward(hours=24)
    for reply in (look(flow_id), send_new_code(flow_id), confirm(flow_id, "123456")):
        assert (reply.status, reply.code) == (410, "flow_over")


@pytest.mark.parametrize("flow_id", ["unknown", "x" * 500, "%2e%2e", "a" * 22])
def test_an_unknown_flow_looks_like_one_that_ended(cloud: Cloud, flow_id: str) -> None:
    for reply in (look(flow_id), send_new_code(flow_id), confirm(flow_id, "123456")):
        assert (reply.status, reply.code) == (410, "flow_over")


def two_registrations(cloud: Cloud, fake_clock: FakeClock) -> list[tuple[str, str]]:
    """Let two people register one address; return each one's flow and the code mailed for it."""
    flow_ids = [start(password="Planted-Word-77x")]
    fake_clock.forward(seconds=1)
    flow_ids.append(start(password="Honest-Word-88y"))
    deliver(cloud.dynamodb)
    return list(zip(flow_ids, [code_in(message) for message in mails()], strict=True))


@pytest.mark.thorough
def test_two_people_register_one_address_and_only_the_one_with_the_code_gets_it(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    (planted, _), (honest, code) = two_registrations(cloud, fake_clock)
    before = look(planted).json
    assert confirm(planted, code).code == "code_wrong"
    assert confirm(honest, code).status == 201
    assert log_in(ADDRESS, "Honest-Word-88y").status == 201
    assert log_in(ADDRESS, "Planted-Word-77x").code == "wrong_credentials"
    # The other registration shows no change: a stranger must not learn of the account.
    assert look(planted).json == {**before, "attempts_left": 4}


@pytest.mark.thorough
def test_a_right_code_for_an_address_that_got_an_account_says_log_in(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    (planted, other_code), (honest, code) = two_registrations(cloud, fake_clock)
    assert confirm(honest, code).status == 201
    reply = confirm(planted, other_code)
    assert (reply.status, reply.code, reply.json["next"]) == (
        410,
        "registration_finished",
        "log_in",
    )
    assert log_in(ADDRESS, "Planted-Word-77x").code == "wrong_credentials"
    assert len(items(cloud.dynamodb, "account")) == 1


def test_an_address_with_an_account_gets_a_mail_without_a_code(cloud: Cloud) -> None:
    open_account(cloud.dynamodb, ADDRESS)
    start()
    deliver(cloud.dynamodb)
    mail = mails()[-1]
    assert mail["Subject"].startswith("You already have an account")
    assert "/#log-in" in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_a_finished_flow_opens_no_second_account_and_sends_no_code(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    flow_id = start()
    deliver(cloud.dynamodb)
    code = newest_code(ADDRESS)
    assert confirm(flow_id, code).status == 201
    assert confirm(flow_id, code).code == "registration_finished"
    fake_clock.forward(minutes=2)
    assert send_new_code(flow_id).code == "registration_finished"
    assert look(flow_id).json["state"] == "finished"
    assert len(items(cloud.dynamodb, "account")) == 1


@pytest.mark.thorough
def test_of_200_parallel_wrong_guesses_at_most_five_are_compared(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    flow_id = start()
    deliver(cloud.dynamodb)
    code = newest_code(ADDRESS)
    compared: list[str] = []
    compare = flows.is_right

    def counting(*values: object, **more: object) -> bool:
        compared.append("once")
        return compare(*values, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(flows, "is_right", counting)
    with ThreadPoolExecutor(32) as pool:
        replies = list(pool.map(lambda _: confirm(flow_id, wrong(code)), range(200)))
    assert len(compared) == 5
    assert {reply.status for reply in replies} == {400, 410}
    assert sum(reply.code == "code_wrong" for reply in replies) == 4
    assert items(cloud.dynamodb, "account") == []
    assert confirm(flow_id, code).code == "code_spent"


@pytest.mark.thorough
def test_of_50_parallel_right_codes_one_opens_the_one_account(cloud: Cloud) -> None:
    flow_id = start()
    deliver(cloud.dynamodb)
    code = newest_code(ADDRESS)
    with ThreadPoolExecutor(25) as pool:
        replies = list(pool.map(lambda _: confirm(flow_id, code), range(50)))
    assert sum(reply.status == 201 for reply in replies) == 1
    assert {reply.code for reply in replies if reply.status != 201} <= {
        "registration_finished",
        "code_spent",
    }
    assert len(items(cloud.dynamodb, "account")) == 1
    assert len(items(cloud.dynamodb, "session")) == 1


def test_parallel_resends_issue_one_code(cloud: Cloud, fake_clock: FakeClock) -> None:
    flow_id = start()
    fake_clock.forward(seconds=61)
    with ThreadPoolExecutor(10) as pool:
        replies = list(pool.map(lambda _: send_new_code(flow_id), range(20)))
    assert sorted(reply.status for reply in replies) == [202] + [429] * 19
    assert len(items(cloud.dynamodb, "mail_request")) == 2


def test_a_repeated_start_with_its_key_is_the_same_flow_and_no_second_mail(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    headers = {"Idempotency-Key": "7b0f-4c1e"}
    first = register(ADDRESS, headers=headers)
    again = register(ADDRESS, headers=headers)
    assert again.json == first.json
    assert len(items(cloud.dynamodb, "mail_request")) == 1
    other_body = register("joe@example.org", headers=headers)
    assert other_body.json["registration_id"] != first.json["registration_id"]
    fake_clock.forward(minutes=10)
    later = register(ADDRESS, headers=headers)
    assert later.json["registration_id"] != first.json["registration_id"]


def test_parallel_starts_with_one_key_are_one_flow(cloud: Cloud) -> None:
    headers = {"Idempotency-Key": "one-press"}
    # At the same moment each counts as a mail; a network has five an hour.
    with ThreadPoolExecutor(5) as pool:
        replies = list(pool.map(lambda _: register(ADDRESS, headers=headers), range(5)))
    assert {reply.status for reply in replies} == {202}
    assert len({reply.json["registration_id"] for reply in replies}) == 1
    assert len(items(cloud.dynamodb, "flow")) == 1


def test_the_table_gives_away_neither_code_nor_flow_id_nor_password(cloud: Cloud) -> None:
    reply = register(ADDRESS, headers={"Idempotency-Key": "key-of-jane"})
    flow_id = reply.json["registration_id"]
    deliver(cloud.dynamodb)
    code = newest_code(ADDRESS)
    session = confirm(flow_id, code).cookie.partition("=")[2].partition(";")[0]
    everything = json.dumps(cloud.dynamodb.scan(TableName="accounts")["Items"])
    for secret in (flow_id, f'"{code}"', PASSWORD, session.partition(".")[2], "key-of-jane"):
        assert secret not in everything


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({"email": ADDRESS}, 422, "fields_rejected", "password"),
        ({"email": "no", "password": PASSWORD}, 422, "fields_rejected", "email"),
        ({"email": 5, "password": PASSWORD}, 422, "fields_rejected", "email"),
        ({"email": ADDRESS, "password": "short"}, 422, "password_rejected", "password"),
        ({"email": ADDRESS, "password": "x" * 257}, 422, "fields_rejected", "password"),
        ({"email": ADDRESS, "password": PASSWORD, "admin": True}, 422, "fields_rejected", "admin"),
        (
            {"email": ADDRESS, "password": PASSWORD, "language": "xx"},
            422,
            "fields_rejected",
            "language",
        ),
    ],
)
def test_an_invalid_field_is_named_and_never_quoted(
    cloud: Cloud, body: dict[str, object], status: int, code: str, field: str
) -> None:
    reply = call(registration_app, "POST", REGISTRATIONS, body=body)
    assert (reply.status, reply.code) == (status, code)
    assert field in {error["field"] for error in reply.json["errors"]}
    assert PASSWORD not in reply.text
    assert items(cloud.dynamodb, "flow") == []


def test_a_refused_password_says_what_is_missing_in_one_phrase(cloud: Cloud) -> None:
    reply = register(ADDRESS, "tG7kQ2mX9bR4wZp")
    assert reply.json["detail"] == "Choose another password. A symbol."
