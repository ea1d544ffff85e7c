"""Knows this machine's Chromium, never one that was downloaded, and what of it nobody looks at."""

import shutil

_NAMES = ("chromium", "chromium-browser", "google-chrome")
UNSEEN = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup")
"""Features to turn off where nobody looks: with them Chromium loads two pages of its own in each
new window, for what it suggests under its address bar. They cost more than a page of the website.
"""


class NoChromiumError(RuntimeError):
    """There is no Chromium on PATH; the text says how to get one."""


def find_chromium() -> str:
    """Return the path of Chromium.

    Raises:
        NoChromiumError: there is none.
    """
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    if found is None:
        raise NoChromiumError("There is no Chromium on PATH. On Debian: apt-get install chromium")
    return found
