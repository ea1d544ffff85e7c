"""Finds all routes that the functions declare."""

import importlib
import os

from newsreel.http.api import Route

from tools.function_settings import FUNCTIONS, variables_of


def declared_routes() -> list[tuple[Route, str]]:
    """Return every route of every function, with its description."""
    os.environ["POWERTOOLS_LOG_LEVEL"] = "INFO"
    os.environ.setdefault("AWS_DEFAULT_REGION", "eu-central-1")
    routes = []
    for folder in sorted(path.parent.name for path in FUNCTIONS.glob("*/app.py")):
        for name, kind in variables_of(folder).items():
            os.environ.setdefault(name, "1" if kind is int else "x")
        app = importlib.import_module(f"functions.{folder}.app")
        api = getattr(app, "api", None)
        routes += [(route, route.summary) for route in api.routes] if api else []
    return sorted(routes, key=lambda entry: (entry[0].path, entry[0].method))


def described_routes() -> list[tuple[Route, str]]:
    """Return the routes that the documents describe: those of fixed length.

    The distribution alone asks for a path of any length (`/pages/missing/`); no program does.
    """
    return [(route, summary) for route, summary in declared_routes() if "+" not in route.path]
