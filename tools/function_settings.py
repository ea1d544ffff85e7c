"""Reads which variables a function declares in its ``app.py``, without importing it.

Importing the file would read the environment at once, as at a cold start.
"""

import ast
from dataclasses import fields
from pathlib import Path

from newsreel.lambda_runtime.settings import CommonSettings

FUNCTIONS = Path(__file__).resolve().parents[1] / "functions"


def variables_of(folder: str) -> dict[str, type]:
    """Return the environment variables of a function, upper case, with ``int`` or ``str``.

    Raises:
        LookupError: its ``app.py`` declares no ``Settings``.
    """
    tree = ast.parse((FUNCTIONS / folder / "app.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name == "Settings":
            own = {
                line.target.id.upper(): int if ast.unparse(line.annotation) == "int" else str
                for line in node.body
                if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name)
            }
            return {**dict.fromkeys((f.name.upper() for f in fields(CommonSettings)), str), **own}
    raise LookupError(f"functions/{folder}/app.py declares no Settings")
