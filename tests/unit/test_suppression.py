"""Which mail goes to an address that mail came back from, and what ends that."""

import pytest
from newsreel.mail_table.suppression import NONE
from newsreel.policy import DAY

NOW = 1_771_034_640
FIRST, SECOND, THIRD = "2026-02-14T02:04:00Z", "2026-02-14T02:05:00Z", "2026-02-14T02:06:00Z"


def test_after_one_bounce_codes_rest_a_day_and_all_else_until_it_is_lifted() -> None:
    one = NONE.after_bounce(sent=FIRST, now=NOW)
    assert one.blocks_codes(now=NOW + DAY - 1)
    assert not one.blocks_codes(now=NOW + DAY)
    assert one.blocks_notices
    assert one.blocks_newsletter(now=NOW + 1000 * DAY)
    assert one.reason == "bounce"


def test_from_the_second_bounce_on_codes_rest_a_week() -> None:
    one = NONE.after_bounce(sent=FIRST, now=NOW).after_bounce(sent=SECOND, now=NOW + DAY)
    assert one.blocks_codes(now=NOW + 8 * DAY - 1)
    assert not one.blocks_codes(now=NOW + 8 * DAY)


def test_a_full_mailbox_stops_the_newsletter_alone_and_only_the_third_time() -> None:
    one = NONE
    for number in range(3):
        assert not one.blocks_newsletter(now=NOW + number)
        one = one.after_full(sent=FIRST, now=NOW + number)
    assert one.blocks_newsletter(now=NOW + 30 * DAY)
    assert not one.blocks_newsletter(now=NOW + 31 * DAY)
    assert not one.blocks_codes(now=NOW)
    assert not one.blocks_notices


def test_a_mailbox_that_is_full_now_and_then_counts_afresh() -> None:
    one = NONE
    for number in range(5):
        one = one.after_full(sent=FIRST, now=NOW + number * 16 * DAY)
    assert not one.blocks_newsletter(now=NOW + 64 * DAY)


def test_a_complaint_stops_notices_and_newsletter_and_no_code() -> None:
    one = NONE.after_complaint(now=NOW)
    assert one.blocks_notices
    assert one.blocks_newsletter(now=NOW + 1000 * DAY)
    assert not one.blocks_codes(now=NOW)


@pytest.mark.parametrize(("sent", "lifts"), [(FIRST, False), (SECOND, False), (THIRD, True)])
def test_only_a_later_mail_that_arrived_lifts_it(sent: str, lifts: bool) -> None:
    one = NONE.after_bounce(sent=SECOND, now=NOW)
    assert (one.after_delivery(sent=sent) == NONE) == lifts


def test_no_delivery_takes_a_complaint_back() -> None:
    one = NONE.after_complaint(now=NOW).after_bounce(sent=FIRST, now=NOW)
    lifted = one.after_delivery(sent=SECOND)
    assert lifted == NONE.after_complaint(now=NOW)
