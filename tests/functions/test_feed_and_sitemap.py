"""Programs find the videos: an Atom feed with Media RSS, and a sitemap."""

import xml.etree.ElementTree as ET

import pytest
from newsreel.catalogue import public_lists, queries
from newsreel.pages import sitemap

from tests.support.cloud import Cloud, FakeClock
from tests.support.published import keep
from tests.support.uploads import document, observed
from tools.website_texts import TEXT_PAGES

SITE = "https://media.example.org"
ATOM, MEDIA = "{http://www.w3.org/2005/Atom}", "{http://search.yahoo.com/mrss/}"
PLACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
POSTERS = {size: f"/media/x/poster-{size}.jpg" for size in ("320", "640", "1280")}


def tree(text: str) -> ET.Element:
    return ET.fromstring(text)


def text_of(node: ET.Element, tag: str) -> str:
    return node.findtext(f"{ATOM}{tag}") or ""


def places(text: str) -> list[str]:
    return [one.findtext(f"{PLACE}loc") or "" for one in tree(text)]


def test_the_feed_tells_of_the_newest_videos_with_their_pictures(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    keep("older", "2026-02-13T01:00:00Z")
    keep(
        "newer",
        "2026-02-14T01:00:00Z",
        title="Air & <space>",
        description="What was said.",
        topics=["Ukraine"],
        speakers=[{"name": "Mark Rutte"}],
        posters=POSTERS,
        preview_url="/media/x/preview.mp4",
        duration=167.4,
        credit="NATO",
    )
    answer = document("feed.atom")
    assert answer.headers["Content-Type"] == ["application/atom+xml; charset=utf-8"]
    feed = tree(answer.text)
    assert text_of(feed, "updated") == "2026-02-14T01:00:00Z"
    newer, older = feed.findall(f"{ATOM}entry")
    assert (text_of(newer, "title"), text_of(newer, "id")) == (
        "Air & <space>",
        f"{SITE}/videos/newer",
    )
    assert text_of(newer, "summary") == "What was said."
    assert text_of(older, "summary") == "13 February 2026"
    content = newer.find(f"{MEDIA}group/{MEDIA}content")
    assert content is not None
    assert (content.get("url"), content.get("duration")) == (f"{SITE}/media/x/preview.mp4", "167")
    pictures = [one.get("url") for one in newer.iter(f"{MEDIA}thumbnail")]
    assert pictures == [f"{SITE}/media/x/poster-1280.jpg", f"{SITE}/media/x/poster-320.jpg"]


def test_each_language_has_its_feed_and_names_itself(cloud: Cloud) -> None:
    keep("a", topics=["Ukraine"])
    for language, home in (("", "/"), ("/fr", "/fr/")):
        feed = tree(document("feed.atom", language, topic="Ukraine").text)
        links = {one.get("rel"): one.get("href") for one in feed.findall(f"{ATOM}link")}
        assert links["self"] == f"{SITE}{home}feed.atom?topic=Ukraine"
        assert links["alternate"] == f"{SITE}{home}?topic=Ukraine"
        assert text_of(feed, "id") == links["self"]


@pytest.mark.thorough
def test_a_feed_can_be_narrowed_and_holds_thirty_videos(cloud: Cloud) -> None:
    for number in range(32):
        keep(f"video-{number:02}", f"2026-02-14T01:00:{number:02}Z", topics=["Ukraine"])
    keep("other", "2026-02-14T01:01:00Z")
    entries = tree(document("feed.atom", topic="Ukraine").text).findall(f"{ATOM}entry")
    assert len(entries) == 30
    assert text_of(entries[0], "id") == f"{SITE}/videos/video-31"
    with observed() as calls:
        document("feed.atom")
    assert [name for name, _ in calls] == ["Query", "BatchGetItem"]


def test_an_empty_feed_is_a_feed_and_does_not_tell_the_time(cloud: Cloud) -> None:
    feed = tree(document("feed.atom").text)
    assert text_of(feed, "updated") == "1970-01-01T00:00:00Z"


def test_what_xml_cannot_hold_is_left_out(cloud: Cloud) -> None:
    keep("a", title="A\x00\x0b\ufffe]]><b>&amp;\u2028")
    entry = tree(document("feed.atom").text).find(f"{ATOM}entry")
    assert entry is not None
    assert text_of(entry, "title") == "A]]><b>&amp;\u2028"


def test_a_video_that_left_the_table_meanwhile_is_not_told(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The index may be late by a moment; the table has the last word."""
    keep("a")
    late = public_lists.list_page

    def list_late(*given: object, **named: object) -> object:
        page = late(*given, **named)  # type: ignore[arg-type]
        keep("a", state="withdrawn", withdrawn_at="2026-02-14T01:00:00Z")
        return page

    monkeypatch.setattr(public_lists, "list_page", list_late)
    assert "<entry>" not in document("feed.atom").text


def test_the_sitemap_names_every_page_and_video_in_every_language(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    keep("a", "2026-02-14T01:00:00Z")
    keep("gone", state="withdrawn", withdrawn_at="2026-02-14T01:00:00Z")
    keep("embargoed", "2026-02-15T01:00:00Z")
    answer = document("sitemap.xml")
    assert answer.headers["Content-Type"] == ["application/xml; charset=utf-8"]
    paths = ["", *(page for page in ("help", "terms", "privacy", "accessibility")), "videos/a"]
    assert places(answer.text) == [
        f"{SITE}{home}{path}" for path in paths for home in ("/", "/fr/")
    ]
    assert answer.text.count("<lastmod>2026-02-14T01:00:00Z</lastmod>") == 2
    assert document("sitemap.xml", "/fr").status == 404


def test_the_sitemap_leaves_no_text_page_out_that_is_to_be_found() -> None:
    assert set(sitemap.PAGES) == {"", *TEXT_PAGES} - {"link"}


def test_a_long_sitemap_is_few_queries_and_has_an_end(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "_MOST_AT_ONCE", 4)
    monkeypatch.setattr(sitemap, "MOST_VIDEOS", 10)
    for number in range(12):
        keep(f"video-{number:02}", f"2026-02-14T01:00:{number:02}Z")
    with observed() as calls:
        found = places(document("sitemap.xml").text)
    assert [name for name, _ in calls].count("Query") == 3
    assert [one for one in found if "/fr/" not in one and "/videos/" in one] == [
        f"{SITE}/videos/video-{number:02}" for number in reversed(range(2, 12))
    ]
