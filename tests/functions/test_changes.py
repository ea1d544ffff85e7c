"""The feed of changes: what a mirror learns, when, and that nothing in it outlives its truth."""

import base64
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from newsreel import clock
from newsreel.aws import clients
from newsreel.catalogue import facets
from newsreel.catalogue.model import Transcript, Turn

from tests.support.accounts import Reply
from tests.support.cloud import Cloud, FakeClock
from tests.support.published import hide, keep
from tests.support.uploads import changes, changes_unless, list_videos, listed_ids, observed, read

NOW = "2026-02-14T02:04:00Z"


def later(**duration: float) -> str:
    """Return a time after the tests' own present."""
    clock_ahead = FakeClock()
    clock_ahead.forward(**duration)
    return clock_ahead.time.strftime("%Y-%m-%dT%H:%M:%SZ")


def told(answer: Reply) -> list[tuple[str, str]]:
    return [(item["video_id"], item["state"]) for item in answer.json["items"]]


def items(entity: str) -> list[dict[str, Any]]:
    scanned = clients.dynamodb().scan(TableName="catalogue")["Items"]
    return [item for item in scanned if item["entity"]["S"] == entity]


def ahead() -> list[str]:
    """Return the keys of the feed's entries whose time has not come."""
    now = clock.rfc3339(clock.epoch())
    return sorted(item["sk"]["S"] for item in items("change") if item["at"]["S"] > now)


def spoken(note: str | None) -> Transcript:
    """Return a transcript; ``keep`` gives the video its facts."""
    return Transcript(
        video_id="a", state="final", timed=False, version=2, note=note, corrected_at=NOW,
        turns=[Turn(number=1, kind="statement", text=["Good afternoon."])],
    )  # fmt: skip


@pytest.mark.thorough
def test_a_mirror_learns_of_publications_corrections_and_withdrawals_in_their_order(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    keep("a", NOW)
    keep("b", NOW)
    fake_clock.forward(seconds=60)
    first = changes()
    assert told(first) == [("a", "published"), ("b", "published")]
    assert (first.json["items"][0]["changed_at"], first.json["more"]) == (NOW, False)
    keep("a", NOW, spoken("'Morning' was 'afternoon'."))
    fake_clock.forward(seconds=1)
    keep("b", NOW, state="withdrawn", withdrawn_at=later(seconds=61), note="Wrong name.")
    fake_clock.forward(seconds=60)
    second = changes(cursor=first.json["next_cursor"])
    assert told(second) == [("a", "updated"), ("b", "withdrawn")]
    assert second.json["items"][1]["note"] == "Wrong name."
    assert changes(cursor=second.json["next_cursor"]).json == {
        "items": [],
        "next_cursor": second.json["next_cursor"],
        "more": False,
    }


def test_a_correction_is_told_with_its_note(cloud: Cloud, fake_clock: FakeClock) -> None:
    keep("a", NOW, spoken(None))
    keep("a", NOW, spoken("'Morning' was 'afternoon'."))
    fake_clock.forward(seconds=60)
    assert [item["note"] for item in changes().json["items"]] == [
        None,
        "'Morning' was 'afternoon'.",
    ]


def test_a_change_is_told_after_a_minute_and_not_before(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    keep("a", NOW)
    fake_clock.forward(seconds=59)
    assert changes().json == {"items": [], "next_cursor": None, "more": False}
    fake_clock.forward(seconds=1)
    assert told(changes()) == [("a", "published")]


def test_the_end_of_an_embargo_and_a_planned_withdrawal_are_told_without_any_write(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    keep("a", later(hours=1), withdraw_at=later(hours=2), note="Rights.")
    fake_clock.forward(minutes=61)
    first = changes()
    assert told(first) == [("a", "published")]
    assert first.json["items"][0]["changed_at"] == later(hours=1)
    fake_clock.forward(hours=1)
    assert told(changes(cursor=first.json["next_cursor"])) == [("a", "withdrawn")]


@pytest.mark.thorough
def test_an_embargo_or_a_withdrawal_that_was_moved_leaves_no_entry_behind(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    keep("a", later(hours=1), withdraw_at=later(hours=2))
    keep("a", later(hours=3), withdraw_at=later(hours=4))
    assert [key[:20] for key in ahead()] == [later(hours=3), later(hours=4)]
    keep("a", later(hours=3))
    assert [key[:20] for key in ahead()] == [later(hours=3)]
    hide("a")
    assert items("change") == []
    fake_clock.forward(days=1)
    assert changes().json == {"items": [], "next_cursor": None, "more": False}


def test_a_video_that_went_back_under_embargo_is_not_told_of_nor_named_by_a_cursor(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    keep("before", NOW)
    fake_clock.forward(seconds=1)
    keep("slipped", later(seconds=1))
    fake_clock.forward(minutes=5)
    assert told(changes())[-1] == ("slipped", "published")
    keep("slipped", later(days=1))
    fake_clock.forward(minutes=5)
    answer = changes()
    assert told(answer) == [("before", "published")]
    cursor = answer.json["next_cursor"]
    assert b"slipped" not in base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    fake_clock.forward(days=1)
    assert told(changes(cursor=cursor)) == [("slipped", "published")]


def test_a_withdrawn_video_that_comes_back_is_published_again(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    keep("a", NOW)
    fake_clock.forward(minutes=2)
    keep("a", NOW, state="withdrawn", withdrawn_at=later(minutes=2))
    fake_clock.forward(minutes=2)
    cursor = changes().json["next_cursor"]
    keep("a", NOW)
    fake_clock.forward(minutes=2)
    assert told(changes(cursor=cursor)) == [("a", "published")]


def test_pages_of_the_feed_have_no_gaps(cloud: Cloud, fake_clock: FakeClock) -> None:
    for number in range(5):
        keep(f"video-{number}", NOW)
    fake_clock.forward(seconds=60)
    seen: list[str] = []
    cursor: dict[str, str] = {}
    for expected in (True, True, False):
        answer = changes(limit="2", **cursor)
        assert answer.json["more"] is expected
        seen += [video_id for video_id, _ in told(answer)]
        cursor = {"cursor": answer.json["next_cursor"]}
    assert seen == [f"video-{number}" for number in range(5)]


def test_quiet_months_cost_nothing(cloud: Cloud, fake_clock: FakeClock) -> None:
    keep("old", NOW)
    fake_clock.forward(days=800)
    keep("new", NOW)
    fake_clock.forward(seconds=60)
    with observed() as calls:
        first = changes(limit="1")
        second = changes(cursor=first.json["next_cursor"])
    assert told(first) == [("old", "published")]
    assert told(second) == [("new", "published")]
    assert len(calls) <= 10
    with observed() as calls:
        changes(cursor=second.json["next_cursor"])
    assert [name for name, _ in calls] == ["Query"]


def test_a_known_answer_is_not_sent_again(cloud: Cloud, fake_clock: FakeClock) -> None:
    keep("a", NOW)
    fake_clock.forward(seconds=60)
    [tag] = changes().headers["ETag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        answer = changes_unless(known)
        assert (answer.status, answer.text, answer.headers["ETag"]) == (304, "", [tag])
    fake_clock.forward(hours=5)
    assert changes_unless(tag).status == 304
    keep("a", NOW, title="Another")
    fake_clock.forward(seconds=60)
    assert changes_unless(tag).status == 200


def encoded(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "A" * 500, "é"]
    + [
        encoded(key)
        for key in (
            "2026-02-14T00:00:00Z#a",
            "2026-13-14T00:00:00Z#a#1",
            "2026-02-14T00:00:00Z#a#x",
            "2026-02-14T00:00:00Z#A#1",
            "2026-02-14T00:00:00Z#a#1\n",
        )
    ],
)
def test_a_made_up_cursor_is_refused(cloud: Cloud, cursor: str) -> None:
    answer = changes(cursor=cursor)
    assert (answer.status, answer.json["errors"][0]["field"]) == (422, "cursor")


@pytest.mark.parametrize("year", ["0001", "1999", "9999"])
def test_a_cursor_from_another_age_costs_no_more_than_any_other(
    cloud: Cloud, fake_clock: FakeClock, year: str
) -> None:
    keep("a", NOW)
    keep("secret", later(days=400))
    fake_clock.forward(seconds=60)
    with observed() as calls:
        answer = changes(cursor=encoded(f"{year}-01-01T00:00:00Z#a#1"))
    assert told(answer) == ([] if year == "9999" else [("a", "published")])
    assert len(calls) <= 4


# ---------------------------------------------------------------- any history

_NAMES = ("a", "b")
_TOPICS = ("x", "y")
_MINUTES = st.integers(-3, 6)
_STEPS = st.one_of(
    st.tuples(st.just("wait"), st.integers(1, 150)),
    st.tuples(st.just("hide"), st.sampled_from(_NAMES)),
    st.tuples(
        st.just("keep"),
        st.sampled_from(_NAMES),
        _MINUTES,
        st.none() | _MINUTES,
        st.booleans(),
        st.sets(st.sampled_from(_TOPICS)),
    ),
)


@dataclass
class _Mirror:
    """A reader that goes on from its cursor and remembers the last it was told of each video."""

    known: dict[str, str] = field(default_factory=dict)
    cursor: str | None = None

    def look(self) -> None:
        more = True
        while more:
            answer = changes(limit="1", **({"cursor": self.cursor} if self.cursor else {}))
            self.known.update(told(answer))
            self.cursor, more = answer.json["next_cursor"], answer.json["more"]


def _at(minutes: int) -> str:
    return clock.rfc3339(clock.epoch() + 60 * minutes)


def _act(step: Any, fake_clock: FakeClock, planned: dict[str, tuple[str, ...]]) -> None:
    if step[0] == "wait":
        fake_clock.forward(seconds=step[1])
    elif step[0] == "hide":
        hide(step[1])
        planned[step[1]] = ()
    else:
        _, name, starts, ends, withdrawn, topics = step
        now, published_at = _at(0), _at(starts)
        # As ingest does: a video that was never public is not withdrawn but hidden.
        is_public = published_at <= now
        values: dict[str, Any] = {"topics": sorted(topics)}
        if withdrawn and is_public:
            values |= {"state": "withdrawn", "withdrawn_at": now}
        if ends is not None and ends > starts:  # metadata with another order is refused
            values["withdraw_at"] = _at(ends)
        keep(name, published_at, **values)
        begun = max(now, published_at)
        stands = "state" not in values
        until = (
            values.get("withdraw_at") if stands and values.get("withdraw_at", "") > begun else None
        )
        planned[name] = tuple(at for at in (published_at, until) if at is not None and at > now)


@pytest.mark.thorough
@given(st.lists(_STEPS, min_size=1, max_size=12))
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_after_any_history_feed_and_indexes_say_what_the_catalogue_says(
    cloud: Cloud, fake_clock: FakeClock, history: list[Any]
) -> None:
    for item in clients.dynamodb().scan(TableName="catalogue")["Items"]:
        clients.dynamodb().delete_item(
            TableName="catalogue", Key={"pk": item["pk"], "sk": item["sk"]}
        )
    mirror, planned = _Mirror(), dict[str, tuple[str, ...]]()
    for step in history:
        _act(step, fake_clock, planned)
        now = clock.rfc3339(clock.epoch())
        open_now = {at for moments in planned.values() for at in moments if at > now}
        assert sorted({key[:20] for key in ahead()}) == sorted(open_now)
        status = {name: read(name).status for name in _NAMES}
        mirror.look()
        for name, state in told(changes()):
            assert status[name] == (410 if state == "withdrawn" else 200)
        for topic in _TOPICS:
            hits = [name for name in _NAMES if status[name] == 200 and topic in _topics(name)]
            assert sorted(listed_ids(list_videos(topic=topic))) == hits
    fake_clock.forward(seconds=60)
    mirror.look()
    settled = {name: read(name).status for name in _NAMES}
    _assert_settled(mirror, settled)


def _topics(name: str) -> list[str]:
    return list(read(name).json["topics"])


def _assert_settled(mirror: _Mirror, settled: dict[str, int]) -> None:
    horizon = clock.rfc3339(clock.epoch() - 60)
    for name, status in settled.items():
        begun = _begun(name)
        if status == 404 or begun is None or begun > horizon:
            continue
        assert mirror.known.get(name) is not None, f"{name} was never told of"
        assert (mirror.known[name] == "withdrawn") == (status == 410)


def _begun(name: str) -> str | None:
    """Return since when a video has stood as it stands."""
    answer = read(name)
    if answer.status == 410:
        return str(answer.json["withdrawn_at"])
    return str(answer.json["published_at"]) if answer.status == 200 else None


def test_every_name_of_a_partition_is_folded_once() -> None:
    assert facets.folded(facets.folded("  ÉTÉ \u00a0x ")) == facets.folded("ÉTÉ x") == "été x"
