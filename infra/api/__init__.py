"""The API in words: the OpenAPI document and ``docs/api-reference.md`` are made of this."""

import sys
from pathlib import Path

# Run as a program there is neither layer nor pytest to put the code where it is found.
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "layers" / "code"))
