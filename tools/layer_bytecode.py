"""Stops a deployment whose layers are not compiled: ``python -m tools.layer_bytecode <build>``.

`/opt` is read-only on Lambda, so every new environment would compile every import, and every
template that it shows, again.
"""

import importlib.util
import os
import re
import sys
from pathlib import Path

_LAYERS = Path(__file__).parent.parent / "layers" / "layer.mk"


def uncompiled(build: Path) -> list[str]:
    """Return the names of built layers with a module that has no bytecode; functions have none."""
    layers = sorted({folder.parent for folder in build.glob("*/python") if folder.is_dir()})
    return [layer.name for layer in layers if any(map(_lacks_bytecode, layer.rglob("*.py")))]


def unwritten(build: Path) -> list[Path]:
    """Return the templates of pages that no built layer has as a module."""
    folders = build.glob("*/python/newsreel/pages/templates")
    return [folder for folder in folders if not any(folder.glob("compiled/*.py"))]


def _lacks_bytecode(source: Path) -> bool:
    # Of whichever Python: the target's is seldom the one that runs this.
    folder = Path(importlib.util.cache_from_source(str(source))).parent
    return not any(folder.glob(f"{source.stem}.*.pyc"))


def _version() -> str:
    default = re.search(r"^PYTHON_RUNTIME \?= (\S+)$", _LAYERS.read_text("utf-8"), re.MULTILINE)
    runtime = os.environ.get("PYTHON_RUNTIME") or (default[1] if default else "")
    return runtime.removeprefix("python")


def main() -> None:
    """Exit with one sentence if there is something to say."""
    if uncompiled(Path(sys.argv[1])):
        sys.exit(
            f"The layers hold no bytecode, because this machine lacks Python {_version()}: bring "
            f"it with `.venv/bin/uv python install {_version()}`, then run make deploy again."
        )
    if unwritten(Path(sys.argv[1])):
        sys.exit(
            "The templates of pages are not compiled, because python3 found no jinja2: run make "
            "deploy, whose python3 is the project's own, instead of sam build."
        )


if __name__ == "__main__":
    main()
