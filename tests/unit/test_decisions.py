"""Decisions without AWS: what is published, which issue is next, how long a log-in waits."""

from dataclasses import replace

import pytest
from newsreel.accounts.email_address import EmailAddress
from newsreel.accounts.flows import next_issue
from newsreel.accounts.log_in_waits import count_failure
from newsreel.accounts.records import Flow, LogInFailures
from newsreel.catalogue.metadata import Metadata
from newsreel.catalogue.model import Rendition
from newsreel.ingest.decision import decide
from newsreel.ingest.folder_state import FolderState, KnownFile
from newsreel.ingest.scan import FolderScan
from newsreel.policy import POLICY
from newsreel.refusals import Refusal

NOW, BEFORE, LATER = "2026-02-14T09:30:00Z", "2026-02-14T09:29:59Z", "2026-02-14T09:30:01Z"
RENDITION = Rendition(
    rendition_id="a-mp4",
    kind="web",
    label="H.264",
    file_name="a.mp4",
    size_bytes=1,
    container="MP4",
    duration=1.0,
)


def folder(*, sound: bool = True, **metadata: object) -> FolderScan:
    """Return a folder with one video and a title."""
    file = KnownFile(
        name="a.mp4", key="incoming/v/a.mp4", etag="e", size=1, since=BEFORE, rendition=RENDITION
    )
    return FolderScan(
        metadata=Metadata.model_validate({"title": "Doorstep", **metadata}, strict=False),
        files={"a.mp4": file if sound else file.model_copy(update={"rendition": None})},
        findings={"metadata.json": [], "a.mp4": []},
    )


def codes_of(decision: object) -> list[str]:
    return [finding.code for finding in getattr(decision, "findings")]  # noqa: B009


def test_a_folder_with_a_title_and_a_sound_file_is_published_at_once() -> None:
    decision = decide(folder(), FolderState(), now=NOW)
    assert (decision.state, decision.published_at) == ("published", NOW)


def test_a_folder_without_metadata_waits_and_says_which_kind_of_lack_it_is() -> None:
    scan = folder()
    scan.metadata = None
    assert codes_of(decide(scan, FolderState(), now=NOW)) == ["metadata_refused"]
    del scan.findings["metadata.json"]
    assert codes_of(decide(scan, FolderState(), now=NOW)) == ["metadata_missing"]


def test_a_folder_without_a_sound_file_waits() -> None:
    decision = decide(folder(sound=False), FolderState(), now=NOW)
    assert (decision.state, codes_of(decision)) == ("waiting", ["no_rendition"])


@pytest.mark.parametrize(
    ("publish_at", "state"), [(BEFORE, "published"), (NOW, "published"), (LATER, "embargo")]
)
def test_an_embargo_ends_in_its_very_second(publish_at: str, state: str) -> None:
    decision = decide(folder(publish_at=publish_at), FolderState(), now=NOW)
    assert (decision.state, decision.published_at) == (state, publish_at)


def test_a_draft_is_never_public_not_even_after_its_embargo() -> None:
    decision = decide(folder(status="draft", publish_at=BEFORE), FolderState(), now=NOW)
    assert (decision.state, decision.published_at) == ("draft", None)


@pytest.mark.parametrize(
    ("withdraw_at", "state"), [(BEFORE, "withdrawn"), (NOW, "withdrawn"), (LATER, "published")]
)
def test_a_video_that_was_public_is_withdrawn_in_its_very_second(
    withdraw_at: str, state: str
) -> None:
    known = FolderState(published_at="2026-02-13T00:00:00Z")
    decision = decide(
        folder(publish_at="2026-02-13T00:00:00Z", withdraw_at=withdraw_at), known, now=NOW
    )
    assert decision.state == state


def test_a_withdrawal_before_anybody_saw_the_video_leaves_no_trace() -> None:
    decision = decide(folder(status="withdrawn"), FolderState(published_at=LATER), now=NOW)
    assert (decision.state, decision.published_at, decision.withdrawn_at) == (
        "draft",
        None,
        None,
    )


def test_a_public_video_whose_files_vanish_is_withdrawn() -> None:
    known = FolderState(published_at=BEFORE)
    assert decide(folder(sound=False), known, now=NOW).state == "withdrawn"


FLOW = Flow(
    purpose="registration",
    flow_hash="f",
    email=EmailAddress("jane@example.org"),
    language="en",
    key_id="k1",
    started_at=1000,
    expires_at=1000 + POLICY.code.flow_life,
    issued_at=1000,
    tries_left=POLICY.code.tries,
    resend_after=1060,
)


def refused(flow: Flow, *, now: int) -> Refusal:
    with pytest.raises(Refusal) as raised:
        next_issue(flow, now=now)
    return raised.value


def test_the_next_issue_counts_on_and_gives_no_try_back() -> None:
    after = next_issue(replace(FLOW, tries_left=2), now=1060)
    assert (after.issue, after.previous_issued_at, after.issued_at) == (2, 1000, 1060)
    assert (after.tries_left, after.form, after.delivery) == (2, "digits_6", "pending")


def test_waits_between_issues_grow_to_the_longest_and_stay_there() -> None:
    flow, waits = FLOW, []
    for _ in range(6):
        flow = next_issue(flow, now=flow.resend_after)
        waits.append(flow.resend_after - flow.issued_at)
    assert waits == [120, 300, 600, 600, 600, 600]


def test_an_issue_before_its_time_is_refused_with_the_seconds_that_are_left() -> None:
    refusal = refused(FLOW, now=1059)
    assert (refusal.code, refusal.retry_after) == ("too_many_requests", 1)


def test_a_spent_flow_gets_one_long_code_with_tries_of_its_own_and_then_is_over() -> None:
    spent = replace(FLOW, tries_left=0)
    after = next_issue(spent, now=1060)
    assert (after.form, after.form_since, after.tries_left) == (
        "base32_10",
        2,
        POLICY.code.long_tries,
    )
    assert refused(replace(after, tries_left=0), now=after.resend_after).code == "flow_over"


@pytest.mark.parametrize(
    ("purpose", "code"),
    [("registration", "registration_finished"), ("password_reset", "flow_over")],
)
def test_a_finished_flow_says_where_it_leads(purpose: str, code: str) -> None:
    finished = replace(FLOW, purpose=purpose, state="finished")  # type: ignore[arg-type]
    assert refused(finished, now=5000).code == code


def test_five_failed_log_ins_are_free_and_then_each_doubles_the_wait_up_to_fifteen_minutes() -> (
    None
):
    failures, now, waits = LogInFailures(), 1000, []
    for _ in range(17):
        failures = count_failure(failures, now=now)
        waits.append(failures.blocked_until - now)
        now = failures.blocked_until
    assert waits == [0] * 5 + [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]


def test_a_log_in_that_has_to_wait_is_refused_and_not_counted() -> None:
    waiting = LogInFailures(failures=6, blocked_until=1002, forget_at=99_999)
    with pytest.raises(Refusal) as raised:
        count_failure(waiting, now=1001)
    assert (raised.value.code, raised.value.retry_after) == ("too_many_requests", 1)
    assert count_failure(waiting, now=1002).failures == 7


def test_failures_are_forgotten_a_day_after_the_last_one() -> None:
    old = LogInFailures(failures=9, blocked_until=0, forget_at=5000)
    assert count_failure(old, now=4999).failures == 10
    assert count_failure(old, now=5000).failures == 1
