"""What an operator types by the other documents is understood by the CLI and by our programs.

Whether what they name is there, only an account can tell, so a refusal by AWS is none of ours.
"""

import re
from collections.abc import Iterator

import pytest

from tests.support.documented_commands import Shell, blocks, shell
from tests.support.template import ROOT

DOCUMENTS = ("operations", "runbook", "mail", "incoming-mail")
_FUNCTIONS = {"mail": "operations"}
"""Documents whose commands use the shell functions at the top of another one."""
MISUNDERSTOOD = re.compile(
    r"usage:|Unknown options|Invalid choice|No such option|unrecognized|Parameter validation failed"
    r"|Error parsing|Bad value for --query|command not found|syntax error|unexpected EOF"
    r"|No module named|No rule to make target",
    re.IGNORECASE,
)
_NAMED = "resource() { echo the-resource; }"
"""Which resource a name means, is looked up in the templates (test_documents.py)."""
_COMMAND = re.compile(r"`(aws [^`]+)`")
pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.thorough]


@pytest.fixture(scope="module")
def typing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    folder = tmp_path_factory.mktemp("shell")
    (folder / "ses-use-case.txt").write_text("We run a media service.", encoding="utf-8")
    with shell(folder) as one:
        yield one


def script(name: str) -> str:
    """Return all that a document has typed, the runbook in its text too, as one script."""
    path = ROOT / f"docs/{name}.md"
    inline = [
        " ".join(command.split())
        for command in _COMMAND.findall(path.read_text(encoding="utf-8"))
        if name == "runbook" and "…" not in command
    ]
    first = blocks(ROOT / f"docs/{_FUNCTIONS[name]}.md")[:1] if name in _FUNCTIONS else []
    setting, *others = [*first, *blocks(path)]
    return "\n".join([setting, _NAMED, *others, *inline])


def misunderstood(typing: Shell, commands: str) -> list[str]:
    told = typing.run(f"set +euo pipefail\n{commands}").stderr
    return [line for line in told.splitlines() if MISUNDERSTOOD.search(line)]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_command_of_a_document_is_understood(name: str, typing: Shell) -> None:
    assert misunderstood(typing, script(name)) == []


def test_the_runbook_has_commands_in_its_text() -> None:
    assert len(_COMMAND.findall((ROOT / "docs/runbook.md").read_text(encoding="utf-8"))) > 15


@pytest.mark.parametrize(
    "wrong",
    [
        "aws sesv2 get-acount",
        "aws sqs purge-queue --line it",
        ".venv/bin/python -m tools.rotate_keys show --stock newsreel-prod",
    ],
)
def test_a_command_that_is_not_understood_is_found(wrong: str, typing: Shell) -> None:
    assert misunderstood(typing, wrong)
