"""The form of the templates: short, functions first, and readable by CloudFormation."""

from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]

from tests.infrastructure.conftest import Build
from tests.support.template import ROOT, TEMPLATE, load, nested, resources

# `sam build` writes what template.yaml nests, and expands every alias; edge.yaml is deployed alone.
SENT_AS_THEY_ARE = sorted({*(ROOT / "infra").glob("*.yaml")} - {*nested()})

# The resource types that a reader meets first.
KINDS = (
    "AWS::Serverless::Function",
    "AWS::DynamoDB::Table",
    "AWS::S3::Bucket",
    "AWS::SQS::Queue",
    "AWS::Serverless::Api",
    "AWS::Serverless::LayerVersion",
)


def test_the_first_function_is_near_the_top_and_the_whole_is_not_too_long() -> None:
    lines = TEMPLATE.read_text(encoding="utf-8").splitlines()
    first = lines.index("    Type: AWS::Serverless::Function")
    assert lines[first - 1] == "  RegistrationFunction:"
    assert first <= 130
    assert len(lines) <= 900


def test_the_template_reads_like_a_table_of_contents() -> None:
    sections = ["Parameters", "Conditions", "Globals", "Resources", "Outputs"]
    assert [name for name in load() if name in sections] == sections
    types = [resource["Type"] for resource in load()["Resources"].values()]
    assert types[0] == "AWS::Serverless::Function"
    in_order = sorted((kind for kind in types if kind in KINDS), key=KINDS.index)
    assert [kind for kind in types if kind in KINDS] == in_order


@pytest.mark.parametrize("path", nested(), ids=lambda path: path.name)
def test_a_nested_stack_is_given_all_of_its_parameters(path: Path) -> None:
    stacks = resources("AWS::CloudFormation::Stack").values()
    url = str(path.relative_to(ROOT))
    (given,) = [
        resource["Properties"]["Parameters"]
        for resource in stacks
        if resource["Properties"]["TemplateURL"] == url
    ]
    assert set(given) == set(load(path)["Parameters"])


def anchored_lines(text: str) -> list[int]:
    """Return the lines with an anchor or an alias, which CloudFormation refuses."""
    events = yaml.parse(text, Loader=yaml.SafeLoader)
    return [event.start_mark.line + 1 for event in events if getattr(event, "anchor", None)]


@pytest.mark.parametrize("path", SENT_AS_THEY_ARE, ids=lambda path: path.name)
def test_cloudformation_can_read_the_yaml_that_it_gets_as_we_wrote_it(path: Path) -> None:
    assert anchored_lines(path.read_text(encoding="utf-8")) == []


def test_cloudformation_can_read_the_yaml_that_sam_builds(here: Build) -> None:
    stacks = ["", *resources("AWS::CloudFormation::Stack")]
    built = {path.relative_to(here.folder) for path in here.folder.rglob("template.yaml")}
    assert built == {Path(stack) / "template.yaml" for stack in stacks}
    for path in built:
        assert anchored_lines((here.folder / path).read_text(encoding="utf-8")) == [], path
    written = [path.read_text(encoding="utf-8") for path in (TEMPLATE, *nested())]
    assert any(anchored_lines(text) for text in written)


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
