"""A function's start: garbage collection is off during it, and on again after the first event."""

import subprocess
import sys

import pytest

from tests.support.cloud import ENVIRONMENT
from tests.support.template import ROOT, functions

# Runs in a separate Python, because a test must not change this process's garbage collection.
_SCRIPT = """
import contextlib, gc, importlib, json, sys
rested, works = [], []
for folder in sys.argv[1:]:
    gc.disable()
    app = importlib.import_module(f"functions.{folder}.app")
    rested.append(not gc.isenabled())
    with contextlib.suppress(Exception):  # what becomes of the event is no matter here
        app.handler({}, None)
    works.append(gc.isenabled())
json.dump([rested, works], sys.stdout)
"""


def start(script: str, *arguments: str, **more: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=ROOT,
        env={**ENVIRONMENT, "PYTHONPATH": f"{ROOT}:{ROOT / 'layers' / 'code'}", **more},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.thorough
def test_every_function_collects_garbage_again_from_its_first_event_on() -> None:
    folders = list(functions())
    printed = start(_SCRIPT, *folders)
    everyone = str([True] * len(folders)).lower()
    assert printed.splitlines()[-1] == f"[{everyone}, {everyone}]"


def test_garbage_is_left_alone_while_lambda_starts_a_function_and_nowhere_else() -> None:
    program = "import newsreel, gc; print(gc.isenabled())"
    assert start(program, AWS_LAMBDA_FUNCTION_NAME="newsreel").strip() == "False"
    assert start(program).strip() == "True"
