"""Decides what Lighthouse measures: catalogue, video and dialog, on a phone and on a desktop.

Three of its groups give the same score each time, so a test checks them. The fourth, performance,
simulates a slow line and a slow processor from measurements on this machine, so other load
falsifies it. It is therefore measured several times and the median counts; tests count what it
depends on (bytes, blocking scripts, layout shifts).
"""

import json
import os
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median_low
from typing import TypedDict

from benchmarks import report
from infra.local.chromium import UNSEEN, find_chromium
from infra.local.commands import running
from infra.local.node import NODE, npm
from infra.local.paths import Ports
from tests.support.template import ROOT
from tools.test_suites import stack_for_tests

WANTED = 95
"""The least score in every group, of 100."""

STEADY = ("accessibility", "best-practices", "seo")
GROUPS = ("performance", *STEADY)
FORMS = ("phone", "desktop")
PAGES = {
    "catalogue": "/",
    "video": "/videos/2026-02-14-munich-doorstep",
    "dialog": "/#register",
}

_PACKAGE = Path(__file__).with_name("node")
_PLACE = ROOT / ".local" / "lighthouse"
_SCRIPT = "lighthouse.mjs"
_LOCK = "package-lock.json"
_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Look:
    """The scores of one page in one form, and the audits that cost points, as texts."""

    page: str
    form: str
    scores: dict[str, int]
    missed: tuple[str, ...]


class _Scores(TypedDict):
    """The script's result for one run, as JSON."""

    scores: dict[str, int]
    missed: list[str]


def look(site_url: str, groups: Sequence[str], rounds: int = 1) -> list[Look]:
    """Measure every page in both forms; return the median score of each group over the rounds.

    Raises:
        NoChromiumError: no browser was found.
        NotFetchedError: npm could not fetch Lighthouse.
        subprocess.CalledProcessError: Lighthouse failed.
    """
    pages = [(page, form) for page in PAGES for form in FORMS]
    looks = [{"url": site_url + PAGES[page], "form": form} for page, form in pages]
    results = _run({"groups": list(groups), "without": UNSEEN, "looks": looks * rounds})
    seen = defaultdict(list)
    for number, result in enumerate(results):
        seen[pages[number % len(pages)]].append(result)
    return [_median(page, form, seen[page, form]) for page, form in pages]


def _median(page: str, form: str, rounds: Sequence[_Scores]) -> Look:
    groups = rounds[0]["scores"]
    scores = {group: median_low(result["scores"][group] for result in rounds) for group in groups}
    missed = {text for result in rounds for text in result["missed"]}
    return Look(page, form, scores, tuple(sorted(missed)))


def _run(job: dict[str, object]) -> list[_Scores]:
    done = subprocess.run(
        [str(NODE), str(_fetched() / _SCRIPT), json.dumps(job)],
        env={**os.environ, "CHROME_PATH": find_chromium()},
        stdout=subprocess.PIPE,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def _fetched() -> Path:
    """Return Lighthouse's folder; fetches the locked version if it is missing."""
    locked, here = _PACKAGE / _LOCK, _PLACE / _LOCK
    done = _PLACE / "fetched"
    if not done.exists() or here.read_bytes() != locked.read_bytes():
        done.unlink(missing_ok=True)
        shutil.copytree(_PACKAGE, _PLACE, dirs_exist_ok=True)
        npm(_PLACE, "ci")
        done.touch()
    shutil.copy(_PACKAGE / _SCRIPT, _PLACE)
    return _PLACE


def main() -> None:
    """Measure every group on the local stack, print it and write it into docs/performance.md."""
    _fetched()  # must come before the stack's environment, which has no proxy
    with stack_for_tests(Ports.chosen()):
        looks = look(running().site_url, GROUPS, _ROUNDS)
    section = _section(looks)
    report.show([section])
    report.write_apart(section)


def _section(looks: Sequence[Look]) -> report.Section:
    rows, missed = [], []
    for page in looks:
        met = min(page.scores.values()) >= WANTED
        scores = [str(page.scores[group]) for group in GROUPS]
        rows.append((page.page, page.form, *scores, report.verdict(met=met)))
        if not met:
            missed.append(f"{page.page}, {page.form}: {'; '.join(page.missed)}")
    return report.Section(
        report.APART,
        f"Scores of a hundred, on the local stack, with the line and the processor that Lighthouse "
        f"gives a phone (4G, a quarter of this processor) and a desktop; the median of {_ROUNDS} "
        f"looks. `make lighthouse` writes this section. Budget: {WANTED} in every group.",
        ("page", "form", "performance", "accessibility", "best practices", "SEO", ""),
        rows,
        missed,
    )


if __name__ == "__main__":
    main()
