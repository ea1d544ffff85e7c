"""The release before is found in git's history, and a clone without it says so."""

import os
import subprocess
from pathlib import Path

import pytest

from infra.local import releases
from infra.local.releases import NoHistoryError, NoReleaseError
from tests.support import release_before

_NOBODY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "nobody"), ("EMAIL", "nobody@example.org"))
}


class Repository:
    """A repository whose commits have one file, pyproject.toml."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir()
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str) -> str:
        command = ["git", "-C", str(self.root), *arguments]
        environment = {**os.environ, **_NOBODY, "GIT_CONFIG_GLOBAL": os.devnull}
        return subprocess.check_output(command, env=environment, text=True).strip()

    def commit(self, version: str, more: str = "") -> str:
        text = f'[project]\nversion = "{version}"\n{more}'
        (self.root / "pyproject.toml").write_text(text, encoding="utf-8")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", version)
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "project")


def test_the_release_before_is_the_commit_that_raised_the_version_last(
    repository: Repository,
) -> None:
    repository.commit("0.1.0")
    raised = repository.commit("0.2.0")
    repository.commit("0.2.0", "# later")
    repository.commit("0.3.0")
    repository.commit("0.3.0", "# later")
    assert releases.before(repository.root) == releases.Release("0.2.0", raised)


def test_a_version_that_is_not_committed_yet_counts(repository: Repository) -> None:
    raised = repository.commit("0.2.0")
    text = '[project]\nversion = "0.3.0"\n'
    (repository.root / "pyproject.toml").write_text(text, encoding="utf-8")
    assert releases.before(repository.root).commit == raised


def test_a_release_that_was_made_on_a_branch_is_found(repository: Repository) -> None:
    repository.commit("0.1.0")
    repository.git("switch", "--quiet", "--create", "release")
    raised = repository.commit("0.2.0")
    repository.git("switch", "--quiet", "main")
    repository.git("commit", "--quiet", "--allow-empty", "--message", "beside")
    repository.git("merge", "--quiet", "--no-edit", "release")
    repository.commit("0.3.0")
    assert releases.before(repository.root).commit == raised


def test_a_shallow_clone_says_what_helps(repository: Repository, tmp_path: Path) -> None:
    repository.commit("0.2.0")
    repository.commit("0.3.0")
    repository.commit("0.3.0", "# later")
    clone = tmp_path / "clone"
    repository.git("clone", "--quiet", "--depth=1", f"file://{repository.root}", str(clone))
    with pytest.raises(NoHistoryError, match="git fetch --unshallow"):
        releases.before(clone)


def test_files_without_a_history_say_so(repository: Repository, tmp_path: Path) -> None:
    repository.commit("0.3.0")
    with pytest.raises(NoReleaseError, match="another version"):
        releases.before(repository.root)
    (repository.root / ".git").rename(tmp_path / "elsewhere")
    with pytest.raises(NoHistoryError, match="git does not know"):
        releases.before(repository.root)


def test_this_history_has_a_release_that_can_be_deployed() -> None:
    files = release_before.unpacked().root
    found = releases.before()
    assert (files / "template.yaml").exists()
    assert f'version = "{found.version}"' in (files / "pyproject.toml").read_text(encoding="utf-8")
