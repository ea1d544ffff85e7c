"""What the documents name exists: files, make targets, parameters, resources, outputs, alarms."""

import re
import unicodedata
from pathlib import Path

import pytest

from tests.support.template import ROOT, load, resources

DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
TEXTS = {document: document.read_text(encoding="utf-8") for document in DOCUMENTS}
ALL = "\n".join(TEXTS.values())


def anchors(path: Path) -> set[str]:
    """Return the anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    kept = ("".join(c for c in h.lower() if c in " -_" or c.isalnum()) for h in headings)
    return {unicodedata.normalize("NFC", text).strip().replace(" ", "-") for text in kept}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", TEXTS[document]):
        if re.match(r"https?://", target):
            continue
        name, _, anchor = target.partition("#")
        path = (document.parent / name).resolve() if name else document
        assert path.exists(), target
        assert not anchor or anchor in anchors(path), target


def test_every_make_target_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))
    named = set(re.findall(r"^make ([a-z-]+)|`make ([a-z-]+)", ALL, re.MULTILINE))
    assert {one or other for one, other in named} <= targets


def test_every_path_in_code_quotes_exists() -> None:
    # Made on the spot, or of another machine, are what begins with a dot or has a placeholder.
    quoted = re.findall(r"`((?:infra|layers|functions|tests|docs|website)/[\w./-]*)`", ALL)
    assert quoted
    for path in quoted:
        assert (ROOT / path).exists(), path


def test_every_parameter_resource_and_output_exists() -> None:
    template = load()
    edge = load(ROOT / "infra/edge.yaml")
    parameters = {*template["Parameters"], *edge["Parameters"]}
    named = set(re.findall(r"\b([A-Z][a-z]\w+)=", "\n".join(re.findall(r"`[^`\n]+`", ALL))))
    assert named <= parameters
    table = ALL.partition("| parameter |")[2].partition("\n\n")[0]
    rows = "\n".join(re.findall(r"^\| (`.+?) \|", table, re.MULTILINE))
    listed = set(re.findall(r"`([A-Z]\w+)`", rows))
    assert listed
    assert listed <= parameters
    assert set(re.findall(r"\boutputs (\w+)\)", ALL)) <= {*template["Outputs"]}
    assert set(re.findall(r"\bresource (\w+)\)", ALL)) <= {*template["Resources"]}
    functions = set(re.findall(r"`(\w+Function)`", ALL))
    assert functions
    assert functions <= {*template["Resources"]}


def test_every_alarm_is_explained() -> None:
    alarms = resources("AWS::CloudWatch::Alarm", ROOT / "infra/alarms.yaml")
    table = TEXTS[ROOT / "docs/operations.md"].partition("## Alarms")[2]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == {*alarms}
