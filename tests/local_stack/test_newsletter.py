"""An edition of the newsletter on the running stack: made, previewed, approved, sent, and ended."""

import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import requests

from infra.local import newsletter
from infra.local.paths import Stack
from tests.local_stack.client import Inbox, Person
from tests.local_stack.senders import UNSUBSCRIBE, Post

if TYPE_CHECKING:
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
