"""All JavaScript is checked, by tools from a lock file that names no registry."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = tuple(
    ROOT / folder / "package-lock.json"
    for folder in ("tools/bundling", "tools/javascript", "benchmarks/node")
)
FOLDERS = ("website/scripts", "infra/local/mailbox_page", "tests/javascript")


def _packages(lock: Path) -> dict[str, dict[str, object]]:
    packages: dict[str, dict[str, object]] = json.loads(lock.read_text())["packages"]
    return {name: package for name, package in packages.items() if name}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.parent.name)
def test_a_lock_names_no_registry_and_a_hash_for_each_package(lock: Path) -> None:
    for name, package in _packages(lock).items():
        assert "resolved" not in package, name
        assert str(package["integrity"]).startswith("sha512-"), name


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.parent.name)
def test_what_is_asked_for_is_pinned_to_the_version_in_the_lock(lock: Path) -> None:
    package = json.loads(lock.with_name("package.json").read_text())
    versions = {**package.get("dependencies", {}), **package.get("devDependencies", {})}
    assert versions
    for name, version in versions.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), name
        assert _packages(lock)[f"node_modules/{name}"]["version"] == version


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_script_begins_by_asking_for_its_types_to_be_checked(folder: str) -> None:
    scripts = sorted((ROOT / folder).rglob("*.js"))
    assert scripts
    for script in scripts:
        assert script.read_text(encoding="utf-8").startswith("// @ts-check\n"), script
