"""Another address for an account: proved by a code first, undoable from the address before."""

import re

import pytest
from newsreel.accounts.table.subscribers import SubscribersTable

from functions.newsletter import app as newsletter_app
from functions.password_reset import app as reset_app
from tests.support.accounts import (
    PASSWORD,
    call,
    confirm,
    deliver,
    items,
    log_in,
    newest_code,
    open_account,
    read_account,
    register,
)
from tests.support.cloud import Cloud, FakeClock
from tests.support.credentials import (
    ADDRESS,
    NEW,
    NEW_ADDRESS,
    WRONG,
    change_password,
    change_step,
    confirm_change,
    mails_to,
    notify,
    start_change,
    undo,
    undo_token,
    undo_token_in,
)
from tests.support.reset_steps import complete, proved_reset
from tests.support.told_mails import mail_of, tell

OTHER = "joe@example.org"


@pytest.fixture
def jane(cloud: Cloud, fake_clock: FakeClock) -> str:
    """Open Jane's account and return her browser's cookies."""
    cookie = open_account(cloud.dynamodb, ADDRESS).cookie
    notify(cloud.dynamodb)
    fake_clock.forward(minutes=1)
    return cookie


def started(cloud: Cloud, cookie: str, address: str = NEW_ADDRESS) -> str:
    """Start a change, deliver its mail and return its id."""
    reply = start_change(cookie, address)
    assert reply.status == 202
    deliver(cloud.dynamodb)
    return str(reply.json["change_id"])


def changed(cloud: Cloud, cookie: str, address: str = NEW_ADDRESS) -> str:
    """Change the address, deliver the notice, and return the browser's new cookies."""
    reply = confirm_change(cookie, started(cloud, cookie, address), newest_code(address.lower()))
    assert reply.status == 200
    notify(cloud.dynamodb)
    return reply.cookie


def reset(cloud: Cloud, address: str, password: str = NEW) -> int:
    """Reset the password by a code to an address; return the last status."""
    return complete(*proved_reset(cloud.dynamodb, address), password).status


@pytest.mark.thorough
def test_the_address_before_works_until_the_new_one_is_proved(cloud: Cloud, jane: str) -> None:
    change_id = started(cloud, jane)
    assert read_account(jane).json["email"] == ADDRESS
    assert log_in(ADDRESS).status == 201
    assert log_in(NEW_ADDRESS).code == "wrong_credentials"
    reply = confirm_change(jane, change_id, newest_code(NEW_ADDRESS))
    assert (reply.status, reply.json["account"]["email"]) == (200, NEW_ADDRESS)
    assert log_in(ADDRESS).code == "wrong_credentials"
    assert log_in(NEW_ADDRESS).status == 201


@pytest.mark.thorough
def test_every_other_session_ends_with_the_change_and_the_own_one_is_renewed(
    cloud: Cloud, jane: str
) -> None:
    other = log_in(ADDRESS).cookie
    renewed = changed(cloud, jane)
    assert [read_account(cookie).status for cookie in (jane, other)] == [401, 401]
    assert read_account(renewed).json["email"] == NEW_ADDRESS


def test_a_wrong_password_starts_nothing_and_mails_nobody(cloud: Cloud, jane: str) -> None:
    refused = start_change(jane, password=WRONG)
    assert (refused.status, refused.code) == (403, "wrong_password")
    deliver(cloud.dynamodb)
    assert mails_to(NEW_ADDRESS) == []
    assert [flow for flow in items(cloud.dynamodb, "flow") if flow["state"]["S"] == "open"] == []


def test_wrong_passwords_of_both_routes_are_counted_together(jane: str) -> None:
    for _ in range(3):
        start_change(jane, password=WRONG)
        change_password(jane, WRONG)
    assert start_change(jane).code == "too_many_requests"


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("address", "code"),
    [(ADDRESS, "same_email"), ("JANE@Example.org", "same_email"), ("jane", "email")],
)
def test_an_address_that_cannot_be_the_new_one_is_refused(
    jane: str, address: str, code: str
) -> None:
    refused = start_change(jane, address)
    assert refused.status == 422
    assert [(one["field"], one["code"]) for one in refused.json["errors"]] == [("new_email", code)]


@pytest.mark.thorough
def test_an_address_of_another_account_gets_a_mail_without_a_code(cloud: Cloud, jane: str) -> None:
    open_account(cloud.dynamodb, OTHER)
    before = len(mails_to(OTHER))
    started(cloud, jane, OTHER)
    [(subject, text)] = mails_to(OTHER)[before:]
    assert subject.startswith("You already have an account")
    assert "belongs to an account already" in text


def test_the_canonical_address_is_what_is_proved_and_kept(cloud: Cloud, jane: str) -> None:
    renewed = changed(cloud, jane, "Jane.Doe@NEWSROOM.example")
    assert read_account(renewed).json["email"] == "jane.doe@newsroom.example"


def test_a_wrong_code_changes_nothing_and_tries_are_counted(cloud: Cloud, jane: str) -> None:
    change_id = started(cloud, jane)
    wrong = "111111" if newest_code(NEW_ADDRESS) == "000000" else "000000"
    refused = confirm_change(jane, change_id, wrong)
    assert (refused.code, refused.json["attempts_left"]) == ("code_wrong", 4)
    shown = change_step("GET", change_id, cookie=jane).json
    assert (shown["state"], shown["attempts_left"], shown["delivery"]) == ("open", 4, "sent")
    assert read_account(jane).json["email"] == ADDRESS


@pytest.mark.thorough
def test_send_new_code_brings_another_one(cloud: Cloud, jane: str, fake_clock: FakeClock) -> None:
    change_id = started(cloud, jane)
    assert change_step("POST", change_id, "code", cookie=jane).code == "too_many_requests"
    fake_clock.forward(minutes=1)
    assert change_step("POST", change_id, "code", cookie=jane).status == 202
    deliver(cloud.dynamodb)
    assert confirm_change(jane, change_id, newest_code(NEW_ADDRESS)).status == 200


@pytest.mark.parametrize(
    ("told", "delivery"), [("delivery", "delivered"), ("hard bounce", "bounced")]
)
def test_what_ses_tells_of_the_mail_reaches_the_page(
    cloud: Cloud, jane: str, told: str, delivery: str
) -> None:
    change_id = started(cloud, jane)
    assert tell(told, mail=mail_of(NEW_ADDRESS)) == []
    assert change_step("GET", change_id, cookie=jane).json["delivery"] == delivery


def test_a_code_works_once(cloud: Cloud, jane: str) -> None:
    change_id = started(cloud, jane)
    code = newest_code(NEW_ADDRESS)
    renewed = confirm_change(jane, change_id, code).cookie
    assert confirm_change(renewed, change_id, code).code == "flow_over"


@pytest.mark.thorough
def test_a_change_belongs_to_its_account_alone(cloud: Cloud, jane: str) -> None:
    change_id = started(cloud, jane)
    code = newest_code(NEW_ADDRESS)
    joe = open_account(cloud.dynamodb, OTHER).cookie
    assert confirm_change(joe, change_id, code).code == "flow_over"
    assert change_step("GET", change_id, cookie=joe).code == "flow_over"
    assert change_step("POST", change_id, "code", cookie=joe).code == "flow_over"
    assert confirm_change(None, change_id, code).code == "not_signed_in"
    assert confirm_change(jane, change_id, code).status == 200


@pytest.mark.thorough
def test_another_change_replaces_the_open_one(
    cloud: Cloud, jane: str, fake_clock: FakeClock
) -> None:
    first = started(cloud, jane)
    fake_clock.forward(minutes=1)
    second = started(cloud, jane, "third@example.org")
    assert confirm_change(jane, first, newest_code(NEW_ADDRESS)).code == "flow_over"
    assert change_step("GET", first, cookie=jane).code == "flow_over"
    assert confirm_change(jane, second, newest_code("third@example.org")).status == 200


def test_a_repeated_start_with_its_key_is_the_same_change(cloud: Cloud, jane: str) -> None:
    key = {"Idempotency-Key": "one-press-of-a-button"}
    ids = {start_change(jane, headers=key).json["change_id"] for _ in range(2)}
    assert len(ids) == 1
    assert len(items(cloud.dynamodb, "mail_request")) == 2  # the registration's, and one


def test_a_password_change_ends_an_open_change(cloud: Cloud, jane: str) -> None:
    change_id = started(cloud, jane)
    renewed = change_password(jane).cookie
    assert confirm_change(renewed, change_id, newest_code(NEW_ADDRESS)).code == "flow_over"


@pytest.mark.thorough
def test_a_reset_ends_an_open_change(cloud: Cloud, jane: str, fake_clock: FakeClock) -> None:
    change_id = started(cloud, jane)
    fake_clock.forward(minutes=1)
    assert reset(cloud, ADDRESS) == 204
    signed_in = log_in(ADDRESS, NEW).cookie
    assert confirm_change(signed_in, change_id, newest_code(NEW_ADDRESS)).code == "flow_over"
    assert read_account(signed_in).json["email"] == ADDRESS


@pytest.mark.thorough
def test_an_address_that_was_registered_meanwhile_is_not_taken_away(
    cloud: Cloud, jane: str
) -> None:
    change_id = started(cloud, jane)
    code = newest_code(NEW_ADDRESS)
    open_account(cloud.dynamodb, NEW_ADDRESS, NEW)
    assert confirm_change(jane, change_id, code).code == "flow_over"
    assert read_account(jane).json["email"] == ADDRESS
    assert log_in(NEW_ADDRESS, NEW).status == 201


@pytest.mark.thorough
def test_the_newsletter_follows_the_address(cloud: Cloud, jane: str) -> None:
    body = {"text_version": "2026-01", "language": "en"}
    assert call(newsletter_app, "PUT", "/account/newsletter", cookie=jane, body=body).status == 204
    [account] = items(cloud.dynamodb, "account")
    changed(cloud, jane)
    account_id = account["account_id"]["S"]
    found = SubscribersTable("accounts").read([account_id])
    assert found[account_id].email == NEW_ADDRESS


@pytest.mark.thorough
def test_the_notice_goes_to_the_address_before_with_a_link_that_undoes(
    cloud: Cloud, jane: str
) -> None:
    before = len(mails_to(NEW_ADDRESS))
    changed(cloud, jane)
    subject, text = mails_to(ADDRESS)[-1]
    assert subject == "The address of your account was changed"
    assert NEW_ADDRESS not in text
    assert len(undo_token_in(text)) > 70
    assert len(mails_to(NEW_ADDRESS)) == before + 1  # the code


@pytest.mark.thorough
def test_looking_at_the_link_undoes_nothing_and_leads_to_the_page(cloud: Cloud, jane: str) -> None:
    changed(cloud, jane)
    token = undo_token()
    reply = undo(token, "GET")
    assert reply.status == 303
    assert reply.headers["Location"] == [f"https://media.example.org/undo#{token}"]
    assert log_in(NEW_ADDRESS).status == 201


@pytest.mark.thorough
def test_undoing_gives_the_address_back_and_ends_everything(
    cloud: Cloud, jane: str, fake_clock: FakeClock
) -> None:
    renewed = changed(cloud, jane)
    assert undo(undo_token()).status == 204
    assert read_account(renewed).status == 401
    for address in (ADDRESS, NEW_ADDRESS):
        assert log_in(address).code == "wrong_credentials"
    notify(cloud.dynamodb)
    assert mails_to(ADDRESS)[-1][0] == "Your account has this address again"
    fake_clock.forward(seconds=1)
    assert reset(cloud, ADDRESS) == 204
    signed_in = log_in(ADDRESS, NEW)
    assert (signed_in.status, signed_in.json["account"]["email"]) == (201, ADDRESS)


@pytest.mark.thorough
def test_who_also_pressed_not_me_gets_the_code_that_an_undo_makes_necessary(
    cloud: Cloud, jane: str, fake_clock: FakeClock
) -> None:
    changed(cloud, jane)
    [token] = re.findall(r"/not-me#(\S+)", mails_to(ADDRESS)[-1][1])
    press = {"path": {"token": token}, "body": {"mute": "month"}}
    assert call(newsletter_app, "POST", "/not-me/{token}", **press).status == 200
    assert undo(undo_token()).status == 204
    fake_clock.forward(seconds=1)
    assert reset(cloud, ADDRESS) == 204


@pytest.mark.thorough
def test_an_undo_works_once(cloud: Cloud, jane: str) -> None:
    changed(cloud, jane)
    token = undo_token()
    assert undo(token).status == 204
    again = undo(token)
    assert (again.status, again.code, again.json["next"]) == (410, "undo_over", "reset_password")


@pytest.mark.thorough
def test_after_an_undo_the_other_address_is_free(
    cloud: Cloud, jane: str, fake_clock: FakeClock
) -> None:
    changed(cloud, jane)
    undo(undo_token())
    fake_clock.forward(minutes=2)
    assert open_account(cloud.dynamodb, NEW_ADDRESS, NEW).status == 201


@pytest.mark.thorough
def test_a_thief_who_resets_the_password_by_the_new_address_does_not_end_the_undo(
    cloud: Cloud, jane: str, fake_clock: FakeClock
) -> None:
    changed(cloud, jane)
    fake_clock.forward(minutes=2)
    assert reset(cloud, NEW_ADDRESS, "Thieves-Otter-45-Maps") == 204
    assert undo(undo_token()).status == 204
    assert log_in(NEW_ADDRESS, "Thieves-Otter-45-Maps").code == "wrong_credentials"
    assert log_in(ADDRESS, "Thieves-Otter-45-Maps").code == "wrong_credentials"


@pytest.mark.thorough
def test_no_other_change_is_started_while_one_can_be_undone(
    cloud: Cloud, jane: str, fake_clock: FakeClock
) -> None:
    renewed = changed(cloud, jane)
    fake_clock.forward(hours=1)
    refused = start_change(renewed, "third@example.org")
    assert (refused.status, refused.code) == (409, "undo_open")
    assert refused.json["until"] == "2026-02-17T02:05:00Z"
    assert refused.headers["Retry-After"] == [str(71 * 3600)]
    # The password was right, so nothing was counted.
    for _ in range(7):
        assert start_change(renewed, "third@example.org").code == "undo_open"


@pytest.mark.thorough
def test_an_undo_is_over_after_72_hours_and_the_address_before_is_free(
    cloud: Cloud, jane: str, fake_clock: FakeClock
) -> None:
    changed(cloud, jane)
    token = undo_token()
    fake_clock.forward(hours=72)
    assert undo(token).code == "undo_over"
    assert open_account(cloud.dynamodb, ADDRESS, NEW).status == 201
    signed_in = log_in(NEW_ADDRESS)
    assert signed_in.status == 201
    assert start_change(signed_in.cookie, "third@example.org").status == 202


@pytest.mark.thorough
def test_a_registration_from_before_the_change_opens_no_second_account_with_the_held_address(
    cloud: Cloud, jane: str, fake_clock: FakeClock
) -> None:
    change_id = started(cloud, jane)
    fake_clock.forward(minutes=2)
    registration = register(ADDRESS, NEW).json["registration_id"]
    assert confirm_change(jane, change_id, newest_code(NEW_ADDRESS)).status == 200
    deliver(cloud.dynamodb)
    text = mails_to(ADDRESS)[-1][1]
    assert "Undo the change" in text
    assert confirm(registration, "000000").code in {"code_wrong", "registration_finished"}
    assert len(items(cloud.dynamodb, "account")) == 1


@pytest.mark.thorough
@pytest.mark.parametrize("flow", ["registration", "reset", "email change"])
def test_nobody_gets_the_address_before_while_it_is_held_and_its_owner_gets_the_link_again(
    cloud: Cloud, jane: str, fake_clock: FakeClock, flow: str
) -> None:
    changed(cloud, jane)
    fake_clock.forward(minutes=2)
    if flow == "registration":
        register(ADDRESS, NEW)
    elif flow == "reset":
        call(reset_app, "POST", "/password-resets", body={"email": ADDRESS})
    else:
        start_change(open_account(cloud.dynamodb, OTHER).cookie, ADDRESS)
    deliver(cloud.dynamodb)
    subject, text = mails_to(ADDRESS)[-1]
    assert subject.startswith("This address belonged to an account")
    assert undo(undo_token_in(text)).status == 204


@pytest.mark.thorough
@pytest.mark.parametrize("token", ["x", "0" * 32 + "." + "A" * 43, "0" * 76, "٠" * 32 + ".é"])
def test_no_other_token_undoes_anything(cloud: Cloud, jane: str, token: str) -> None:
    changed(cloud, jane)
    [account] = items(cloud.dynamodb, "account")
    for tried in (token, f"{account['account_id']['S']}.{'A' * 43}"):
        assert undo(tried).code == "undo_over"
    assert log_in(NEW_ADDRESS, PASSWORD).status == 201


@pytest.mark.thorough
def test_an_undo_that_another_site_asks_for_in_a_signed_in_browser_is_refused(
    cloud: Cloud, jane: str
) -> None:
    renewed = changed(cloud, jane)
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert undo(undo_token(), cookie=renewed, headers=foreign).code == "cross_site"


@pytest.mark.thorough
def test_what_can_be_no_code_costs_no_try_and_the_mails_subject_is_its_code(
    cloud: Cloud, jane: str
) -> None:
    change_id = started(cloud, jane)
    for typed in ("12345", "48291O", "--", "7KQ2M9X4TD"):
        assert confirm_change(jane, change_id, typed).code == "fields_rejected"
    assert change_step("GET", change_id, cookie=jane).json["attempts_left"] == 5
    subject = f"{newest_code(NEW_ADDRESS)} is your verification code (07:16 UTC)"
    assert confirm_change(jane, change_id, subject).status == 200
