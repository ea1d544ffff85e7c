"""Puts the files that take longest first, so that at the end no process works alone for long."""

from collections.abc import Sequence
from typing import Protocol, TypeVar


class Item(Protocol):
    """A collected test, as far as its file's name matters."""

    @property
    def nodeid(self) -> str:
        """Path and name."""


Kind = TypeVar("Kind", bound=Item)


def begin_with(files: Sequence[str], items: list[Kind]) -> None:
    """Sort tests in place: those of ``files`` first, in that order, and then the others as before.

    Processes take whole files in the order of the tests, if xdist does not sort them itself
    (``--no-loadscope-reorder``; it would take the files with most tests first).
    """
    place = {file: number for number, file in enumerate(files)}

    def key(item: Kind) -> int:
        name = item.nodeid.partition("::")[0].rpartition("/")[2].removesuffix(".py")
        return place.get(name, len(files))

    items.sort(key=key)
