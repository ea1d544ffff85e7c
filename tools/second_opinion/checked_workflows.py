"""Has the examples for GitHub checked that run nowhere here, and every shell script.

By GitHub's own schemas, by zizmor for what a stranger could make of them, and by shellcheck for
scripts and for what the steps of workflows run. None of them asks anybody.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from infra.local.paths import PROJECT
from tools.second_opinion.environment import program

_WORKFLOWS = sorted((PROJECT / ".github" / "workflows").glob("*.yml"))
_EXPRESSION = re.compile(r"\$\{\{.*?\}\}")
_SHEBANG = re.compile(rb"#!.*\b(ba|da|)sh\b")


def shell_scripts() -> list[Path]:
    """Return the files in git that a shell runs."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, check=True)
    paths = [PROJECT / name for name in listed.stdout.decode().split("\0") if name]
    return [one for one in paths if one.is_file() and _SHEBANG.match(one.read_bytes()[:64])]


def run_steps(workflow: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the name and the script of each step that runs one; GitHub's own words become `x`."""
    for job, settings in workflow["jobs"].items():
        for number, step in enumerate(settings.get("steps", []), 1):
            if "run" in step:
                yield f"{job}, step {number}", _EXPRESSION.sub("x", step["run"])


def _ends_well(command: list[str], script: str | None = None) -> bool:
    done = subprocess.run(command, cwd=PROJECT, input=script, text=True, check=False)
    return done.returncode == 0


def main() -> int:
    """Print what the programs find; exit status 1 if one finds anything."""
    schema = [program("check-jsonschema"), "--builtin-schema"]
    shell = [program("shellcheck"), "--norc"]
    well = [
        _ends_well([*schema, "vendor.github-workflows", *map(str, _WORKFLOWS)]),
        _ends_well([*schema, "vendor.dependabot", ".github/dependabot.yml"]),
        _ends_well([program("zizmor"), "--offline", "--no-progress", "--quiet", ".github"]),
        _ends_well([*shell, *map(str, shell_scripts())]),
    ]
    for path in _WORKFLOWS:
        for name, script in run_steps(yaml.safe_load(path.read_text(encoding="utf-8"))):
            # As GitHub runs it: bash, which ends at the first command that fails.
            if not _ends_well([*shell, "--shell=bash", "-"], f"set -eo pipefail\n{script}"):
                print(f"{path.name}: {name}")
                well.append(False)
    return 0 if all(well) else 1


if __name__ == "__main__":
    sys.exit(main())
