"""When SES does not take a mail: nothing stays "on its way", and what can be sent is sent later."""

import io
from contextlib import suppress
from typing import Any

import pytest
from argon2 import PasswordHasher
from newsreel.accounts import passwords
from newsreel.lambda_runtime.error_log import RecordFailedError
from newsreel.mail_table import waiting
from newsreel.mail_table.hold import is_held
from newsreel.policy import DAY

from functions.code_issuance import app as code_issuance_app
from functions.mail_redrive import app as redrive_app
from functions.notices import app as notices_app
from tests.support.accounts import deliver, items, look, mails, open_account, register
from tests.support.cloud import Cloud, FakeClock
from tests.support.events import stream_event
from tests.support.fault_injection import FAULTS, inject_fault
from tests.support.invariants import memory
from tests.support.mail_items import mail_items, trail_steps
from tests.support.ses_answers import refusing
from tests.support.template import functions

ADDRESS = "jane@example.org"
PAUSED = ("MessageRejected", "Sending paused for this account.")
SANDBOX = (
    "MessageRejected",
    "Email address is not verified. The following identities failed the check in region X:",
)
STOPPED = [
    PAUSED,
    ("AccountSendingPausedException", ""),
    ("ConfigurationSetSendingPausedException", ""),
    ("ConfigurationSetDoesNotExist", "Configuration set <x> does not exist."),
    ("MailFromDomainNotVerifiedException", ""),
    ("AccessDenied", "User is not authorized to perform ses:SendRawEmail"),
    ("ExpiredToken", "The security token included in the request is expired"),
    ("Throttling", "Daily message quota exceeded."),
]
BUSY = [
    ("Throttling", "Maximum sending rate exceeded."),
    ("ServiceUnavailable", ""),
    ("RequestTimeout", ""),
    ("SomethingNew", ""),
]
THIS_MAIL = [
    SANDBOX,
    ("MessageRejected", "Message length is more than 10485760 bytes long"),
    ("InvalidParameterValue", "Local address contains control or whitespace"),
]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", quick)


def start() -> str:
    return str(register(ADDRESS).json["registration_id"])


def delivery_of(flow_id: str) -> str:
    return str(look(flow_id).json["delivery"])


def try_to_deliver(cloud: Cloud) -> None:
    """Hand over what was asked for; what SES refuses for now raises."""
    with pytest.raises(RecordFailedError):
        deliver(cloud.dynamodb)


def redrive() -> dict[str, int]:
    return redrive_app.handler({}, None)  # type: ignore[arg-type]


def state_of(cloud: Cloud, entity: str = "mail_request") -> list[str]:
    return [one["state"]["S"] for one in items(cloud.dynamodb, entity)]


@pytest.mark.thorough
@pytest.mark.parametrize(("code", "sentence"), STOPPED)
def test_when_ses_takes_no_mail_the_page_says_delayed_at_once(
    cloud: Cloud, fake_clock: FakeClock, code: str, sentence: str
) -> None:
    flow_id = start()
    with refusing(code, sentence) as asked:
        try_to_deliver(cloud)
    assert len(asked) == 1
    assert delivery_of(flow_id) == "delayed"
    assert state_of(cloud) == ["sending"]


@pytest.mark.thorough
@pytest.mark.parametrize(("code", "sentence"), [*STOPPED, *BUSY])
def test_once_ses_takes_mail_again_the_code_is_sent_by_itself(
    cloud: Cloud, fake_clock: FakeClock, code: str, sentence: str
) -> None:
    flow_id = start()
    with refusing(code, sentence):
        for _ in range(6):  # the stream gives up after these
            image = {**items(cloud.dynamodb, "mail_request")[0], "state": {"S": "requested"}}
            with pytest.raises(RecordFailedError):
                code_issuance_app.handler(stream_event(image), None)  # type: ignore[arg-type]
    fake_clock.forward(minutes=5)
    assert redrive() == {"asked_again": 1}
    deliver(cloud.dynamodb)
    assert [mail["To"] for mail in mails()] == [ADDRESS]
    assert delivery_of(flow_id) == "sent"
    assert redrive() == {}


def test_a_redrive_while_ses_still_refuses_keeps_the_mail_on_the_list(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    start()
    with refusing(*PAUSED):
        try_to_deliver(cloud)
        for _ in range(3):
            assert redrive() == {"asked_again": 1}
            try_to_deliver(cloud)
    assert redrive() == {"asked_again": 1}
    deliver(cloud.dynamodb)
    assert len(mails()) == 1


def test_a_mail_noted_again_during_a_redrive_stays_on_the_list(
    cloud: Cloud, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    start()
    take_off = waiting.take_off

    def after_another_failure(*values: Any) -> None:
        try_to_deliver(cloud)  # the stream was faster than the redrive
        take_off(*values)

    with refusing(*PAUSED):
        try_to_deliver(cloud)
        monkeypatch.setattr("newsreel.mail_table.waiting.take_off", after_another_failure)
        redrive()
    assert len(mail_items("waiting_mail")) == 1


def test_a_code_that_is_dead_is_dropped_and_its_flow_offers_a_new_one(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    flow_id = start()
    with refusing(*PAUSED):
        try_to_deliver(cloud)
    fake_clock.forward(minutes=30)
    assert redrive() == {"dropped": 1}
    assert state_of(cloud) == ["dropped"]
    assert look(flow_id).json["state"] == "expired"
    assert mail_items("waiting_mail") == []


def test_a_mail_that_was_sent_after_all_needs_no_redrive(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    start()
    image = items(cloud.dynamodb, "mail_request")[0]
    with refusing(*PAUSED):
        try_to_deliver(cloud)
    code_issuance_app.handler(stream_event(image), None)  # type: ignore[arg-type]
    assert redrive() == {"needed_no_more": 1}
    assert len(mails()) == 1


@pytest.mark.thorough
@pytest.mark.parametrize(("code", "sentence"), THIS_MAIL)
def test_a_mail_that_ses_refuses_is_closed_and_the_page_says_so(
    cloud: Cloud, fake_clock: FakeClock, code: str, sentence: str
) -> None:
    flow_id = start()
    with refusing(code, sentence) as asked:
        deliver(cloud.dynamodb)
        assert redrive() == {}
    assert len(asked) == 1
    assert delivery_of(flow_id) == "withheld"
    assert state_of(cloud) == ["refused"]
    assert trail_steps(ADDRESS) == ["refused"]


@pytest.mark.thorough
@pytest.mark.parametrize(("code", "sentence"), BUSY)
def test_ses_is_waited_for_while_it_is_only_busy(
    cloud: Cloud,
    fake_clock: FakeClock,
    no_patience: list[float],
    code: str,
    sentence: str,
) -> None:
    flow_id = start()
    with refusing(code, sentence, times=4) as asked:
        deliver(cloud.dynamodb)
    assert len(asked) == 5
    assert delivery_of(flow_id) == "sent"
    for waited, most in zip(no_patience, (1, 2, 4, 8), strict=True):
        assert most / 2 <= waited <= most


def test_a_silent_ses_is_asked_so_seldom_that_the_function_ends_in_its_time(
    cloud: Cloud, fake_clock: FakeClock, no_patience: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    # A try that gets no answer ends after 10 seconds: 2 to connect and 8 to read.
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(
        "newsreel.mail.ses_sender.monotonic", lambda: 10.0 * len(asked) + sum(no_patience)
    )
    start()
    with refusing("RequestTimeout") as tries:
        asked = tries
        try_to_deliver(cloud)
    assert len(tries) == 2
    assert 10 * len(tries) + sum(no_patience) < functions()["code_issuance"].properties["Timeout"]


def test_newsletters_wait_a_minute_when_ses_was_too_busy_for_a_code(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    start()
    with refusing(*BUSY[0]):
        try_to_deliver(cloud)
    now = int(fake_clock.time.timestamp())
    assert is_held("mail", now=now + 59)
    assert not is_held("mail", now=now + 60)


def test_newsletters_wait_a_day_when_the_daily_quota_is_used_up_and_no_shorter_hold_ends_that(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    start()
    with refusing("Throttling", "Daily message quota exceeded."):
        try_to_deliver(cloud)
    with refusing(*BUSY[0]):
        image = {**items(cloud.dynamodb, "mail_request")[0], "state": {"S": "requested"}}
        with pytest.raises(RecordFailedError):
            code_issuance_app.handler(stream_event(image), None)  # type: ignore[arg-type]
    now = int(fake_clock.time.timestamp())
    assert is_held("mail", now=now + DAY - 1)
    assert not is_held("mail", now=now + DAY)


def test_whatever_keeps_a_mail_nobody_reads_on_its_way_for_more_than_a_minute(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    flow_id = start()  # and no function ever runs
    fake_clock.forward(seconds=59)
    assert delivery_of(flow_id) == "pending"
    fake_clock.forward(seconds=1)
    assert delivery_of(flow_id) == "delayed"
    deliver(cloud.dynamodb)
    assert delivery_of(flow_id) == "sent"


@pytest.mark.thorough
def test_whichever_call_of_a_redrive_fails_the_next_one_does_the_rest(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    with refusing(*PAUSED):
        for address in (ADDRESS, "joe@example.org"):
            register(address)
            try_to_deliver(cloud)
    bring_back = memory()
    with inject_fault() as whole:
        redrive()
    for at in range(len(whole.calls)):
        for fault in FAULTS:
            bring_back()
            with inject_fault(fault=fault, at=at) as happened, suppress(Exception):
                redrive()
            if not happened.hit:
                continue
            redrive()
            assert state_of(cloud) == ["requested"] * 2, (str(fault), happened.hit)
            assert mail_items("waiting_mail") == [], (str(fault), happened.hit)


@pytest.mark.thorough
@pytest.mark.parametrize(("code", "sentence"), [PAUSED, SANDBOX])
def test_whichever_other_call_fails_while_ses_refuses_the_request_ends_the_same(
    cloud: Cloud, fake_clock: FakeClock, code: str, sentence: str
) -> None:
    flow_id = start()
    image = {**items(cloud.dynamodb, "mail_request")[0], "state": {"S": "requested"}}
    bring_back = memory()

    def attempt() -> bool:
        try:
            code_issuance_app.handler(stream_event(image), None)  # type: ignore[arg-type]
        except RecordFailedError:
            return False
        return True

    with refusing(code, sentence):
        with inject_fault() as whole:
            done = attempt()
        end = (done, delivery_of(flow_id), state_of(cloud))
        for at in range(len(whole.calls)):
            for fault in FAULTS:
                bring_back()
                with inject_fault(fault=fault, at=at):
                    now = attempt()
                if not now:
                    now = attempt()
                assert (now, delivery_of(flow_id), state_of(cloud)) == end, str(fault)


def rotated_out(*_values: object, **_more: object) -> str:
    raise KeyError("k0")


def test_a_fault_of_our_own_waits_too_and_is_tried_again(
    cloud: Cloud, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    start()
    with monkeypatch.context() as broken:
        broken.setattr("newsreel.accounts.codes.derive", rotated_out)
        try_to_deliver(cloud)
    assert redrive() == {"asked_again": 1}
    deliver(cloud.dynamodb)
    assert len(mails()) == 1


def notice_of(cloud: Cloud) -> dict[str, Any]:
    [notice] = items(cloud.dynamodb, "notice")
    return {**notice, "state": {"S": "requested"}}


def tell(cloud: Cloud) -> None:
    notices_app.handler(stream_event(notice_of(cloud)), None)  # type: ignore[arg-type]


@pytest.mark.thorough
@pytest.mark.parametrize(("code", "sentence"), [*STOPPED, *BUSY])
def test_a_notice_waits_for_ses_and_goes_out_by_itself(
    cloud: Cloud, fake_clock: FakeClock, code: str, sentence: str
) -> None:
    open_account(cloud.dynamodb, ADDRESS)
    before = len(mails())
    with refusing(code, sentence), pytest.raises(RecordFailedError):
        tell(cloud)
    fake_clock.forward(hours=40)
    assert redrive() == {"asked_again": 1}
    assert state_of(cloud, "notice") == ["requested"]
    tell(cloud)
    assert len(mails()) == before + 1


def test_a_notice_that_is_two_days_old_is_dropped(cloud: Cloud, fake_clock: FakeClock) -> None:
    open_account(cloud.dynamodb, ADDRESS)
    with refusing(*PAUSED), pytest.raises(RecordFailedError):
        tell(cloud)
    fake_clock.forward(hours=48)
    assert redrive() == {"dropped": 1}
    assert state_of(cloud, "notice") == ["dropped"]


@pytest.mark.thorough
@pytest.mark.parametrize(("code", "sentence"), THIS_MAIL)
def test_a_notice_that_ses_refuses_is_closed(
    cloud: Cloud, fake_clock: FakeClock, code: str, sentence: str
) -> None:
    open_account(cloud.dynamodb, ADDRESS)
    with refusing(code, sentence):
        tell(cloud)
    assert state_of(cloud, "notice") == ["refused"]
    assert trail_steps(ADDRESS) == ["sent", "refused"]


@pytest.mark.thorough
@pytest.mark.parametrize(("code", "sentence"), [*STOPPED, *BUSY[:1], *THIS_MAIL])
def test_ses_s_words_and_the_address_are_never_logged(
    cloud: Cloud,
    fake_clock: FakeClock,
    logged: io.StringIO,
    code: str,
    sentence: str,
) -> None:
    start()
    with refusing(code, sentence):
        try:
            deliver(cloud.dynamodb)
        except RecordFailedError as failed:
            assert str(failed) == ""  # noqa: PT017 - the runtime prints it
            assert code in logged.getvalue()
    assert ADDRESS not in logged.getvalue()
    assert not sentence or sentence not in logged.getvalue()


def test_an_alarm_can_tell_stopped_from_busy_by_the_errors_name(
    cloud: Cloud, fake_clock: FakeClock, logged: io.StringIO
) -> None:
    start()
    with refusing(*BUSY[0]):
        try_to_deliver(cloud)
    assert '"error_type":"SendingFailedError"' in logged.getvalue()
    image = {**items(cloud.dynamodb, "mail_request")[0], "state": {"S": "requested"}}
    with refusing(*PAUSED), pytest.raises(RecordFailedError):
        code_issuance_app.handler(stream_event(image), None)  # type: ignore[arg-type]
    assert '"error_type":"SendingStoppedError"' in logged.getvalue()


@pytest.mark.thorough
@pytest.mark.parametrize(("code", "sentence"), [PAUSED, BUSY[0], SANDBOX])
def test_a_known_and_an_unknown_address_are_refused_by_the_same_calls(
    cloud: Cloud, fake_clock: FakeClock, code: str, sentence: str
) -> None:
    open_account(cloud.dynamodb, ADDRESS)
    seen = []
    for address in (ADDRESS, "nobody@example.org"):
        register(address)
        with refusing(code, sentence), inject_fault() as told, suppress(RecordFailedError):
            deliver(cloud.dynamodb)
        seen.append(told.calls)
        redrive()
        for image in items(cloud.dynamodb, "mail_request"):
            cloud.dynamodb.delete_item(
                TableName="accounts", Key={"pk": image["pk"], "sk": image["sk"]}
            )
    assert seen[0] == seen[1]
