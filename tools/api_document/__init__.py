"""The API in words: the OpenAPI document and its reference are made here, from the code."""

import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
# Run as a program there is neither layer nor pytest to put the code where it is found.
sys.path.insert(0, str(_ROOT / "layers" / "code"))

DOCUMENT = _ROOT / "layers" / "code" / "newsreel" / "openapi.json"
"""What the catalogue function serves at ``GET /openapi.json``."""
PAGE = _ROOT / "docs" / "api-reference.md"
