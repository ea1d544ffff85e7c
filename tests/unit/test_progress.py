"""A tool that fails is told by the name that people know, with the place of its output."""

import os
import sys
from pathlib import Path

import pytest

from infra.local import progress
from infra.local.deployment import SAM
from infra.local.progress import StepFailedError, run


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ([*SAM, "no-such-command"], "sam"),
        ([sys.executable, "-m", "no_such.package"], "package"),
        (["/bin/false"], "false"),
    ],
)
def test_a_tool_that_fails_is_named(
    command: list[str], name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "LOGS", tmp_path)
    monkeypatch.setattr(progress, "PROJECT", tmp_path)
    with pytest.raises(StepFailedError, match=rf"^{name} failed; its whole output is in "):
        run("step", command, os.environ)
