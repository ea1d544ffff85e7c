"""Two commands write one page of results, and each keeps the section of the other."""

from pathlib import Path

import pytest

from benchmarks import report
from benchmarks.report import APART, Section


def _section(title: str, figure: str) -> Section:
    return Section(title, "How it was measured.", ("what", "figure"), [("it", figure)])


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    page = tmp_path / "performance.md"
    page.write_text("")
    monkeypatch.setattr(report, "DOCUMENT", page)
    report.write([_section("Cold start", "1.5")])
    return page


def test_lighthouse_writes_its_own_section_alone(page: Path) -> None:
    before = page.read_text()
    report.write_apart(_section(APART, "98"))
    report.write_apart(_section(APART, "99"))
    assert page.read_text().startswith(before)
    assert page.read_text().count(f"## {APART}") == 1
    assert "| it | 99 |" in page.read_text()


def test_bench_leaves_the_section_of_lighthouse(page: Path) -> None:
    report.write_apart(_section(APART, "99"))
    report.write([_section("Cold start", "1.4")])
    written = page.read_text()
    assert "| it | 1.4 |" in written
    assert "| it | 1.5 |" not in written
    assert written.endswith(
        f"## {APART}\n\nHow it was measured.\n\n| what | figure |\n|---|---:|\n| it | 99 |\n"
    )
