"""Through the distribution: what is kept there is everybody's, and each address leads somewhere."""

import pytest

from infra.local.paths import Stack
from tests.local_stack.client import TERMS, Client, Person

DOORSTEP = "2026-02-14-munich-doorstep"
KEPT = (
    "/",
    "/fr/",
    "/?topic=Ukraine",
    "/feed.atom",
    "/sitemap.xml",
    "/api/videos",
    "/api/videos?speaker=Mark+Rutte",
    f"/api/videos/{DOORSTEP}",
    f"/api/videos/{DOORSTEP}/transcript",
    f"/videos/{DOORSTEP}",
)


@pytest.mark.parametrize("path", KEPT)
def test_an_address_that_is_kept_says_the_same_under_two_cookies(
    stack: Stack, member: Person, path: str
) -> None:
    nobody = Client(stack, {"__Host-session": "no-session", "signed_in": "1"})
    answers = [one.get(path) for one in (member.client, nobody, Client(stack))]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    for answer in answers:
        assert answer.headers["Cache-Control"] == "public, max-age=10, stale-if-error=0"
        assert "Set-Cookie" not in answer.headers


def test_a_link_is_made_through_the_address_whose_reads_are_kept(
    stack: Stack, member: Person
) -> None:
    path = f"/api/videos/{DOORSTEP}/downloads"
    rendition = Client(stack).get(f"/api/videos/{DOORSTEP}").json()["renditions"][0]
    wanted = {"rendition": rendition["rendition_id"], "terms_version": TERMS}
    made = member.client.post(path, wanted)
    assert made.status_code == 201
    assert made.headers["Cache-Control"] == "no-store"
    refused = Client(stack).post(path, wanted)
    assert (refused.status_code, refused.json()["code"]) == (401, "not_signed_in")


def test_what_people_mistype_gets_a_page_of_ours_and_the_api_keeps_its_own_answers(
    stack: Stack,
) -> None:
    visitor = Client(stack)
    for path in (
        "/nonsense",
        "/fr/videos/a/b",
        "/press",
        "/releases.json",
        "/shells/en/video.html",
        "/assets/none/site.css",
        "/assets/none/..%2f..%2freleases.json",
        "/assets/x/%zz",
        "/media/none/poster-320.jpg",
        "/media/none/%C3%A9.jpg",
        "/media/none/" + "x" * 7000,
    ):
        answer = visitor.get(path)
        assert (answer.status_code, answer.headers["Content-Type"]) == (
            404,
            "text/html; charset=utf-8",
        )
        assert f'<html lang="{"fr" if path.startswith("/fr/") else "en"}">' in answer.text
        assert visitor.send("HEAD", path).status_code == 404
    missing = visitor.get("/api/videos/nonsense")
    nothing = visitor.get("/api/nonsense")
    assert (nothing.status_code, nothing.json()["code"]) == (404, "no_such_route")
    assert (missing.status_code, missing.json()["code"]) == (404, "not_available")


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/videos", "/"),
        ("/fr/videos/", "/fr/"),
        (f"/videos/{DOORSTEP}/", f"/videos/{DOORSTEP}"),
        ("/help/", "/help"),
        ("/link/?reason=expired&at=2026-02-14T01%3A00%3A00Z", "/link?reason=expired&at="),
        ("/.well-known/change-password", "/#reset"),
    ],
)
def test_an_address_that_a_person_means_leads_there(stack: Stack, path: str, leads_to: str) -> None:
    answer = Client(stack).get(path)
    assert answer.status_code in {301, 302}
    assert answer.headers["Location"].startswith(leads_to)


def test_what_lies_among_the_assets_is_not_for_search_engines(stack: Stack) -> None:
    visitor = Client(stack)
    html = visitor.get("/help").text
    _, _, rest = html.partition("/assets/")
    release = rest.partition("/")[0]
    answer = visitor.get(f"/assets/{release}/pages/en/help.html")
    assert (answer.status_code, answer.headers["X-Robots-Tag"]) == (200, "noindex")
    assert "X-Robots-Tag" not in visitor.get("/help").headers
