"""Every command of an update, of the way back and of a recovery can be typed as it is written.

Each in an account of its own: some delete what others need, and what a deployment makes again.
"""

from pathlib import Path

import pytest

from tests.support.documented_commands import blocks, shell
from tests.support.template import ROOT

BLOCKS = blocks(ROOT / "docs/recovery.md")
pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.thorough]


@pytest.mark.parametrize("block", BLOCKS, ids=[f"block {at}" for at in range(len(BLOCKS))])
def test_a_block_of_commands_runs(block: str, tmp_path: Path) -> None:
    with shell(tmp_path) as typing:
        ran = typing.run(block)
    assert ran.returncode == 0, ran.stdout + ran.stderr
