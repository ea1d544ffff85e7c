"""Runs the newsletter's three functions in this process as AWS does: schedules, objects, queues."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from email.message import EmailMessage
from types import SimpleNamespace
from typing import Any

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.sqs.models import sqs_backends
from newsreel import clock
from newsreel.accounts.table import subscribers
from newsreel.aws import clients
from newsreel.aws.items import from_item, to_item
from newsreel.catalogue.keys import video_pk
from newsreel.catalogue.model import Posters, Speaker, Video
from newsreel.catalogue.records import VideoRecord, video_item
from newsreel.newsletter import press_office
from newsreel.policy import POLICY

from functions.newsletter_editions import app as editions_app
from functions.newsletter_send import app as send_app
from functions.newsletter_walk import app as walk_app
from tests.support.accounts import mails
from tests.support.cloud import FakeClock
from tests.support.events import s3_event, schedule_event, sqs_event

MEDIA = "newsreel-test-media"
CHUNK = POLICY.newsletter.largest_chunk
RECEIVES = 5


@dataclass
class Context:
    """What Lambda hands to a handler, as far as the newsletter looks at it."""

    seconds: float = 120

    def get_remaining_time_in_millis(self) -> int:
        return int(self.seconds * 1000)


@dataclass
class Newsletter:
    """The newsletter of one test."""

    hands: FakeClock
    slept: list[float] = field(default_factory=list)
    given_up: list[tuple[str, str]] = field(default_factory=list)
    """Queue and body of every message that failed five times."""

    @property
    def moment(self) -> str:
        return clock.rfc3339(clock.epoch())

    def make(self, since: str | None = None) -> str:
        """Let the schedule make an edition now; return its id, whether or not there is one."""
        event = schedule_event(self.moment) | ({"since": since} if since else {})
        editions_app.handler(event, None)  # type: ignore[arg-type]
        return f"{self.hands.time:%Y-%m-%d-%H%M}"

    def order(self, edition_id: str, name: str) -> None:
        """Put the press office's object and hand over its event."""
        key = f"newsletter/{edition_id}/{name}"
        clients.s3().put_object(Bucket=MEDIA, Key=key, Body=b"")
        editions_app.handler(s3_event(MEDIA, key), None)  # type: ignore[arg-type]

    def carry_on(self) -> None:
        """Let the clock's schedule run."""
        editions_app.handler({"task": "carry_on"}, None)  # type: ignore[arg-type]

    def work(self, *, seconds: float = 120, rounds: int = 1) -> None:
        """Hand over what is in both queues, and what comes of it, without delayed messages."""
        for _ in range(rounds):
            while message := self._next():
                self._hand_over(*message, seconds=seconds)

    def waiting(self, queue: str) -> list[dict[str, Any]]:
        """Return the messages of a queue that are delayed."""
        return [json.loads(one.body) for one in _messages(queue) if one.delayed_until]

    def end_delays(self) -> None:
        for queue in ("walk", "send"):
            for message in _messages(queue):
                message.delayed_until = 0.0

    def _next(self) -> tuple[str, str] | None:
        for queue in ("walk", "send"):
            for message in _messages(queue):
                if not message.delayed_until:
                    _messages(queue).remove(message)
                    return queue, str(message.body)
        return None

    def _hand_over(self, queue: str, body: str, *, seconds: float) -> None:
        app = walk_app if queue == "walk" else send_app
        for _ in range(RECEIVES):
            context: Any = Context(seconds)
            answer = app.handler(sqs_event(queue, body), context)
            if not answer["batchItemFailures"]:
                return
        self.given_up.append((queue, body))


def _messages(queue: str) -> list[Any]:
    found: list[Any] = sqs_backends[DEFAULT_ACCOUNT_ID]["eu-central-1"].queues[queue]._messages
    return found


def newsletter(
    hands: FakeClock, patched: pytest.MonkeyPatch, shards: tuple[str, ...] = ("00", "01")
) -> Newsletter:
    """Return a newsletter whose workers live by the test's clock and sleep in no time.

    It has few shards, because moto takes a second for all of them.
    """
    run = Newsletter(hands)
    patched.setattr(subscribers, "SHARDS", shards)
    patched.setattr(press_office, "SHARDS", shards)

    def sleep(seconds: float) -> None:
        run.slept.append(seconds)
        hands.forward(seconds=seconds)

    def now() -> float:
        return hands.time.timestamp()

    patched.setattr(send_app, "time", SimpleNamespace(time=now, sleep=sleep))
    return run


def subscribe(number: int, language: str = "en", **values: Any) -> str:
    """Store a subscriber's account; return its id."""
    account_id = f"{number:02x}" * 16
    item: dict[str, Any] = {
        "pk": f"ACCOUNT#{account_id}",
        "sk": "ACCOUNT",
        "entity": "account",
        "account_id": account_id,
        "email": f"person{number}@example.org",
        "password_hash": "$argon2id$canary",
        "language": language,
        "newsletter": True,
        "newsletter_at": clock.epoch(),
        "created_at": clock.epoch(),
        "work": subscribers.work_of(language, account_id),
        "at": clock.epoch() + number,
        **values,
    }
    clients.dynamodb().put_item(TableName="accounts", Item=to_item(item))
    return account_id


def publish(number: int, published_at: int | None = None, **values: Any) -> str:
    """Store a published video; return its id."""
    state = values.pop("state", "published")
    facts: dict[str, Any] = {
        "video_id": f"video-{number}",
        "title": f"Statement {number}",
        "speakers": [Speaker(name="Ann Lee")],
        "published_at": clock.rfc3339(published_at or clock.epoch()),
        "description": "What was said, and the questions after it.",
        "posters": Posters(small="/media/p.jpg", medium="/media/q.jpg", large="/media/r.jpg"),
    }
    record = VideoRecord(Video(**{**facts, **values}), state)
    item = {**video_item(record), **video_pk(record.video.video_id), "entity": "video"}
    clients.dynamodb().put_item(TableName="catalogue", Item=to_item(item))
    return record.video.video_id


def edition_item(edition_id: str) -> dict[str, Any]:
    """Return what is stored of an edition."""
    key = to_item({"pk": f"EDITION#{edition_id}", "sk": "EDITION"})
    return from_item(clients.dynamodb().get_item(TableName="mail", Key=key)["Item"])


def marks(edition_id: str) -> dict[str, str]:
    """Return what became of an edition's mails, by account id."""
    found = clients.dynamodb().scan(TableName="mail")["Items"]
    return {
        item["sk"]["S"].removeprefix("ACCOUNT#"): item["state"]["S"]
        for item in found
        if item["sk"]["S"].startswith("ACCOUNT#") and edition_id in item["pk"]["S"]
    }


def report(edition_id: str) -> dict[str, Any]:
    """Return what the press office reads in its bucket."""
    found = clients.s3().get_object(Bucket=MEDIA, Key=f"receipts/newsletter/{edition_id}.json")
    loaded: dict[str, Any] = json.loads(found["Body"].read())
    return loaded


def editions_sent() -> list[EmailMessage]:
    """Return the mails to subscribers, without previews."""
    return [mail for mail in mails() if mail["List-Unsubscribe"]]


def addressees(sent: Iterable[EmailMessage] | None = None) -> list[str]:
    return sorted(str(mail["To"]) for mail in (editions_sent() if sent is None else sent))


def quota(per_day: float, per_second: float = 14, sent: float = 0) -> Any:
    """Return an answer of ``GetSendQuota`` as a fault for ``struck``."""
    return {"Max24HourSend": per_day, "MaxSendRate": per_second, "SentLast24Hours": sent}
