"""What SES tells of a mail: the page says it, the trail keeps it, suppression follows from it."""

import io
import itertools
import json
from typing import Any

import pytest
from newsreel import clock
from newsreel.aws import clients, stored_secrets
from newsreel.aws.items import from_item
from newsreel.mail.ses_sender import SesSender
from newsreel.mail_table.suppression import lift_bounces
from newsreel.policy import DAY

from functions.mail_feedback import app as feedback_app
from functions.newsletter import app as newsletter_app
from functions.notices import app as notices_app
from functions.password_reset import app as reset_app
from functions.registration import app as registration_app
from tests.support.accounts import (
    PASSWORD,
    call,
    code_in,
    deliver,
    items,
    log_in,
    look,
    mails,
    open_account,
    read_account,
    register,
    send_new_code,
)
from tests.support.canaries import told
from tests.support.cloud import Cloud, FakeClock
from tests.support.events import stream_event
from tests.support.fault_injection import FAULTS, QUOTING, inject_fault
from tests.support.invariants import memory
from tests.support.log_capture import CapturedOutput
from tests.support.mail_items import mail_items, name_of, suppression_of, trail_steps
from tests.support.ses_answers import refusing
from tests.support.ses_events import DETAILS, Mailed, event, queue_event, transformed
from tests.support.told_mails import TAGS, mail_of, mailed_code, tell

ADDRESS = "jane@example.org"
PAGE = {
    "delivery": "delivered",
    "delay": "delayed",
    "hard bounce": "bounced",
    "full": "bounced",
    "content": "bounced",
    "blocked": "bounced",
    "given up": "bounced",
    "out of office": "sent",
    "undetermined": "sent",
    "complaint": "sent",
    "not spam": "sent",
    "complaint on the account's list": "bounced",
    "reject": "bounced",
    "send": "sent",
    "rendering failure": "sent",
    "open": "sent",
}


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsreel.aws.transactions.time.sleep", lambda _seconds: None)


def delivery_of(flow_id: str) -> str:
    return str(look(flow_id).json["delivery"])


@pytest.mark.thorough
@pytest.mark.parametrize("name", PAGE)
def test_the_page_says_what_became_of_the_mail(
    cloud: Cloud, fake_clock: FakeClock, name: str
) -> None:
    flow_id = mailed_code(cloud)
    assert tell(name) == []
    assert delivery_of(flow_id) == PAGE[name]


def test_events_of_an_older_issue_change_nothing_of_the_newer(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    flow_id = mailed_code(cloud)
    old = mail_of()
    fake_clock.forward(seconds=61)
    send_new_code(flow_id)
    deliver(cloud.dynamodb)
    tell("hard bounce", mail=old)
    assert delivery_of(flow_id) == "sent"


def test_a_bounce_that_is_told_before_our_own_write_stays(
    cloud: Cloud, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = SesSender.send

    def send_and_hear(self: Any, letter: Any, *, to: str, tags: dict[str, str]) -> str:
        ses_id = send(self, letter, to=to, tags=tags)
        tell("hard bounce", mail=mail_of(tags=tags))
        return ses_id

    monkeypatch.setattr(SesSender, "send", send_and_hear)
    assert delivery_of(mailed_code(cloud)) == "bounced"


@pytest.mark.thorough
def test_a_code_is_withheld_from_an_address_that_bounced_for_a_day_then_a_week(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    for sent, rest in ((1, DAY), (2, 7 * DAY)):
        mailed_code(cloud)
        assert len(mails()) == sent
        tell("hard bounce", mail=mail_of(sent=f"2026-02-14T02:0{sent}:00.000Z"))
        fake_clock.forward(seconds=rest - 1)
        flow_id = mailed_code(cloud)
        assert len(mails()) == sent
        assert delivery_of(flow_id) == "withheld"
        assert trail_steps(ADDRESS)[-1] == "withheld"
        fake_clock.forward(seconds=1)
    mailed_code(cloud)
    assert len(mails()) == 3


@pytest.mark.thorough
def test_a_later_mail_that_arrives_lifts_the_suppression_and_an_earlier_one_does_not(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    mailed_code(cloud)
    tell("hard bounce", mail=mail_of(sent="2026-02-14T02:05:00.000Z"))
    tell("delivery", mail=mail_of(sent="2026-02-14T02:04:00.000Z"))
    assert suppression_of(ADDRESS) is not None
    tell("delivery", mail=mail_of(sent="2026-02-14T02:06:00.000Z"))
    assert suppression_of(ADDRESS) is None


@pytest.mark.thorough
@pytest.mark.parametrize("events", list(itertools.permutations([0, 1, 2])))
def test_an_old_mail_that_comes_back_late_suppresses_nothing_in_any_order(
    cloud: Cloud, fake_clock: FakeClock, events: tuple[int, ...]
) -> None:
    mailed_code(cloud)
    old = mail_of(sent="2026-02-14T02:04:00.000Z")
    fake_clock.forward(minutes=1)
    mailed_code(cloud)
    new = mail_of(sent="2026-02-14T02:05:00.000Z")
    told_of = [("delay", old), ("hard bounce", old), ("delivery", new)]
    for number in events:
        name, mail = told_of[number]
        assert tell(name, mail=mail) == []
    assert suppression_of(ADDRESS) is None


def test_a_suppression_under_an_older_key_still_counts(cloud: Cloud, fake_clock: FakeClock) -> None:
    mailed_code(cloud)
    tell("hard bounce")
    ring = json.dumps({"current": "k2", "k2": "new", "k1": "trail-keys-" + "0123456789abcdef" * 4})
    clients.secretsmanager().put_secret_value(
        SecretId="newsreel/test/trail-keys", SecretString=ring
    )
    stored_secrets.forget()
    assert delivery_of(mailed_code(cloud)) == "withheld"


def notice_sent(cloud: Cloud) -> bool:
    """Hand over the newest notice; tell whether a mail left."""
    newest = max(items(cloud.dynamodb, "notice"), key=lambda one: int(one["requested_at"]["N"]))
    before = len(mails())
    notices_app.handler(stream_event(newest), None)  # type: ignore[arg-type]
    return len(mails()) > before


@pytest.mark.thorough
def test_a_complaint_ends_newsletter_and_notices_and_codes_go_on(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    cookie = open_account(cloud.dynamodb, ADDRESS).cookie
    body = {"text_version": "2026-01", "language": "en"}
    call(newsletter_app, "PUT", "/account/newsletter", cookie=cookie, body=body)
    assert notice_sent(cloud)
    fake_clock.forward(minutes=1)
    for _ in range(2):
        assert tell("complaint") == []
    assert read_account(cookie).json["newsletter"] is False
    assert "work" not in items(cloud.dynamodb, "account")[0]  # no edition finds it
    said = [from_item(one) for one in items(cloud.dynamodb, "consent")]
    assert [(one["given"], one["place"]) for one in said if not one["given"]] == [
        (False, "complaint")
    ]
    fake_clock.forward(minutes=1)
    log_in(ADDRESS)
    assert not notice_sent(cloud)
    mailed_code(cloud)
    assert mails()[-1]["To"] == ADDRESS


@pytest.mark.thorough
@pytest.mark.parametrize("route", ["/registrations", "/password-resets"])
def test_a_complaint_about_a_code_ends_the_newsletter_of_its_address_with_one_no(
    cloud: Cloud, fake_clock: FakeClock, route: str
) -> None:
    cookie = open_account(cloud.dynamodb, ADDRESS).cookie
    yes = {"text_version": "2026-01", "language": "en"}
    call(newsletter_app, "PUT", "/account/newsletter", cookie=cookie, body=yes)
    fake_clock.forward(minutes=1)
    app = registration_app if route == "/registrations" else reset_app
    body = {"email": ADDRESS} | ({"password": PASSWORD} if app is registration_app else {})
    assert call(app, "POST", route, body=body).status == 202
    deliver(cloud.dynamodb)
    for _ in range(2):
        assert tell("complaint") == []
    assert read_account(cookie).json["newsletter"] is False
    said = [from_item(one) for one in items(cloud.dynamodb, "consent")]
    assert [one["place"] for one in said if not one["given"]] == ["complaint"]
    assert (suppression_of(ADDRESS) or {})["reason"] == "complaint"


def test_a_complaint_about_the_code_that_opened_an_account_ends_its_newsletter(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    cookie = open_account(cloud.dynamodb, ADDRESS).cookie
    [code_mail] = [mail_of(tags=tags) for tags in TAGS if tags["kind"] == "code"]
    yes = {"text_version": "2026-01", "language": "en"}
    call(newsletter_app, "PUT", "/account/newsletter", cookie=cookie, body=yes)
    for _ in range(2):
        assert tell("complaint", mail=code_mail) == []
    assert read_account(cookie).json["newsletter"] is False
    said = [from_item(one) for one in items(cloud.dynamodb, "consent")]
    assert [one["place"] for one in said if not one["given"]] == ["complaint"]


def end_lives(cloud: Cloud) -> None:
    """Delete what has outlived its time, as DynamoDB does by itself."""
    for table in ("accounts", "mail"):
        for item in cloud.dynamodb.scan(TableName=table)["Items"]:
            if "ttl" in item and int(item["ttl"]["N"]) <= clock.epoch():
                key = {"pk": item["pk"], "sk": item["sk"]}
                cloud.dynamodb.delete_item(TableName=table, Key=key)


@pytest.mark.thorough
@pytest.mark.parametrize("days", [1, 13])
@pytest.mark.parametrize("flow_that_led_there", [True, False])
def test_a_complaint_keeps_its_no_when_the_flow_is_long_forgotten(
    cloud: Cloud, fake_clock: FakeClock, days: int, flow_that_led_there: bool
) -> None:
    if not flow_that_led_there:
        mailed_code(cloud)  # a first try, of another browser
        fake_clock.forward(minutes=1)
    cookie = open_account(cloud.dynamodb, ADDRESS).cookie
    code_mail = mail_of(tags=next(tags for tags in TAGS if tags["kind"] == "code"))
    yes = {"text_version": "2026-01", "language": "en"}
    call(newsletter_app, "PUT", "/account/newsletter", cookie=cookie, body=yes)
    assert notice_sent(cloud)  # the welcome
    fake_clock.forward(days=days, minutes=1)
    end_lives(cloud)
    assert items(cloud.dynamodb, "flow") == []
    for _ in range(2):
        assert tell("complaint", mail=code_mail) == []
    account = from_item(items(cloud.dynamodb, "account")[0])
    assert (account["newsletter"], account.get("work")) == (False, None)
    said = [from_item(one) for one in items(cloud.dynamodb, "consent")]
    assert [one["place"] for one in said if not one["given"]] == ["complaint"]


def test_a_complaint_about_a_code_to_an_address_without_an_account_keeps_no_consent(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    mailed_code(cloud)
    assert tell("complaint") == []
    assert items(cloud.dynamodb, "consent") == []
    assert (suppression_of(ADDRESS) or {})["reason"] == "complaint"


@pytest.mark.thorough
def test_an_event_without_our_tags_is_counted_and_changes_nothing(
    cloud: Cloud, fake_clock: FakeClock, logged: io.StringIO
) -> None:
    flow_id = mailed_code(cloud)
    before = mail_items()
    others = [{}, {"kind": "code"}, {"kind": "code", "who": "0" * 32, "flow": "x", "issue": "x"}]
    for tags in others:
        assert tell("hard bounce", mail=Mailed(tags=tags)) == []
    assert delivery_of(flow_id) == "sent"
    assert mail_items() == before
    assert logged.getvalue().count("hard_bounce untagged") == len(others)


def test_a_message_of_another_shape_alone_comes_again(cloud: Cloud, fake_clock: FakeClock) -> None:
    flow_id = mailed_code(cloud)
    good = transformed(event("delivery", mail_of()))
    answer = feedback_app.handler(queue_event("{", good), None)  # type: ignore[arg-type]
    assert [one["itemIdentifier"][:8] for one in answer["batchItemFailures"]] == ["00000000"]
    assert delivery_of(flow_id) == "delivered"


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["delivery", "hard bounce", "full", "complaint", "delay"])
def test_whichever_call_fails_the_event_is_done_by_the_next_try_and_counts_once(
    cloud: Cloud, fake_clock: FakeClock, name: str
) -> None:
    flow_id = mailed_code(cloud)
    bring_back = memory()
    with inject_fault() as whole:
        assert tell(name) == []
    end = (delivery_of(flow_id), suppression_of(ADDRESS), trail_steps(ADDRESS))
    for at in range(len(whole.calls)):
        for fault in FAULTS:
            bring_back()
            with inject_fault(fault=fault, at=at) as happened:
                again = tell(name)
            if not happened.hit:
                continue
            if again:
                assert tell(name) == []
            now = (delivery_of(flow_id), suppression_of(ADDRESS), trail_steps(ADDRESS))
            assert now == end, (str(fault), happened.hit)


@pytest.mark.thorough
@pytest.mark.parametrize("name", DETAILS)
def test_subject_address_and_code_are_in_no_message_log_or_item(
    cloud: Cloud, fake_clock: FakeClock, captured: CapturedOutput, name: str
) -> None:
    address = "zqcanary-address@newsroom.example"
    mailed_code(cloud, address)
    code = code_in(mails()[-1])
    mail = mail_of(address, subject=str(mails()[-1]["Subject"]))
    body = transformed(event(name, mail))
    secrets = {"address": address, "code": code, "subject": mail.subject}
    bring_back = memory()
    with inject_fault() as whole:
        feedback_app.handler(queue_event(body), None)  # type: ignore[arg-type]
    for at in range(len(whole.calls)):
        bring_back()
        with inject_fault(fault=QUOTING, at=at):
            feedback_app.handler(queue_event(body), None)  # type: ignore[arg-type]
    held = [json.dumps(one) for one in mail_items()]
    assert told([body, *held, *captured.texts()], secrets) == set()


@pytest.mark.thorough
@pytest.mark.parametrize("name", [*PAGE, "refused", "paused", "suppressed"])
def test_nothing_tells_a_known_address_from_an_unknown_one(
    cloud: Cloud, fake_clock: FakeClock, name: str
) -> None:
    known, unknown = "known@example.org", "unknown@example.org"
    open_account(cloud.dynamodb, known)
    seen = []
    for address in (known, unknown):
        if name == "suppressed":
            mailed_code(cloud, address)
            tell("hard bounce")
            fake_clock.forward(minutes=1)
        flow_id = str(register(address).json["registration_id"])
        with inject_fault() as calls:
            if name == "refused":
                with refusing("InvalidParameterValue"):
                    deliver(cloud.dynamodb)
            elif name == "paused":
                with refusing("AccountSendingPausedException"), pytest.raises(Exception):  # noqa: B017, PT011
                    deliver(cloud.dynamodb)
            else:
                deliver(cloud.dynamodb)
                if name in PAGE:
                    tell(name)
        told_page = look(flow_id).json
        seen.append((calls.calls, told_page["delivery"], told_page["state"]))
        for one in items(cloud.dynamodb, "mail_request"):
            cloud.dynamodb.delete_item(TableName="accounts", Key={"pk": one["pk"], "sk": one["sk"]})
    assert seen[0] == seen[1]


@pytest.mark.thorough
def test_a_mail_that_proves_the_mailbox_alive_lifts_bounces_and_no_complaint(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    mailed_code(cloud)
    tell("hard bounce")
    lift_bounces("mail", [name_of(ADDRESS), "0" * 32])
    assert suppression_of(ADDRESS) is None
    mailed_code(cloud)
    tell("hard bounce", "complaint", mail=mail_of(sent="2026-02-14T02:09:00.000Z"))
    lift_bounces("mail", [name_of(ADDRESS)])
    left = suppression_of(ADDRESS) or {}
    assert (left["reason"], left["bounces"]) == ("complaint", 0)
