"""What becomes of a mail is shown: ten addresses of the simulator, each by a real registration."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
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


@dataclass
class Watched:
    """A registration whose page is looked at, and each state that it told, the oldest first."""

    person: Person
    end: str
    flow_id: str
    told: list[str] = field(default_factory=list)

    @classmethod
    def start(cls, person: Person, end: str) -> "Watched":
        return cls(person, end, str(person.start()["registration_id"]))

    def is_over(self) -> bool:
        """Look once, unless the last state was told already."""
        if self.told[-1:] != [self.end]:
            path = f"/api/registrations/{self.flow_id}"
            now = self.person.client.get(path).json()["delivery"]
            if not self.told or self.told[-1] != now:
                self.told.append(now)
        return self.told[-1] == self.end


def watch(*watched: Watched) -> None:
    """Look at registrations in turn until each has told its last state."""

    def are_over() -> bool:
        over = [one.is_over() for one in watched]
        return all(over)

    await_true(are_over, f"not all of {[one.person.email for one in watched]} ended as expected")


@pytest.fixture(scope="module")
def outcomes(stack: Stack) -> dict[str, Watched]:
    """A registration with each address of the simulator, which take their seconds together."""
    watched = {name: Watched.start(somebody(stack, name), end) for name, (_, end) in STATES.items()}
    watch(*watched.values())
    return watched


@pytest.mark.parametrize("name", STATES)
def test_the_page_tells_what_became_of_the_mail(outcomes: dict[str, Watched], name: str) -> None:
    watched, (may, _) = outcomes[name], STATES[name]
    # A look may come too late for a state, never out of order.
    assert watched.told == [state for state in may if state in watched.told]
    inbox = watched.person.inbox

    def became() -> bool:
        return bool(inbox.mails()[0]["became"] == BECAME[name])

    await_true(became, f"the mailbox shows {inbox.mails()[0]['became']}")


def test_an_address_that_bounced_gets_no_more_codes_for_now(stack: Stack) -> None:
    person = somebody(stack, "bounce")
    watch(Watched.start(person, "bounced"))
    watch(Watched.start(person, "withheld"))
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
