"""Decides how the results are shown, in the terminal and in docs/performance.md."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table

from tests.support.template import ROOT

DOCUMENT = ROOT / "docs" / "performance.md"
APART = "Lighthouse"
"""The title of the last section, which `make lighthouse` writes: it needs the local stack."""

_APART = f"## {APART}\n"
_BEGINNING = """# Performance

What each path costs, against the budget that it has. `make bench` measures all of it in
three to eight minutes, prints these tables and writes this page; the scripts are in `benchmarks/`,
the budgets in `benchmarks/budgets.py`. A budget is missed if the whole interquartile range is above
it. The numbers of AWS calls and the sizes are tests too (`tests/functions/test_budgets.py`,
`tests/infrastructure/test_layers.py`). The last section is `make lighthouse`'s.

Milliseconds and microseconds are of processor time, medians, on one machine; only ratios within one
run say anything about another one. What AWS alone can show (init duration, arm64) is not here.
"""


@dataclass(frozen=True, slots=True)
class Section:
    """A table with its explanation; ``missed`` names the rows over their budget."""

    title: str
    method: str
    header: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    missed: Sequence[str] = field(default=())
    finding: str = ""


def verdict(*, met: bool) -> str:
    """Return the text for a budget that is met or missed."""
    return "met" if met else "**missed**"


def show(sections: Sequence[Section]) -> None:
    """Print the tables."""
    console = Console()
    for section in sections:
        table = Table(title=section.title, title_justify="left", title_style="bold")
        for number, name in enumerate(section.header):
            table.add_column(name, justify="right" if number else "left")
        for row in section.rows:
            table.add_row(*(cell.replace("`", "").replace("**", "") for cell in row))
        console.print(table)
        for missed in section.missed:
            console.print(f"Over budget: {missed.replace('`', '')}")
        console.print()


def write(sections: Sequence[Section]) -> None:
    """Write the page; keep the section that another command measures."""
    runs_on = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    measured = f"Measured on {datetime.now(UTC):%d %B %Y}: {runs_on}.\n"
    parts = [_BEGINNING, measured, _summary(sections), *(_section(part) for part in sections)]
    written = "\n".join([*parts, *_apart(DOCUMENT.read_text(encoding="utf-8"))])
    DOCUMENT.write_text(written, encoding="utf-8")


def write_apart(section: Section) -> None:
    """Write only the section that has its own command; keep the rest of the page."""
    before, _, _ = DOCUMENT.read_text(encoding="utf-8").partition(f"\n{_APART}")
    DOCUMENT.write_text(f"{before}\n{_section(section)}", encoding="utf-8")


def _apart(page: str) -> list[str]:
    _, mark, section = page.partition(f"\n{_APART}")
    return [f"{_APART}{section}"] if mark else []


def _summary(sections: Sequence[Section]) -> str:
    missed = [f"- {part}" for section in sections for part in section.missed]
    if not missed:
        return "Every budget is met.\n"
    return "\n".join(["Every budget is met but for these:\n", *missed, ""])


def _section(section: Section) -> str:
    lines = [f"## {section.title}\n", f"{section.method}\n"]
    lines.append(f"| {' | '.join(section.header)} |")
    lines.append("|---|" + "---:|" * (len(section.header) - 1))
    lines += [f"| {' | '.join(row)} |" for row in section.rows]
    if section.finding:
        lines.append(f"\n{section.finding}")
    return "\n".join([*lines, ""])
