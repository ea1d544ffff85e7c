"""Narrowed lists: what they find, what they cost, and that no entry outlives its truth."""

from typing import Any

import pytest
from newsreel.aws import clients
from newsreel.catalogue.facets import MOST_SPEAKERS, MOST_TOPICS
from newsreel.catalogue.model import Video
from newsreel.catalogue.records import FolderResult, VideoRecord
from newsreel.catalogue.table import LostRaceError

from tests.support.accounts import Reply
from tests.support.cloud import Cloud, FakeClock
from tests.support.published import TABLE, hide, keep, without_transactions
from tests.support.uploads import list_videos, listed_ids, observed

MANY = 60
RARE = ["video-040", "video-020", "video-000"]


@pytest.fixture
def many(cloud: Cloud) -> None:
    """Keep many videos in English; every 20th has a rare topic and every other one a common one."""
    with without_transactions():
        for number in range(MANY):
            topics = ["Ukraine"] if number % 2 else []
            topics += ["Arctic"] if number % 20 == 0 else []
            keep(
                f"video-{number:03}",
                f"2026-02-13T00:{number:02}:00Z",
                language="en",
                topics=topics,
                speakers=[{"name": "Mark Rutte" if number % 3 == 0 else "Ann Noble"}],
            )


def _cost(**query: str) -> tuple[Reply, int, int]:
    """Return the answer, the number of calls, and of items that the table looked at."""
    list_videos(limit="1")  # an environment reads once which secret proves the distribution
    looked: list[int] = []
    plain = clients.dynamodb().query

    def counting(**values: Any) -> Any:
        answer = plain(**values)
        looked.append(answer["ScannedCount"])
        return answer

    with pytest.MonkeyPatch.context() as patch, observed() as calls:
        patch.setattr(clients.dynamodb(), "query", counting)
        answer = list_videos(**query)
    return answer, len(calls), sum(looked)


def _entries() -> list[dict[str, Any]]:
    items = clients.dynamodb().scan(TableName="catalogue")["Items"]
    return [item for item in items if item["entity"]["S"] == "entry"]


@pytest.mark.thorough
def test_a_rare_topic_costs_as_many_reads_as_it_has_hits(many: None) -> None:
    for query in (
        {"topic": "Arctic"},
        {"topic": "Arctic", "to": "2026-02-13"},
    ):
        answer, calls, reads = _cost(**query)
        assert (listed_ids(answer), calls, reads) == (RARE, 1, len(RARE))
        assert answer.json["next_cursor"] is None
    answer, calls, reads = _cost(topic="no such topic")
    assert (answer.json["items"], calls, reads) == ([], 1, 0)


@pytest.mark.thorough
def test_of_several_filters_the_rarest_decides_what_they_cost(many: None) -> None:
    answer, calls, reads = _cost(topic="Arctic", language="en", limit="2")
    assert (listed_ids(answer), bool(answer.json["next_cursor"])) == (
        RARE[:2],
        True,
    )
    assert calls <= 3
    assert reads <= 2 * 3
    answer, calls, reads = _cost(speaker="Ann Noble", topic="Arctic", language="en", limit="2")
    assert listed_ids(answer) == RARE[:2]
    assert answer.json["next_cursor"] is None
    assert calls <= 5
    assert reads <= 3 * 5


@pytest.mark.thorough
def test_a_page_of_a_list_is_one_call_that_looks_at_one_more_than_it_shows(many: None) -> None:
    for query in ({}, {"language": "en"}, {"topic": "Ukraine"}):
        answer, calls, reads = _cost(limit="20", **query)
        assert (len(answer.json["items"]), calls, reads) == (20, 1, 21)


@pytest.mark.thorough
def test_a_cursor_is_given_only_when_more_follow(many: None) -> None:
    for query in (
        {"topic": "Arctic"},
        {"topic": "Arctic", "language": "en"},
        {"speaker": "Mark Rutte", "topic": "Ukraine"},
        {"speaker": "Mark Rutte", "topic": "Arctic", "language": "en"},
        {"language": "fr"},
    ):
        whole = listed_ids(list_videos(**query, limit="100"))
        seen: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            answer = list_videos(limit="1", **query, **cursor)
            seen += listed_ids(answer)
            if answer.json["next_cursor"] is None:
                break
            assert answer.json["items"], "an empty page with a cursor"
            cursor = {"cursor": answer.json["next_cursor"]}
        assert seen == whole


@pytest.mark.thorough
def test_a_page_is_full_although_some_of_it_was_withdrawn_by_its_time(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    for number in range(9):
        ends = "2026-02-14T01:00:00Z" if number in {8, 7, 6, 5, 1, 0} else None
        keep(f"video-{number}", f"2026-02-14T00:00:0{number}Z", topics=["x"], withdraw_at=ends)
    for query in ({}, {"topic": "x"}):
        first = list_videos(limit="2", **query)
        assert listed_ids(first) == ["video-4", "video-3"]
        second = list_videos(limit="2", cursor=first.json["next_cursor"], **query)
        assert (listed_ids(second), second.json["next_cursor"]) == (["video-2"], None)


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Défense aérienne", "De\u0301fense ae\u0301rienne"),
        ("De\u0301fense", "DÉFENSE"),
        ("Euro-Atlantic  security", " euro-atlantic security"),
        ("Straße", "STRASSE"),
        ("Україна", "УКРАЇНА"),
        ("\ufb01nance", "finance"),
        ("Air\u00a0defence", "air defence"),
        ("\U0001d15e" * 200, "\U0001d15e" * 200),
    ],
)
def test_spellings_of_one_topic_or_name_are_one(cloud: Cloud, written: str, asked: str) -> None:
    keep("a", topics=[written], speakers=[{"name": written}])
    keep("b", topics=["Other"], speakers=[{"name": "Other"}])
    assert listed_ids(list_videos(topic=asked)) == ["a"]
    assert listed_ids(list_videos(speaker=asked)) == ["a"]
    assert listed_ids(list_videos(speaker=asked, topic=asked)) == ["a"]


def test_a_topic_is_no_speaker_and_no_language(cloud: Cloud) -> None:
    keep("a", topics=["en"], speakers=[{"name": "fr"}], language="de")
    assert listed_ids(list_videos(topic="fr")) == []
    assert listed_ids(list_videos(speaker="en")) == []
    assert listed_ids(list_videos(language="en")) == []
    assert listed_ids(list_videos(language="DE")) == ["a"]


def test_a_video_shows_once_however_often_it_names_a_topic(cloud: Cloud) -> None:
    keep("a", topics=["Ukraine", "UKRAINE", "ukraine "])
    assert listed_ids(list_videos(topic="Ukraine")) == ["a"]
    assert len(_entries()) == 1


@pytest.mark.parametrize("query", [{"topic": "x"}, {"speaker": "x"}, {"language": "en"}], ids=str)
def test_no_index_shows_an_embargoed_video_before_its_second(
    cloud: Cloud, fake_clock: FakeClock, query: dict[str, str]
) -> None:
    keep(
        "a", "2026-02-14T02:04:10Z", topics=["x"], speakers=[{"name": "x"}], language="en",
        withdraw_at="2026-02-14T02:04:20Z",
    )  # fmt: skip
    seen = []
    for _ in range(4):
        seen.append(listed_ids(list_videos(**query)))
        fake_clock.forward(seconds=9 if not seen[1:] else 1)
    assert seen == [[], [], ["a"], ["a"]]
    fake_clock.forward(seconds=8)
    assert listed_ids(list_videos(**query)) == []


def test_what_is_no_longer_true_of_a_video_leaves_every_index_with_the_same_save(
    cloud: Cloud,
) -> None:
    keep("a", topics=["one", "two", "three"], language="en", speakers=[{"name": "Ann"}])
    keep("a", topics=["three", "four"], language="fr")
    for gone in ({"topic": "one"}, {"topic": "two"}, {"language": "en"}, {"speaker": "Ann"}):
        assert listed_ids(list_videos(**gone)) == []
    for there in ({"topic": "three"}, {"topic": "four"}, {"language": "fr"}):
        assert listed_ids(list_videos(**there)) == ["a"]
    assert len(_entries()) == 3
    keep("a", topics=["three"], state="withdrawn", withdrawn_at="2026-02-14T01:00:00Z")
    assert _entries() == []
    keep("a", topics=["three"])
    assert listed_ids(list_videos(topic="three")) == ["a"]
    hide("a")
    assert _entries() == []


def test_a_save_with_nothing_new_for_the_public_writes_no_entry(cloud: Cloud) -> None:
    keep("a", topics=["x"])
    with observed() as calls:
        keep("a", topics=["x"])
    written = next(values for name, values in calls if name == "TransactWriteItems")
    assert len(written["TransactItems"]) == 4


def test_a_lost_race_leaves_the_indexes_as_they_were(cloud: Cloud) -> None:
    keep("a", topics=["x"])
    late = TABLE.read_folder("a")
    keep("a", topics=["y"])
    with pytest.raises(LostRaceError):
        TABLE.save_folder("a", late, _outcome("z"))
    assert listed_ids(list_videos(topic="y")) == ["a"]
    assert listed_ids(list_videos(topic="z")) == []


def _outcome(topic: str) -> Any:
    video = Video(video_id="a", title="a", published_at="2026-02-14T00:00:00Z", topics=[topic])
    return FolderResult("{}", "{}", VideoRecord(video, "published"), None)


@pytest.mark.thorough
def test_the_largest_change_of_a_video_fits_into_one_transaction(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    def described(name: str) -> dict[str, Any]:
        return {
            "topics": [f"{name} {number}" for number in range(MOST_TOPICS)],
            "speakers": [{"name": f"{name} {number}"} for number in range(MOST_SPEAKERS)],
            "language": name[:2],
        }

    keep("a", "2026-02-15T00:00:00Z", withdraw_at="2026-02-16T00:00:00Z", **described("french"))
    with observed() as calls:
        keep(
            "a", "2026-02-15T01:00:00Z", withdraw_at="2026-02-16T01:00:00Z", **described("english")
        )
        keep("a")
    sizes = [len(values["TransactItems"]) for name, values in calls if name == "TransactWriteItems"]
    assert sizes == [59, 58]
    assert _entries() == []


def test_a_video_from_before_the_limits_is_found_by_its_first_topics(cloud: Cloud) -> None:
    keep("a", topics=[f"topic {number}" for number in range(50)])
    assert listed_ids(list_videos(topic="topic 29")) == ["a"]
    assert listed_ids(list_videos(topic="topic 30")) == []


def test_a_video_from_before_there_were_entries_gets_them_with_its_next_save(cloud: Cloud) -> None:
    keep("a", topics=["x"])
    dynamodb = clients.dynamodb()
    for item in _entries():
        key = {"pk": item["pk"], "sk": item["sk"]}
        dynamodb.delete_item(TableName="catalogue", Key=key)
    dynamodb.update_item(
        TableName="catalogue",
        Key={"pk": {"S": "FOLDER#a"}, "sk": {"S": "FOLDER"}},
        UpdateExpression="REMOVE traces",
    )
    assert listed_ids(list_videos(topic="x")) == []
    keep("a", topics=["x"])
    assert listed_ids(list_videos(topic="x")) == ["a"]
