"""Decides the status of a video's page, and how long it may be cached."""

from typing import NamedTuple

from newsreel.catalogue import queries
from newsreel.catalogue.table import CatalogueTable
from newsreel.pages import render
from newsreel.pages.shells import Shells
from newsreel.refusals import Refusal


class VideoPage(NamedTuple):
    """A page as HTML, with its status and the seconds for which it may be cached."""

    status: int
    html: str
    cache_seconds: int


def show_video(
    table: CatalogueTable, shells: Shells, video_id: str, context: render.PageContext
) -> VideoPage:
    """Return the page of a video: 200, 410 withdrawn, or 404, which is never cached."""
    shell = shells.read(context.language)
    try:
        page = queries.read_page(table, video_id)
    except Refusal as refusal:
        if refusal.code == "withdrawn":
            html = render.render_withdrawn(shell, _withdrawn(refusal), context)
            return VideoPage(410, html, queries.LONGEST_CACHING)
        if refusal.code == "not_available":
            return VideoPage(404, render.render_missing(shell, context), 0)
        raise
    html = render.render_video(shell, page.video, page.transcript, context)
    return VideoPage(200, html, page.cache_seconds)


def show_missing(shells: Shells, context: render.PageContext) -> str:
    """Return the page for an address at which there is no file; it is never cached."""
    return render.render_not_found(shells.read(context.language), context)


def _withdrawn(refusal: Refusal) -> render.WithdrawnVideo:
    said = {name: str(value) for name, value in refusal.shown.items() if value is not None}
    return render.WithdrawnVideo(
        video_id=said["video_id"],
        title=said["video_title"],
        location=said.get("location"),
        recorded_at=said.get("recorded_at"),
        withdrawn_at=said.get("withdrawn_at"),
        note=said.get("note"),
    )
