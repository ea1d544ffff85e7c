"""What becomes of a mail is shown: ten addresses of the simulator, each by a real registration."""

import secrets
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
import requests

from infra.local.paths import Stack
from infra.local.simulator import DOMAIN
from tests.local_stack.client import Client, Inbox, Person

if TYPE_CHECKING:
    from mypy_boto3_ses import SESClient
    from mypy_boto3_sqs import SQSClient

# The queue of feedback gives a message out again after 60 s, should an invocation have been lost.
WITHIN = 150.0
# What the page may say on the way, and what it says in the end.
STATES = {
    "success": (["pending", "sent", "delivered"], "delivered"),
    "bounce": (["pending", "sent", "bounced"], "bounced"),
    "suppressionlist": (["pending", "sent", "bounced"], "bounced"),
    "ooto": (["pending", "sent", "delivered"], "delivered"),
    "complaint": (["pending", "sent", "delivered"], "delivered"),
    "full": (["pending", "sent", "delayed", "bounced"], "bounced"),
    "blocked": (["pending", "sent", "bounced"], "bounced"),
    "delayed": (["pending", "sent", "delayed", "delivered"], "delivered"),
    "late": (["pending", "sent", "delivered", "bounced"], "bounced"),
    "virus": (["pending", "sent", "bounced"], "bounced"),
}
BECAME = {
    "success": ["delivered"],
    "bounce": ["bounced (General)"],
    "suppressionlist": ["bounced (OnAccountSuppressionList)"],
    "ooto": ["delivered", "out of office"],
    "complaint": ["delivered", "called spam"],
    "full": ["delayed", "bounced (MailboxFull)"],
    "blocked": ["bounced (General)"],
    "delayed": ["delayed", "delivered"],
    "late": ["delivered", "bounced (General)"],
    "virus": ["a virus"],
}


def somebody(stack: Stack, name: str) -> Person:
    email = f"{name}+{secrets.token_hex(6)}@{DOMAIN}"
    return Person(email, Client(stack), Inbox(stack, email))


def await_true(wanted: Callable[[], bool], what: str) -> None:
    last = time.monotonic() + WITHIN
    while time.monotonic() < last:
        if wanted():
            return
        time.sleep(0.1)
    raise AssertionError(what)


def watch(person: Person, end: str) -> list[str]:
    """Start a registration and return each state that its page told, up to the last one."""
    flow_id = person.start()["registration_id"]
    told: list[str] = []

    def is_over() -> bool:
        now = person.client.get(f"/api/registrations/{flow_id}").json()["delivery"]
        if not told or told[-1] != now:
            told.append(now)
        return bool(told[-1] == end)

    await_true(is_over, f"{person.email} ended as {told}")
    return told


@pytest.mark.parametrize("name", STATES)
def test_the_page_tells_what_became_of_the_mail(stack: Stack, name: str) -> None:
    may, end = STATES[name]
    person = somebody(stack, name)
    told = watch(person, end)
    # A look may come too late for a state, never out of order.
    assert told == [state for state in may if state in told]

    def became() -> bool:
        return bool(person.inbox.mails()[0]["became"] == BECAME[name])

    await_true(became, f"the mailbox shows {person.inbox.mails()[0]['became']}")


def test_an_address_that_bounced_gets_no_more_codes_for_now(stack: Stack) -> None:
    person = somebody(stack, "bounce")
    watch(person, "bounced")
    assert watch(person, "withheld")[-1] == "withheld"
    assert len(person.inbox.mails()) == 1


def test_a_configuration_set_that_does_not_exist_is_refused(ses: "SESClient") -> None:
    with pytest.raises(ses.exceptions.ClientError, match="ConfigurationSetDoesNotExist"):
        ses.send_raw_email(
            Source="codes@newsreel.test",
            Destinations=["jane@example.org"],
            RawMessage={"Data": b"Subject: x\r\n\r\nx"},
            ConfigurationSetName="none",
        )


def test_nothing_of_feedback_is_left_in_a_failures_queue(stack: Stack, sqs: "SQSClient") -> None:
    urls = sqs.list_queues()["QueueUrls"]
    failures = [url for url in urls if "MailFeedbackFailures" in url or "MailRedrive" in url]
    assert failures
    for url in failures:
        found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        assert found["ApproximateNumberOfMessages"] == "0"


def test_the_mailbox_page_shows_the_state(stack: Stack) -> None:
    page = requests.get(stack.mailbox_url, timeout=30).text
    assert 'id="state"' in page
