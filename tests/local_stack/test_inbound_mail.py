"""Mails to the service, over SMTP to what SES would do with them: by people, programs, forgers."""

import hashlib
import json
import os
import secrets
import shutil
import smtplib
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from infra.local.incoming.verdicts import EICAR, GTUBE
from infra.local.paths import ZONE_FILE, Stack
from tests.local_stack.client import Person
from tests.local_stack.logs import all_logs
from tests.local_stack.senders import CODES, HELP, UNSUBSCRIBE, Post
from tests.support.incoming import raw_mail
from tests.support.senders import (
    LOOPBACK_SENDS,
    NOBODY_SENDS,
    REJECT,
    add_records,
    domain_records,
    signed,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

NewPerson = Callable[[], Person]


IS_CI = os.environ.get("CI") == "true"
"""There, a program that is missing is a failure."""


@pytest.fixture(scope="module")
def post(stack: Stack, sqs: "SQSClient") -> Post:
    return Post(stack, sqs)


@pytest.fixture(scope="module", autouse=True)
def _zone_as_it_was() -> Iterator[None]:
    """Take the tests' domains out of the zone again."""
    kept = ZONE_FILE.read_text(encoding="utf-8")
    yield
    ZONE_FILE.write_text(kept, encoding="utf-8")


@pytest.fixture
def domain() -> str:
    """A domain that nobody wrote from before."""
    return f"{secrets.token_hex(6)}.example"


def let_send_again(dynamodb: "DynamoDBClient", stack: Stack, flow: dict[str, Any]) -> None:
    """Let the wait before the next code of a registration be over."""
    digest = hashlib.sha256(flow["registration_id"].encode()).hexdigest()
    dynamodb.update_item(
        TableName=stack.outputs["AccountsTable"],
        Key={"pk": {"S": f"REGISTRATION#{digest}"}, "sk": {"S": "REGISTRATION"}},
        UpdateExpression="SET resend_after = :now",
        ConditionExpression="attribute_exists(pk)",
        ExpressionAttributeValues={":now": {"N": "0"}},
    )


# ---------------------------------------------------------------- conversations


def test_a_person_without_the_page_gets_a_code_by_mail_that_works(
    stack: Stack, post: Post, new_person: NewPerson, dynamodb: "DynamoDBClient"
) -> None:
    person = new_person()
    flow = person.start()
    first = person.inbox.code()
    let_send_again(dynamodb, stack, flow)
    assert post.outcome(person.email, CODES) == "code"
    second = person.inbox.code(2)
    assert second != first
    path = f"/api/registrations/{flow['registration_id']}/confirm"
    assert person.client.post(path, {"code": second}).status_code == 201


def test_one_mail_ends_the_newsletter_and_gets_no_answer(post: Post, new_person: NewPerson) -> None:
    person = new_person()
    person.register()
    body = {"text_version": "2026-01", "language": "en", "place": "account"}
    answer = person.client.send("PUT", "/api/account/newsletter", json=body)
    assert answer.status_code == 204, answer.text
    mails = len(person.inbox.mails())
    assert post.outcome(person.email, UNSUBSCRIBE) == "unsubscribed"
    assert person.client.get("/api/account").json()["newsletter"] is False
    assert len(person.inbox.mails()) <= mails + 1  # the welcome may come meanwhile


def test_an_out_of_office_is_not_answered_and_changes_nothing(
    stack: Stack, post: Post, new_person: NewPerson, dynamodb: "DynamoDBClient"
) -> None:
    """As Exchange answers our code mail: to its sender, with an empty envelope sender."""
    person = new_person()
    flow = person.start()
    (code_mail,) = person.inbox.wait_for()
    let_send_again(dynamodb, stack, flow)
    raw = raw_mail(
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: All",
        f"In-Reply-To: {code_mail['headers']['Message-ID']}",
        "Thread-Topic: Automatic reply",
        sender=f"Ada <{person.email}>",
    )
    to = parseaddr(code_mail["headers"]["From"])[1]
    assert post.outcome(person.email, to, envelope="", raw=raw) == "automatic"
    assert len(person.inbox.mails()) == 1


# ---------------------------------------------------------------- who is believed


def test_a_mail_signed_by_its_own_domain_is_believed(post: Post, domain: str) -> None:
    add_records(ZONE_FILE, domain_records(domain, spf=NOBODY_SENDS, dmarc=REJECT, keys=True))
    sender = f"ada@{domain}"
    assert post.outcome(sender, HELP, raw=signed(raw_mail(sender=sender), domain)) == "help"


def test_a_mail_changed_after_signing_is_not(post: Post, domain: str) -> None:
    add_records(ZONE_FILE, domain_records(domain, spf=NOBODY_SENDS, dmarc=REJECT, keys=True))
    sender = f"ada@{domain}"
    raw = signed(raw_mail(sender=sender), domain).replace(b"Hello", b"Other")
    assert post.outcome(sender, HELP, raw=raw) == "not_authentic"


def test_a_forged_author_is_not(post: Post, domain: str) -> None:
    sender = f"ada@{domain}"
    assert post.outcome(sender, CODES, envelope="eve@evil.example") == "not_authentic"


def test_a_foreign_signature_over_an_author_without_dmarc_is_not(post: Post, domain: str) -> None:
    evil = f"evil-{domain}"
    add_records(ZONE_FILE, domain_records(domain))
    add_records(ZONE_FILE, domain_records(evil, spf=LOOPBACK_SENDS, keys=True))
    sender = f"ada@{domain}"
    raw = signed(raw_mail(sender=sender), evil)
    assert post.outcome(sender, HELP, envelope=f"eve@{evil}", raw=raw) == "not_authentic"


def test_a_domain_without_dmarc_is_believed_by_its_own_spf(post: Post, domain: str) -> None:
    add_records(ZONE_FILE, domain_records(domain, spf=LOOPBACK_SENDS))
    assert post.outcome(f"ada@{domain}", HELP) == "help"


# ---------------------------------------------------------------- what is refused or dropped


@pytest.mark.parametrize(("body", "reason"), [(GTUBE, "spam"), (EICAR, "virus")])
def test_what_a_scanner_condemns_is_dropped(
    post: Post, domain: str, body: bytes, reason: str
) -> None:
    sender = f"ada@{domain}"
    raw = raw_mail(sender=sender, body=body.decode())
    assert post.outcome(sender, HELP, raw=raw) == reason


def test_an_address_that_is_not_ours_is_refused_at_once(post: Post, domain: str) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        post.hand_over(f"ada@{domain}", "codes@example.net")
    ((code, words),) = refused.value.recipients.values()
    assert (code, words[:5]) == (550, b"5.1.1")


def test_a_mail_of_30_mib_is_taken_and_its_body_is_not_read(post: Post, domain: str) -> None:
    sender = f"ada@{domain}"
    raw = raw_mail(sender=sender, body=("x" * 998 + "\r\n") * (30 * 1024 * 1024 // 1000))
    assert post.outcome(sender, HELP, raw=raw) == "help"


def test_a_mail_of_41_mib_is_refused(post: Post, domain: str) -> None:
    sender = f"ada@{domain}"
    raw = raw_mail(sender=sender, body=("x" * 998 + "\r\n") * (41 * 1024 * 1024 // 1000))
    with pytest.raises(smtplib.SMTPResponseException) as refused:
        post.hand_over(sender, HELP, raw=raw)
    assert refused.value.smtp_code == 552


def test_64_kb_of_headers_are_read_to_their_end(post: Post, domain: str) -> None:
    sender = f"ada@{domain}"
    filler = [f"X-{number}: {'y' * 60}" for number in range(950)]
    raw = raw_mail(*filler, "Auto-Submitted: auto-replied", sender=sender)
    assert post.outcome(sender, HELP, raw=raw) == "automatic"


def test_more_than_256_kib_of_headers_are_not_read(post: Post, domain: str) -> None:
    sender = f"ada@{domain}"
    raw = raw_mail(*(f"X-{number}: {'y' * 900}" for number in range(300)), sender=sender)
    assert post.outcome(sender, HELP, raw=raw) == "headers_too_large"


# ---------------------------------------------------------------- real programs


def written_by(post: Post, command: list[str], **options: Any) -> str:
    before = post.outcomes()
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return post.next_outcome(before)


@pytest.mark.skipif(not IS_CI and not shutil.which("swaks"), reason="swaks is not installed")
def test_swaks_is_answered(post: Post, domain: str) -> None:
    host, port = post.server
    command = ["swaks", "--server", host, "--port", str(port), "--from", f"ada@{domain}"]
    assert written_by(post, [*command, "--to", HELP, "--hide-all"]) == "help"


@pytest.mark.skipif(not IS_CI and not shutil.which("mutt"), reason="mutt is not installed")
def test_mutt_is_answered(post: Post, domain: str, tmp_path: Path) -> None:
    host, port = post.server
    (tmp_path / "muttrc").write_text(
        f'set from = "ada@{domain}"\nset realname = "Ada Byron"\nset use_envelope_from = yes\n'
        f'set smtp_url = "smtp://{host}:{port}"\nset ssl_force_tls = no\nset copy = no\n'
    )
    command = ["mutt", "-F", str(tmp_path / "muttrc"), "-s", "Where is my code?", "--", HELP]
    environment = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "TERM": "dumb"}
    assert written_by(post, command, input="Hello\n", env=environment) == "help"


def test_smtplib_is_answered(post: Post, domain: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"] = f"Ada Byron <ada@{domain}>", HELP
    mail["Subject"], mail["Date"] = "Where is my code?", formatdate()
    mail["Message-ID"] = make_msgid(domain=domain)
    mail.set_content("Hello")
    before = post.outcomes()
    with smtplib.SMTP(*post.server, timeout=60) as server:
        server.send_message(mail)
    assert post.next_outcome(before) == "help"


LISTS = {
    "Mailman": [
        "List-Id: Correspondents <correspondents.lists.example>",
        "List-Post: <mailto:correspondents@lists.example>",
        "List-Unsubscribe: <mailto:correspondents-leave@lists.example>",
        "Precedence: list",
        "X-Mailman-Version: 3.3.9",
        "Archived-At: <https://lists.example/archives/1>",
    ],
    "Google Groups": [
        "Mailing-list: list desk@groups.example; contact desk+owners@groups.example",
        "List-ID: <desk.groups.example>",
        "X-Spam-Checked-In-Group: desk@groups.example",
    ],
    "an announcement tool": ["List-Unsubscribe: <https://news.example/u/1>", "Feedback-ID: 1:2:3"],
}


@pytest.mark.parametrize("server", LISTS)
def test_what_a_list_server_hands_on_is_not_answered(
    post: Post, new_person: NewPerson, server: str
) -> None:
    """Its envelope is the list's, and ``From`` still names who wrote to the list."""
    writer = new_person()
    raw = raw_mail(*LISTS[server], sender=writer.email)
    envelope = "correspondents@lists.example"  # so that the headers alone tell
    assert post.outcome(writer.email, HELP, envelope=envelope, raw=raw) == "automatic"
    assert writer.inbox.mails() == []


# ---------------------------------------------------------------- loops and floods


def test_a_ticket_system_that_answers_everything_ends_by_itself(
    stack: Stack, post: Post, new_person: NewPerson, dynamodb: "DynamoDBClient"
) -> None:
    """It began a registration, waits for nothing, and answers each of our mails as a person."""
    tickets = new_person()
    flow = tickets.start()
    outcomes: list[str] = []
    answered = 0
    while len(mails := tickets.inbox.wait_for(answered + 1)) > answered and answered < 10:
        answered += 1
        to = parseaddr(mails[answered - 1]["headers"]["From"])[1]
        let_send_again(dynamodb, stack, flow)
        outcomes.append(post.outcome(tickets.email, to))
        if outcomes[-1] == "limited":
            break
    assert outcomes == ["code", "code", "code", "limited"]
    assert len(tickets.inbox.mails()) == 4


def test_two_auto_responders_end_after_one_answer(post: Post, new_person: NewPerson) -> None:
    robot = new_person()
    assert post.outcome(robot.email, HELP) == "help"
    (answer,) = robot.inbox.wait_for()
    to = parseaddr(answer["headers"]["From"])[1]
    assert [post.outcome(robot.email, to) for _ in range(2)] == ["limited", "limited"]
    assert len(robot.inbox.mails()) == 1


def test_of_500_mails_at_once_each_is_taken_and_five_senders_get_one_answer_each(
    post: Post, new_person: NewPerson
) -> None:
    senders = [new_person() for _ in range(5)]
    before = post.outcomes()

    def write(number: int) -> None:
        post.hand_over(senders[number % 5].email, HELP)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(500)))
    post.await_taken(within=300)
    assert post.waiting("InboundMailFailures") == 0
    assert post.outcomes() - before == {"help": 5, "limited": 495}
    assert [len(sender.inbox.mails()) for sender in senders] == [1] * 5


# ---------------------------------------------------------------- the mailbox's page


def test_the_page_writes_a_mail_that_is_answered(
    stack: Stack, post: Post, new_person: NewPerson
) -> None:
    person = new_person()
    page = person.client.get("/mailbox/write")
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    before = post.outcomes()
    form = {"from": person.email, "to": HELP, "subject": "Hello", "text": "Hello"}
    answer = person.client.send("POST", "/mailbox/write", data=form)
    assert "Taken." in answer.text
    assert post.next_outcome(before) == "help"
    assert person.inbox.wait_for()[0]["subject"] == "Nobody reads this address"


# ---------------------------------------------------------------- what is told


def test_a_mail_leaves_no_trace_of_itself_but_in_its_bucket(
    stack: Stack, post: Post, dynamodb: "DynamoDBClient", domain: str
) -> None:
    canary = f"zqcanary{secrets.token_hex(6)}"
    sender = f"{canary}@{domain}"
    raw = raw_mail(f"X-Canary: {canary}", f"Subject: {canary}", sender=sender, body=canary)
    for to in (HELP, CODES, UNSUBSCRIBE, f"{canary}@newsreel.test"):
        post.outcome(sender, to, raw=raw)
    kept = [
        json.dumps(dynamodb.scan(TableName=name)["Items"], default=str)
        for name in dynamodb.list_tables()["TableNames"]
    ]
    assert [text for text in kept if canary in text] == []
    assert [line for line in all_logs(stack) if canary in line] == []
