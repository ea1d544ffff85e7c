"""An edition of the newsletter on the running stack: made, previewed, approved, sent, and ended."""

import re
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
import requests

from infra.local import newsletter
from infra.local.paths import Stack
from tests.local_stack.client import Inbox, Person
from tests.local_stack.senders import UNSUBSCRIBE, Post

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

PRESS_OFFICE = "press@newsreel.test"
_SENT_WITHIN = 180.0


def subscribe(person: Person, language: str) -> None:
    person.register()
    assert person.client.send("PATCH", "/api/account", json={"language": language}).ok
    body = {"text_version": "2026-01", "language": language, "place": "account"}
    answer = person.client.send("PUT", "/api/account/newsletter", json=body)
    assert answer.status_code == 204, answer.text


def edition_of(person: Person) -> dict[str, Any]:
    """Return the edition that a person got, as soon as it is there; fail when there are two."""
    last = time.monotonic() + _SENT_WITHIN
    while time.monotonic() < last:
        if found := editions(person):
            (only,) = found
            return only
        time.sleep(0.5)
    raise AssertionError("no edition arrived")


def editions(person: Person) -> list[dict[str, Any]]:
    return [mail for mail in person.inbox.mails() if "List-Unsubscribe" in mail["headers"]]


def gets_it(person: Person) -> bool:
    return bool(person.client.get("/api/account").json()["newsletter"])


def await_end(person: Person) -> None:
    """Wait until the newsletter goes to a person no more."""
    last = time.monotonic() + _SENT_WITHIN
    while gets_it(person):
        assert time.monotonic() < last, "the newsletter goes on"
        time.sleep(0.5)


def test_an_edition_reaches_each_subscriber_once_in_their_language_and_each_way_out_ends_it(
    stack: Stack, sqs: "SQSClient", new_person: Callable[[], Person]
) -> None:
    english, french, left = new_person(), new_person(), new_person()
    subscribe(english, "en")
    subscribe(french, "fr")
    subscribe(left, "en")
    Post(stack, sqs).hand_over(left.email, UNSUBSCRIBE)
    await_end(left)
    office = Inbox(stack, PRESS_OFFICE)
    before = len(office.mails())
    newsletter.make(stack)
    assert len(office.wait_for(before + 2)) == before + 2
    assert editions(english) == []
    newsletter.order(stack, "approve")
    in_english, in_french = edition_of(english), edition_of(french)
    assert "Unsubscribe" in in_english["text"]
    assert "désabonner" in in_french["text"].lower()
    assert editions(left) == []

    headers = in_english["headers"]
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    (link,) = re.findall(r"<(https?:[^>]+)>", headers["List-Unsubscribe"])
    form = {"List-Unsubscribe": "One-Click"}
    assert requests.post(link, data=form, timeout=30).status_code == 200
    assert not gets_it(english)

    french_headers = in_french["headers"]["List-Unsubscribe"]
    (mailto,) = re.findall(r"<mailto:([^>?]+)", french_headers)
    # By a mail that was forwarded: the token alone counts.
    Post(stack, sqs).hand_over("list@elsewhere.example", mailto, envelope="")
    await_end(french)


# ---------------------------------------------------------------- the press office


def await_state(stack: Stack, edition: str, state: str) -> dict[str, Any]:
    """Return what is told of an edition as soon as it is in a state."""
    last = time.monotonic() + _SENT_WITHIN
    while time.monotonic() < last:
        (told,) = [one for one in newsletter.reports(stack, 8) if one["edition"] == edition]
        if told["state"] == state:
            return told
        time.sleep(0.2)
    raise AssertionError(f"{told['state']} instead of {state}")


@pytest.fixture
def nobody_is_mailed(stack: Stack, dynamodb: "DynamoDBClient") -> Iterator[None]:
    """Hold newsletters back, as a busy SES does, so that an edition stays in the middle."""
    table, key = stack.outputs["MailTable"], {"pk": {"S": "HOLD"}, "sk": {"S": "HOLD"}}
    item = {**key, "until": {"N": str(int(time.time()) + 3600)}, "reason": {"S": "busy"}}
    dynamodb.put_item(TableName=table, Item=item)
    yield
    dynamodb.delete_item(TableName=table, Key=key)


@pytest.mark.usefixtures("nobody_is_mailed")
def test_an_edition_is_paused_resumed_and_cancelled_and_then_reaches_nobody(
    stack: Stack, new_person: Callable[[], Person]
) -> None:
    reader = new_person()
    subscribe(reader, "en")
    newsletter.invoke(stack)
    edition = str(newsletter.reports(stack, 1)[0]["edition"])

    def order(name: str) -> None:
        path = f"/mailbox/newsletter/{edition}"
        answer = reader.client.send("POST", path, data={"order": name})
        assert answer.status_code == 303, answer.text

    order("approve")
    assert commands(await_state(stack, edition, "sending")) == {"pause", "cancel"}
    order("pause")
    assert commands(await_state(stack, edition, "paused")) == {"resume", "cancel"}
    order("resume")
    await_state(stack, edition, "sending")
    order("cancel")
    told = await_state(stack, edition, "cancelled")
    assert commands(told) == set()
    assert told["reason"]["en"]
    assert editions(reader) == []


def commands(report: dict[str, Any]) -> set[str]:
    return {path.rpartition("/")[2] for path in report["commands"]}


def test_the_page_of_the_press_office_takes_no_order_from_elsewhere(stack: Stack) -> None:
    url = f"{stack.mailbox_url}/newsletter"
    headers = {"Sec-Fetch-Site": "cross-site"}
    for path in ("", "/2026-02-12-0700"):
        answer = requests.post(url + path, data={"order": "approve"}, headers=headers, timeout=30)
        assert answer.status_code == 403
    unknown = requests.post(f"{url}/2026-02-12-0700", data={"order": "finish"}, timeout=30)
    assert unknown.status_code == 400
