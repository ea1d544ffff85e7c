"""The local mailbox shows every mail as a person would see it, and as JSON for tests."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import requests

from infra.local.paths import Stack
from tests.local_stack.client import Person

NewPerson = Callable[[], Person]


def test_a_mail_as_json_has_these_fields_and_no_others(new_person: NewPerson) -> None:
    person = new_person()
    person.start()
    (mail,) = person.inbox.wait_for()
    assert set(mail) == {"number", "to", "subject", "text", "html", "headers", "received_at"}
    assert person.inbox.code() in re.sub(r"\D", "", mail["html"])
    assert mail["headers"]["Auto-Submitted"] == "auto-generated"
    assert "@newsreel.test" in mail["headers"]["From"]
    received = datetime.fromisoformat(mail["received_at"])
    assert received.utcoffset() == timedelta(0)
    assert datetime.now(UTC) - received < timedelta(minutes=5)


def test_mails_come_newest_first(stack: Stack, new_person: NewPerson) -> None:
    first, second = new_person(), new_person()
    first.start()
    first.inbox.wait_for()
    second.start()
    second.inbox.wait_for()
    answer = requests.get(f"{stack.mailbox_url}/messages.json", timeout=30)
    order = [mail["to"] for mail in answer.json()]
    assert order.index(second.email) < order.index(first.email)


def test_looking_again_costs_nothing_while_no_mail_came(stack: Stack) -> None:
    url = f"{stack.mailbox_url}/messages.json"
    tag = requests.get(url, timeout=30).headers["ETag"]
    assert requests.get(url, headers={"If-None-Match": tag}, timeout=30).status_code == 304


def test_the_page_runs_its_own_script_alone_and_a_mail_runs_none(
    stack: Stack, new_person: NewPerson
) -> None:
    person = new_person()
    person.start()
    (last,) = person.inbox.wait_for()
    page = requests.get(stack.mailbox_url, timeout=30).headers["Content-Security-Policy"]
    assert "default-src 'none'" in page
    assert "unsafe" not in page
    mail = requests.get(f"{stack.mailbox_url}/messages/{last['number']}.html", timeout=30)
    policy = mail.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy


def test_a_mail_that_never_came_is_not_found(stack: Stack) -> None:
    assert requests.get(f"{stack.mailbox_url}/messages/99999.html", timeout=30).status_code == 404
