"""Decides the status of a video's page, and how long it may be cached."""

from dataclasses import dataclass, field

from botocore.exceptions import BotoCoreError, ClientError

from newsreel import clock
from newsreel.aws import clients
from newsreel.catalogue import queries
from newsreel.catalogue.table import CatalogueTable
from newsreel.pages import render
from newsreel.refusals import Refusal

SHELL_LIFE = 60
"""Seconds for which an environment keeps the site's shell; then it shows a new release."""


@dataclass(frozen=True, slots=True)
class VideoPage:
    """A page as HTML, with its status and the seconds for which it may be cached."""

    status: int
    html: str
    cache_seconds: int


@dataclass(slots=True)
class Shells:
    """The shells of pages, from the website's bucket."""

    bucket: str
    _kept: dict[str, tuple[int, str]] = field(default_factory=dict)

    def read(self, language: str, page: str = "video") -> str:
        """Return the shell of a page; prefers an old one to none.

        Raises:
            Refusal: ``busy``, if no website has been published yet.
        """
        key = f"shells/{language}/{page}.html"
        kept = self._kept.get(key)
        if kept is not None and clock.epoch() - kept[0] < SHELL_LIFE:
            return kept[1]
        try:
            shell = clients.s3().get_object(Bucket=self.bucket, Key=key)["Body"].read().decode()
        except (ClientError, BotoCoreError):  # S3 refused, or did not answer
            if kept is None:
                raise Refusal("busy", retry_after=10) from None
            shell = kept[1]
        self._kept[key] = (clock.epoch(), shell)
        return shell


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
