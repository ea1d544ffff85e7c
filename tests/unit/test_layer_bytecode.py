"""Whether a deployment stops when its layers would make every start slow."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.template import ROOT
from tools.layer_bytecode import uncompiled


def build(folder: Path, *files: str) -> Path:
    for file in files:
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return folder


def check(folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tools.layer_bytecode", str(folder)],
        cwd=ROOT,
        env={"PATH": "", **more},
        capture_output=True,
        text=True,
        check=False,
    )


COMPILED = (
    "CodeLayer/python/newsreel/clock.py",
    "CodeLayer/python/newsreel/__pycache__/clock.cpython-313.pyc",
    "DependenciesLayer/python/pydantic/main.pyc",
    "CatalogueFunction/app.py",
)


def test_layers_with_bytecode_are_deployed(tmp_path: Path) -> None:
    done = check(build(tmp_path, *COMPILED))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("files", "layer"),
    [
        ((*COMPILED, "DependenciesLayer/python/pydantic/fields.py"), "DependenciesLayer"),
        ((*COMPILED, "CodeLayer/python/newsreel/http/api.py"), "CodeLayer"),
        (("MediaLayer/python/av/video.py",), "MediaLayer"),
    ],
)
def test_a_module_without_bytecode_stops_a_deployment(
    files: tuple[str, ...], layer: str, tmp_path: Path
) -> None:
    assert uncompiled(build(tmp_path, *files)) == [layer]
    done = check(tmp_path)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert ".venv/bin/uv python install 3.13" in done.stderr


def test_a_template_without_its_module_stops_a_deployment(tmp_path: Path) -> None:
    templates = "CodeLayer/python/newsreel/pages/templates"
    done = check(build(tmp_path, *COMPILED, f"{templates}/home.html"))
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "jinja2" in done.stderr
    compiled = f"{templates}/compiled/__pycache__/tmpl_1.cpython-313.pyc"
    done = check(build(tmp_path, f"{templates}/compiled/tmpl_1.py", compiled))
    assert (done.returncode, done.stderr) == (0, "")


def test_the_sentence_names_the_python_that_was_asked_for(tmp_path: Path) -> None:
    done = check(build(tmp_path, "CodeLayer/python/a.py"), PYTHON_RUNTIME="python3.14")
    assert ".venv/bin/uv python install 3.14" in done.stderr


def test_make_deploy_asks_between_build_and_deployment() -> None:
    planned = subprocess.run(
        ["make", "--dry-run", "deploy", "STAGE=dev"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    steps = ("--look", "sam build", "tools.layer_bytecode", "tools.deploy dev ")
    places = [planned.rindex(step) for step in steps]
    assert places == sorted(places)
