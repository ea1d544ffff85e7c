"""Every command of the way from an empty account to a service can be typed as it is written."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.documented_commands import Shell, blocks, shell
from tests.support.template import ROOT

DEPLOY = ROOT / "docs/deploy.md"
BLOCKS = blocks(DEPLOY)
pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.thorough]


@pytest.fixture(scope="module")
def typing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    with shell(tmp_path_factory.mktemp("shell")) as one:
        yield one


@pytest.mark.parametrize("block", BLOCKS, ids=[f"block {at}" for at in range(len(BLOCKS))])
def test_a_block_of_commands_runs(block: str, typing: Shell) -> None:
    ran = typing.run(block)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize(
    "wrong",
    [
        "aws cloudformation deploy --stack-name it",
        "aws sesv2 create-email-identity --address you@example.org",
        "aws s3 cp s3://newsreel-dev-media/nothing -",
        ".venv/bin/python -m tools.rotate_keys add NoKeys",
        "make nonsense",
    ],
)
def test_a_wrong_command_is_found(wrong: str, typing: Shell) -> None:
    assert typing.run(wrong).returncode != 0


@pytest.mark.parametrize("document", sorted((ROOT / "docs").glob("*.md")), ids=lambda one: one.stem)
def test_every_stage_that_a_command_names_is_one(document: Path) -> None:
    stages = tomllib.loads((ROOT / "samconfig.toml").read_text(encoding="utf-8"))
    text = document.read_text(encoding="utf-8")
    assert set(re.findall(r"\bSTAGE=(\w+)", text)) <= stages.keys()


def test_the_way_takes_half_an_hour_to_read() -> None:
    # 200 words a minute is slow, as commands are read.
    assert len(DEPLOY.read_text(encoding="utf-8").split()) < 30 * 200
