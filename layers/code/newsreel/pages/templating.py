"""Decides how templates become text, and how parts of a page get into its shell."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from jinja2 import BaseLoader, Environment

Parts: TypeAlias = Mapping[str, str]
"""What stands in place of each mark of a shell."""


FOLDER = Path(__file__).parent / "templates"
COMPILED = FOLDER / "compiled"
"""Where the layer's build puts each template as a module (``layers/compile_templates.py``): to read
and compile that of a video's page is a fifth of its first answer."""


@cache
def templates() -> "Environment":
    """Return the environment of all templates, compiled by the build if it did so."""
    # Imported here: most requests of the function need JSON only, so they save this at a cold
    # start.
    from jinja2 import ChoiceLoader, FileSystemLoader, ModuleLoader  # noqa: PLC0415

    return environment(ChoiceLoader([ModuleLoader(COMPILED), FileSystemLoader(FOLDER)]))


def environment(loader: "BaseLoader") -> "Environment":
    """Return an environment in which every value of a template is escaped."""
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 - as above

    return Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def rendered(template: str, parts: Sequence[str], values: Mapping[str, object]) -> Parts:
    """Return blocks of a template, as texts by their names."""
    found = templates().get_template(template)
    context = dict(values)
    return {part: "".join(found.blocks[part](found.new_context(context))) for part in parts}


def fill(shell: str, parts: Parts) -> str:
    """Return a shell with parts of a page, in the shell's order, in place of its marks.

    ``<!-- newsreel:head -->`` is the mark of the part ``head``.
    """
    written: list[str] = []
    for part, text in parts.items():
        # Split instead of replace: a mark inside somebody's words must stay text. An older release
        # of the site may lack a mark; that part is then left out.
        before, mark, after = shell.partition(f"<!-- newsreel:{part} -->")
        if not mark:
            continue
        shell = after
        written += (before, text)
    return "".join((*written, shell))


def filled(shell: str, template: str, parts: Sequence[str], values: Mapping[str, object]) -> str:
    """Return a shell with blocks of a template in place of its marks."""
    return fill(shell, rendered(template, parts, values))
