"""AWS fails at each call that a mail to us leads to; its queue hands the mail over again.

Before or after the call took effect: no mail is lost in silence, what somebody asked for happens
once, and a mail is answered twice only where nobody knows whether SES took the answer.
"""

from collections.abc import Callable
from typing import Any

import pytest
from newsreel.aws import clients
from newsreel.aws.items import from_item
from newsreel.aws.keyring import read_keyring
from newsreel.mail_table.suppression import NONE, replaced
from newsreel.newsletter.tokens import seal

from functions.inbound_mail import app as inbound_app
from functions.newsletter import app as newsletter_app
from tests.support.accounts import call, deliver, items, mails, open_account, register
from tests.support.cloud import ENVIRONMENT, Cloud, FakeClock
from tests.support.fault_injection import FAULTS, LIKE_THROTTLED, forget, inject_fault
from tests.support.incoming import BUCKET, MAIL_DOMAIN, queue_event, raw_mail, received
from tests.support.invariants import memory
from tests.support.mail_items import mail_items, name_of, suppression_of

pytestmark = pytest.mark.thorough

ADA = "ada@example.org"
RECEIVES = 5
STRIKES = [fault for fault in FAULTS if fault.name not in LIKE_THROTTLED]
# After these SES may have taken the mail, so it is answered again.
DOUBTED = {"timeout after the effect"}
Prepare = Callable[[Cloud, FakeClock], str]


@pytest.fixture(autouse=True)
def _at_once(fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsreel.aws.transactions.time.sleep", lambda _seconds: None)


def subscriber(cloud: Cloud) -> str:
    """Have a subscriber; return the account's id."""
    cookie = open_account(cloud.dynamodb, ADA).cookie
    yes = {"text_version": "2026-01", "language": "en", "place": "account"}
    assert call(newsletter_app, "PUT", "/account/newsletter", cookie=cookie, body=yes).status == 204
    return str(items(cloud.dynamodb, "account")[0]["account_id"]["S"])


def code(cloud: Cloud, hands: FakeClock) -> str:
    register(ADA)
    deliver(cloud.dynamodb)
    hands.forward(minutes=1)
    return "codes"


def code_too_early(cloud: Cloud, _hands: FakeClock) -> str:
    register(ADA)
    deliver(cloud.dynamodb)
    return "codes"


def no_code(_cloud: Cloud, _hands: FakeClock) -> str:
    return "codes"


def anything(cloud: Cloud, _hands: FakeClock) -> str:
    came_back = NONE.after_bounce(sent="2026-02-14T02:04:00.000Z", now=1771034640)
    entry = replaced("mail", name_of(ADA), NONE, came_back, now=1771034640)
    cloud.dynamodb.transact_write_items(TransactItems=[entry])
    return "press"


def no_newsletter(cloud: Cloud, _hands: FakeClock) -> str:
    subscriber(cloud)
    return "unsubscribe"


def no_newsletter_by_token(cloud: Cloud, _hands: FakeClock) -> str:
    ring = read_keyring(ENVIRONMENT["UNSUBSCRIBE_KEYS_SECRET"])
    return f"unsubscribe+{seal(subscriber(cloud), ring)}"


PREPARED = (code, code_too_early, no_code, anything, no_newsletter, no_newsletter_by_token)


def state(cloud: Cloud, before: int) -> tuple[Any, ...]:
    """Return what the mail led to, without how often SES took the answer."""
    consents = [from_item(one) for one in items(cloud.dynamodb, "consent")]
    counts = [
        value
        for one in mail_items("budget")
        if "address#" in str(one["pk"])
        for name, value in one.items()
        if name.startswith(("help_", "codes_"))
    ]
    return (
        len(items(cloud.dynamodb, "mail_request")),
        sorted(str(one["place"]) for one in consents if not one["given"]),
        [(one["outcome"], one["state"]) for one in mail_items("seen_mail")],
        counts,
        suppression_of(ADA),
        bool(mails()[before:]),
    )


@pytest.mark.parametrize("prepare", PREPARED, ids=lambda prepare: prepare.__name__)
def test_what_a_mail_asks_for_happens_once_whichever_call_fails(
    cloud: Cloud, fake_clock: FakeClock, prepare: Prepare
) -> None:
    to = prepare(cloud, fake_clock)
    name = "a" * 40
    clients.s3().put_object(Bucket=BUCKET, Key=f"inbound/{name}", Body=raw_mail(sender=ADA))
    event = queue_event(received([f"{to}@{MAIL_DOMAIN}"], source=ADA, message_id=name))
    bring_back, before = memory(), len(mails())

    def take() -> bool:
        answer = inbound_app.handler(event, None)  # type: ignore[arg-type]
        return not answer["batchItemFailures"]

    forget()
    with inject_fault() as whole:
        assert take()
    end = state(cloud, before)
    for at, operation in enumerate(whole.calls):
        for fault in STRIKES:
            bring_back()
            forget()
            with inject_fault(fault, at=at) as happened:
                done = take()
            if not happened.hit:
                continue
            tries = 1
            while not done and tries < RECEIVES:
                done, tries = take(), tries + 1
            where = (at, operation, str(fault))
            assert done, where
            assert state(cloud, before) == end, where
            answered = len(mails()) - before
            doubted = operation == "SendRawEmail" and fault.name in DOUBTED
            # The mark that an answer is out comes after it: without it, it is sent again.
            unmarked = operation == "UpdateItem" and at == len(whole.calls) - 1
            assert answered <= (2 if doubted or unmarked else 1), where
    # A repeat of what was done changes nothing more.
    assert take()
    assert state(cloud, before) == end
