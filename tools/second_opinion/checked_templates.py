"""Has checkov judge every template as CloudFormation gets it, and compares with what is kept.

Rules and resources that are kept stand in `checkov.toml`, each with its reason. checkov sees what
SAM makes of a template, roles and permissions too, and asks nobody: it runs without a network.
"""

import json
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from infra.local.paths import LOCAL, PROJECT
from tests.support.stacks import load
from tests.support.transformed import transformed
from tools.second_opinion.environment import program

_PLACE = LOCAL / "transformed"
_KEPT = Path(__file__).with_name("checkov.toml")
_AROUND = ("AWSTemplateFormatVersion", "Description", "Parameters", "Conditions", "Outputs")


def templates() -> list[Path]:
    """Return every template that is sent to CloudFormation."""
    return [PROJECT / "template.yaml", *sorted((PROJECT / "infra").glob("*.yaml"))]


def _write_transformed() -> int:
    """Write the templates as SAM hands them on; return how many resources they hold."""
    shutil.rmtree(_PLACE, ignore_errors=True)
    _PLACE.mkdir(parents=True)
    resources = 0
    for path in templates():
        written = load(path)
        made = {name: written[name] for name in _AROUND if name in written}
        made["Resources"] = transformed(path)
        resources += len(made["Resources"])
        (_PLACE / f"{path.stem}.json").write_text(json.dumps(made, indent=1), encoding="utf-8")
    return resources


def _judge() -> dict[str, Any]:
    options = ["--framework", "cloudformation", "--skip-download", "--compact", "--quiet"]
    done = subprocess.run(
        [program("checkov"), *options, "--soft-fail", "--output", "json", "--directory", _PLACE],
        stdout=subprocess.PIPE,
        check=True,
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def faults(told: dict[str, Any], kept: dict[str, str]) -> Iterator[str]:
    """Yield what checkov found that is not kept, and what is kept though nothing needs it."""
    needed = set()
    for one in told["results"]["failed_checks"]:
        resource = one["resource"].rpartition(".")[2]
        reasons = {one["check_id"], f"{one['check_id']} {resource}"} & kept.keys()
        needed |= reasons
        if not reasons:
            yield f"{Path(one['file_path']).stem} {resource}: {one['check_id']} {one['check_name']}"
    for unneeded in sorted(kept.keys() - needed):
        yield f"{_KEPT.name}: nothing needs {unneeded}"
    if told["summary"]["parsing_errors"]:
        yield f"{told['summary']['parsing_errors']} templates could not be read"


def main() -> int:
    """Print what is to be mended; exit status 1 if anything is."""
    resources = _write_transformed()
    told = _judge()
    kept = tomllib.loads(_KEPT.read_text(encoding="utf-8"))["kept"]
    found = list(faults(told, kept))
    for one in found:
        print(one)
    summary = told["summary"]
    if summary["resource_count"] < resources:
        found.append("some were not looked at")
        print(f"checkov looked at {summary['resource_count']} of {resources} resources")
    print(f"{summary['passed']} passed, {summary['failed']} kept with a reason: {len(kept)} lines")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
