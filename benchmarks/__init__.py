"""Measures cold starts, AWS calls, processor time and bytes, against the service's budgets."""

import sys
from pathlib import Path

# The package is not installed, only on the path, as in the tests.
_CODE = str(Path(__file__).resolve().parent.parent / "layers" / "code")
if _CODE not in sys.path:
    sys.path.insert(0, _CODE)
