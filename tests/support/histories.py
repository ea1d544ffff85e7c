"""Lives through random histories of uploads, and holds the catalogue against the bucket after each.

In a history files come, change, are renamed and go, and their events are doubled, dropped, put in
another order and handled at the same time. Functions are killed at any call, and others run in
between any two. After a quiet minute, in which the schedule and the daily look run, the catalogue
must say what the bucket holds. A history is made again from its seed alone.
"""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import botocore.client
from newsreel import clock
from newsreel.aws import clients
from newsreel.catalogue.findings import RejectedError
from newsreel.media import worker

from functions.ingest import app as ingest_app
from tests.support import history_check, media_files
from tests.support.cloud import FakeClock, empty_account
from tests.support.events import s3_event, sqs_event
from tests.support.media_files import make
from tests.support.uploads import MEDIA, Context

STEPS = 12
KILLED = 0.01
"""How likely a function ends before one of its calls."""
INTERRUPTED = 0.03
"""How likely something else happens between two of its calls."""

FOLDERS = ("a", "b")
_NAMES = ("Take.wav", "take.wav", "other take.wav", "film.mp4")
_TEXTS = ("transcript.txt", "captions.vtt", "notes.docx")
_VTT = "WEBVTT\n\n00:00.000 --> 00:02.000\n<v Mark Rutte>Hello {}.\n"


class KilledError(BaseException):
    """The end of a function in the middle of its work."""


@dataclass
class History:
    """One history; ``written`` holds every content of every key, ``messages`` wait for delivery."""

    seed: int
    clock: FakeClock
    chance: random.Random = field(init=False)
    messages: list[str] = field(default_factory=list)
    written: dict[str, list[bytes]] = field(default_factory=dict)
    happened: Counter[str] = field(default_factory=Counter)
    number: int = 0
    is_quiet: bool = False
    is_running: bool = False
    is_inside: bool = False
    is_dead: bool = False

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    def live(self) -> None:
        """Let everything happen."""
        steps: list[Callable[[], None]] = [
            self.put_media, self.put_media, self.put_metadata, self.put_text, self.delete,
            self.rename, self.deliver, self.deliver, self.deliver, self.pass_time, self.look,
        ]  # fmt: skip
        for _ in range(STEPS):
            self.happen(self.chance.choice(steps))

    def happen(self, step: Callable[[], None]) -> None:
        self.happened[step.__name__] += 1
        step()

    def be_quiet(self) -> None:
        """Let what is under way come to its end: no upload any more, and the schedule runs."""
        self.is_quiet = True
        self.clock.forward(minutes=20)
        self.messages = [one for one in self.messages if self.chance.random() < 0.5]
        for task in ("look_at_due", "look_at_everything", "look_at_due"):
            self.clock.forward(minutes=1)
            self._schedule(task)
            while self._receive():
                self._hand_over(self._taken(10))

    def put_media(self) -> None:
        self.number += 1
        name = self.chance.choice(_NAMES)
        sort = self.chance.choices(("sound", "broken"), (4, 1))[0]
        recipe = media_files.PREVIEW if name.endswith("mp4") else media_files.WAV
        content = make(recipe) if sort == "sound" else b"broken"
        if sort == "broken" or self.chance.random() < 0.7:
            content += bytes(2 * self.number)
        self._put(name, content)

    def put_metadata(self) -> None:
        self.number += 1
        values: dict[str, object] = {"title": f"Title {self.number}"}
        values["status"] = self.chance.choices(("published", "draft", "withdrawn"), (8, 1, 1))[0]
        for name, odds in (("publish_at", 0.4), ("withdraw_at", 0.2)):
            if self.chance.random() < odds:
                when = self.clock.time + timedelta(minutes=self.chance.randint(-20, 40))
                values[name] = when.isoformat()
        self._put("metadata.json", json.dumps(values).encode())

    def put_text(self) -> None:
        self.number += 1
        self._put(self.chance.choice(_TEXTS), _VTT.format(self.number).encode())

    def delete(self) -> None:
        if keys := self._keys():
            self._delete(self.chance.choice(keys))

    def rename(self) -> None:
        """Rename as programs do: a copy, and then a deletion."""
        if not (keys := self._keys()):
            return
        key = self.chance.choice(keys)
        folder = key.rpartition("/")[0]
        target = f"{folder}/{self.chance.choice(_NAMES)}"
        if target == key or target[-4:] != key[-4:]:
            return
        clients.s3().copy_object(Bucket=MEDIA, Key=target, CopySource=f"{MEDIA}/{key}")
        self.written.setdefault(target, []).append(self.written[key][-1])
        self._tell(target, "ObjectCreated:Copy")
        self._delete(key)

    def deliver(self) -> None:
        """Hand some messages over in any order; what failed goes back."""
        self.chance.shuffle(self.messages)
        self._receive()
        self._hand_over(self._taken(self.chance.randint(1, 6)))

    def pass_time(self) -> None:
        self.clock.forward(minutes=self.chance.choice((0.5, 3, 20)))

    def look(self) -> None:
        self._schedule(self.chance.choice(("look_at_due", "look_at_everything")))

    def before_call(self) -> None:
        """Let something happen before a call of a function: its end, or another's whole work."""
        if _first_looks:
            return
        if self.is_dead:
            raise KilledError
        if self.is_quiet or self.is_inside or not self.is_running:
            return
        chance = self.chance.random()
        if chance < KILLED:
            self.is_dead = True
            raise KilledError
        if chance < KILLED + INTERRUPTED:
            self.is_inside = True
            self.happened["interrupted"] += 1
            steps = (self.put_media, self.put_metadata, self.delete, self.deliver, self.overtake)
            self.happen(self.chance.choice(steps))
            self.is_inside = False

    def overtake(self) -> None:
        """Let a lease end before its holder does, and another function take it."""
        self.clock.forward(minutes=16)
        self.deliver()

    def _schedule(self, task: str) -> None:
        self._run({"task": task})

    def _run(self, event: dict[str, Any]) -> Mapping[str, Any] | None:
        """Run the function; return None if it was killed."""
        was_running, self.is_running = self.is_running, True
        try:
            return ingest_app.handler(event, Context()) or {}  # type: ignore[arg-type]
        except KilledError:
            self.happened["killed"] += 1
            return None
        finally:
            self.is_running, self.is_dead = was_running, False

    def _receive(self) -> bool:
        """Take what is in ingest's own queue to the other messages; tell if there are any."""
        url = ingest_app.settings.ingest_queue
        while (
            found := clients.sqs()
            .receive_message(QueueUrl=url, MaxNumberOfMessages=10)
            .get("Messages", [])
        ):
            for one in found:
                self.messages.append(one["Body"])
                clients.sqs().delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])
        return bool(self.messages)

    def _taken(self, most: int) -> list[str]:
        taken, self.messages = self.messages[:most], self.messages[most:]
        return taken

    def _hand_over(self, bodies: list[str]) -> None:
        if not bodies:
            return
        answer = self._run(sqs_event("ingest", *bodies))
        if answer is None:
            self.messages += bodies
            return
        again = {int(one["itemIdentifier"][-12:]) for one in answer["batchItemFailures"]}
        self.messages += [body for place, body in enumerate(bodies) if place in again]

    def _keys(self) -> list[str]:
        listed = clients.s3().list_objects_v2(Bucket=MEDIA, Prefix="incoming/")
        return [entry["Key"] for entry in listed.get("Contents", [])]

    def _put(self, name: str, content: bytes) -> None:
        key = f"incoming/{self.chance.choice(FOLDERS)}/{name}"
        clients.s3().put_object(Bucket=MEDIA, Key=key, Body=content)
        self.written.setdefault(key, []).append(content)
        self._tell(key, "ObjectCreated:Put")

    def _delete(self, key: str) -> None:
        clients.s3().delete_object(Bucket=MEDIA, Key=key)
        self._tell(key, "ObjectRemoved:DeleteMarkerCreated")

    def _tell(self, key: str, what: str) -> None:
        times = self.chance.choices((0, 1, 2), (2, 6, 2))[0]
        self.messages += [json.dumps(s3_event(MEDIA, key, name=what))] * times


@contextmanager
def _world(history: History) -> Iterator[None]:
    """An empty account with the history's clock, in which a look at a file costs nothing twice."""
    made = botocore.client.BaseClient._make_api_call  # type: ignore[attr-defined]

    def call(client: object, name: str, values: dict[str, Any]) -> object:
        history.before_call()
        return made(client, name, values)

    with (
        empty_account(),
        patch.object(clock, "now", lambda: history.clock.time),
        patch("newsreel.ingest.reconcile.time.sleep", lambda _seconds: None),
        patch("botocore.client.BaseClient._make_api_call", new=call),
        patch.object(worker, "probe", _remembering(worker.probe)),
        patch.object(worker, "poster_from_video", _remembering(worker.poster_from_video)),
    ):
        yield


_seen: dict[tuple[str, int], Any] = {}
_first_looks: list[str] = []
"""Under way now: what an earlier history has seen must change nothing of a later one's chances."""


def _remembering(look: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a look that is taken once for each size: in a history, files of one size are equal."""

    def remembering(file: Any) -> Any:
        file.read_at(0, 16)  # so that a file may be found replaced
        key = (look.__name__, file.size)
        if key not in _seen:
            _first_looks.append(look.__name__)
            try:
                _seen[key] = look(file)
            except RejectedError as error:
                _seen[key] = error
            finally:
                _first_looks.pop()
        if isinstance(_seen[key], RejectedError):
            raise _seen[key]
        return _seen[key]

    return remembering


def live(seed: int) -> tuple[list[str], Counter[str]]:
    """Live through a history; return what is wrong afterwards, and what happened in it."""
    history = History(seed, FakeClock())
    with _world(history):
        history.live()
        history.be_quiet()
        wrong = [
            f"{folder}: {fault}"
            for folder in FOLDERS
            for fault in history_check.faults_of(folder, history.written, history.clock.time)
        ]
        wrong += history_check.faults_of_public_files(FOLDERS, killed=history.happened["killed"])
    return wrong, history.happened
