"""Measures how many bytes the first view of a page takes on the wire: the page and its assets.

Files are compressed as CloudFront does it (gzip), except fonts, which are compressed already.
Poster images and answers of the API are not counted.
"""

import gzip
import re
from dataclasses import dataclass

from newsreel.texts import messages

from tools.publish_website import build_release

_COMPRESSED = (".woff2",)
_LEVEL = 6


@dataclass(frozen=True, slots=True)
class PageWeight:
    """Files and bytes of a page, and the number of scripts that block its rendering."""

    page: str
    files: int
    size: int
    blocking: int


def measure() -> list[PageWeight]:
    """Measure the catalogue and a video's page in every language."""
    release = build_release("NATO", "https://media.example.org")
    return [
        _weight_of(release.name, release.files, f"pages/{language}/{page}.html")
        for language in messages.LANGUAGES
        for page in ("catalogue", "video")
    ]


def _weight_of(name: str, files: dict[str, bytes], page: str) -> PageWeight:
    html = files[page].decode()
    head = html.partition("</head>")[0]
    assets = set(re.findall(rf'(?:src|href)="/assets/{name}/([^"]+)"', head))
    scripts = re.findall(r"<script\b[^>]*>", html)
    blocking = [
        script for script in scripts if not re.search(r'type="module"|\b(async|defer)\b', script)
    ]
    sizes = [_wire(page, files[page]), *(_wire(path, files[path]) for path in assets)]
    return PageWeight(page, len(sizes), sum(sizes), len(blocking))


def _wire(path: str, content: bytes) -> int:
    return len(content if path.endswith(_COMPRESSED) else gzip.compress(content, _LEVEL))
