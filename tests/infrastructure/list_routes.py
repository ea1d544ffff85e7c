"""Imports one function as Lambda does, with its layers only, and prints its declared routes.

Tests run it in a separate Python: ``list_routes.py <app.py> <path entries...>``.
"""

import importlib.util
import json
import sys


def main() -> None:
    app_file, *entries = sys.argv[1:]
    sys.path[:0] = entries
    spec = importlib.util.spec_from_file_location("app", app_file)
    if spec is None or spec.loader is None:
        raise SystemExit(f"no module in {app_file}")
    app = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(app)
    if not callable(app.handler):
        raise SystemExit("no handler")
    routes = app.api.routes if hasattr(app, "api") else []
    declared = [[route.method, route.path, route.access.value] for route in routes]
    sys.stdout.write(json.dumps(declared))


if __name__ == "__main__":
    main()
