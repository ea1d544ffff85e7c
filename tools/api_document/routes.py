"""Finds every route that the functions declare."""

import importlib
import os
from dataclasses import fields
from pathlib import Path
from pkgutil import iter_modules

from newsreel import settings
from newsreel.http.api import Route

ROOT = Path(__file__).resolve().parents[2]


def declared_routes() -> list[tuple[Route, str]]:
    """Return every route of every function, with its description."""
    os.environ["POWERTOOLS_LOG_LEVEL"] = "INFO"
    for module in iter_modules(settings.__path__, "newsreel.settings."):
        for field in fields(importlib.import_module(module.name).Settings):
            os.environ.setdefault(field.name.upper(), "1" if field.type is int else "x")
    os.environ.setdefault("AWS_DEFAULT_REGION", "eu-central-1")
    found = []
    for folder in sorted((ROOT / "functions").iterdir()):
        if not (folder / "app.py").exists():
            continue
        app = importlib.import_module(f"functions.{folder.name}.app")
        api = getattr(app, "api", None)
        found += [(route, route.summary) for route in api.routes] if api else []
    return sorted(found, key=lambda entry: (entry[0].path, entry[0].method))
