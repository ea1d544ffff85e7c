"""What everybody may keep is the same for everybody, and is never kept past a withdrawal."""

from collections.abc import Callable

import pytest
from newsreel.aws import clients
from newsreel.texts import messages

from functions.catalogue import app
from tests.support.accounts import Reply, call
from tests.support.cloud import Cloud, FakeClock
from tests.support.published import keep
from tests.support.uploads import SITE, document, list_videos, page, publish, put, read, transcript

KEPT = "public, max-age=10, stale-if-error=0"
LIST_SHELL = "<head><!-- newsreel:head --></head><body><!-- newsreel:list --></body>"
VIDEO_SHELL = "<head><!-- newsreel:head --></head><body><!-- newsreel:main --></body>"


@pytest.fixture(autouse=True)
def website(cloud: Cloud) -> None:
    """Publish the shells, and drop cached ones."""
    app.shells._kept.clear()
    for language in messages.LANGUAGES:
        for name, shell in (("catalogue", LIST_SHELL), ("video", VIDEO_SHELL)):
            key = f"shells/{language}/{name}.html"
            clients.s3().put_object(Bucket=SITE, Key=key, Body=shell.encode())


READS: dict[str, Callable[[], Reply]] = {
    "list": list_videos,
    "narrowed list": lambda: list_videos(topic="Ukraine"),
    "video": lambda: read("a"),
    "page": lambda: page("a"),
    "home": lambda: document("home"),
    "French home": lambda: document("home", "/fr"),
    "search": lambda: document("search", query="a"),
    "feed": lambda: document("feed.atom"),
    "sitemap": lambda: document("sitemap.xml"),
}


@pytest.mark.thorough
@pytest.mark.parametrize("name", READS)
def test_a_public_read_is_kept_until_ten_seconds_or_the_withdrawal(
    cloud: Cloud, fake_clock: FakeClock, name: str
) -> None:
    ask = READS[name]
    keep("a", topics=["Ukraine"])
    keep("b", topics=["Ukraine"])
    assert ask().headers["Cache-Control"] == [KEPT]
    keep("a", topics=["Ukraine"], withdraw_at="2026-02-14T02:04:04Z")
    assert ask().headers["Cache-Control"] == ["public, max-age=4, stale-if-error=0"]
    fake_clock.forward(seconds=3.5)
    assert ask().headers["Cache-Control"] == ["no-store"]


def test_a_list_is_kept_as_long_as_what_it_shows_may_be_seen_and_no_other_video_matters(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    keep("ending", "2026-02-13T00:00:00Z", withdraw_at="2026-02-14T02:04:04Z")
    keep("staying", "2026-02-13T01:00:00Z")
    assert list_videos(limit="1").headers["Cache-Control"] == [KEPT]
    assert list_videos(limit="2").headers["Cache-Control"] != [KEPT]


@pytest.mark.thorough
def test_the_end_of_an_embargo_makes_no_answer_shorter_lived(cloud: Cloud) -> None:
    keep("a")
    keep("embargoed", "2026-02-14T02:04:03Z", topics=["Ukraine"])
    for ask in READS.values():
        assert ask().headers["Cache-Control"] == [KEPT]


@pytest.mark.thorough
def test_a_transcript_is_kept_no_longer_than_its_video(cloud: Cloud, fake_clock: FakeClock) -> None:
    put("transcript.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\nSlithy toves.\n")
    publish(withdraw_at="2026-02-14T02:04:07Z")
    for form in ("json", "vtt", "srt", "txt"):
        kept = transcript(form=form).headers["Cache-Control"]
        assert kept == ["public, max-age=7, stale-if-error=0"]


def test_a_refusal_is_nobody_elses(cloud: Cloud) -> None:
    keep("gone", state="withdrawn", withdrawn_at="2026-02-14T01:00:00Z")
    refused = (read("unknown"), transcript("unknown"), list_videos(limit="0"), document("nothing"))
    for answer in (*refused, read("gone")):
        assert answer.status >= 400
        assert answer.headers["Cache-Control"] == ["no-store"]


ROUTES = sorted(route.path for route in app.api.routes if route.method == "GET" and route.cacheable)


@pytest.mark.thorough
@pytest.mark.parametrize("route", ROUTES)
def test_a_read_that_is_kept_is_the_same_whoever_asks_and_sets_no_cookie(
    cloud: Cloud, route: str
) -> None:
    put("transcript.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\nSlithy toves.\n")
    publish()
    path = {
        name: value
        for name, value in (("video_id", "2026-02-14-munich-doorstep"), ("page", "home"))
        if f"{{{name}}}" in route
    }
    people: tuple[dict[str, str], ...] = (
        {},
        {"Cookie": "__Host-session=ada", "Accept-Language": "fr", "User-Agent": "one"},
        {"Cookie": "__Host-session=grace; signed_in=1", "Accept-Language": "en", "Accept": "*/*"},
    )
    answers = [call(app, "GET", route, path=path, headers=headers) for headers in people]
    assert {answer.status for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert all(answer.headers == answers[0].headers for answer in answers)
    assert "Set-Cookie" not in answers[0].headers
    assert "Vary" not in answers[0].headers
