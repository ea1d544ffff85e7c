"""An edition from its schedule to its last mail: previewed, approved, walked, sent once to each."""

import json
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from newsreel.aws import clients
from newsreel.aws.items import to_item
from newsreel.aws.keyring import read_keyring
from newsreel.catalogue.keys import video_pk
from newsreel.mail_table.who import who_of
from newsreel.newsletter import tokens
from newsreel.policy import DAY, HOUR

from tests.support.accounts import mails
from tests.support.cloud import ENVIRONMENT, Cloud, FakeClock
from tests.support.newsletter_run import (
    Newsletter,
    addressees,
    edition_item,
    editions_sent,
    marks,
    newsletter,
    publish,
    quota,
    report,
    subscribe,
)


@pytest.fixture
def letter(cloud: Cloud, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Newsletter:
    return newsletter(fake_clock, monkeypatch)


def html_of(mail: EmailMessage) -> str:
    part = mail.get_body(("html",))
    assert part is not None
    content: str = part.get_content()
    return content


@pytest.mark.thorough
def test_an_edition_goes_to_every_subscriber_in_their_language(letter: Newsletter) -> None:
    ids = [subscribe(number, "fr" if number % 3 == 0 else "en") for number in range(1, 31)]
    publish(1)
    edition_id = letter.make()
    assert edition_item(edition_id)["state"] == "review"
    letter.work()
    assert editions_sent() == []
    letter.order(edition_id, "approve")
    assert edition_item(edition_id)["state"] == "sending"
    letter.work()
    assert addressees() == sorted(f"person{number}@example.org" for number in range(1, 31))
    assert marks(edition_id) == dict.fromkeys(ids, "sent")
    french = [mail for mail in editions_sent() if "vidéo" in str(mail["Subject"])]
    assert len(french) == 10
    letter.carry_on()
    assert edition_item(edition_id)["state"] == "sent"
    assert report(edition_id)["mails"] == {"sent": 30}


def test_the_preview_goes_to_the_press_office_in_every_language_and_to_its_bucket(
    letter: Newsletter,
) -> None:
    subscribe(1)
    publish(1)
    edition_id = letter.make()
    assert [mail["To"] for mail in mails()] == ["press@example.org"] * 2
    assert {mail["Subject"].partition(":")[0].strip() for mail in mails()} == {
        "Preview (English)",
        "Aperçu (français)",
    }
    told = report(edition_id)
    assert told["state"] == "review"
    assert told["recipients"] == 1
    assert told["commands"] == [
        f"newsletter/{edition_id}/approve",
        f"newsletter/{edition_id}/cancel",
    ]
    assert "Statement 1" in told["preview"]["fr"]["text"]


@pytest.mark.thorough
def test_each_mail_ends_the_newsletter_of_its_own_reader(letter: Newsletter) -> None:
    ids = {f"person{number}@example.org": subscribe(number) for number in (1, 2, 3)}
    publish(1)
    letter.order(letter.make(), "approve")
    letter.work()
    ring = read_keyring("newsreel/test/unsubscribe-keys")
    for mail in editions_sent():
        token = str(mail["List-Unsubscribe"]).partition("unsubscribe/")[2].partition(">")[0]
        assert tokens.unseal(token, ring) == ids[str(mail["To"])]
        assert f'href="https://media.example.org/unsubscribe#{token}"' in html_of(mail)


def test_nothing_new_makes_no_edition_and_the_next_one_begins_behind_it(
    letter: Newsletter,
) -> None:
    publish(1)
    first = letter.make()
    letter.hands.forward(days=7)
    second = letter.make()
    assert len(mails()) == 2  # previews of the first
    publish(2)
    letter.hands.forward(days=7)
    third = letter.make()
    assert [one["video_id"] for one in edition_item(third)["videos"]] == ["video-2"]
    assert len({first, second, third}) == 3


def test_what_was_published_too_late_or_dated_back_is_in_the_next_edition(
    letter: Newsletter,
) -> None:
    publish(1)
    letter.make()
    published = int(letter.hands.time.timestamp())
    letter.hands.forward(seconds=30)
    publish(2, published)  # its files were still being looked into
    publish(3, published - 3 * HOUR)
    publish(4, published - 8 * DAY)
    letter.hands.forward(days=7)
    second = letter.make()
    assert [one["video_id"] for one in edition_item(second)["videos"]] == ["video-2", "video-3"]
    letter.hands.forward(minutes=1)
    letter.make()
    assert len(mails()) == 4  # previews of two editions


def test_an_edition_can_be_made_by_hand_from_an_earlier_moment(letter: Newsletter) -> None:
    publish(1, int(letter.hands.time.timestamp()) - 30 * DAY)
    edition_id = letter.make(since="2026-01-01T00:00:00Z")
    assert [one["video_id"] for one in edition_item(edition_id)["videos"]] == ["video-1"]
    letter.hands.forward(minutes=1)
    again = letter.make(since="2026-01-01T00:00:00Z")
    assert [one["video_id"] for one in edition_item(again)["videos"]] == ["video-1"]


def test_the_first_edition_looks_back_a_week(letter: Newsletter) -> None:
    now = int(letter.hands.time.timestamp())
    publish(1, now - 7 * DAY - 1)
    publish(2, now - 7 * DAY + 1)
    edition_id = letter.make()
    assert [one["video_id"] for one in edition_item(edition_id)["videos"]] == ["video-2"]


def test_a_schedule_that_runs_twice_makes_one_edition_and_previews_it_once(
    letter: Newsletter,
) -> None:
    publish(1)
    letter.make()
    letter.make()
    assert len(mails()) == 2


@pytest.mark.thorough
def test_twelve_videos_are_shown_and_the_rest_is_counted(letter: Newsletter) -> None:
    now = int(letter.hands.time.timestamp())
    for number in range(1, 121):
        publish(number, now - number)
    edition_id = letter.make()
    stored = edition_item(edition_id)
    assert [one["video_id"] for one in stored["videos"]] == [f"video-{n}" for n in range(1, 13)]
    assert stored["more"] == 108
    assert str(mails()[0]["Subject"]).endswith("120 new videos: Statement 1")


def test_embargoed_and_withdrawn_videos_are_not_announced(letter: Newsletter) -> None:
    now = int(letter.hands.time.timestamp())
    publish(1)
    publish(2, state="withdrawn")
    publish(3, now + HOUR)
    edition_id = letter.make()
    assert [one["video_id"] for one in edition_item(edition_id)["videos"]] == ["video-1"]
    letter.hands.forward(hours=1)
    later = letter.make()
    assert [one["video_id"] for one in edition_item(later)["videos"]] == ["video-3"]


@pytest.mark.thorough
def test_a_video_withdrawn_after_approval_is_not_carried(letter: Newsletter) -> None:
    subscribe(1)
    publish(1)
    publish(2, title="Never to be mailed")
    edition_id = letter.make()
    letter.order(edition_id, "approve")
    publish(2, state="withdrawn")
    letter.work()
    [mail] = editions_sent()
    assert "Statement 1" in html_of(mail)
    assert "Never to be mailed" not in mail.as_string()
    assert mail["Subject"] == "New video: Statement 1"


@pytest.mark.thorough
@pytest.mark.parametrize("became", ["embargoed", "deleted"])
def test_a_video_that_the_public_may_not_see_any_more_is_not_carried(
    letter: Newsletter, became: str
) -> None:
    subscribe(1)
    publish(1)
    publish(2, title="Never to be mailed")
    letter.order(letter.make(), "approve")
    if became == "embargoed":
        publish(2, int(letter.hands.time.timestamp()) + HOUR, title="Never to be mailed")
    else:
        clients.dynamodb().delete_item(TableName="catalogue", Key=to_item(video_pk("video-2")))
    letter.work()
    [mail] = editions_sent()
    assert mail["Subject"] == "New video: Statement 1"
    assert "Never to be mailed" not in mail.as_string()


@pytest.mark.thorough
def test_a_video_is_dropped_from_the_chunk_after_its_withdrawal_on(letter: Newsletter) -> None:
    # At 0.7 mails a second, two workers: 21 mails a chunk.
    for number in range(1, 65):
        subscribe(4 * number % 256 if number < 64 else 0)
    publish(1)
    publish(2, title="Withdrawn meanwhile")
    edition_id = letter.make()
    letter.order(edition_id, "approve")
    assert len(editions_sent()) == 0
    message = letter._next()
    while message and message[0] == "walk":
        letter._hand_over(*message, seconds=120)
        message = letter._next()
    assert message
    letter._hand_over(*message, seconds=120)
    before = len(editions_sent())
    assert before > 0
    publish(2, state="withdrawn")
    letter.work()
    carried = [
        mail for mail in editions_sent()[before:] if "Withdrawn meanwhile" in mail.as_string()
    ]
    assert len(editions_sent()) > before
    assert carried == []


def test_an_edition_whose_videos_were_all_withdrawn_is_cancelled(letter: Newsletter) -> None:
    subscribe(1)
    publish(1)
    edition_id = letter.make()
    letter.order(edition_id, "approve")
    publish(1, state="withdrawn")
    letter.work()
    assert editions_sent() == []
    assert edition_item(edition_id)["state"] == "cancelled"
    assert edition_item(edition_id)["reason"] == "withdrawn"
    letter.carry_on()
    assert report(edition_id)["state"] == "cancelled"


@pytest.mark.thorough
def test_who_left_meanwhile_gets_nothing(letter: Newsletter) -> None:
    ids = [subscribe(number) for number in (1, 2, 3)]
    publish(1)
    edition_id = letter.make()
    letter.order(edition_id, "approve")
    walked = 0
    while (message := letter._next()) and message[0] == "walk":
        letter._hand_over(*message, seconds=120)
        walked += 1
    assert walked == 4
    assert message
    subscribe(1, newsletter=False, work=None)  # a no
    subscribe(2, work=None)  # a hard bounce
    letter._hand_over(*message, seconds=120)
    letter.work()
    assert addressees() == ["person3@example.org"]
    assert marks(edition_id) == {ids[0]: "left", ids[1]: "left", ids[2]: "sent"}


@pytest.mark.thorough
def test_a_suppressed_address_gets_nothing_under_any_key_of_the_ring(letter: Newsletter) -> None:
    subscribe(1)
    subscribe(2)
    subscribe(3)
    publish(1)
    ring = read_keyring("newsreel/test/trail-keys")
    now = int(letter.hands.time.timestamp())
    full_lately, full_once = ({"fulls": 3, "full_at": now - age * DAY} for age in (29, 31))
    for number, became in ((1, {"bounces": 1}), (2, full_lately), (3, full_once)):
        item = {
            "pk": f"SUPPRESSED#{who_of(f'person{number}@example.org', ring)}",
            "sk": "SUPPRESSED",
            **became,
        }
        clients.dynamodb().put_item(TableName="mail", Item=to_item(item))
    letter.order(letter.make(), "approve")
    letter.work()
    assert addressees() == ["person3@example.org"]


@pytest.mark.thorough
def test_a_chunk_handed_over_twice_is_sent_once(letter: Newsletter) -> None:
    for number in range(1, 11):
        subscribe(number)
    publish(1)
    letter.order(letter.make(), "approve")
    while message := letter._next():
        letter._hand_over(*message, seconds=120)
        letter._hand_over(*message, seconds=120)
    assert len(addressees()) == len(set(addressees())) == 10


@pytest.mark.thorough
def test_pause_keeps_what_is_left_and_resume_sends_it(letter: Newsletter) -> None:
    for number in range(1, 11):
        subscribe(number)
    publish(1)
    edition_id = letter.make()
    letter.order(edition_id, "approve")
    letter.order(edition_id, "pause")
    letter.work()
    assert editions_sent() == []
    assert report(edition_id)["state"] == "paused"
    assert len(letter.waiting("walk")) == 4
    letter.order(edition_id, "resume")
    letter.end_delays()
    letter.work()
    assert len(addressees()) == 10


@pytest.mark.thorough
@pytest.mark.parametrize("when", ["review", "sending", "paused"])
def test_a_cancelled_edition_goes_to_nobody_else(letter: Newsletter, when: str) -> None:
    subscribe(1)
    publish(1)
    edition_id = letter.make()
    if when != "review":
        letter.order(edition_id, "approve")
    if when == "paused":
        letter.order(edition_id, "pause")
    letter.order(edition_id, "cancel")
    letter.order(edition_id, "approve")
    letter.order(edition_id, "resume")
    letter.work()
    assert editions_sent() == []
    assert report(edition_id)["state"] == "cancelled"
    assert report(edition_id)["commands"] == []


def test_an_edition_that_nobody_approves_is_cancelled_after_a_week(letter: Newsletter) -> None:
    publish(1)
    edition_id = letter.make()
    letter.hands.forward(days=7, seconds=-1)
    letter.carry_on()
    assert edition_item(edition_id)["state"] == "review"
    letter.hands.forward(seconds=1)
    letter.carry_on()
    assert edition_item(edition_id)["state"] == "cancelled"
    assert report(edition_id)["reason"]["en"] == "Nobody decided on it in time."


def with_quota(monkeypatch: pytest.MonkeyPatch, **answer: float) -> None:
    call = BaseClient._make_api_call  # type: ignore[attr-defined]

    def make(client: BaseClient, operation: str, values: dict[str, object]) -> object:
        return quota(**answer) if operation == "GetSendQuota" else call(client, operation, values)

    monkeypatch.setattr(BaseClient, "_make_api_call", make)


@pytest.mark.thorough
def test_an_edition_waits_until_the_quota_fits_and_says_why(
    letter: Newsletter, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 11):
        subscribe(number)
    publish(1)
    edition_id = letter.make()
    with monkeypatch.context() as small:
        with_quota(small, per_day=20, sent=8)
        letter.order(edition_id, "approve")
        letter.work()
        assert editions_sent() == []
        told = report(edition_id)
        assert told["state"] == "held"
        assert told["reason"]["en"] == (
            "10 subscribers; the quota leaves 8 mails today: ask AWS for more."
        )
    with_quota(monkeypatch, per_day=20, sent=6)
    letter.hands.forward(hours=1)
    letter.carry_on()
    letter.work()
    assert len(addressees()) == 10


@pytest.mark.thorough
def test_the_rate_is_never_more_than_the_share_of_what_ses_allows(
    letter: Newsletter, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        subscribe(64 * number)  # of one shard, so of one chunk
    publish(1)
    with_quota(monkeypatch, per_day=50_000, per_second=1)
    edition_id = letter.make()
    letter.order(edition_id, "approve")
    assert edition_item(edition_id)["rate"] == pytest.approx(0.7)
    letter.work()
    waits = [seconds for seconds in letter.slept if seconds > 0]
    assert waits == pytest.approx([2 / 0.7] * 3)


@pytest.mark.thorough
def test_newsletters_wait_while_codes_are_throttled(letter: Newsletter) -> None:
    subscribe(1)
    publish(1)
    letter.order(letter.make(), "approve")
    until = int(letter.hands.time.timestamp()) + 60
    hold = to_item({"pk": "HOLD", "sk": "HOLD", "until": until, "reason": "busy"})
    clients.dynamodb().put_item(TableName="mail", Item=hold)
    letter.work()
    assert editions_sent() == []
    assert len(letter.waiting("send")) == 1
    letter.hands.forward(seconds=60)
    letter.end_delays()
    letter.work()
    assert len(editions_sent()) == 1


def refusing(
    monkeypatch: pytest.MonkeyPatch, sentence: str, refused: Callable[[dict[str, Any]], bool]
) -> None:
    """Let SES reject the mails that ``refused`` names, in its words."""
    call = BaseClient._make_api_call  # type: ignore[attr-defined]

    def make(client: BaseClient, operation: str, values: dict[str, Any]) -> object:
        if operation == "SendRawEmail" and refused(values):
            detail = {"Error": {"Code": "MessageRejected", "Message": sentence}}
            raise ClientError(detail, operation)  # type: ignore[arg-type]
        return call(client, operation, values)

    monkeypatch.setattr(BaseClient, "_make_api_call", make)


@pytest.mark.thorough
def test_a_domain_that_is_not_verified_holds_the_edition_and_strikes_nobody_out(
    letter: Newsletter, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [subscribe(1), subscribe(2)]
    publish(1)
    edition_id = letter.make()
    letter.order(edition_id, "approve")
    ours = ENVIRONMENT["NEWSLETTER_DOMAIN"]
    with monkeypatch.context() as until_verified:
        words = f"Email address is not verified. Identities that failed: newsletter@{ours}"
        refusing(until_verified, words, lambda _: True)
        letter.work()
    assert edition_item(edition_id)["state"] == "held"
    assert marks(edition_id) == {}
    letter.carry_on()
    assert report(edition_id)["state"] == "held"
    letter.hands.forward(hours=1)
    letter.carry_on()
    letter.end_delays()
    letter.work()
    assert marks(edition_id) == dict.fromkeys(ids, "sent")


@pytest.mark.thorough
def test_a_mail_that_ses_rejects_is_counted_and_the_others_go_on(
    letter: Newsletter, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [subscribe(1), subscribe(2)]
    publish(1)
    edition_id = letter.make()
    letter.order(edition_id, "approve")
    words = "Email address is not verified. Identities that failed: person1@example.org"
    refusing(monkeypatch, words, lambda mail: mail["Destinations"] == ["person1@example.org"])
    letter.work()
    assert marks(edition_id) == {ids[0]: "refused", ids[1]: "sent"}


@pytest.mark.thorough
def test_a_worker_whose_time_ends_puts_its_chunk_back(letter: Newsletter) -> None:
    subscribe(1)
    publish(1)
    letter.order(letter.make(), "approve")
    while (message := letter._next()) and message[0] == "walk":
        letter._hand_over(*message, seconds=120)
    assert message
    letter._hand_over(*message, seconds=14)
    assert editions_sent() == []
    letter.work()
    assert len(editions_sent()) == 1


def test_a_message_that_follows_from_itself_too_often_is_given_up(letter: Newsletter) -> None:
    subscribe(1)
    publish(1)
    edition_id = letter.make()
    letter.order(edition_id, "approve")
    letter.order(edition_id, "pause")
    letter.work()
    body = letter.waiting("walk")[0]
    letter._hand_over("walk", json.dumps({**body, "step": 4_000}), seconds=120)
    [(queue, _)] = letter.given_up
    assert queue == "walk"


def test_objects_of_other_names_and_unknown_editions_change_nothing(letter: Newsletter) -> None:
    publish(1)
    edition_id = letter.make()
    for name in ("approve.txt", "finish", "start", "Approve"):
        letter.order(edition_id, name)
    letter.order("2020-01-01-0000", "approve")
    assert edition_item(edition_id)["state"] == "review"


def test_the_mail_client_of_editions_asks_once() -> None:
    # boto3's own retry after a lost answer would be a second mail.
    config: Any = clients.ses().meta.config
    assert config.retries["total_max_attempts"] == 1
