"""Decides which scripts come with a script, so that a page can ask for all of them at once."""

import posixpath
import re
from pathlib import Path, PurePosixPath

_WEBSITE = Path(__file__).resolve().parent.parent / "website"


def imported_by(entry: PurePosixPath) -> list[str]:
    """Return a module and all its static imports, so that a page can preload them."""
    modules = [str(entry)]
    for path in modules:
        source = (_WEBSITE / path).read_text(encoding="utf-8")
        for name in re.findall(r"^import\s[^;]*?\"(\.{1,2}/[\w/-]+\.js)\";", source, re.MULTILINE):
            module = posixpath.normpath(PurePosixPath(path).parent / name)
            if module not in modules:
                modules.append(module)
    return modules
