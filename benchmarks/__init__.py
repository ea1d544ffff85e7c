"""What the service costs: cold starts, calls, processor, bytes, against the budgets it has."""

import sys
from pathlib import Path

# Not installed, only on the path, as in the tests.
_CODE = str(Path(__file__).resolve().parent.parent / "layers" / "code")
if _CODE not in sys.path:
    sys.path.insert(0, _CODE)
