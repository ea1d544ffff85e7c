"""Before its time, no route tells anything of an embargoed video: all answers are as without it.

The routes are read from the API's description, so that a new one is tried without being named here.
Every answer in a world without the video is compared with the same answer where it waits: status,
headers (and so cache lifetimes), counts, cursors and bodies.
"""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from newsreel.aws import clients
from newsreel.pages import home
from newsreel.texts import messages
from werkzeug.test import Client

from functions.catalogue import app
from tests.support.accounts import open_account
from tests.support.cloud import Cloud, FakeClock
from tests.support.description import OPERATIONS, resolved
from tests.support.gateway import STAGE, gateway
from tests.support.scenarios import SHELL
from tests.support.uploads import PUBLIC, SITE, VIDEO, objects, publish, put, receipt, tick

BEGIN = datetime(2026, 2, 14, 2, 4, tzinfo=UTC)
END = BEGIN + timedelta(hours=1)
KEY = f"2026-02-14T03:04:00Z#{VIDEO}"
SECRET: dict[str, Any] = {
    "title": "Vorpal announcement",
    "speakers": [{"name": "Jabberwock Bandersnatch", "role": "Tulgey Envoy"}],
    "topics": ["Borogoves", "Ukraine"],
    "language": "uk",
    "location": "Tulgey Wood",
    "description": "Manxome foe",
    "publish_at": "2026-02-14T03:04:00Z",
}
OTHER: dict[str, Any] = {"title": "Arrivals", "topics": ["Ukraine"], "language": "en"}
WORDS = ("Vorpal", "Jabberwock", "Borogoves", "Tulgey", "Manxome", "Slithy")


OF_ONES_OWN_DOINGS = ("GET /account/export", "GET /account/journal")
"""These tell what the reader did, also in this test; the words are looked for in them as well."""


def cursor(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


PATHS: dict[str, tuple[str, ...]] = {
    "video_id": (VIDEO, "arrivals"),
    "page": ("home", "search", "feed.atom", "sitemap.xml"),
    "token": ("x" * 40,),
    "file_name": ("preview.mp4", "slithy.wav"),
    "reset_id": ("x" * 22,),
    "registration_id": ("x" * 22,),
    "change_id": ("x" * 22,),
    "rendition_id": ("preview-mp4", "slithy-wav"),
}
QUERIES: dict[str, tuple[str, ...]] = {
    "speaker": ("Jabberwock Bandersnatch", "Mark Rutte"),
    "topic": ("Borogoves", "Ukraine"),
    "language": ("uk", "en"),
    "from": ("2026-02-14", "2026-02-15"),
    "to": ("2026-02-14", "2026-02-13"),
    "since": ("2026-02-14", "2026-02-14T03:04:00Z"),
    "until": ("2026-02-14", "2026-02-14T03:04:00Z"),
    "limit": ("1", "100"),
    "cursor": (
        cursor(KEY),
        cursor(f"2026-02-14T03:04:01Z#{VIDEO}"),
        cursor("9999-12-31T00:00:00Z#z"),
    ),
    "q": ("Vorpal", "Arrivals"),
    "query": ("Vorpal", "Arrivals"),
    "redirect": ("no",),
}


def filled(
    path: str, method: str, operation: dict[str, Any]
) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Return requests of an operation: each value of each path and query parameter."""
    parameters = [resolved(one) for one in operation.get("parameters", [])]
    paths = [path]
    for one in parameters:
        if one["in"] == "path":
            name = one["name"]
            paths = [each.replace(f"{{{name}}}", value) for each in paths for value in PATHS[name]]
    for each in paths:
        yield method, each, {}
        for one in parameters:
            if one["in"] == "query":
                choices = resolved(one["schema"]).get("enum") or QUERIES[one["name"]]
                for value in choices:
                    yield method, each, {one["name"]: value}
        if path.endswith("{page}"):  # pages ignore what they do not know, so they declare no query
            yield from (
                (method, each, {name: value})
                for name in (*home.FILTERS, "cursor", "query")
                for value in QUERIES[name]
            )


def requests() -> list[tuple[str, str, dict[str, str]]]:
    """Return every reading request that a stranger or a reader with an account can make."""
    reading = [(path, operation) for method, path, operation in OPERATIONS if method == "GET"]
    return [
        one
        for path, operation in reading
        for method in ("GET", "HEAD")
        for one in filled(path, method, operation)
        if method == "GET" or not operation["security"]
    ]


def publish_shells() -> None:
    """Publish the pages' shells: without them no page would say anything."""
    app.shells._kept.clear()
    for language in messages.LANGUAGES:
        for name in ("catalogue", "video"):
            key = f"shells/{language}/{name}.html"
            clients.s3().put_object(Bucket=SITE, Key=key, Body=SHELL.encode())


def answers(cookie: str) -> dict[str, tuple[int, list[tuple[str, str]], str]]:
    """Return what every request brings, as a stranger and with an account."""
    told = {}
    for method, path, query in requests():
        for who in ("", cookie):
            answer = Client(gateway, use_cookies=False).open(
                f"{STAGE}{path}", method=method, query_string=query, headers={"Cookie": who}
            )
            headers = sorted((name, value) for name, value in answer.headers.items())
            told[f"{method} {path} {query} {bool(who)}"] = answer.status_code, headers, answer.text
    for rendition in ("preview-mp4", "slithy-wav"):
        answer = Client(gateway, use_cookies=False).post(
            f"{STAGE}/videos/{VIDEO}/downloads",
            json={"rendition": rendition, "terms_version": "2026-01"},
            headers={"Cookie": cookie},
        )
        told[f"POST {rendition}"] = answer.status_code, [], answer.text
    return told


def spoken(answers: dict[str, tuple[int, list[tuple[str, str]], str]]) -> list[tuple[str, str]]:
    """Return the video's words in answers, but for those that the request itself said."""
    return [
        (request, word)
        for request, answer in answers.items()
        for word in WORDS
        if word in str(answer) and word not in request
    ]


def test_every_parameter_of_a_route_that_reads_has_values_here() -> None:
    assert len(requests()) > 40
    assert {method for method, _path, _query in requests()} == {"GET", "HEAD"}


@pytest.mark.thorough
def test_before_its_time_nothing_of_a_video_is_told_by_any_route(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    cookie = open_account(cloud.dynamodb, "ada@example.org").cookie
    publish_shells()
    for number in range(3):
        publish(f"arrivals-{number}", **OTHER)
    moments = [BEGIN + timedelta(minutes=1), END - timedelta(seconds=1)]
    without = []
    for moment in moments:
        fake_clock.time = moment
        without.append(answers(cookie))
    public = objects(PUBLIC)

    fake_clock.time = BEGIN
    put("slithy.wav", b"RIFF")
    put("transcript.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\nSlithy toves.\n")
    publish(**SECRET)
    assert receipt()["state"] == "embargo"
    for moment, before in zip(moments, without, strict=True):
        fake_clock.time = moment
        tick()
        waiting = answers(cookie)
        changed = {key for key in before if waiting[key] != before[key]}
        assert {key for key in changed if not key.startswith(OF_ONES_OWN_DOINGS)} == set()
        assert spoken(waiting) == []
        assert objects(PUBLIC) == public

    fake_clock.time = END
    after = answers(cookie)
    assert all(word in str([*after.values()]) for word in WORDS)
    opened = {key.rpartition(" ")[0] for key in after if after[key] != without[-1][key]}
    documents = [f"GET /pages/{name} {{}}" for name in PATHS["page"]]
    pages = [
        f"GET /pages/videos/{VIDEO} {{}}",
        "GET /pages/fr/home {}",
        "GET /pages/fr/feed.atom {}",
    ]
    assert opened >= {"GET /videos {}", *documents, *pages}


@pytest.mark.thorough
def test_the_receipt_of_an_embargo_says_until_when_and_in_its_minute_that_it_is_over(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    publish(**{**SECRET, "withdraw_at": "2026-02-14T05:00:00Z"})
    told = receipt()
    assert (told["state"], told["state_until"]) == ("embargo", "2026-02-14T03:04:00Z")
    for moment, state, until in (
        (END - timedelta(seconds=1), "embargo", "2026-02-14T03:04:00Z"),
        (END, "published", "2026-02-14T05:00:00Z"),
        (END + timedelta(hours=2), "withdrawn", None),
    ):
        fake_clock.time = moment
        tick()
        assert (receipt()["state"], receipt()["state_until"]) == (state, until)
