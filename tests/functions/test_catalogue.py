"""The catalogue's routes: lists that survive inserts, transcripts, pages, and forged cursors."""

import base64
import html
import json
import re
from typing import TYPE_CHECKING

import pytest
from newsreel.aws import clients
from newsreel.catalogue import queries
from newsreel.catalogue.folder_writes import PROJECTED
from newsreel.catalogue.model import Transcript, Turn, Video
from newsreel.catalogue.records import (
    FolderRecord,
    FolderResult,
    TranscriptRecord,
    VideoRecord,
)
from newsreel.catalogue.table import CatalogueTable
from newsreel.catalogue.transcripts import marks
from newsreel.texts import messages
from newsreel.version import VERSION

from functions.catalogue import app
from tests.support.accounts import Reply, call
from tests.support.cloud import Cloud, FakeClock
from tests.support.published import keep
from tests.support.scenarios import SHELL
from tests.support.uploads import (
    SITE,
    VIDEO,
    document,
    list_videos,
    listed_ids,
    observed,
    page,
    read,
    transcript,
)

if TYPE_CHECKING:
    from collections.abc import Callable

HOUR = "2026-02-14T{:02}:00:00Z"


def keep_transcript(*, timed: bool) -> None:
    cues = (((0, 1500, "Good to see you"),), ((2000, 3000, "Why?"),)) if timed else ((), ())
    spoken = [
        Turn(number=1, speaker="Mark Rutte", kind="statement", text=["Good to see you"]),
        Turn(number=2, kind="question", text=["Why?"]),
    ]
    video = Video(video_id=VIDEO, title="Doorstep", published_at="2026-02-14T00:00:00Z")
    published_transcript = Transcript(
        video_id=VIDEO, language="en", state="checked", timed=timed, version=1, turns=spoken
    )
    table = CatalogueTable("catalogue")
    outcome = FolderResult(
        "{}", "{}", VideoRecord(video, "published"), TranscriptRecord(published_transcript, cues)
    )
    table.save_folder(VIDEO, FolderRecord(), outcome)


@pytest.fixture
def website(cloud: Cloud) -> None:
    """Publish a shell for each language, and drop cached ones."""
    app.shells._kept.clear()
    for language in messages.LANGUAGES:
        clients.s3().put_object(
            Bucket=SITE, Key=f"shells/{language}/video.html", Body=SHELL.encode()
        )


def test_the_list_is_newest_first_and_pages_without_gaps(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    fake_clock.forward(days=1)
    for number in range(7):
        keep(f"video-{number}", HOUR.format(number))
    seen: list[str] = []
    cursor: dict[str, str] = {}
    for _ in range(4):
        answer = list_videos(limit="2", **cursor)
        seen += listed_ids(answer)
        if answer.json["next_cursor"] is None:
            break
        cursor = {"cursor": answer.json["next_cursor"]}
    assert seen == [f"video-{number}" for number in reversed(range(7))]


def test_a_cursor_survives_inserts_and_withdrawals(cloud: Cloud, fake_clock: FakeClock) -> None:
    fake_clock.forward(days=1)
    for number in range(6):
        keep(f"video-{number}", HOUR.format(number))
    first = list_videos(limit="2")
    assert listed_ids(first) == ["video-5", "video-4"]
    keep("newer", HOUR.format(9))
    keep("video-4", HOUR.format(4), state="withdrawn", withdrawn_at=HOUR.format(9))
    second = list_videos(limit="2", cursor=first.json["next_cursor"])
    assert listed_ids(second) == ["video-3", "video-2"]
    last = list_videos(limit="2", cursor=second.json["next_cursor"])
    assert listed_ids(last) == ["video-1", "video-0"]
    assert last.json["next_cursor"] is None


def test_two_videos_of_one_second_are_both_listed(cloud: Cloud, fake_clock: FakeClock) -> None:
    for name in ("a", "a-b", "ab", "b"):
        keep(name, "2026-02-14T01:00:00Z")
    seen: list[str] = []
    cursor: dict[str, str] = {}
    for _ in range(5):
        answer = list_videos(limit="1", **cursor)
        seen += listed_ids(answer)
        cursor = {"cursor": answer.json["next_cursor"] or ""}
        if not cursor["cursor"]:
            break
    assert sorted(seen) == ["a", "a-b", "ab", "b"]


@pytest.mark.thorough
def test_a_page_is_one_query_and_so_is_everything_else(cloud: Cloud, website: None) -> None:
    for number in range(5):
        keep(f"video-{number}")
    page("video-1")
    requests: list[tuple[Callable[[], Reply], list[str]]] = [
        (lambda: list_videos(limit="2"), ["Query"]),
        (lambda: read("video-1"), ["GetItem"]),
        (lambda: transcript("video-1"), ["Query"]),
        (lambda: page("video-1"), ["Query"]),
        (lambda: call(app, "GET", "/health"), []),
        (lambda: call(app, "GET", "/config"), []),
    ]
    for ask, expected in requests:
        with observed() as calls:
            ask()
        assert [name for name, _ in calls] == expected


def test_filters_narrow_the_list(cloud: Cloud, fake_clock: FakeClock) -> None:
    fake_clock.forward(days=3)
    rutte = [{"name": "Mark Rutte", "role": "Secretary General"}]
    keep("a", "2026-02-14T00:00:00Z", language="en", topics=["Ukraine"], speakers=rutte)
    keep("b", "2026-02-15T23:59:59Z", language="fr", topics=["Ukraine", "Munich"])
    keep("c", "2026-02-16T00:00:00Z", language="en")
    assert listed_ids(list_videos(language="en")) == ["c", "a"]
    assert listed_ids(list_videos(topic="Ukraine")) == ["b", "a"]
    assert listed_ids(list_videos(speaker="Mark Rutte")) == ["a"]
    assert listed_ids(list_videos(**{"from": "2026-02-15"})) == ["c", "b"]
    assert listed_ids(list_videos(to="2026-02-15")) == ["b", "a"]
    assert listed_ids(list_videos(**{"from": "2026-02-15", "to": "2026-02-15"})) == ["b"]
    assert listed_ids(list_videos(**{"from": "2026-02-17", "to": "2026-02-01"})) == []
    assert listed_ids(list_videos(**{"from": "2030-01-01"})) == []
    assert listed_ids(list_videos(to="9999-12-31")) == ["c", "b", "a"]


@pytest.mark.thorough
def test_a_filtered_list_reaches_its_end(cloud: Cloud, fake_clock: FakeClock) -> None:
    for number in range(9):
        keep(f"video-{number}", HOUR.format(0), topics=["x"] if number % 4 == 0 else [])
    seen: list[str] = []
    cursor: dict[str, str] = {}
    for _ in range(20):
        answer = list_videos(topic="x", limit="2", **cursor)
        seen += listed_ids(answer)
        if answer.json["next_cursor"] is None:
            break
        cursor = {"cursor": answer.json["next_cursor"]}
    assert seen == ["video-8", "video-4", "video-0"]


def encoded(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


@pytest.mark.thorough
@pytest.mark.parametrize(
    "query",
    [
        {"cursor": ""},
        {"cursor": "x"},
        {"cursor": "!" * 20},
        {"cursor": "A" * 5000},
        {"cursor": "../../etc/passwd"},
        {"cursor": encoded("2026-02-14T00:00:00Z#VIDEO")},
        {"cursor": encoded("2026-02-14T00:00:00Z")},
        {"cursor": encoded("\u0000")},
        {"cursor": encoded("2026-02-14T00:00:00Z#a\n")},
        {"cursor": "é"},
        {"limit": "0"},
        {"limit": "101"},
        {"limit": "-1"},
        {"limit": "ten"},
        {"limit": "1e1"},
        {"limit": "9" * 400},
        {"from": "yesterday"},
        {"to": "2026-02-30"},
        {"language": ""},
        {"topic": "x" * 201},
        {"unknown": "1"},
        {"since": "2026-02-14"},
    ],
    ids=str,
)
def test_an_invalid_query_is_refused_by_field(cloud: Cloud, query: dict[str, str]) -> None:
    answer = list_videos(**query)
    assert (answer.status, answer.code) == (422, "fields_rejected")
    assert [error["field"] for error in answer.json["errors"]] == list(query)


def test_a_made_up_cursor_does_not_reach_beyond_now(cloud: Cloud, fake_clock: FakeClock) -> None:
    keep("embargoed", "2026-02-14T02:05:00Z")
    keep("public", "2026-02-14T01:00:00Z")
    assert listed_ids(list_videos(cursor=encoded("2999-01-01T00:00:00Z#z"))) == ["public"]


@pytest.mark.parametrize(
    "video_id", ["unknown", "..", "VIDEO#x", "a b", "%2e%2e", "x" * 300, "é", "a/../b", "-"]
)
def test_an_unknown_video_is_not_available(cloud: Cloud, website: None, video_id: str) -> None:
    for answer in (read(video_id), transcript(video_id)):
        assert (answer.status, answer.code) in {(404, "not_available"), (404, "no_such_route")}
    assert page(video_id).status == 404


def test_an_embargoed_video_looks_like_none_on_every_route(
    cloud: Cloud, fake_clock: FakeClock, website: None
) -> None:
    keep("embargoed", "2026-02-14T02:05:00Z")
    for ask in (read, transcript, page):
        embargoed, unknown = ask("embargoed"), ask("unknown")
        assert embargoed.status == unknown.status == 404
        assert embargoed.headers == unknown.headers
        assert embargoed.text.replace("embargoed", "") == unknown.text.replace("unknown", "")


def test_a_transcript_comes_in_every_form(cloud: Cloud) -> None:
    keep_transcript(timed=True)
    answer = transcript().json
    assert [turn["text"] for turn in answer["turns"]] == [["Good to see you"], ["Why?"]]
    assert transcript(form="json").json == answer
    vtt = transcript(form="vtt")
    assert vtt.headers["Content-Type"] == ["text/vtt; charset=utf-8"]
    assert vtt.text.startswith("WEBVTT\n\nturn-1-1\n00:00:00.000 --> 00:00:01.500\n<v Mark Rutte>")
    srt = transcript(form="srt")
    # Nothing but its form says that this is a speaker's name, so the label is marked invisibly.
    assert "00:00:00,000 --> 00:00:01,500\n<b>Mark Rutte:</b> Good" in marks.plain(srt.text)
    txt = transcript(form="txt")
    assert marks.plain(txt.text) == "Mark Rutte\n\nGood to see you\n\nQuestion\n\nWhy?\n"


def test_a_form_that_needs_times_is_refused_without_them(cloud: Cloud) -> None:
    keep_transcript(timed=False)
    for form in ("vtt", "srt"):
        answer = transcript(form=form)
        assert (answer.status, answer.code) == (404, "no_times")
    assert transcript(form="txt").status == 200
    # The earlier way to ask for a form: whoever still does learns that it is no longer known.
    assert transcript(format="vtt").json["errors"][0]["field"] == "format"


def test_a_video_without_a_transcript_has_none(cloud: Cloud) -> None:
    keep("a")
    assert (transcript("a").status, transcript("a").code) == (404, "not_available")


def test_a_page_is_html_with_the_whole_transcript_and_a_true_status(
    cloud: Cloud, fake_clock: FakeClock, website: None
) -> None:
    keep_transcript(timed=True)
    answer = page()
    assert answer.status == 200
    assert answer.headers["Content-Type"] == ["text/html; charset=utf-8"]
    assert answer.headers["Cache-Control"] == ["public, max-age=10, stale-if-error=0"]
    assert "Good to see you" in answer.text
    assert "Doorstep" in answer.text
    assert page("unknown").status == 404
    assert page("unknown").headers["Cache-Control"] == ["no-store"]
    keep("gone", state="withdrawn", withdrawn_at="2026-02-14T01:00:00Z", note="Rights expired")
    gone = page("gone")
    assert gone.status == 410
    assert "Rights expired" in gone.text


def test_a_page_is_never_cached_past_a_withdrawal(
    cloud: Cloud, fake_clock: FakeClock, website: None
) -> None:
    keep("a", withdraw_at="2026-02-14T02:04:04Z")
    assert page("a").headers["Cache-Control"] == ["public, max-age=4, stale-if-error=0"]
    fake_clock.forward(seconds=3.5)
    assert page("a").headers["Cache-Control"] == ["no-store"]
    fake_clock.forward(seconds=0.5)
    assert page("a").status == 410


def test_a_description_is_never_empty_and_every_page_has_a_picture(
    cloud: Cloud, website: None
) -> None:
    keep("bare", speakers=[{"name": "Mark Rutte"}], location="Munich")
    for language, day in (("", "14 February 2026"), ("/fr", "14 février 2026")):
        html = page("bare", language).text
        for name in ('name="description"', 'property="og:description"'):
            assert f'<meta {name} content="Mark Rutte · Munich · {day}">' in html
        assert '<meta property="og:image" content="https://media.example.org/share.png">' in html
    keep("gone", state="withdrawn", withdrawn_at="2026-02-14T01:00:00Z")
    for video_id in ("gone", "unknown"):
        assert 'property="og:image" content="https://' in page(video_id).text


def test_what_has_no_picture_is_an_audio_object_with_a_thumbnail_all_the_same(
    cloud: Cloud, website: None
) -> None:
    keep("sound")
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page("sound").text)
    assert found
    data = json.loads(found[1])
    assert data["@type"] == "AudioObject"
    assert data["thumbnailUrl"] == ["https://media.example.org/share.png"]


def test_a_page_escapes_what_the_press_office_wrote(cloud: Cloud, website: None) -> None:
    keep("a", title="<script>alert(1)</script>", description='"><img src=x onerror=alert(1)>')
    text = page("a").text
    assert "<script>alert(1)" not in text
    assert "<img src=x" not in text


def test_a_french_page_speaks_french_around_the_words_of_the_video(
    cloud: Cloud, website: None
) -> None:
    keep_transcript(timed=True)
    answer = page(VIDEO, "/fr")
    assert answer.status == 200
    assert "Good to see you" in answer.text
    assert (
        f'<h2 id="downloads-title">{messages.text("fr", "page", "downloads")}</h2>' in answer.text
    )
    missing = page("unknown", "/fr")
    assert missing.status == 404
    assert messages.text("fr", "page", "missing_title") in missing.text


def test_the_shell_is_kept_for_a_minute_and_an_old_one_is_better_than_none(
    cloud: Cloud, fake_clock: FakeClock, website: None
) -> None:
    keep("a")
    page("a")
    clients.s3().put_object(
        Bucket=SITE, Key="shells/en/video.html", Body=SHELL.replace("<body>", "<body>new").encode()
    )
    fake_clock.forward(seconds=59)
    assert "<body>new" not in page("a").text
    fake_clock.forward(seconds=1)
    assert "<body>new" in page("a").text
    clients.s3().delete_object(Bucket=SITE, Key="shells/en/video.html")
    fake_clock.forward(seconds=61)
    assert page("a").status == 200


@pytest.mark.parametrize("language", ["en", "fr"])
def test_before_the_website_is_published_a_page_says_busy_to_people(
    cloud: Cloud, language: str
) -> None:
    app.shells._kept.clear()
    keep("a")
    prefix = "/fr" if language == "fr" else ""
    for answer in (page("a", prefix), document("home", prefix)):
        assert (answer.status, answer.code) == (503, "busy")
        assert answer.headers["Retry-After"] == ["10"]
        assert answer.headers["Content-Type"] == ["text/html; charset=utf-8"]
        assert f'<html lang="{language}">' in answer.text
        title = messages.text(language, "problems", "busy.title")
        assert f"<h1>{html.escape(title)}</h1>" in answer.text


def test_a_fault_of_a_page_is_a_page_with_what_to_tell_us(
    cloud: Cloud, website: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: object) -> None:
        raise ValueError("<script>alert(1)</script>")

    monkeypatch.setattr(queries, "read_page", fail)
    answer = page("a")
    assert (answer.status, answer.code) == (500, "fault")
    assert answer.json["reference"] in answer.text.partition("<script")[0]
    assert "alert(1)" not in answer.text


def test_the_configuration_names_the_organisation_and_the_policy(cloud: Cloud) -> None:
    answer = call(app, "GET", "/config")
    assert answer.status == 200
    assert answer.json["organisation"] == "NATO"
    assert answer.json["policy"]["code"]["tries"] == 5
    assert answer.json["languages"] == ["en", "fr"]


def test_health_answers_without_asking_anybody(cloud: Cloud) -> None:
    assert json.loads(call(app, "GET", "/health").text) == {"status": "ok", "version": VERSION}


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/videos"), ("DELETE", "/videos/x"), ("GET", "/receipts/x"), ("GET", "/video")],
)
def test_an_unknown_path_is_no_route(cloud: Cloud, method: str, path: str) -> None:
    answer = call(app, method, path)
    assert (answer.status, answer.code) == (404, "no_such_route")


def test_no_storage_key_or_version_is_in_any_answer(cloud: Cloud) -> None:
    keep("a")
    for answer in (read("a"), list_videos()):
        assert "incoming" not in answer.text
        assert '"v1"' not in answer.text
        assert "objects" not in answer.json


def test_the_index_projects_exactly_what_a_list_entry_needs(cloud: Cloud) -> None:
    table = cloud.dynamodb.describe_table(TableName="catalogue")["Table"]
    by_name = {index["IndexName"]: index for index in table["GlobalSecondaryIndexes"]}
    assert set(by_name["published"]["Projection"]["NonKeyAttributes"]) == set(PROJECTED)
