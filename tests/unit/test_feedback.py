"""The table of mail feedback, from SES's own shapes through the template's rule."""

import json

import pytest
from newsreel.mail.feedback import FeedbackError, Meaning, meaning, parse

from tests.support.ses_events import DETAILS, Mailed, event, transformed, transformer

TAGS = {"kind": "code", "who": "0" * 32, "purpose": "registration", "flow": "9f" * 32, "issue": "1"}
MAIL = Mailed(tags=TAGS)
TABLE = {
    "delivery": Meaning("delivered", "delivered", "delivered", lifts=True),
    "delay": Meaning("delayed", "delayed", "delayed"),
    "hard bounce": Meaning("hard_bounce", "bounced", "bounced", "bounce"),
    "no such address": Meaning("hard_bounce", "bounced", "bounced", "bounce"),
    "suppressed by SES": Meaning("hard_bounce", "bounced", "bounced", "bounce"),
    "on the account's list": Meaning("hard_bounce", "bounced", "bounced", "bounce"),
    "full": Meaning("mailbox_full", "bounced", "bounced", "full"),
    "too large": Meaning("content_refused", "bounced", "bounced"),
    "content": Meaning("content_refused", "bounced", "bounced"),
    "attachment": Meaning("content_refused", "bounced", "bounced"),
    "blocked": Meaning("blocked", "bounced", "bounced"),
    "given up": Meaning("blocked", "bounced", "bounced"),
    "out of office": Meaning("out_of_office", "out_of_office"),
    "undetermined": Meaning("out_of_office", "out_of_office"),
    "complaint": Meaning("complaint", "complained", suppress="complaint"),
    "not spam": Meaning("not_spam"),
    "complaint on the account's list": Meaning("not_sent", "bounced", "bounced"),
    "reject": Meaning("virus", "rejected", "bounced"),
    "send": Meaning("passed_over"),
    "rendering failure": Meaning("passed_over"),
    "open": Meaning("passed_over"),
}


def test_the_table_has_a_row_for_every_event() -> None:
    assert TABLE.keys() == DETAILS.keys()


@pytest.mark.parametrize("missing", ["", "null"])
@pytest.mark.parametrize("name", TABLE)
def test_each_event_means_what_the_table_says(name: str, missing: str) -> None:
    # How AWS writes a path that an event lacks is not documented: both ways must do.
    assert meaning(parse(transformed(event(name, MAIL), missing))) == TABLE[name]


@pytest.mark.parametrize("name", TABLE)
def test_a_path_that_stays_a_placeholder_means_the_same(name: str) -> None:
    names = transformer()["InputPathsMap"]
    body = json.loads(transformed(event(name, MAIL), "?"))
    kept = {
        key: f"<{key}>" if value == "?" and key in names else value for key, value in body.items()
    }
    assert meaning(parse(json.dumps(kept))) == TABLE[name]


def test_our_own_tags_come_back_as_they_were_sent() -> None:
    told = parse(transformed(event("hard bounce", MAIL)))
    assert {name: told.tags[name] for name in TAGS} == TAGS
    assert told.status_class == 5
    assert told.sent == MAIL.sent


@pytest.mark.parametrize("body", ["", "no json", "[]", "{}", '{"tags":[]}', '"x"', "null"])
def test_anything_else_is_refused_without_repeating_it(body: str) -> None:
    with pytest.raises(FeedbackError) as refused:
        parse(body)
    assert refused.value.__suppress_context__
    assert body == "" or body not in str(refused.value)


@pytest.mark.parametrize("name", TABLE)
def test_nothing_of_the_mail_passes_the_rule(name: str) -> None:
    body = transformed(event(name, Mailed(address="canary@newsroom.example", tags=TAGS)))
    for secret in ("canary", "482 917", "Subject", "smtp;"):
        assert secret not in body


def test_a_mail_without_tags_is_still_read() -> None:
    told = parse(transformed(event("delivery", Mailed())))
    assert "who" not in told.tags
