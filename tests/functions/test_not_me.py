"""The link "This was not me" of every mail: what it does, and what it never does."""

import json
import re
from typing import Any

import pytest
from newsreel.accounts import not_me_tokens
from newsreel.accounts.not_me_tokens import NotMe
from newsreel.aws.keyring import Keyring
from newsreel.mail_table import suppression
from newsreel.policy import DAY

from functions.newsletter import app as newsletter_app
from functions.notices import app as notices_app
from functions.password_reset import app as reset_app
from tests.support.accounts import (
    Reply,
    call,
    confirm,
    deliver,
    items,
    log_in,
    look,
    mails,
    newest_code,
    open_account,
    register,
    send_new_code,
)
from tests.support.cloud import Cloud, FakeClock
from tests.support.events import stream_event
from tests.support.mail_items import mail_items, suppression_of

ADDRESS = "jane@example.org"
ROUTE = "/not-me/{token}"
RESET = "/password-resets/{reset_id}"
RING = Keyring("k2", {"k1": b"old", "k2": b"new"})
MAIL = NotMe("ab" * 16, 1_771_034_640, "registration", "cd" * 32)


def token_of(address: str = ADDRESS) -> str:
    """Return the token of the newest mail to an address."""
    newest = [mail for mail in mails() if mail["To"] == address][-1]
    text = newest.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    [token] = re.findall(r"https://media\.example\.org/(?:fr/)?not-me#(\S+)", text)
    return str(token)


def press(token: str, mute: str = "day", **more: Any) -> Reply:
    return call(newsletter_app, "POST", ROUTE, path={"token": token}, body={"mute": mute}, **more)


def open_page(token: str) -> Reply:
    return call(newsletter_app, "GET", ROUTE, path={"token": token})


def start_reset(cookie: str | None = None) -> str:
    body = {"email": ADDRESS}
    return str(
        call(reset_app, "POST", "/password-resets", body=body, cookie=cookie).json["reset_id"]
    )


def step(reset_id: str, name: str, body: object) -> Reply:
    return call(reset_app, "POST", f"{RESET}/{name}", path={"reset_id": reset_id}, body=body)


@pytest.fixture
def flow(cloud: Cloud, fake_clock: FakeClock) -> str:
    """A registration whose first code was mailed."""
    flow_id = str(register(ADDRESS).json["registration_id"])
    deliver(cloud.dynamodb)
    return flow_id


def test_opening_the_page_changes_nothing(cloud: Cloud, flow: str) -> None:
    before = items(cloud.dynamodb, "flow"), mail_items()
    reply = open_page(token_of())
    assert (reply.status, reply.json) == (200, {"flow": "registration", "muted_until": None})
    assert (items(cloud.dynamodb, "flow"), mail_items()) == before


def test_the_button_voids_the_flow_for_its_browser_as_if_its_time_had_come(flow: str) -> None:
    code = newest_code(ADDRESS)
    assert press(token_of()).json["muted_until"] == "2026-02-15T02:04:00Z"
    expired = look("unknown")
    for reply in (look(flow), confirm(flow, code), send_new_code(flow)):
        assert (reply.status, reply.text) == (expired.status, expired.text)


def test_the_button_holds_codes_back_for_a_day_that_others_ask_for(
    cloud: Cloud, flow: str, fake_clock: FakeClock
) -> None:
    press(token_of())
    sent = len(mails())
    fake_clock.forward(days=1, seconds=-1)
    other = register(ADDRESS).json["registration_id"]
    deliver(cloud.dynamodb)
    assert (look(other).json["delivery"], len(mails())) == ("withheld", sent)
    fake_clock.forward(seconds=61)
    assert send_new_code(other).status == 202
    deliver(cloud.dynamodb)
    assert (look(other).json["delivery"], len(mails())) == ("sent", sent + 1)


def test_a_month_can_be_chosen_instead(cloud: Cloud, flow: str, fake_clock: FakeClock) -> None:
    token = token_of()
    press(token)
    assert press(token, "month").json["muted_until"] == "2026-03-16T02:04:00Z"
    fake_clock.forward(days=30, seconds=-1)
    assert open_page(token).json["muted_until"] == "2026-03-16T02:04:00Z"
    fake_clock.forward(seconds=1)
    assert open_page(token).json["muted_until"] is None


def test_undo_ends_the_mute_and_leaves_the_flow_void(cloud: Cloud, flow: str) -> None:
    token = token_of()
    press(token, "month")
    assert press(token, "off").json == {"flow": "registration", "muted_until": None}
    assert suppression_of(ADDRESS) is None
    assert look(flow).code == "flow_over"
    other = register(ADDRESS).json["registration_id"]
    deliver(cloud.dynamodb)
    assert look(other).json["delivery"] == "sent"


def test_undo_works_for_as_long_as_the_longest_mute_of_a_link_a_month_old(
    flow: str, fake_clock: FakeClock
) -> None:
    token = token_of()
    fake_clock.forward(days=30, seconds=-1)
    assert press(token, "month").status == 200
    fake_clock.forward(days=30)
    assert press(token, "off").status == 200
    fake_clock.forward(seconds=1)
    assert press(token, "off").code == "no_such_mail"


def test_a_reset_whose_code_a_stranger_entered_can_not_be_completed_any_more(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    open_account(cloud.dynamodb, ADDRESS)
    reset_id = start_reset()
    deliver(cloud.dynamodb)
    given = step(reset_id, "verify", {"code": newest_code(ADDRESS)}).json["reset_token"]
    press(token_of())
    body = {"reset_token": given, "new_password": "Other-Otter-43-Maps"}
    assert step(reset_id, "complete", body).code == "flow_over"
    assert log_in(ADDRESS).status == 201


@pytest.mark.thorough
def test_a_mute_never_stops_a_browser_that_the_account_knows(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    own = open_account(cloud.dynamodb, ADDRESS).cookie
    device = re.search(r"__Host-device=[0-9a-f.]+", own)
    assert device
    strangers = start_reset()
    deliver(cloud.dynamodb)
    press(token_of(), "month")
    fake_clock.forward(seconds=1)
    mine, another = start_reset(cookie=device[0]), start_reset()
    deliver(cloud.dynamodb)

    def delivery(reset_id: str) -> str:
        reply = call(reset_app, "GET", RESET, path={"reset_id": reset_id})
        return str(reply.json.get("delivery", reply.json.get("code")))

    assert [delivery(one) for one in (strangers, mine, another)] == [
        "flow_over",
        "sent",
        "withheld",
    ]
    assert step(mine, "verify", {"code": newest_code(ADDRESS)}).status == 200


def test_a_mute_holds_no_notice_back(cloud: Cloud, fake_clock: FakeClock) -> None:
    open_account(cloud.dynamodb, ADDRESS)
    register(ADDRESS)
    deliver(cloud.dynamodb)
    press(token_of(), "month")
    log_in(ADDRESS)
    sent = len(mails())
    for notice in items(cloud.dynamodb, "notice"):
        notices_app.handler(stream_event(notice), None)  # type: ignore[arg-type]
    assert len(mails()) == sent + 2


def test_every_notice_has_a_link_that_ends_no_flow(cloud: Cloud, fake_clock: FakeClock) -> None:
    open_account(cloud.dynamodb, ADDRESS)
    [welcome] = items(cloud.dynamodb, "notice")
    notices_app.handler(stream_event(welcome), None)  # type: ignore[arg-type]
    assert open_page(token_of()).json == {"flow": None, "muted_until": None}
    assert press(token_of()).json["muted_until"] == "2026-02-15T02:04:00Z"


@pytest.mark.thorough
def test_addresses_with_and_without_an_account_are_muted_alike(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    open_account(cloud.dynamodb, ADDRESS)
    fake_clock.forward(days=1)  # her registration counts as an open flow for so long
    answers = []
    for address in (ADDRESS, "nobody@example.org"):
        register(address)
        deliver(cloud.dynamodb)
        pressed = press(token_of(address))
        other = register(address).json["registration_id"]
        deliver(cloud.dynamodb)
        seen = look(other).json
        random = {"registration_id": "", "reference": ""}
        answers.append((pressed.status, pressed.headers, pressed.text, seen | random))
    assert answers[0] == answers[1]


def test_what_bounces_did_is_kept_beside_a_mute(cloud: Cloud, flow: str) -> None:
    token = token_of()
    press(token)
    who = str(mail_items("suppression")[0]["pk"]).partition("#")[2]
    before = suppression.read_many("mail", [who])[who]
    bounced = before.after_bounce(sent="2026-02-14T02:04:00Z", now=1_771_034_640)
    entry = suppression.replaced("mail", who, before, bounced, now=1_771_034_640)
    cloud.dynamodb.transact_write_items(TransactItems=[entry])
    press(token, "off")
    kept = suppression_of(ADDRESS) or {}
    assert (kept["bounces"], kept["muted_until"]) == (1, 0)
    press(token)
    suppression.lift("mail", [who])
    kept = suppression_of(ADDRESS) or {}
    assert (kept["bounces"], kept["muted_until"]) == (0, 1_771_034_640 + DAY)


def test_no_address_stands_in_a_token_or_in_what_is_kept(cloud: Cloud, flow: str) -> None:
    token = token_of()
    press(token)
    kept = json.dumps(mail_items(), default=str) + token
    assert [word for word in (ADDRESS, "jane", "example.org") if word in kept] == []


def test_a_token_returns_what_was_sealed_in_it() -> None:
    for mail in (MAIL, NotMe(MAIL.who, MAIL.sent_at)):
        token = not_me_tokens.seal(mail, RING)
        assert not_me_tokens.unseal(token, RING, now=MAIL.sent_at) == mail
    older = not_me_tokens.seal(MAIL, Keyring("k1", RING.keys))
    assert not_me_tokens.unseal(older, RING, now=MAIL.sent_at) == MAIL
    assert not_me_tokens.unseal(older, Keyring("k2", {"k2": b"new"}), now=MAIL.sent_at) is None


@pytest.mark.parametrize("at", range(0, 99, 7))
def test_a_token_with_one_other_character_is_none(at: int) -> None:
    token = not_me_tokens.seal(MAIL, RING)
    at = min(at, len(token) - 1)
    changed = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
    assert not_me_tokens.unseal(changed, RING, now=MAIL.sent_at) is None


@pytest.mark.parametrize("token", ["x", "k1", "k1.", "k1.%%%", "k1.é", "k1." + "A" * 92, "." * 300])
def test_another_text_is_none_of_our_links(cloud: Cloud, token: str) -> None:
    for reply in (open_page(token), press(token)):
        assert (reply.status, reply.code) == (404, "no_such_mail")


def test_a_page_elsewhere_cannot_press_the_button_for_a_signed_in_reader(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    cookie = open_account(cloud.dynamodb, ADDRESS).cookie
    register(ADDRESS)
    deliver(cloud.dynamodb)
    foreign = {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}
    assert press(token_of(), cookie=cookie, headers=foreign).code == "cross_site"
