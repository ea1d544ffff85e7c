"""The import contracts hold, and each of them reports a breach."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.template import ROOT

BIN = Path(sys.executable).parent
CODE = Path("layers") / "code" / "newsreel"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the package, with the project's rules beside it."""
    folder = tmp_path_factory.mktemp("contracts")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for path in sorted((ROOT / CODE).rglob("*.py")):
        copied = folder / path.relative_to(ROOT)
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copied)
    return folder


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [BIN / "lint-imports", "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder / "layers" / "code"), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_package_keeps_every_contract(copy: Path) -> None:
    ended = lint_imports(copy)
    assert ended.returncode == 0, ended.stdout
    assert "0 broken" in ended.stdout


@pytest.mark.parametrize(
    ("module", "breach", "contract"),
    [
        ("aws/items.py", "from newsreel.catalogue import model", "Each floor"),
        ("media/codecs.py", "from newsreel.ingest import folders", "Each floor"),
        ("accounts/codes.py", "from newsreel.accounts import flows", "No circles"),
        ("catalogue/queries.py", "from newsreel.http import cookies", "The catalogue knows"),
        ("accounts/codes.py", "from newsreel.http import cookies", "only web knows HTTP"),
        ("accounts/codes.py", "from newsreel.mail import message", "only mails knows mail"),
    ],
)
def test_a_breach_of_a_contract_is_reported(
    copy: Path, module: str, breach: str, contract: str
) -> None:
    file = copy / CODE / module
    kept = file.read_text(encoding="utf-8")
    try:
        file.write_text(f"{kept}\n{breach}\n", encoding="utf-8")
        ended = lint_imports(copy)
    finally:
        file.write_text(kept, encoding="utf-8")
    assert ended.returncode == 1
    broken = [line for line in ended.stdout.splitlines() if "BROKEN" in line]
    assert any(contract in line for line in broken), ended.stdout


@pytest.mark.parametrize(
    "breach",
    [
        "import os\nVALUE = os.environ",
        'import os\nVALUE = os.getenv("A")',
        "import functions",
        "from aws_lambda_powertools import Logger",
    ],
)
def test_a_module_with_an_import_or_a_name_that_is_banned_is_reported(
    copy: Path, breach: str
) -> None:
    ended = subprocess.run(
        [
            BIN / "ruff",
            "check",
            "--select",
            "TID251",
            "--stdin-filename",
            CODE / "http/api.py",
            "-",
        ],
        cwd=copy,
        input=breach,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1, ended.stdout
    assert "TID251" in ended.stdout


@pytest.mark.parametrize(
    ("folder", "banned"),
    [
        ("benchmarks", r"tests(?!\.support\b)"),
        ("tests/support", r"benchmarks"),
        ("infra", r"(tests|benchmarks)"),
    ],
)
def test_what_several_share_is_in_one_room_and_imports_none_of_them(
    folder: str, banned: str
) -> None:
    breach = re.compile(rf"^\s*(from|import) {banned}\b.*", re.MULTILINE)
    paths = [*(ROOT / folder).rglob("*.py")]
    assert paths
    found = {path.name: breach.findall(path.read_text(encoding="utf-8")) for path in paths}
    assert not {name: lines for name, lines in found.items() if lines}
