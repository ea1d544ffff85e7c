"""Everything that the documents name exists: files, make targets, parameters, outputs, alarms."""

import importlib.metadata
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from newsreel.policy import DAY, HOUR, POLICY
from newsreel.version import VERSION

from tests.support.stacks import joined
from tests.support.template import ROOT, functions, load, resources

DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
DECISIONS = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))
TEXTS = {document: document.read_text(encoding="utf-8") for document in DOCUMENTS}
ALL = "\n".join(TEXTS.values())
CALLS_AWS = r"\baws [a-z]|publish_website|redrive\.py|\$\((?:outputs|resource) "
# The metadata says MIT, its classifiers and the licence file say MIT-0.
RENAMED = {"aws-lambda-powertools": "MIT-0"}


def anchors(path: Path) -> set[str]:
    """Return the anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    kept = ("".join(c for c in h.lower() if c in " -_" or c.isalnum()) for h in headings)
    return {unicodedata.normalize("NFC", text).strip().replace(" ", "-") for text in kept}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
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
    # Paths with a placeholder, or that begin with a dot, are created later or on another machine.
    quoted = re.findall(
        r"`((?:infra|layers|functions|tests|docs|website|tools|benchmarks)/[\w./-]*)`", ALL
    )
    quoted += [f"layers/code/{path}" for path in re.findall(r"`(newsreel/[\w./-]*)`", ALL)]
    assert quoted
    for path in quoted:
        assert (ROOT / path).exists(), path


def rules_of_schedules(resources: Mapping[str, Any]) -> set[str]:
    """Return the names that SAM gives to what calls functions: the function's and the event's."""
    return {
        f"{name}{event}"
        for name, one in resources.items()
        for event in one.get("Properties", {}).get("Events", {})
    }


def test_every_parameter_resource_and_output_exists() -> None:
    template = load()
    alone = [load(path)["Parameters"] for path in sorted((ROOT / "infra").glob("*.yaml"))]
    parameters = {*template["Parameters"], *(name for one in alone for name in one)}
    named = set(re.findall(r"\b([A-Z][a-z]\w+)=", "\n".join(re.findall(r"`[^`\n]+`", ALL))))
    assert named <= parameters
    table = ALL.partition("| parameter |")[2].partition("\n\n")[0]
    rows = "\n".join(re.findall(r"^\| (`.+?) \|", table, re.MULTILINE))
    listed = set(re.findall(r"`([A-Z]\w+)`", rows))
    assert listed
    assert listed <= parameters
    assert set(re.findall(r"\boutputs (\w+)\)", ALL)) <= {*template["Outputs"]}
    assert set(re.findall(r"\bresource (\w+)\)", ALL)) <= {*template["Resources"]}
    stacks = {one.stack: one.resources for one in joined()}
    within = re.findall(r'\bresource\s+(\w+)\s+"\$\(resource\s+(\w+)\)"', ALL)
    assert within
    for name, stack in within:
        assert name in {*stacks[stack], *rules_of_schedules(stacks[stack])}, (name, stack)
    assert set(re.findall(r"`(\w+Function)`", ALL)) <= {*template["Resources"]}
    named_by_folder = set(re.findall(r"\$STACK-(\w+)\b(?!-)", ALL))
    assert named_by_folder
    assert named_by_folder <= {*functions()}


def test_how_long_what_mails_leave_is_kept_is_what_the_policy_says() -> None:
    kept = POLICY.retention
    table = TEXTS[ROOT / "docs/mail.md"].partition("## What is kept, and how long")[2]
    rows = re.findall(r"^\| (\w+)[^|]*\|[^|]*\| ([^|]*) \|$", table, re.MULTILINE)[1:]
    days = {
        "delivery": kept.trail,
        "suppression": kept.suppression,
        "notice": kept.notices,
        "mark": kept.edition_marks,
        "raw": POLICY.incoming_mail.kept,
        "logs": kept.logs,
        "copies": kept.copies,
    }
    expected = {name: f"{seconds // DAY} days" for name, seconds in days.items()}
    expected["request"] = f"{POLICY.code.flow_life // HOUR} hours"
    expected["how"] = f"{POLICY.longest_window() // DAY} days"
    expected["edition"] = f"{12 * kept.editions // (365 * DAY)} months"
    expected["consent"] = "as long as the account"
    assert {name: said.partition(" after it ends")[0] for name, said in rows} == expected


@pytest.mark.parametrize("domain", ["${MailDomain}", "${NewsletterDomain}"])
def test_the_records_that_we_name_are_those_that_the_stack_needs(domain: str) -> None:
    templates = (ROOT / "template.yaml", ROOT / "infra/mail.yaml")
    identities = resources("AWS::SES::EmailIdentity", *templates).values()
    mail_from = [
        identity["Properties"]["MailFromAttributes"]["MailFromDomain"] for identity in identities
    ]
    assert {"Fn::Sub": f"bounce.{domain}"} in mail_from
    for record in ("bounce.mail.example.org", "_dmarc.mail.example.org", "mail.example.org"):
        assert f"| `{record}` |" in TEXTS[ROOT / "docs/mail.md"]


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_its_parts_and_is_in_the_index_under_its_title(decision: Path) -> None:
    headings = re.findall(r"^#+ (.+)$", TEXTS[decision], re.MULTILINE)
    assert headings[1:] == ["Context", "Options", "Decision", "Consequences"]
    assert headings[0].startswith(f"{int(decision.stem[:4])}. ")
    assert re.search(r"^- Status: \w+\n- Date: \d{4}-\d\d-\d\d", TEXTS[decision], re.MULTILINE)
    index = TEXTS[ROOT / "docs/decisions/README.md"]
    assert f"- [{headings[0]}]({decision.name})\n" in index


def test_decisions_are_numbered_without_a_gap() -> None:
    assert [int(path.stem[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))


def test_the_newest_entry_of_the_changelog_is_the_version_of_project_and_code() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    [(newest, day), *_] = re.findall(
        r"^## \[(.+)\] - (\d{4}-\d\d-\d\d)$", TEXTS[ROOT / "CHANGELOG.md"], re.MULTILINE
    )
    assert newest == project["version"] == VERSION
    assert day == max(re.findall(r"^## .+ - (\S+)$", TEXTS[ROOT / "CHANGELOG.md"], re.MULTILINE))


@pytest.mark.parametrize(
    "requirements",
    sorted((ROOT / "layers").glob("*/requirements.txt")),
    ids=lambda path: path.parent.name,
)
def test_every_package_that_ships_is_in_the_notice_under_its_licence(requirements: Path) -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    layer = requirements.parent.name
    noted = dict(re.findall(rf"^  {layer} +(\S+) +(\S+)$", notice, re.MULTILINE))
    packages = re.findall(r"^([a-z0-9-]+)==", requirements.read_text(), re.MULTILINE)
    assert noted.keys() == set(packages)
    for package in packages:
        metadata = importlib.metadata.metadata(package)
        fields = [name for name in ("License-Expression", "License") if name in metadata]
        licences = {RENAMED.get(package, metadata[name]) for name in fields}
        assert licences <= {noted[package]}, package


def commands_of(document: str) -> list[str]:
    """Return the blocks of shell commands of a document."""
    return re.findall(r"```sh\n(.*?)```", TEXTS[ROOT / document], re.DOTALL)


@pytest.mark.parametrize(
    "document",
    ["docs/deploy.md", "docs/operations.md", "docs/mail.md", "docs/recovery.md", "docs/runbook.md"],
)
def test_every_command_for_aws_knows_its_region(document: str) -> None:
    blocks = [block for block in commands_of(document) if re.search(CALLS_AWS, block)]
    assert blocks
    for block in blocks:
        before = block[: re.search(CALLS_AWS, block).start()]  # type: ignore[union-attr]
        # The AWS CLI reads the first variable, boto3 only the second.
        both = re.search(r"export AWS_REGION=(\S+) AWS_DEFAULT_REGION=\1\n", before)
        assert both or "--region" in block, block
