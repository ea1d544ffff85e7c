"""What follows from mails that people and programs write to us."""

import email
import email.policy
import io
import json
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from botocore.client import BaseClient
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends
from newsreel import clock
from newsreel.accounts.table.accounts import set_language
from newsreel.accounts.table.base import AccountsTable
from newsreel.aws import clients, keyring
from newsreel.aws.items import from_item, to_item
from newsreel.mail_table import held_back
from newsreel.mail_table.keys import suppression_key
from newsreel.mail_table.who import who_of
from newsreel.newsletter.tokens import seal

from functions.inbound_mail import app as inbound_mail_app
from functions.newsletter import app as newsletter_app
from tests.support.accounts import (
    call,
    confirm,
    deliver,
    items,
    look,
    mails,
    newest_code,
    open_account,
    register,
)
from tests.support.cloud import ENVIRONMENT, Cloud, FakeClock
from tests.support.incoming import BUCKET, MAIL_DOMAIN, queue_event, raw_mail, received
from tests.support.mail_items import name_of, suppression_of

ADA = "ada@example.org"
CODES, UNSUBSCRIBE, ELSEWHERE = (
    f"{name}@{MAIL_DOMAIN}" for name in ("codes", "unsubscribe", "press")
)
EVENTS = Path(__file__).parents[2] / "functions" / "inbound_mail" / "events"


@pytest.fixture(autouse=True)
def _stopped(fake_clock: FakeClock) -> None:
    """Codes, budgets and waits count by the test's clock."""


class Post:
    """SES as far as it receives: stores a mail, then tells the function; keeps the outcomes."""

    def __init__(self, logged: io.StringIO) -> None:
        self._logged = logged
        self._number = 0

    def bring(
        self,
        to: str,
        *,
        raw: bytes | None = None,
        sender: str = ADA,
        message_id: str = "",
        **verdicts: str,
    ) -> str:
        """Bring a mail of somebody to an address of ours and return what became of it."""
        self._number += 1
        name = message_id or f"{self._number:040d}"
        clients.s3().put_object(
            Bucket=BUCKET, Key=f"inbound/{name}", Body=raw or raw_mail(sender=sender)
        )
        told = received([to], source=sender, message_id=name, **verdicts)
        return self.tell(told)

    def tell(self, *bodies: object) -> str:
        """Hand messages to the function and return what it logged of the last, or ``failed``."""
        answer = inbound_mail_app.handler(queue_event(*bodies), None)  # type: ignore[arg-type]
        if answer["batchItemFailures"]:
            return "failed"
        lines = [json.loads(line) for line in self._logged.getvalue().splitlines()]
        return str([line for line in lines if "outcome" in line][-1]["outcome"])


@pytest.fixture
def post(cloud: Cloud, logged: io.StringIO) -> Post:
    return Post(logged)


def answers() -> list[EmailMessage]:
    return [mail for mail in mails() if "help@" in str(mail["From"])]


def raw_answers() -> list[str]:
    sent = ses_backends[DEFAULT_ACCOUNT_ID]["eu-central-1"].sent_messages
    return [str(message.raw_data) for message in sent]


def subscribe(cloud: Cloud, address: str = ADA) -> str:
    """Open an account that gets the newsletter; return its id."""
    cookie = open_account(cloud.dynamodb, address).cookie
    body = {"text_version": "2026-01", "language": "en", "place": "account"}
    assert (
        call(newsletter_app, "PUT", "/account/newsletter", cookie=cookie, body=body).status == 204
    )
    return str(items(cloud.dynamodb, "account")[-1]["account_id"]["S"])


def newsletter_goes(cloud: Cloud) -> bool:
    return bool(items(cloud.dynamodb, "account")[-1]["newsletter"]["BOOL"])


def consents(cloud: Cloud) -> list[tuple[bool, str]]:
    found = [from_item(one) for one in items(cloud.dynamodb, "consent")]
    newsletter = sorted(
        (one for one in found if one["subject"] == "newsletter"), key=lambda one: bool(one["at"])
    )
    return [(bool(one["given"]), str(one["place"])) for one in newsletter]


# ---------------------------------------------------------------- codes


def test_a_code_comes_by_mail_to_a_person_without_the_page(
    cloud: Cloud, post: Post, fake_clock: FakeClock
) -> None:
    flow_id = register(ADA).json["registration_id"]
    deliver(cloud.dynamodb)
    first = newest_code(ADA)
    fake_clock.forward(minutes=1)
    assert post.bring(CODES) == "code"
    deliver(cloud.dynamodb)
    second = newest_code(ADA)
    assert second != first
    assert confirm(flow_id, second).status == 201


def test_a_code_goes_to_the_stored_address_and_not_to_the_one_as_it_is_written(
    cloud: Cloud, post: Post, fake_clock: FakeClock
) -> None:
    register("Ada@Example.org")
    fake_clock.forward(minutes=1)
    assert post.bring(CODES, sender="ADA@EXAMPLE.ORG") == "code"
    deliver(cloud.dynamodb)
    assert [mail["To"] for mail in mails()][-1] == ADA


@pytest.mark.thorough
def test_the_newest_of_several_flows_gets_the_code(
    cloud: Cloud, post: Post, fake_clock: FakeClock
) -> None:
    old = register(ADA).json["registration_id"]
    fake_clock.forward(minutes=5)
    new = register(ADA).json["registration_id"]
    fake_clock.forward(minutes=1)
    assert post.bring(CODES) == "code"
    deliver(cloud.dynamodb)
    code = newest_code(ADA)
    assert confirm(old, code).code == "code_wrong"
    assert confirm(new, code).status == 201


def test_a_finished_flow_gets_no_code(cloud: Cloud, post: Post, fake_clock: FakeClock) -> None:
    open_account(cloud.dynamodb, ADA)
    fake_clock.forward(minutes=2)
    assert post.bring(CODES) == "help"
    assert items(cloud.dynamodb, "mail_request")[0]["issue"]["N"] == "1"


def test_a_flow_that_is_over_gets_no_code(cloud: Cloud, post: Post, fake_clock: FakeClock) -> None:
    register(ADA)
    fake_clock.forward(hours=25)
    assert post.bring(CODES) == "help"


def test_no_code_is_issued_before_its_time(cloud: Cloud, post: Post, fake_clock: FakeClock) -> None:
    register(ADA)
    fake_clock.forward(seconds=59)
    assert post.bring(CODES) == "too_early"
    fake_clock.forward(seconds=1)
    assert post.bring(CODES) == "code"


def test_who_asks_too_early_is_told_from_when_on_and_once(
    cloud: Cloud, post: Post, fake_clock: FakeClock
) -> None:
    register(ADA)  # at 02:04
    assert [post.bring(CODES), post.bring(CODES)] == ["too_early", "limited"]
    (answer,) = answers()
    (text, html) = (part.get_content() for part in answer.iter_parts())
    assert "02:05\u00a0UTC" in text
    assert "02:05\u00a0UTC" in html
    fake_clock.forward(minutes=1)
    assert post.bring(CODES) == "code"


def test_the_wait_for_the_next_code_is_that_of_the_page(
    cloud: Cloud, post: Post, fake_clock: FakeClock
) -> None:
    register(ADA)
    fake_clock.forward(minutes=1)
    post.bring(CODES)
    fake_clock.forward(seconds=119)
    assert post.bring(CODES) == "too_early"


def test_a_mail_never_gives_tries_back(cloud: Cloud, post: Post, fake_clock: FakeClock) -> None:
    flow_id = register(ADA).json["registration_id"]
    for _ in range(3):
        confirm(flow_id, "000000")
    fake_clock.forward(minutes=1)
    post.bring(CODES)
    assert confirm(flow_id, "000000").json["attempts_left"] == 1


@pytest.mark.thorough
def test_the_next_codes_stop_at_three_an_hour_and_ten_a_day(
    cloud: Cloud, post: Post, fake_clock: FakeClock
) -> None:
    codes_an_hour = []
    for _ in range(5):
        outcomes = []
        for _ in range(4):
            register(ADA)
            fake_clock.forward(minutes=2)
            outcomes.append(post.bring(CODES))
        codes_an_hour.append(outcomes.count("code"))
        fake_clock.forward(minutes=52)
    assert codes_an_hour == [3, 3, 3, 1, 0]


def test_a_repeated_notification_issues_no_second_code(
    cloud: Cloud, post: Post, fake_clock: FakeClock
) -> None:
    register(ADA)
    fake_clock.forward(minutes=1)
    assert post.bring(CODES, message_id="a" * 40) == "code"
    fake_clock.forward(minutes=5)
    assert post.bring(CODES, message_id="a" * 40) == "repeat"
    assert len(items(cloud.dynamodb, "mail_request")) == 2


@pytest.mark.thorough
def test_a_repeat_does_not_count(cloud: Cloud, post: Post, fake_clock: FakeClock) -> None:
    for number in range(3):
        register(ADA)
        fake_clock.forward(minutes=2)
        assert post.bring(CODES, message_id=f"{number:040d}") == "code"
        assert post.bring(CODES, message_id=f"{number:040d}") in {"repeat", "too_early"}


@pytest.mark.thorough
def test_a_code_is_issued_alike_whether_or_not_there_is_an_account(
    cloud: Cloud, post: Post, fake_clock: FakeClock
) -> None:
    open_account(cloud.dynamodb, ADA)
    for address in (ADA, "nobody@example.org"):
        register(address)
    fake_clock.forward(minutes=1)
    assert post.bring(CODES, sender=ADA) == "code"
    assert post.bring(CODES, sender="nobody@example.org") == "code"


# ---------------------------------------------------------------- the newsletter


@pytest.mark.thorough
@pytest.mark.parametrize("with_token", [True, False])
def test_one_mail_ends_the_newsletter(cloud: Cloud, post: Post, with_token: bool) -> None:
    account_id = subscribe(cloud)
    token = seal(account_id, keyring.read_keyring(ENVIRONMENT["UNSUBSCRIBE_KEYS_SECRET"]))
    to = f"unsubscribe+{token}@{MAIL_DOMAIN}" if with_token else UNSUBSCRIBE
    assert "work" in items(cloud.dynamodb, "account")[-1]
    assert post.bring(to) == "unsubscribed"
    assert not newsletter_goes(cloud)
    assert "work" not in items(cloud.dynamodb, "account")[-1]  # no edition finds it
    assert sorted(consents(cloud)) == [(False, "mail"), (True, "account")]
    assert answers() == []


def test_a_mail_ends_the_newsletter_of_an_account_that_changes_meanwhile(
    cloud: Cloud, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    account_id = subscribe(cloud)
    write, between = AccountsTable.write, [True]

    def interrupted(self: AccountsTable, *entries: Any) -> None:
        if between:
            between.clear()
            set_language(self, account_id, "fr")
        write(self, *entries)

    monkeypatch.setattr(AccountsTable, "write", interrupted)
    assert post.bring(UNSUBSCRIBE) == "unsubscribed"
    assert not newsletter_goes(cloud)
    assert sorted(consents(cloud)) == [(False, "mail"), (True, "account")]


def test_a_token_works_for_a_forwarded_newsletter_from_whatever_address(
    cloud: Cloud, post: Post
) -> None:
    account_id = subscribe(cloud)
    token = seal(account_id, keyring.read_keyring(ENVIRONMENT["UNSUBSCRIBE_KEYS_SECRET"]))
    raw = raw_mail("Auto-Submitted: auto-generated", sender="list@elsewhere.example")
    to = f"unsubscribe+{token.upper()}@{MAIL_DOMAIN}"
    assert post.bring(to, raw=raw, sender="", dmarc="FAIL") == "unsubscribed"
    assert not newsletter_goes(cloud)


@pytest.mark.thorough
def test_a_forged_sender_ends_nobodys_newsletter(cloud: Cloud, post: Post) -> None:
    subscribe(cloud)
    assert post.bring(UNSUBSCRIBE, dmarc="FAIL") == "not_authentic"
    assert newsletter_goes(cloud)


def test_ending_it_twice_keeps_one_record(cloud: Cloud, post: Post) -> None:
    subscribe(cloud)
    assert [post.bring(UNSUBSCRIBE), post.bring(UNSUBSCRIBE)] == ["unsubscribed", "not_subscribed"]
    assert sorted(consents(cloud)) == [(False, "mail"), (True, "account")]


@pytest.mark.thorough
def test_a_repeated_notification_after_a_new_yes_ends_nothing(cloud: Cloud, post: Post) -> None:
    account_id = subscribe(cloud)
    assert post.bring(UNSUBSCRIBE, message_id="b" * 40) == "unsubscribed"
    cloud.dynamodb.update_item(
        TableName="accounts",
        Key=to_item({"pk": f"ACCOUNT#{account_id}", "sk": "ACCOUNT"}),
        UpdateExpression="SET newsletter = :yes",
        ExpressionAttributeValues=to_item({":yes": True}),
    )
    assert post.bring(UNSUBSCRIBE, message_id="b" * 40) == "repeat"
    assert newsletter_goes(cloud)


def test_an_unknown_address_gets_no_answer_from_unsubscribe(cloud: Cloud, post: Post) -> None:
    assert post.bring(UNSUBSCRIBE, sender="nobody@example.org") == "not_subscribed"
    assert mails() == []


# ---------------------------------------------------------------- the help mail


def test_anything_else_gets_the_help_mail(post: Post) -> None:
    raw = raw_mail("Subject: Where is my video?", body="secret words")
    assert post.bring(ELSEWHERE, raw=raw) == "help"
    (mail,) = answers()
    assert mail["To"] == ADA
    assert mail["From"] == f"NATO Multimedia <help@{MAIL_DOMAIN}>"
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["In-Reply-To"] == mail["References"] == "<1@example.org>"
    text = mail.as_string()
    assert "secret" not in text
    assert "video?" not in text
    assert CODES in text
    assert UNSUBSCRIBE in text


def test_the_id_of_the_answered_mail_stays_whole_however_long(post: Post) -> None:
    long = f"<{'a' * 200}@prod.outlook.example>"
    raw = b"From: ada@example.org\r\nMessage-ID: " + long.encode() + b"\r\n\r\nHello"
    post.bring(ELSEWHERE, raw=raw)
    (sent,) = raw_answers()
    assert f"In-Reply-To: {long}\r\n" in sent.replace("\r\n", "\n").replace("\n", "\r\n")


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("field", "word"),
    [
        ("Accept-Language: fr-FR, en-US", "Personne ne lit"),
        ("Content-Language: fr", "Personne ne lit"),
        ("Content-Language: de", "Nobody reads"),
    ],
)
def test_the_help_mail_is_in_the_language_of_the_mail_program(
    post: Post, field: str, word: str
) -> None:
    post.bring(ELSEWHERE, raw=raw_mail(field))
    (mail,) = answers()
    assert str(mail["Subject"]).startswith(word)


@pytest.mark.thorough
def test_the_help_mail_is_the_same_for_known_and_unknown_addresses(
    cloud: Cloud, post: Post
) -> None:
    open_account(cloud.dynamodb, ADA)
    for address in (ADA, "nobody@example.org"):
        for to in (CODES, ELSEWHERE):
            post.bring(to, sender=address)
    known, unknown = answers()
    assert known.get_body(("plain",)).get_content() == unknown.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_a_sender_gets_it_once_an_hour(post: Post, fake_clock: FakeClock) -> None:
    assert [post.bring(ELSEWHERE), post.bring(ELSEWHERE)] == ["help", "limited"]
    fake_clock.forward(hours=1)
    assert post.bring(ELSEWHERE) == "help"


def test_the_whole_service_writes_no_more_than_300_an_hour(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsreel.budgets.subjects._SERVICE_SHARDS", 100)  # three each
    monkeypatch.setattr("secrets.randbelow", lambda _: 7)
    outcomes = [post.bring(ELSEWHERE, sender=f"p{number}@example.org") for number in range(5)]
    assert outcomes == ["help"] * 3 + ["limited"] * 2


def test_a_repeat_of_an_answered_mail_is_not_answered(post: Post) -> None:
    assert post.bring(ELSEWHERE, message_id="c" * 40) == "help"
    assert post.bring(ELSEWHERE, message_id="c" * 40) == "repeat"
    assert len(answers()) == 1


# ---------------------------------------------------------------- what is not answered


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("to", "raw", "sender", "reason"),
    [
        (CODES, raw_mail("Auto-Submitted: auto-replied", "X-Auto-Response-Suppress: All"), ADA,
         "automatic"),
        (ELSEWHERE, raw_mail("List-Id: <a.b>"), ADA, "automatic"),
        (ELSEWHERE, raw_mail(sender="a@b.example, c@d.example"), ADA, "sender_unclear"),
        (ELSEWHERE, raw_mail(), "", "automatic"),
        (ELSEWHERE, b"X: y\r\n" * 50_000, ADA, "headers_too_large"),
        ("codes@example.net", raw_mail(), ADA, "not_ours"),
    ],
)  # fmt: skip
def test_such_mails_end_with_their_reason_and_change_nothing(
    cloud: Cloud, post: Post, to: str, raw: bytes, sender: str, reason: str
) -> None:
    assert post.bring(to, raw=raw, sender=sender) == reason
    assert mails() == []
    assert cloud.dynamodb.scan(TableName="mail")["Items"] == []


def test_a_huge_mail_is_read_no_further_than_its_headers(post: Post) -> None:
    assert post.bring(ELSEWHERE, raw=raw_mail(body="x" * 5_000_000)) == "help"


def test_another_notification_is_acknowledged(post: Post) -> None:
    told = {"notificationType": "AmazonSnsSubscriptionSucceeded", "message": "x"}
    assert post.tell(told) == "other_notification"


def test_what_cannot_be_read_comes_again_and_hides_no_other_mail(post: Post) -> None:
    event = queue_event("no json", {"notificationType": "Other"})
    answer = inbound_mail_app.handler(event, None)  # type: ignore[arg-type]
    assert answer == {"batchItemFailures": [{"itemIdentifier": event["Records"][0]["messageId"]}]}


@pytest.mark.parametrize("name", ["codes", "unsubscribe", "out-of-office"])
def test_the_event_files_are_read(post: Post, name: str) -> None:
    event = json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))
    (record,) = event["Records"]
    told = json.loads(record["body"])
    clients.s3().put_object(
        Bucket=BUCKET, Key=told["receipt"]["action"]["objectKey"], Body=raw_mail()
    )
    expected = {"codes": "help", "unsubscribe": "not_subscribed", "out-of-office": "automatic"}
    assert post.tell(told) == expected[name]


# ---------------------------------------------------------------- suppression


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("reason", "stays"), [("bounce", False), ("full", False), ("complaint", True)]
)
def test_a_proved_mail_lifts_what_bounces_suppressed(
    cloud: Cloud, post: Post, reason: str, stays: bool
) -> None:
    who = who_of(ADA, keyring.read_keyring(ENVIRONMENT["TRAIL_KEYS_SECRET"]))
    counted = {"bounces": int(reason == "bounce"), "fulls": int(reason == "full")}
    complained = int(reason == "complaint")
    item = to_item(
        {
            **suppression_key(who),
            **counted,
            "reason": reason,
            "complained_at": complained,
            "revision": 1,
        }
    )
    cloud.dynamodb.put_item(TableName="mail", Item=item)
    post.bring(ELSEWHERE, dmarc="FAIL")
    assert len(suppressed(cloud)) == 1
    post.bring(ELSEWHERE)
    assert (len(suppressed(cloud)) == 1) is stays


def suppressed(cloud: Cloud) -> list[Any]:
    found = cloud.dynamodb.scan(TableName="mail")["Items"]
    return [one for one in found if one["pk"]["S"].startswith("SUPPRESSED#")]


# ---------------------------------------------------------------- loops


@pytest.mark.thorough
def test_a_ticket_system_that_answers_everything_ends_by_itself(
    cloud: Cloud, post: Post, fake_clock: FakeClock
) -> None:
    """It ignores Auto-Submitted, answers every mail of ours at once, and began a registration."""
    tickets = "tickets@example.org"
    register(tickets)
    deliver(cloud.dynamodb)
    answered, heard = 0, []
    for _ in range(60):
        new = [mail for mail in mails() if mail["To"] == tickets][answered:]
        for mail in new:
            answered += 1
            to = email.utils.parseaddr(str(mail["From"]))[1]
            heard.append(post.bring(to, sender=tickets))
        fake_clock.forward(minutes=3)
        deliver(cloud.dynamodb)
    assert answered <= 1 + 3 + 1  # the first code, three more, one help mail
    assert heard[-1] in {"limited", "too_early"}


@pytest.mark.thorough
def test_two_auto_responders_never_exchange_more_than_one_answer(
    post: Post, fake_clock: FakeClock
) -> None:
    """It answers our help mail with a mail that does not say that it is automatic."""
    outcomes = []
    for _ in range(10):
        outcomes.append(post.bring(ELSEWHERE, sender="robot@example.org"))
        fake_clock.forward(minutes=1)
    assert outcomes == ["help"] + ["limited"] * 9


# ---------------------------------------------------------------- races


def at_once(*told: object) -> None:
    """Hand each message to an environment of its own, all at the same moment."""
    with ThreadPoolExecutor(len(told)) as pool:
        list(pool.map(lambda one: inbound_mail_app.handler(queue_event(one), None), told))  # type: ignore[arg-type]


def test_a_proved_mail_for_a_code_ends_the_mute_of_its_address(
    cloud: Cloud, post: Post, fake_clock: FakeClock
) -> None:
    flow_id = register(ADA).json["registration_id"]
    deliver(cloud.dynamodb)
    who = name_of(ADA)
    held_back.mute("mail", who, until=clock.epoch() + 86_400, now=clock.epoch())
    fake_clock.forward(minutes=1)
    assert post.bring(UNSUBSCRIBE) == "not_subscribed"
    assert suppression_of(ADA) is not None, "only a wish for a code ends it"
    assert post.bring(CODES) == "code"
    assert suppression_of(ADA) is None
    deliver(cloud.dynamodb)
    assert look(flow_id).json["delivery"] == "sent"


@pytest.mark.thorough
def test_one_mail_told_many_times_at_once_issues_one_code(
    cloud: Cloud, post: Post, fake_clock: FakeClock
) -> None:
    register(ADA)
    fake_clock.forward(minutes=1)
    clients.s3().put_object(Bucket=BUCKET, Key=f"inbound/{'a' * 40}", Body=raw_mail())
    at_once(*[received(message_id="a" * 40)] * 8)
    assert len(items(cloud.dynamodb, "mail_request")) == 2


@pytest.mark.thorough
def test_many_mails_at_once_issue_one_code_and_keep_the_wait(
    cloud: Cloud, post: Post, fake_clock: FakeClock
) -> None:
    register(ADA)
    fake_clock.forward(minutes=1)
    names = [f"{number:040d}" for number in range(8)]
    for name in names:
        clients.s3().put_object(Bucket=BUCKET, Key=f"inbound/{name}", Body=raw_mail())
    at_once(*(received(message_id=name) for name in names))
    assert len(items(cloud.dynamodb, "mail_request")) == 2


def test_many_mails_at_once_get_one_help_mail(cloud: Cloud, post: Post) -> None:
    names = [f"{number:040d}" for number in range(8)]
    for name in names:
        clients.s3().put_object(Bucket=BUCKET, Key=f"inbound/{name}", Body=raw_mail())
    at_once(*(received([ELSEWHERE], message_id=name) for name in names))
    assert len(answers()) == 1


# ---------------------------------------------------------------- what is told


@pytest.mark.thorough
def test_no_address_subject_or_token_is_logged_or_kept(
    cloud: Cloud, post: Post, logged: io.StringIO, fake_clock: FakeClock
) -> None:
    account_id = subscribe(cloud)
    token = seal(account_id, keyring.read_keyring(ENVIRONMENT["UNSUBSCRIBE_KEYS_SECRET"]))
    register(ADA)
    fake_clock.forward(minutes=1)
    canary = "zqcanary"
    raw = raw_mail(f"X-Canary: {canary}", f"Subject: {canary}", body=canary)
    for to in (CODES, ELSEWHERE, f"unsubscribe+{token}@{MAIL_DOMAIN}", f"{canary}@{MAIL_DOMAIN}"):
        post.bring(to, raw=raw)
    post.bring(CODES, raw=raw, dmarc="FAIL")
    post.tell("zqcanary, which is no JSON")
    kept = json.dumps(cloud.dynamodb.scan(TableName="mail")["Items"])
    for text in (logged.getvalue(), kept):
        for secret in (ADA, "ada@", canary, token, "a code please"):
            assert secret not in text, secret


# ---------------------------------------------------------------- nothing to learn


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect the AWS calls that are made, in order."""
    made: list[str] = []
    call_aws = BaseClient._make_api_call  # type: ignore[attr-defined]

    def record(client: object, name: str, values: object) -> object:
        made.append(name)
        return call_aws(client, name, values)

    monkeypatch.setattr(BaseClient, "_make_api_call", record)
    return made


@pytest.mark.thorough
def test_the_steps_are_the_same_for_known_and_unknown_addresses(
    cloud: Cloud, post: Post, fake_clock: FakeClock, called: list[str]
) -> None:
    known, unknown = ADA, "nobody@example.org"
    subscribe(cloud, known)
    for address in (known, unknown):
        register(address)
    fake_clock.forward(minutes=1)
    post.bring(ELSEWHERE, sender="warm@example.org")  # what an environment reads once
    for to in (CODES, CODES, UNSUBSCRIBE, ELSEWHERE, ELSEWHERE):
        steps = []
        for address in (known, unknown):
            called.clear()
            post.bring(to, sender=address)
            steps.append(list(called))
        assert steps[0] == steps[1], to
