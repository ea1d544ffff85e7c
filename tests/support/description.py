"""The API's description (OpenAPI) as tests use it: its operations, and the schema of answers."""

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
    """Return the target of an entry's reference, or the entry itself."""
    target: Any = document
    for part in entry.get("$ref", "").split("/")[1:]:
        target = target[part]
    return entry if target is document else dict(target)


def closed(document: dict[str, Any]) -> dict[str, Any]:
    """Return a copy in which no answer may have a field that is not described.

    The description itself leaves answers open, because they may gain fields.
    """
    copied = copy.deepcopy(document)
    for schema in copied["components"]["schemas"].values():
        if "properties" in schema:
            schema.setdefault("additionalProperties", False)
    return copied
