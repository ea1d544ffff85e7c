"""Measures what the first view of a page takes over the wire: the page and all that it asks for.

The files as they are published, compressed as CloudFront does it (gzip), but for fonts, which are
compressed already; poster images apart. What the API answers then is not counted in.
"""

import gzip
import re
from dataclasses import dataclass

from newsreel.texts import messages

from tools.publish_website import build_release

_COMPRESSED = (".woff2",)
_LEVEL = 6


@dataclass(frozen=True, slots=True)
class FirstView:
    """Files and bytes of a page, and scripts that stop its rendering."""

    page: str
    files: int
    size: int
    blocking: int


def measure() -> list[FirstView]:
    """Measure the catalogue and a video's page in every language."""
    release = build_release("NATO", "https://media.example.org")
    return [
        _view(release.name, release.files, f"pages/{language}/{page}.html")
        for language in messages.LANGUAGES
        for page in ("catalogue", "video")
    ]


def _view(name: str, files: dict[str, bytes], page: str) -> FirstView:
    html = files[page].decode()
    head = html.partition("</head>")[0]
    asked = set(re.findall(rf'(?:src|href)="/assets/{name}/([^"]+)"', head))
    scripts = re.findall(r"<script\b[^>]*>", html)
    blocking = [one for one in scripts if not re.search(r'type="module"|\b(async|defer)\b', one)]
    sizes = [_wire(page, files[page]), *(_wire(path, files[path]) for path in asked)]
    return FirstView(page, len(sizes), sum(sizes), len(blocking))


def _wire(path: str, content: bytes) -> int:
    return len(content if path.endswith(_COMPRESSED) else gzip.compress(content, _LEVEL))
