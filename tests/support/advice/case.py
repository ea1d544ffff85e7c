"""One piece of advice, and the parts that cases are made of."""

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from newsreel.catalogue.findings import Finding
from PIL import Image

Folder = Mapping[str, bytes | Callable[[], bytes] | None]
"""What a person uploads, by name; None removes a file, and what is called is made when needed."""

TITLE = {"title": "Doorstep", "speakers": [{"name": "Mark Rutte"}]}


@dataclass(frozen=True, slots=True)
class Advice:
    """A folder that shows a code, and what the advice says to do about it.

    ``earlier`` was uploaded before. Advice of which there is nothing to do has no ``after``; then
    ``hours`` pass, and ``gone`` says whether the remark goes with them. ``set_to`` replaces what a
    module says (for limits that a test cannot reach), ``failing`` has the worker refuse the file of
    this name until it is uploaded again. ``ended_in`` is what of the worker ends its whole function
    the first times.
    """

    code: str
    before: Folder
    after: Folder = field(default_factory=dict)
    earlier: Folder = field(default_factory=dict)
    hours: float = 0
    gone: bool = True
    state: str | None = None
    set_to: tuple[tuple[str, object], ...] = ()
    failing: tuple[str, Finding] | None = None
    ended_in: str | None = None
    left: frozenset[str] = frozenset()
    """Other codes that may stand there afterwards, though they reject."""


def described(**values: object) -> bytes:
    """Return a metadata.json."""
    return json.dumps({**TITLE, **values}, ensure_ascii=False).encode()


def jpeg() -> bytes:
    """Return a poster."""
    data = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").save(data, "JPEG")
    return data.getvalue()
