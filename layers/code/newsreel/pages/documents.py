"""Decides which document stands at an address of the site that names neither a video nor a file.

``home`` is the list of videos, ``search`` the same with words to look for in its address. Feed and
sitemap are for programs; the sitemap is one for all languages.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from newsreel.catalogue import queries
from newsreel.catalogue.model import VideoList
from newsreel.catalogue.queries import ListQuery, VisibleList
from newsreel.catalogue.table import CatalogueTable
from newsreel.pages import feed, home, sitemap
from newsreel.pages.render import PageContext
from newsreel.pages.shells import Shells
from newsreel.refusals import Refusal
from newsreel.texts import messages

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Document:
    """A document, and the seconds for which everybody may keep it."""

    content_type: str
    text: str
    cache_seconds: int


def show(
    name: str, table: CatalogueTable, shells: Shells, query: Mapping[str, str], context: PageContext
) -> Document:
    """Return the document with a name.

    Raises:
        Refusal: ``no_such_route``.
    """
    if name in {"home", "search"}:
        return _show_home(table, shells, query, context, indexed=name == "home")
    if name == feed.NAME:
        return _show_feed(table, query, context)
    if name == sitemap.NAME and context.language == messages.DEFAULT_LANGUAGE:
        return _show_sitemap(table, context)
    raise Refusal("no_such_route")


def _show_home(
    table: CatalogueTable,
    shells: Shells,
    query: Mapping[str, str],
    context: PageContext,
    *,
    indexed: bool,
) -> Document:
    shell = shells.read(context.language, "catalogue")
    filters = home.filters_in(query)
    cursor = {"cursor": query["cursor"]} if query.get("cursor") else {}
    listed = _listed(table, {**filters, **cursor}, home.PAGE_SIZE)
    is_first = indexed and not filters and not cursor
    html = home.render_home(shell, listed.page, filters, context, indexed=is_first)
    return Document(HTML, html, listed.cache_seconds)


def _show_feed(table: CatalogueTable, query: Mapping[str, str], context: PageContext) -> Document:
    filters = home.filters_in(query)
    listed = _listed(table, filters, feed.ENTRIES)
    found = queries.read_videos(table, [entry.video_id for entry in listed.page.items])
    text = feed.render_feed([one.video for one in found], filters, context)
    seconds = min([listed.cache_seconds, *(one.cache_seconds for one in found)])
    return Document(feed.CONTENT_TYPE, text, seconds)


def _show_sitemap(table: CatalogueTable, context: PageContext) -> Document:
    listed = queries.list_newest(table, sitemap.MOST_VIDEOS)
    text = sitemap.render_sitemap(listed.page.items, context)
    return Document(sitemap.CONTENT_TYPE, text, listed.cache_seconds)


def _listed(table: CatalogueTable, values: Mapping[str, str], limit: int) -> VisibleList:
    try:
        wanted = ListQuery.model_validate({**values, "limit": limit})
    except ValidationError:
        # Nothing can match a day that does not exist: a person typed it, or a link was cut.
        return VisibleList(VideoList(items=[]), queries.LONGEST_CACHING)
    return queries.list_videos(table, wanted)
