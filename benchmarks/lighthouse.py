"""Decides what Lighthouse is asked: the catalogue, a video, a dialog, on a phone and on a desktop.

Three of its groups say the same whenever they are asked, so a test holds them. The fourth,
performance, simulates a slow line and a slow processor from what it sees on this machine: a busy
one spoils it. It is measured several times, the median counts, and what it rests on (bytes, scripts
that block, movement) is counted by tests.
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
from infra.local.chromium import find_chromium
from infra.local.commands import running
from infra.local.node import NODE, npm
from infra.local.paths import Ports
from tests.support.template import ROOT
from tools.test_suites import stack_for_tests

WANTED = 95
"""Of a hundred, in every group."""

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
    """A page in a form: the score of each group, and what cost points in words."""

    page: str
    form: str
    scores: dict[str, int]
    missed: tuple[str, ...]


class _Told(TypedDict):
    """What the script writes of one look."""

    scores: dict[str, int]
    missed: list[str]


def look(site_url: str, groups: Sequence[str], rounds: int = 1) -> list[Look]:
    """Have every page looked at in both forms; of several rounds the median score of each group.

    Raises:
        NoChromiumError: there is no browser.
        NotFetchedError: npm could not fetch Lighthouse.
        subprocess.CalledProcessError: Lighthouse gave up.
    """
    wanted = [(page, form) for page in PAGES for form in FORMS]
    looks = [{"url": site_url + PAGES[page], "form": form} for page, form in wanted]
    told = _run({"groups": list(groups), "looks": looks * rounds})
    seen = defaultdict(list)
    for number, one in enumerate(told):
        seen[wanted[number % len(wanted)]].append(one)
    return [_middle(page, form, seen[page, form]) for page, form in wanted]


def _middle(page: str, form: str, rounds: Sequence[_Told]) -> Look:
    groups = rounds[0]["scores"]
    scores = {group: median_low(one["scores"][group] for one in rounds) for group in groups}
    missed = {text for one in rounds for text in one["missed"]}
    return Look(page, form, scores, tuple(sorted(missed)))


def _run(job: dict[str, object]) -> list[_Told]:
    done = subprocess.run(
        [str(NODE), str(_fetched() / _SCRIPT), json.dumps(job)],
        env={**os.environ, "CHROME_PATH": find_chromium()},
        stdout=subprocess.PIPE,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def _fetched() -> Path:
    """Return where Lighthouse lies, fetching what the lock names if it is not there yet."""
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
    _fetched()  # before the stack's environment, which knows no proxy
    with stack_for_tests(Ports.chosen()):
        looks = look(running().site_url, GROUPS, _ROUNDS)
    section = _section(looks)
    report.show([section])
    report.write_apart(section)


def _section(looks: Sequence[Look]) -> report.Section:
    rows, missed = [], []
    for one in looks:
        met = min(one.scores.values()) >= WANTED
        scores = [str(one.scores[group]) for group in GROUPS]
        rows.append((one.page, one.form, *scores, report.verdict(met=met)))
        if not met:
            missed.append(f"{one.page}, {one.form}: {'; '.join(one.missed)}")
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
