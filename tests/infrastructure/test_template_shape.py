"""Promises about how the templates are written: short, functions first, and readable by AWS."""

from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]

from tests.support.template import ROOT

# Only template.yaml is sure to pass through `sam build`, which writes every alias out.
SENT_AS_THEY_ARE = sorted((ROOT / "infra").glob("*.yaml"))


def anchored_lines(text: str) -> list[int]:
    """Return the lines with an anchor or an alias, which CloudFormation refuses."""
    events = yaml.parse(text, Loader=yaml.SafeLoader)
    return [event.start_mark.line + 1 for event in events if getattr(event, "anchor", None)]


@pytest.mark.parametrize("path", SENT_AS_THEY_ARE, ids=lambda path: path.name)
def test_cloudformation_can_read_the_yaml_that_it_gets(path: Path) -> None:
    assert anchored_lines(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("A: &shared {b: 1}\n", [1]),
        ("A: &shared {b: 1}\nC: *shared\n", [1, 2]),
        ("A: &shared {b: 1}\nC:\n  <<: *shared\n", [1, 3]),
        ("A: '&shared'\nC: '*shared'\n", []),
    ],
)
def test_an_anchor_or_an_alias_would_be_found(text: str, lines: list[int]) -> None:
    assert anchored_lines(text) == lines
