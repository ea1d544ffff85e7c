"""Knows the environment of checkov and its like, which want other releases than the project."""

import os
import subprocess
import sys
from pathlib import Path

from infra.local.paths import LOCAL, PROJECT

_FOLDER = LOCAL / "second_opinion"
_LOCKED = Path(__file__).parent


class NotPreparedError(RuntimeError):
    """uv could not install what the lock names; the text says what it said."""


def prepare() -> None:
    """Install what the lock beside this file names, unless that is installed already.

    Raises:
        NotPreparedError: uv could not.
    """
    sync = [str(Path(sys.executable).parent / "uv"), "sync", "--frozen", "--quiet"]
    own = {**os.environ, "UV_PROJECT_ENVIRONMENT": str(_FOLDER)}
    done = subprocess.run(
        [*sync, "--project", str(_LOCKED), "--python", sys.executable],
        cwd=PROJECT,
        env=own,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NotPreparedError(f"uv sync failed: {done.stderr[-500:]}")


def program(name: str) -> str:
    """Return the path of a program of that environment."""
    return str(_FOLDER / "bin" / name)
