"""Writes ``openapi.json`` and ``docs/api-reference.md``: ``python -m infra.api``.

Both are committed; a test fails when they are not what the code says.
"""

import json

from infra.api import DOCUMENT, PAGE, document
from infra.api.reference import Reference

DOCUMENT.write_text(document.text(), encoding="utf-8")
PAGE.write_text(Reference(json.loads(document.text())).text(), encoding="utf-8")
