"""The Nu Html Checker (vnu) for tests: the W3C's own, from its npm package, on this machine's Java.

The npm from the project's Python environment fetches the jar once, into ``.local/html-checker``.
"""

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.local.node import NotFetchedError, npm
from tests.support.template import ROOT

VERSION = "26.9.27"
"""The version of ``vnu-jar``; the date of its release."""

_PLACE = ROOT / ".local" / "html-checker"


class NotHereError(RuntimeError):
    """The checker or its Java is missing; the text names it, and how to get it."""


def errors(pages: Mapping[str, str]) -> list[str]:
    """Return what is wrong with HTML pages, each line beginning with the page's name.

    Raises:
        NotHereError: there is no Java, or the package could not be fetched.
    """
    java, jar = shutil.which("java"), _fetched()
    if java is None:
        raise NotHereError("The HTML checker needs Java: apt-get install default-jre-headless")
    with TemporaryDirectory() as place:
        files = [Path(place) / f"{name}.html" for name in pages]
        for file, html in zip(files, pages.values(), strict=True):
            file.write_text(html, encoding="utf-8")
        # Java's optimisations for long runs only cost a short one time; the checker's own schema
        # needs a deep stack then.
        quick = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xss8m")
        options = ("--errors-only", "--exit-zero-always", "--format", "json", "--stdout")
        done = subprocess.run(
            [java, *quick, "-jar", str(jar), *options, *map(str, files)],
            capture_output=True,
            text=True,
            check=True,
        )
    found = json.loads(done.stdout)["messages"]
    return [f"{Path(one['url']).stem}: {one['message']}" for one in found]


def _fetched() -> Path:
    """Return the jar's path; fetches the package if this version is missing."""
    package = _PLACE / "node_modules" / "vnu-jar"
    held = package / "package.json"
    if not held.exists() or f'"version": "{VERSION}"' not in held.read_text():
        try:
            npm(_PLACE, "install", f"vnu-jar@{VERSION}")
        except NotFetchedError as broken:
            raise NotHereError(str(broken)) from broken
    return package / "build" / "dist" / "vnu.jar"
