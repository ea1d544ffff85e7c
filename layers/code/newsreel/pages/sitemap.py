"""Decides what the sitemap names: the pages of the site and of its newest videos (sitemaps.org)."""

from collections.abc import Iterable, Iterator

from newsreel.catalogue.model import VideoEntry
from newsreel.pages import facts, templating
from newsreel.pages.feed import written
from newsreel.pages.render import PageContext

CONTENT_TYPE = "application/xml; charset=utf-8"
NAME = "sitemap.xml"
MOST_VIDEOS = 5000
"""In two languages they stay below 50,000 addresses, and the answer below Lambda's 6 MB."""
PAGES = ("", "help", "terms", "privacy", "accessibility")
"""Those for search engines, by their path under a language's home."""


def render_sitemap(videos: Iterable[VideoEntry], context: PageContext) -> str:
    """Return the sitemap of all languages; each page names its other languages."""
    values = {"contexts": context.versions, "pages": list(_pages(videos))}
    return written(templating.templates().get_template("sitemap.xml").render(values))


def _pages(videos: Iterable[VideoEntry]) -> Iterator[tuple[str, str | None]]:
    """Yield the path of each page, and when it last changed, where that is known."""
    for path in PAGES:
        yield path, None
    for video in videos:
        yield f"videos/{video.video_id}", facts.updated_at(video)
