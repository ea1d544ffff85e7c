"""Writes each template of the pages as a module: ``compile_templates.py <folder with newsreel>``.

A template is compiled when a page first needs it, and nothing that an environment compiles outlives
it. The modules are Python's source, which the build compiles like all other modules.

This runs on the builder's Python, with the jinja2 of the project's lock. Without jinja2 it writes
nothing, and the templates are compiled as before; ``make deploy`` stops there
(``tools/layer_bytecode.py``).
"""

import importlib.util
import sys
from pathlib import Path


def write(package: Path) -> None:
    """Write the modules into the package, in a folder beside the templates."""
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(package))
    from jinja2 import FileSystemLoader  # noqa: PLC0415 - only where there is one
    from newsreel.pages import templating  # noqa: PLC0415

    environment = templating.environment(FileSystemLoader(templating.FOLDER))
    environment.compile_templates(templating.COMPILED, zip=None, ignore_errors=False)


if __name__ == "__main__" and importlib.util.find_spec("jinja2"):
    write(Path(sys.argv[1]))
