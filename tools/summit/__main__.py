"""Writes docs/summit.md: what breaks first in four rushes: `python -m tools.summit`."""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from tools.summit.limits import QUOTAS, ROOT
from tools.summit.scenarios import (
    Line,
    attack,
    downloads,
    first_to_break,
    most_aria2,
    registrations,
    videos,
    views,
)

DOCUMENT = ROOT / "docs" / "summit.md"
_TEXT = Path(__file__).with_name("document.md")


def _table(lines: Iterable[Line]) -> str:
    rows = ["| what | comes | fits | |", "|---|---:|---:|---|"]
    for line in lines:
        said = "holds"
        if line.breaks:
            said = (
                f"**{line.refused:.0%} refused**" if line.refused else f"**{line.load:.1f} times**"
            )
        comes, fits = f"{line.comes:,.0f} {line.unit}", f"{line.fits:,.0f}"
        rows.append(f"| {line.what} | {comes} | {fits} | {said} |")
    return "\n".join(rows)


def text() -> str:
    """Return the document as it would be written now."""
    quotas = ["| service | quota | by default | ask for |", "|---|---|---|---|"]
    quotas += [
        f"| {one.service} | {one.name} | {one.default:,.0f} {one.unit} | {one.raise_to} |"
        for one in QUOTAS.values()
    ]
    parts = {
        "downloads": _table(downloads()),
        "aria2": _table(line for line in downloads(1) if line.what == "redirect"),
        "most_aria2": f"{most_aria2():.0%}",
        "views": _table(views()),
        "videos": _table(videos()),
        "attack": _table(attack()),
        "registrations": _table(registrations()),
        "quotas": "\n".join(quotas),
    }
    written = _TEXT.read_text(encoding="utf-8")
    for name, part in parts.items():
        written = written.replace(f"{{{name}}}", part)
    return written


def main() -> int:
    """Write the document, and print what breaks first in each rush."""
    argparse.ArgumentParser(prog="python -m tools.summit", description=__doc__).parse_args()
    DOCUMENT.write_text(text(), encoding="utf-8")
    rushes = {"downloads": downloads(), "views": views(), "videos": videos(), "attack": attack()}
    for name, lines in rushes.items():
        first = first_to_break(lines)
        print(f"{name:10} {first.what if first else 'everything holds'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
