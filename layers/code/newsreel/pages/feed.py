"""Decides what the Atom feed of the newest videos says (RFC 4287, with Media RSS 1.5.1)."""

import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from newsreel.catalogue.model import Video
from newsreel.pages import facts, templating
from newsreel.pages.render import PageContext
from newsreel.texts import messages

ENTRIES = 30
CONTENT_TYPE = "application/atom+xml; charset=utf-8"
NAME = "feed.atom"
_NEVER = "1970-01-01T00:00:00Z"
"""An empty feed needs a time, too; it must not tell when somebody asked."""
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to write (section 2.2)."""


def written(text: str) -> str:
    """Return a document without the characters that XML cannot hold."""
    return _NOT_IN_XML.sub("", text)


def render_feed(videos: Sequence[Video], query: Mapping[str, str], context: PageContext) -> str:
    """Return the feed of these videos, newest first; ``query`` narrows the list."""
    asked = f"?{urlencode(query)}" if query else ""
    texts = {
        "title": messages.text(
            context.language, "site", "shell.footer", organisation=context.organisation
        ),
        "subtitle": messages.text(
            context.language, "site", "shell.description", organisation=context.organisation
        ),
    }
    values = {
        **texts,
        "context": context,
        "videos": videos,
        "updated": max((facts.updated_at(video) for video in videos), default=_NEVER),
        "updated_at": facts.updated_at,
        "summary": lambda video: video.description or facts.who_and_where(video, context.language),
        "own": context.address(NAME) + asked,
        "home": context.address("") + asked,
    }
    return written(templating.templates().get_template("feed.xml").render(values))
