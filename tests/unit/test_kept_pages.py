"""What an environment keeps of pages: parts, while all that they show is the same."""

from collections.abc import Iterator
from dataclasses import replace
from unittest.mock import patch

import pytest
from newsreel.catalogue.model import Speaker, Transcript, Video
from newsreel.pages import render, templating
from newsreel.pages.render import PageContext, render_video

SHELL = "<head><!-- newsreel:head --></head><!-- newsreel:main --><footer>old release"
PLACE = PageContext("en", "https://video.example", "NATO")


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    render._kept.clear()
    yield
    render._kept.clear()


def _video(number: int = 1, **changes: object) -> Video:
    values: dict[str, object] = {
        "video_id": f"video-{number}",
        "title": "Doorstep in Munich",
        "speakers": [Speaker(name="Ada Byron")],
        "published_at": "2026-02-14T09:30:00Z",
        "renditions": [],
    }
    return Video.model_validate(values | changes)


def _transcript(words: str) -> Transcript:
    turn = {"number": 1, "kind": "statement", "text": [words]}
    values = {"video_id": "video-1", "language": "en", "version": 1, "state": "final"}
    return Transcript.model_validate({**values, "timed": False, "turns": [turn]})


def _renderings(*pages: tuple[str, Video, Transcript | None, PageContext]) -> int:
    """Show pages one after the other, and return how often parts were rendered."""
    with patch.object(templating, "rendered", wraps=templating.rendered) as rendered:
        for page in pages:
            render_video(*page)
    return rendered.call_count


def test_a_page_that_shows_the_same_is_rendered_once() -> None:
    """Every request reads its own copies from the table."""
    page = [(SHELL, _video(), _transcript("Good morning"), PLACE) for _ in range(3)]
    assert _renderings(*page) == 1
    assert len({render_video(*one) for one in page}) == 1


def test_a_change_of_anything_is_on_the_next_page() -> None:
    said = _transcript("Good morning")
    render_video(SHELL, _video(), said, PLACE)
    for video, transcript, place, shown in (
        (_video(title="A new title"), said, PLACE, "A new title"),
        (_video(), _transcript("Good evening"), PLACE, "Good evening"),
        (_video(), said, replace(PLACE, language="fr"), "Fichiers"),
        (_video(), said, replace(PLACE, site_url="https://press.example"), "press.example"),
        (_video(), said, replace(PLACE, organisation="European Press"), "European Press"),
    ):
        assert shown not in render_video(SHELL, _video(), said, PLACE)
        assert shown in render_video(SHELL, video, transcript, place)
    assert "Good" not in render_video(SHELL, _video(), None, PLACE)


def test_a_new_release_of_the_website_is_shown_with_the_parts_that_are_kept() -> None:
    old, new = SHELL, SHELL.replace("old release", "new release")
    assert "new release" in render_video(new, _video(), None, PLACE)
    assert _renderings((old, _video(), None, PLACE), (new, _video(), None, PLACE)) == 0


def test_an_environment_keeps_the_pages_that_were_asked_for_last() -> None:
    most = render._MOST_KEPT
    many = [(SHELL, _video(number), None, PLACE) for number in range(most)]
    assert _renderings(*many, many[0], (SHELL, _video(most), None, PLACE)) == most + 1
    assert len(render._kept) == most
    assert _renderings(many[0]) == 0
    assert _renderings(many[1]) == 1
