"""The mails of flows: one for every accepted start, with the same code after any retry."""

import io
from contextlib import AbstractContextManager
from unittest.mock import patch

import botocore.client
import pytest
from botocore.exceptions import ClientError
from newsreel.lambda_runtime.error_log import RecordFailedError

from functions.account import app as account_app
from functions.code_issuance import app as code_issuance_app
from functions.password_reset import app as reset_app
from tests.support.accounts import (
    call,
    code_in,
    deliver,
    items,
    look,
    mails,
    newest_code,
    open_account,
    register,
    send_new_code,
)
from tests.support.cloud import Cloud, FakeClock
from tests.support.events import stream_event

ADDRESS = "jane@example.org"


def request_of(cloud: Cloud) -> dict[str, object]:
    return items(cloud.dynamodb, "mail_request")[0]


def handle(image: dict[str, object]) -> None:
    code_issuance_app.handler(stream_event(image), None)  # type: ignore[arg-type]


def failing(
    operation: str, *, after: bool, code: str = "Throttling"
) -> AbstractContextManager[object]:
    """Make one AWS call fail once, before or after it takes effect."""
    call = botocore.client.BaseClient._make_api_call  # type: ignore[attr-defined]
    failed: list[None] = []

    def once(client: object, name: str, values: object) -> object:
        if name != operation or failed:
            return call(client, name, values)
        failed.append(None)
        if after:
            call(client, name, values)
        raise ClientError({"Error": {"Code": code, "Message": f"to {ADDRESS}"}}, name)

    return patch("botocore.client.BaseClient._make_api_call", new=once)


def test_a_mail_is_plain_words_in_text_and_html_and_seven_bit_clean(cloud: Cloud) -> None:
    register(ADDRESS)
    deliver(cloud.dynamodb)
    [mail] = mails()
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert mail.as_bytes().isascii()
    assert mail["From"] == "NATO Multimedia <codes@mail.example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["Content-Language"] == "en"
    html = mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert "<img" not in html
    assert "<script" not in html


def test_the_flow_says_when_its_mail_was_sent(cloud: Cloud) -> None:
    flow_id = register(ADDRESS).json["registration_id"]
    assert look(flow_id).json["delivery"] == "pending"
    deliver(cloud.dynamodb)
    assert look(flow_id).json["delivery"] == "sent"


def test_a_resend_is_pending_again_until_its_own_mail_left(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    flow_id = register(ADDRESS).json["registration_id"]
    deliver(cloud.dynamodb)
    fake_clock.forward(seconds=60)
    send_new_code(flow_id)
    assert look(flow_id).json["delivery"] == "pending"
    deliver(cloud.dynamodb)
    assert look(flow_id).json["delivery"] == "sent"
    assert code_in(mails()[0]) != code_in(mails()[1])


def test_a_duplicate_record_sends_nothing_more(cloud: Cloud) -> None:
    register(ADDRESS)
    image = request_of(cloud)
    handle(image)
    handle(image)
    assert len(mails()) == 1


@pytest.mark.parametrize(
    ("operation", "after", "code", "sent"),
    [
        ("GetItem", False, "Throttling", 1),
        ("SendRawEmail", False, "AccountSendingPausedException", 1),
        ("SendRawEmail", True, "AccountSendingPausedException", 2),
        ("UpdateItem", True, "Throttling", 1),
    ],
)
def test_a_retried_record_never_mails_another_code(
    cloud: Cloud,
    operation: str,
    after: bool,
    code: str,
    sent: int,
) -> None:
    register(ADDRESS)
    image = request_of(cloud)
    with failing(operation, after=after, code=code), pytest.raises(RecordFailedError) as failed:
        handle(image)
    assert ADDRESS not in str(failed.value)
    assert failed.value.__suppress_context__
    handle(image)
    assert len(mails()) == sent
    assert len({code_in(mail) for mail in mails()}) == 1


def test_a_fault_is_logged_without_its_text(cloud: Cloud, logged: io.StringIO) -> None:
    register(ADDRESS)
    rejected = failing("SendRawEmail", after=False, code="AccessDenied")
    with rejected, pytest.raises(RecordFailedError):
        handle(request_of(cloud))
    assert "AccessDenied" in logged.getvalue()
    assert ADDRESS not in logged.getvalue()


def test_a_request_that_is_touched_again_is_sent_again_only_if_it_was_not(cloud: Cloud) -> None:
    register(ADDRESS)
    image = request_of(cloud)
    code_issuance_app.handler(stream_event(image, name="MODIFY"), None)  # type: ignore[arg-type]
    assert len(mails()) == 1


def test_records_of_other_entities_are_passed_over(cloud: Cloud) -> None:
    open_account(cloud.dynamodb, ADDRESS)
    sent = len(mails())
    for entity in ("account", "session", "flow", "email_reservation"):
        handle(items(cloud.dynamodb, entity)[0])
    assert len(mails()) == sent


def test_a_flow_that_vanished_gets_no_mail_and_blocks_nothing(cloud: Cloud) -> None:
    register(ADDRESS)
    image = request_of(cloud)
    [flow] = items(cloud.dynamodb, "flow")
    cloud.dynamodb.delete_item(TableName="accounts", Key={"pk": flow["pk"], "sk": flow["sk"]})
    handle(image)
    assert mails() == []
    assert request_of(cloud)["state"] == {"S": "dropped"}


def test_a_mail_that_waited_past_its_codes_life_is_not_sent(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    register(ADDRESS)
    fake_clock.forward(minutes=30)
    deliver(cloud.dynamodb)
    assert mails() == []


@pytest.mark.thorough
def test_mail_goes_to_the_stored_address(cloud: Cloud) -> None:
    register("  JANE＠Example.ORG ")
    deliver(cloud.dynamodb)
    assert [mail["To"] for mail in mails()] == [ADDRESS]
    assert newest_code(ADDRESS)


@pytest.mark.thorough
def test_a_mail_to_an_account_is_in_its_language_whatever_page_it_was_asked_for_on(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    cookie = open_account(cloud.dynamodb, ADDRESS).cookie
    call(account_app, "PATCH", "/account", body={"language": "fr"}, cookie=cookie)
    fake_clock.forward(minutes=1)
    english = {"Accept-Language": "en"}
    body = {"email": ADDRESS}
    call(reset_app, "POST", "/password-resets", body=body, headers=english)
    register(ADDRESS)
    deliver(cloud.dynamodb)
    assert [mail["Content-Language"] for mail in mails()[-2:]] == ["fr", "fr"]
    fake_clock.forward(minutes=1)
    nobody = {"email": "nobody@example.org"}
    french = {"Accept-Language": "fr"}
    call(reset_app, "POST", "/password-resets", body=nobody, headers=french)
    deliver(cloud.dynamodb)
    assert mails()[-1]["Content-Language"] == "fr", "without an account, the page's"
