"""Writes ``openapi.json`` and ``docs/api-reference.md``: ``python -m tools.api_document``.

Both files are committed; a test fails when they differ from the code.
"""

import json

from tools.api_document import DOCUMENT, PAGE, document
from tools.api_document.reference import Reference

DOCUMENT.write_text(document.text(), encoding="utf-8")
PAGE.write_text(Reference(json.loads(document.text())).text(), encoding="utf-8")
