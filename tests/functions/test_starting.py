"""Promises about a function's start: what Python does not do meanwhile, and does again after it."""

import subprocess
import sys

from tests.support.cloud import ENVIRONMENT
from tests.support.template import ROOT, functions

# In a Python of its own: how a process collects its garbage is not for a test to change here.
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


def test_every_function_collects_garbage_again_from_its_first_event_on() -> None:
    folders = list(functions())
    printed = start(_SCRIPT, *folders)
    everyone = str([True] * len(folders)).lower()
    assert printed.splitlines()[-1] == f"[{everyone}, {everyone}]"


def test_garbage_is_left_alone_while_lambda_starts_a_function_and_nowhere_else() -> None:
    asked = "import newsreel, gc; print(gc.isenabled())"
    assert start(asked, AWS_LAMBDA_FUNCTION_NAME="newsreel").strip() == "False"
    assert start(asked).strip() == "True"
