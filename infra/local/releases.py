"""Decides which release came before this version, and takes its files out of git's history.

A release is the commit that raises `version` in pyproject.toml (CHANGELOG.md).
"""

import os
import subprocess
import tarfile
import tomllib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from infra.local.deployment import Checkout
from infra.local.paths import PROJECT
from infra.local.processes import NotStartedError

_KEPT = PROJECT / ".local" / "releases"
_DECLARES = "pyproject.toml"


class NoReleaseError(NotStartedError):
    """The release before is not to be had; one sentence says why and what helps."""


class NoHistoryError(NoReleaseError):
    """This copy of the files has no history in which a release could be looked for."""


@dataclass(frozen=True, slots=True)
class Release:
    """A version and the commit that raised it."""

    version: str
    commit: str


def before(root: Path = PROJECT) -> Release:
    """Return the newest release of another version than a work tree's.

    Raises:
        NoHistoryError: git's history is not here, or not whole.
        NoReleaseError: the history has none.
    """
    this = _version((root / _DECLARES).read_text(encoding="utf-8"))
    # Not simplified: a release that was made on a branch is one, too.
    asked = ["log", "--full-history", "--format=%H", "-G", "^version = ", "HEAD", "--", _DECLARES]
    for commit in _git(root, *asked).decode("ascii").split():
        version = _version(_git(root, "show", f"{commit}:{_DECLARES}").decode("utf-8"))
        if version != this:
            return Release(version, commit)
    if _git(root, "rev-parse", "--is-shallow-repository").strip() == b"true":
        raise NoHistoryError(
            "This clone is shallow, so the release before is not in it: git fetch --unshallow, or"
            " fetch-depth 0 where a pipeline clones."
        )
    raise NoReleaseError(f"No commit of the history has another version than {this}.")


def unpack(release: Release, root: Path = PROJECT) -> Checkout:
    """Return a release's files, unpacked once, with a place where they are built."""
    place = _KEPT / release.commit[:12]
    files = place / "files"
    if not files.exists():
        draft = place / "draft"
        with tarfile.open(fileobj=BytesIO(_git(root, "archive", release.commit))) as archive:
            archive.extractall(draft, filter="data")
        # Its programs look for what is installed beside them.
        (draft / ".venv").symlink_to(PROJECT / ".venv")
        draft.rename(files)
    return Checkout(files, place / "build", place / "build-cache")


def _version(declared: str) -> str:
    version: str = tomllib.loads(declared)["project"]["version"]
    return version


def _git(root: Path, *arguments: str) -> bytes:
    # A checkout of a pipeline's container belongs to somebody else than who runs this.
    command = ["git", "-C", str(root), "-c", f"safe.directory={root}", *arguments]
    try:
        done = subprocess.run(command, capture_output=True, check=False, env=_environment())
    except FileNotFoundError:
        raise NoHistoryError("There is no git here, which knows the release before.") from None
    if done.returncode:
        told = done.stderr.decode("utf-8", "replace").strip()
        raise NoHistoryError(f"git does not know the release before: {told}")
    return done.stdout


def _environment() -> dict[str, str]:
    return {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "LC_ALL": "C"}
