"""Decides with which switches tests start Chromium: without what nobody looks at."""

import re
from functools import cache
from pathlib import Path

import playwright

from infra.local.chromium import UNSEEN

_SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    # Tabs of one person share a process, as they do in everybody's browser when there are many.
    "--renderer-process-limit=1",
)
_DRIVER = Path(playwright.__file__).parent / "driver" / "package" / "lib" / "coreBundle.js"
_LIST = re.compile(r"disabledFeatures = \[(.*?)\]\.filter", re.DOTALL)
_NAME = re.compile(r'^\s*"(\w+)"', re.MULTILINE)


def switches(*, without: tuple[str, ...] = ()) -> list[str]:
    """Return the switches, for a browser also without further features of Chromium."""
    # Chromium obeys the last list alone: ours has to repeat the driver's.
    features = ",".join((*_of_the_driver(), *UNSEEN, *without))
    return [*_SWITCHES, f"--disable-features={features}"]


@cache
def _of_the_driver() -> tuple[str, ...]:
    """Return the features that Playwright turns off; it says so in its program alone."""
    lists = _LIST.findall(_DRIVER.read_text(encoding="utf-8"))
    assert len(lists) == 1, "Playwright names the features it turns off in another way now."
    return tuple(_NAME.findall(lists[0]))
