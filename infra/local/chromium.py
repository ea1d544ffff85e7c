"""Knows where this machine's Chromium is; never one that was downloaded."""

import shutil

_NAMES = ("chromium", "chromium-browser", "google-chrome")


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
