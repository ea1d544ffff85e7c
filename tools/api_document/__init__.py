"""Makes the OpenAPI document and its reference page from the code."""

import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
# Run as a program, neither a layer nor pytest puts the package on the path.
sys.path.insert(0, str(_ROOT / "layers" / "code"))

DOCUMENT = _ROOT / "layers" / "code" / "newsreel" / "openapi.json"
"""What the catalogue function serves at ``GET /openapi.json``."""
PAGE = _ROOT / "docs" / "api-reference.md"
