"""What became of an edition's mail to an address: the delivery trail, and what SES tells of it."""

from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError, ReadTimeoutError
from click.testing import CliRunner
from newsreel.aws import clients
from newsreel.aws.items import from_item

from tests.support.accounts import items
from tests.support.cloud import Cloud, FakeClock
from tests.support.mail_items import suppression_of, trail_steps
from tests.support.newsletter_run import (
    Newsletter,
    addressees,
    edition_item,
    marks,
    newsletter,
    publish,
    subscribe,
)
from tests.support.told_mails import mail_of, mailed_code, tell
from tools.newsreel_admin import __main__ as admin
from tools.newsreel_admin.deployment import Deployment

READER, OTHER = "person1@example.org", "person2@example.org"


@pytest.fixture
def letter(cloud: Cloud, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Newsletter:
    """A newsletter with one subscriber and an edition that is being sent."""
    run = newsletter(fake_clock, monkeypatch, shards=("01",))
    subscribe(1)
    publish(1)
    return run


def approved(letter: Newsletter) -> str:
    edition_id = letter.make()
    letter.order(edition_id, "approve")
    return edition_id


def walked(letter: Newsletter) -> tuple[str, str]:
    """Walk the subscribers; return the first message of the send queue."""
    while (message := letter._next()) and message[0] == "walk":
        letter._hand_over(*message, seconds=120)
    assert message
    return message


def struck(monkeypatch: pytest.MonkeyPatch, error: Exception, operation: str) -> None:
    call = BaseClient._make_api_call  # type: ignore[attr-defined]

    def make(client: BaseClient, name: str, values: dict[str, Any]) -> object:
        if name == operation and "List-Unsubscribe" in str(values.get("RawMessage", "")):
            raise error
        return call(client, name, values)

    monkeypatch.setattr(BaseClient, "_make_api_call", make)


def no(cloud: Cloud) -> list[tuple[str, str]]:
    """Return account and place of every no to the newsletter."""
    said = [from_item(one) for one in items(cloud.dynamodb, "consent")]
    return [(str(one["account_id"]), str(one["place"])) for one in said if not one["given"]]


# ---------------------------------------------------------------- the trail


@pytest.mark.thorough
def test_an_editions_mail_is_in_the_trail_and_so_is_what_ses_tells_of_it(
    letter: Newsletter,
) -> None:
    approved(letter)
    letter.work()
    assert trail_steps(READER) == ["sent"]
    assert tell("hard bounce") == []
    assert sorted(trail_steps(READER)) == ["bounced", "sent"]


@pytest.mark.thorough
def test_the_operators_command_names_the_edition(
    letter: Newsletter, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition_id = approved(letter)
    letter.work()
    tell("complaint")
    outputs = {"MailTable": "mail", "TrailKeys": "newsreel/test/trail-keys"}
    deployment = Deployment(outputs, clients.dynamodb(), clients.secretsmanager())
    monkeypatch.setattr(Deployment, "local", lambda: deployment)
    monkeypatch.setenv("COLUMNS", "160")
    told = CliRunner().invoke(admin.main, ["why", READER]).output
    rows = [line.split()[2:5] for line in told.splitlines() if "2026-" in line]
    assert rows[0] == ["newsletter", edition_id, "sent"]
    assert rows[1][0] == "complained"


@pytest.mark.thorough
def test_a_mail_that_a_suppression_held_back_is_told_once(letter: Newsletter, cloud: Cloud) -> None:
    mailed_code(cloud, READER)
    tell("hard bounce")
    approved(letter)
    queue, body = walked(letter)
    for _ in range(2):
        letter._hand_over(queue, body, seconds=120)
    assert addressees() == []
    assert trail_steps(READER).count("withheld") == 1


@pytest.mark.thorough
def test_a_mail_that_ses_refuses_is_told(
    letter: Newsletter, monkeypatch: pytest.MonkeyPatch
) -> None:
    approved(letter)
    detail = {"Error": {"Code": "InvalidParameterValue", "Message": READER}}
    struck(monkeypatch, ClientError(detail, "SendRawEmail"), "SendRawEmail")  # type: ignore[arg-type]
    letter.work()
    assert trail_steps(READER) == ["refused"]


@pytest.mark.thorough
def test_a_mail_whose_answer_was_lost_is_told_as_in_doubt(
    letter: Newsletter, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition_id = approved(letter)
    struck(monkeypatch, ReadTimeoutError(endpoint_url="https://ses"), "SendRawEmail")
    letter.work()
    assert trail_steps(READER) == ["in_doubt"]
    assert set(marks(edition_id).values()) == {"claimed"}


@pytest.mark.thorough
def test_a_trail_that_cannot_be_written_holds_no_mail_up(
    letter: Newsletter, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribe(1 + 64)
    edition_id = approved(letter)
    call = BaseClient._make_api_call  # type: ignore[attr-defined]

    def make(client: BaseClient, name: str, values: dict[str, Any]) -> object:
        if name == "PutItem" and values["Item"]["pk"]["S"].startswith("TRAIL#"):
            raise ClientError({"Error": {"Code": "InternalServerError"}}, name)
        return call(client, name, values)

    monkeypatch.setattr(BaseClient, "_make_api_call", make)
    letter.work()
    letter.carry_on()
    assert len(addressees()) == 2
    assert edition_item(edition_id)["counts"] == {"sent": 2}
    assert letter.given_up == []


# ---------------------------------------------------------------- nobody suppressed is mailed


@pytest.mark.thorough
@pytest.mark.parametrize("event", ["hard bounce", "complaint"])
def test_a_suppression_that_comes_between_walk_and_send_holds_the_mail_back(
    letter: Newsletter, cloud: Cloud, event: str
) -> None:
    subscribe(1 + 64)
    mailed_code(cloud, READER)
    code_mail = mail_of(READER)
    approved(letter)
    message = walked(letter)
    assert tell(event, mail=code_mail) == []
    letter._hand_over(*message, seconds=120)
    letter.work()
    assert addressees() == ["person65@example.org"]


@pytest.mark.thorough
def test_a_bounce_of_one_edition_holds_the_next_one_back(letter: Newsletter) -> None:
    approved(letter)
    letter.work()
    assert tell("hard bounce") == []
    letter.hands.forward(days=7)
    publish(2)
    approved(letter)
    letter.work()
    assert addressees() == [READER]


@pytest.mark.thorough
def test_a_complaint_about_an_edition_ends_the_newsletter_of_its_reader_with_one_no(
    letter: Newsletter, cloud: Cloud
) -> None:
    approved(letter)
    letter.work()
    for _ in range(2):
        assert tell("complaint") == []
    assert no(cloud) == [("01" * 16, "complaint")]
    assert "work" not in items(cloud.dynamodb, "account")[0]
    assert (suppression_of(READER) or {})["reason"] == "complaint"
