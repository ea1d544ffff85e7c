"""Checks the project's JavaScript: types by tsc, style by eslint, behaviour by Node's test runner.

The API's document is checked here too, by Redocly. All these come from npm by the lock in
``tools/javascript/``; the tests need Node alone. What the site's scripts rely on is first written
to ``.local/javascript/``: the shapes of the API from its OpenAPI document, and the texts of each
language as publishing writes them.
"""

import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.local.node import NODE, install
from tools.publish_website import texts_modules

ROOT = Path(__file__).resolve().parent.parent
_PACKAGE = ROOT / "tools" / "javascript"
_MODULES = _PACKAGE / "node_modules"
_GENERATED = ROOT / ".local" / "javascript"
_OPENAPI = ROOT / "layers" / "code" / "newsreel" / "openapi.json"
_SETUP = ROOT / "tests" / "javascript" / "support" / "setup.js"
_LINTED = ("website", "infra", "tests/javascript", "tools/javascript", "benchmarks")
_ORGANISATION = "NATO"
# Redocly would tell its maker of each run, and ask for newer versions of itself.
_QUIET = ("REDOCLY_TELEMETRY=off", "REDOCLY_SUPPRESS_UPDATE_NOTICE=true")


@dataclass(frozen=True, slots=True)
class Totals:
    """How many tests ran, and the exit status of the runner."""

    tests: int
    failed: int
    skipped: int
    status: int


def fetch() -> None:
    """Install what the lock names, unless that is installed already.

    Raises:
        NotFetchedError: npm could not fetch it.
    """
    install(_PACKAGE)


def commands() -> dict[str, Sequence[str]]:
    """Return what ``make check`` runs, by name; ``fetch`` comes before."""
    _GENERATED.mkdir(parents=True, exist_ok=True)
    tsc, eslint = _tool("typescript/bin/tsc"), _tool("eslint/bin/eslint.js")
    redocly = _tool("@redocly/cli/bin/cli.js")
    rules = ["--config", str(_PACKAGE / "redocly.yaml")]
    types = [str(_OPENAPI), "--output", str(_GENERATED / "api.d.ts")]
    config = ["--config", str(_PACKAGE / "eslint.config.js"), "--max-warnings", "0"]
    return {
        "redocly": ["env", *_QUIET, *redocly, "lint", str(_OPENAPI), *rules],
        "openapi-typescript": [*_tool("openapi-typescript/bin/cli.js"), *types],
        "tsc": [*tsc, "--project", str(_PACKAGE)],
        "tsc, tests": [*tsc, "--project", str(_PACKAGE / "tsconfig.tests.json")],
        "eslint": [*eslint, *config, *_LINTED],
    }


def _tool(path: str) -> list[str]:
    return [str(NODE), str(_MODULES / path)]


def run_tests(report: Path) -> Totals:
    """Run the unit tests, print what Node says of them, and count them from its JUnit report."""
    _write_texts()
    report.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    command = [str(NODE), "--import", _SETUP.as_uri(), "--test"]
    command += ["--test-reporter=spec", "--test-reporter-destination=stdout"]
    command += ["--test-reporter=junit", f"--test-reporter-destination={report}"]
    ended = subprocess.run([*command, "tests/javascript/*.test.js"], cwd=ROOT, check=False)
    if not report.exists():
        return Totals(0, 0, 0, ended.returncode or 1)
    # Written by Node a moment ago, on this machine.
    cases = list(ET.parse(report).getroot().iter("testcase"))  # noqa: S314
    failed = sum(case.find("failure") is not None for case in cases)
    skipped = sum(case.find("skipped") is not None for case in cases)
    return Totals(len(cases), failed, skipped, ended.returncode)


def _write_texts() -> None:
    for path, module in texts_modules(_ORGANISATION).items():
        file = _GENERATED / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(module)


def main() -> int:
    """Run all of it; exit status 1 at the first that fails."""
    fetch()
    for name, command in commands().items():
        print(name, flush=True)
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            return 1
    return 1 if run_tests(_GENERATED / "tests.xml").status else 0


if __name__ == "__main__":
    sys.exit(main())
