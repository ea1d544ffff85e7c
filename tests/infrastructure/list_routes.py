"""Starts functions as Lambda does, with their layers only, and prints the routes each declares.

Tests run it in a separate Python: ``list_routes.py <path entries of every function...>``. Each
line that it reads names one function, and gets one line for an answer. A function starts in a
process of its own, forked when nothing but libraries that all functions share has been imported.
"""

import importlib
import importlib.util
import json
import os
import sys
import traceback
from typing import Any

SHARED = ("boto3", "pydantic", "aws_lambda_powertools.event_handler", "jinja2")
"""Of Lambda's own Python, and of the layer that every function has."""


def _declared(app_file: str) -> list[list[str]]:
    spec = importlib.util.spec_from_file_location("app", app_file)
    if spec is None or spec.loader is None:
        raise SystemExit(f"no module in {app_file}")
    app = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(app)
    if not callable(app.handler):
        raise SystemExit("no handler")
    routes = app.api.routes if hasattr(app, "api") else []
    return [[route.method, route.path, route.access.value] for route in routes]


def _start(wanted: dict[str, Any], output: int) -> None:
    """Import one function, and write its routes or why it did not start."""
    told: dict[str, Any]
    try:
        os.environ.clear()
        os.environ.update(wanted["environment"])
        sys.path[:] = [*wanted["entries"], *_OWN_PATH]
        told = {"routes": _declared(wanted["app"])}
    except BaseException:  # noqa: BLE001 - the test tells it, whatever it was
        told = {"error": traceback.format_exc()}
    os.write(output, json.dumps(told).encode())


def _answer(wanted: dict[str, Any]) -> str:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _start(wanted, writing)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as answer:
        told = answer.read()
    os.waitpid(child, 0)
    return told or json.dumps({"error": "it ended Python"})


def main() -> None:
    sys.path[:0] = sys.argv[1:]
    for name in SHARED:
        importlib.import_module(name)
    for line in sys.stdin:
        sys.stdout.write(_answer(json.loads(line)) + "\n")
        sys.stdout.flush()


_OWN_PATH = [*sys.path]
if __name__ == "__main__":
    main()
