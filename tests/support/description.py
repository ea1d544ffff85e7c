"""The API's description (OpenAPI) as tests read it: its operations, and what an answer may say."""

import copy
import json
import re
from pathlib import Path
from typing import Any

FILE = Path(__file__).resolve().parents[2] / "layers" / "code" / "newsreel" / "openapi.json"
DOCUMENT: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
OPERATIONS: list[tuple[str, str, dict[str, Any]]] = [
    (method.upper(), path, operation)
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
]


def codes_of(answer: dict[str, Any]) -> set[str]:
    """Return the refusal codes that an answer's description names."""
    return set(re.findall(r"`(\w+)`", answer["description"]))


def resolved(entry: dict[str, Any], document: dict[str, Any] = DOCUMENT) -> dict[str, Any]:
    """Return what an entry of the description refers to, or the entry itself."""
    found: Any = document
    for part in entry.get("$ref", "").split("/")[1:]:
        found = found[part]
    return entry if found is document else dict(found)


def closed(document: dict[str, Any]) -> dict[str, Any]:
    """Return a copy in which no answer may have a field that is not described.

    The description itself leaves answers open, because they may gain fields.
    """
    copied = copy.deepcopy(document)
    for schema in copied["components"]["schemas"].values():
        if "properties" in schema:
            schema.setdefault("additionalProperties", False)
    return copied
