"""The home page is read without JavaScript: days, rows, filters, and the way to further pages."""

import re
from urllib.parse import parse_qsl

import pytest
from newsreel.aws import clients
from newsreel.texts import messages

from functions.catalogue import app
from tests.support.cloud import Cloud, FakeClock
from tests.support.published import keep
from tests.support.uploads import SITE, document, observed

SHELL = "<head><!-- newsreel:head --></head><h1>Videos</h1><!-- newsreel:list --><footer></footer>"
NOINDEX = '<meta name="robots" content="noindex, follow">'


@pytest.fixture(autouse=True)
def website(cloud: Cloud) -> None:
    app.shells._kept.clear()
    for language in messages.LANGUAGES:
        key = f"shells/{language}/catalogue.html"
        clients.s3().put_object(Bucket=SITE, Key=key, Body=SHELL.encode())


def links(html: str, prefix: str = "/videos/") -> list[str]:
    return re.findall(rf'<h3 class="title"><a href="{prefix}([^"]+)"', html)


def more(html: str) -> str:
    [address] = re.findall(r'<p class="more"><a class="button plain" href="([^"]+)"', html)
    return str(address).replace("&amp;", "&")


def test_the_newest_videos_are_links_in_sections_by_day(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    fake_clock.forward(days=2)
    keep("a", "2026-02-14T10:00:00Z", title="First", duration=167.2, formats=["XDCAM HD422"])
    keep("b", "2026-02-14T23:59:59Z", title="Second")
    keep("c", "2026-02-15T00:00:00Z", title="Third", location="Munich", language="uk")
    html = document("home").text
    assert links(html) == ["c", "b", "a"]
    assert re.findall(r'<section class="day" data-day="([^"]+)"', html) == [
        "2026-02-15",
        "2026-02-14",
    ]
    assert '<span class="weekday">Sunday</span> <span class="month">February 2026</span>' in html
    assert "2:47" in html
    assert "<span>XDCAM HD422</span>" in html
    assert ' lang="uk">Third</a>' in html
    assert html.index("<h1>Videos</h1>") < html.index("data-day") < html.index("<footer>")
    assert NOINDEX not in html


def test_the_french_home_speaks_french_and_leads_to_french_pages(cloud: Cloud) -> None:
    keep("a", "2026-02-01T10:00:00Z")
    html = document("home", "/fr").text
    assert links(html, "/fr/videos/") == ["a"]
    assert '<span class="weekday">dimanche</span> <span class="month">février 2026</span>' in html


def test_the_first_posters_load_at_once_and_the_others_when_they_come_into_view(
    cloud: Cloud,
) -> None:
    posters = {size: f"/media/x/{size}.jpg" for size in ("320", "640", "1280")}
    for number in range(5):
        keep(f"video-{number}", f"2026-02-14T01:00:0{number}Z", posters=posters)
    html = document("home").text
    assert re.findall(r' loading="(\w+)"', html) == ["eager"] * 3 + ["lazy"] * 2
    assert html.count('fetchpriority="high"') == 3


def test_the_day_of_the_recording_is_told_only_if_it_is_another(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    keep("a", "2026-02-14T01:00:00Z", recorded_at="2026-02-14T00:10:00Z")
    keep("b", "2026-02-14T01:00:01Z", recorded_at="2026-02-12T10:00:00Z")
    keep("c", "2026-02-14T01:00:02Z", recorded_at="2025-12-01T10:00:00Z")
    told = re.findall(r"<span data-day-recorded>([^<]+)</span>", document("home").text)
    assert told == ["Recorded 1 December 2025", "Recorded 12 Feb"]
    french = re.findall(r"<span data-day-recorded>([^<]+)</span>", document("home", "/fr").text)
    assert french == ["Tournée le 1er décembre 2025", "Tournée le 12 févr."]


@pytest.mark.thorough
def test_further_pages_follow_by_a_link_until_the_last(cloud: Cloud) -> None:
    for number in range(45):
        keep(f"video-{number:02}", f"2026-02-14T01:00:{number:02}Z", topics=["Ukraine"])
    html = document("home", topic="Ukraine").text
    seen = links(html)
    while 'class="more" hidden' not in html:
        home, _, query = more(html).partition("?")
        assert home == "/"
        html = document("home", **dict(parse_qsl(query))).text
        assert NOINDEX in html
        seen += links(html)
    assert seen == [f"video-{number:02}" for number in reversed(range(45))]


def test_the_list_is_narrowed_as_the_address_says_and_each_filter_can_be_taken_away(
    cloud: Cloud,
) -> None:
    keep("a", topics=["Air & space"], language="en")
    keep("b", topics=["Ukraine"], language="en")
    query = {"topic": " Air & space ", "language": "en", "speaker": "", "utm_source": "mail"}
    html = document("home", **query).text
    assert links(html) == ["a"]
    assert '<b dir="auto">Air &amp; space</b>' in html
    assert 'href="/?language=en" aria-label="Remove: Topic Air &amp; space"' in html
    assert 'href="/?topic=Air+%26+space" aria-label="Remove: Language English"' in html
    assert NOINDEX in html


@pytest.mark.parametrize(
    "query",
    [{"from": "yesterday"}, {"topic": "x" * 201}, {"cursor": "forged"}, {"to": "2026-02-30"}],
)
def test_a_query_that_makes_no_sense_matches_nothing_and_says_so(
    cloud: Cloud, query: dict[str, str]
) -> None:
    keep("a")
    answer = document("home", **query)
    assert answer.status == 200
    assert links(answer.text) == []
    assert '<div class="state">' in answer.text


def test_an_empty_catalogue_says_so(cloud: Cloud) -> None:
    assert messages.text("en", "site", "catalogue.none") in document("home").text
    assert messages.text("fr", "site", "catalogue.none") in document("home", "/fr").text


def test_words_to_look_for_are_no_page_for_search_engines(cloud: Cloud) -> None:
    keep("a")
    html = document("search", query="drones").text
    assert links(html) == ["a"]
    assert NOINDEX in html


def test_nothing_that_somebody_wrote_becomes_markup(cloud: Cloud) -> None:
    evil = '"><img src=x onerror=alert(1)><!-- newsreel:list -->'
    keep("a", title=evil, speakers=[{"name": evil}], location=evil, formats=[evil], topics=[evil])
    html = document("home", topic=evil, speaker=evil, language=evil).text
    assert "<img src=x" not in html
    html = document("home").text
    assert "<img src=x" not in html
    assert len(links(html)) == 1


def test_the_home_page_costs_one_query_once_its_shell_is_known(cloud: Cloud) -> None:
    keep("a")
    document("home")
    with observed() as calls:
        document("home")
    assert [name for name, _ in calls] == ["Query"]


@pytest.mark.parametrize("name", ["home", "feed.atom"])
def test_half_a_character_in_the_address_is_nobody_and_no_fault(cloud: Cloud, name: str) -> None:
    keep("a", "2026-02-01T10:00:00Z", title="First")
    reply = document(name, speaker="\ud800", topic="\udfff")
    assert reply.status == 200
    assert "First" not in reply.text
