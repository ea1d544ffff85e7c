"""`make smoke` fails where a deployment does not work, and says what came instead."""

import io
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from botocore.exceptions import ClientError
from newsreel.catalogue import metadata

from tests.support.denying import denying
from tools.smoke import __main__ as command
from tools.smoke import account, folder, logs
from tools.smoke.deployment import ReceivedMail
from tools.smoke.trial import NotTriedError, Trial
from tools.smoke.web import Visitor


class Broken(BaseHTTPRequestHandler):
    """A website whose every answer is a page without headers."""

    def answer(self) -> None:
        body = b"<p>It works!</p>"
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = answer  # noqa: N815

    def log_message(self, *_values: object) -> None:
        """Say nothing."""


@contextmanager
def broken() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Broken)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def smoke(url: str, monkeypatch: pytest.MonkeyPatch, *more: str) -> int:
    monkeypatch.setattr("sys.argv", ["smoke", url, *more])
    return command.main()


@pytest.mark.thorough
def test_a_site_that_answers_anything_with_a_page_does_not_work(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with broken() as url:
        assert smoke(url, monkeypatch) == 1
    printed = capsys.readouterr().out
    for found in ("says None instead of 'ok'", "is no HTML", "missing: content-security-policy"):
        assert found in printed
    assert "200 instead of 404" in printed
    assert "It does not work" in printed


@pytest.mark.thorough
def test_a_site_that_is_not_there_does_not_work(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with broken() as url:
        pass
    assert smoke(url, monkeypatch) == 1
    assert "no answer (ConnectionRefusedError)" in capsys.readouterr().out


@pytest.mark.parametrize("url", ["media.example.org", "ftp://media.example.org", "https://"])
def test_what_is_no_address_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert smoke(url, monkeypatch) == 2


@pytest.mark.thorough
def test_a_stack_that_cannot_be_read_is_said_before_anything_is_tried(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with broken() as url, denying() as (denied, _):
        monkeypatch.setenv("AWS_ENDPOINT_URL", denied)
        arguments = ("--stack", "newsreel-dev", "--region", "eu-central-1")
        assert smoke(url, monkeypatch, *arguments) == 2
    assert "The stack newsreel-dev cannot be read: AccessDenied." in capsys.readouterr().out


class Bucket:
    """A bucket of incoming mail."""

    def __init__(self, **mails: tuple[str, str]) -> None:
        self._mails = mails

    def get_paginator(self, _operation: str) -> "Bucket":
        return self

    def paginate(self, **_asked: str) -> list[dict[str, Any]]:
        at = datetime(2026, 2, 14, tzinfo=UTC)
        keys = [
            {"Key": key, "LastModified": at.replace(minute=place)}
            for place, key in enumerate(self._mails)
        ]
        return [{"Contents": list(reversed(keys))}, {}]

    def get_object(self, **asked: str) -> dict[str, Any]:
        if asked["Key"] == "locked":
            raise ClientError({"Error": {"Code": "AccessDenied"}}, "GetObject")
        to, subject = self._mails[asked["Key"]]
        return {"Body": io.BytesIO(f"To: {to}\r\nSubject: {subject}\r\n\r\nHello".encode())}


def test_received_mail_is_read_in_order_and_of_one_address_alone() -> None:
    bucket = Bucket(
        first=("smoke@mail.example.org", "111 111 is your code"),
        other=("else@mail.example.org", "222 222 is your code"),
        second=("smoke@mail.example.org", "333 333 is your code"),
    )
    mails = ReceivedMail(bucket, "bucket", "mail.example.org")
    assert mails.subjects("smoke@mail.example.org") == [
        "111 111 is your code",
        "333 333 is your code",
    ]


def test_mail_that_may_not_be_read_is_said() -> None:
    mails = ReceivedMail(Bucket(locked=("a", "b")), "bucket", "mail.example.org")
    with pytest.raises(NotTriedError, match="cannot read bucket: AccessDenied"):
        mails.subjects("smoke@mail.example.org")


class Logs:
    """What CloudWatch Logs finds."""

    def __init__(self, *messages: str) -> None:
        self._messages = messages

    def get_paginator(self, _operation: str) -> "Logs":
        return self

    def paginate(self, **_asked: object) -> list[dict[str, Any]]:
        return [{"events": [{"message": message} for message in self._messages]}]


class Shelf:
    """A bucket that keeps what is put into it, and has a receipt that says so."""

    def __init__(self, state: str, *, accepts: bool = True) -> None:
        self.kept: dict[str, bytes] = {}
        self._state = state
        self._accepts = accepts

    def delete_object(self, **asked: Any) -> None:
        del self.kept[str(asked["Key"]).rpartition("/")[2]]

    def put_object(self, **asked: Any) -> None:
        self.kept[str(asked["Key"]).rpartition("/")[2]] = asked["Body"]

    def get_object(self, **_asked: str) -> dict[str, Any]:
        files = [
            {"file_name": name, "accepted": self._accepts or name != "tone.wav"}
            for name in self.kept
        ]
        told = {"state": self._state, "files": files}
        return {"Body": io.BytesIO(json.dumps(told).encode())}


def test_on_production_the_folder_is_under_an_embargo_of_ten_years_which_is_accepted() -> None:
    shelf = Shelf("embargo")
    uploaded = folder.upload(Trial(), shelf, "bucket", is_production=True)
    assert uploaded
    read, notes = metadata.read(shelf.kept["metadata.json"])
    assert read.publish_at
    assert (read.publish_at - datetime.now(UTC)).days in {3649, 3650}
    assert {note.severity for note in notes} == {"warning"}


def test_elsewhere_the_folder_is_published_at_once() -> None:
    shelf = Shelf("published")
    assert folder.upload(Trial(), shelf, "bucket", is_production=False)
    read, notes = metadata.read(shelf.kept["metadata.json"])
    assert (read.publish_at, notes) == (None, [])


def test_a_folder_that_was_refused_is_taken_away_all_the_same() -> None:
    shelf, trial = Shelf("waiting", accepts=False), Trial()
    uploaded = folder.upload(trial, shelf, "bucket", is_production=True)
    assert uploaded
    assert (uploaded.is_taken_in, trial.failed) == (False, True)
    folder.take_away(trial, Visitor("http://127.0.0.1:9"), uploaded, was_public=False)
    assert trial.steps[-1].state == "ok"
    assert shelf.kept == {}


class Half(Shelf):
    """A bucket that takes one file and no second one."""

    def put_object(self, **asked: Any) -> None:
        if self.kept:
            raise ClientError({"Error": {"Code": "SlowDown"}}, "PutObject")
        super().put_object(**asked)

    def delete_object(self, **asked: Any) -> None:
        self.kept.pop(str(asked["Key"]).rpartition("/")[2], None)


def test_half_a_folder_is_taken_away_too() -> None:
    shelf, trial = Half("waiting"), Trial()
    uploaded = folder.upload(trial, shelf, "bucket", is_production=True)
    assert uploaded
    folder.take_away(trial, Visitor("http://127.0.0.1:9"), uploaded, was_public=False)
    assert shelf.kept == {}


def test_an_account_that_stays_is_named() -> None:
    trial = Trial()
    with broken() as url:
        account.leave(trial, Visitor(url), account.Person("smoke-1@mail.example.org"))
    assert [step.state for step in trial.steps] == ["failed"]
    assert trial.stays == ["the account of smoke-1@mail.example.org; nobody knows its password"]


OLD = '{"message": "boto3 is too old", "boto3": "1.34.1", "function_name": "newsreel-dev-ingest"}'


@pytest.mark.parametrize(
    ("messages", "states"),
    [
        ([], ["ok", "ok"]),
        (["START RequestId", '{"message": "AccessDenied is a word here"}'], ["ok", "ok"]),
        (['{"aws_error": "AccessDeniedException", "function_name": "x"}'], ["failed", "ok"]),
        ([OLD, '["boto3 is too old"]'], ["ok", "failed"]),
    ],
)
def test_a_refused_call_and_an_old_boto3_in_the_logs_fail_the_trial(
    messages: list[str], states: list[str]
) -> None:
    trial = Trial()
    logs.look(trial, Logs(*messages), "newsreel-dev", 0)
    assert [step.state for step in trial.steps] == states


def test_an_old_boto3_is_named_with_who_has_it() -> None:
    trial = Trial()
    logs.look(trial, Logs(OLD, OLD), "newsreel-dev", 0)
    assert trial.steps[-1].found == "Lambda's is 1.34.1: newsreel-dev-ingest 2 times"
