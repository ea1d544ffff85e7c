"""Ends a function as Lambda does: nothing of it runs any more, its lease ends by itself."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from newsreel.catalogue.folder_leases import FolderLeases
from newsreel.ingest.lease import LONGEST

from tests.support.cloud import FakeClock


class KilledError(BaseException):
    """The end of a function: nothing of it runs any more."""


class Deadly:
    """Ends the function in a look at a file of this size, and counts how often."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.looks = 0

    def around(self, look: Callable[..., Any]) -> Callable[..., Any]:
        def deadly(file: Any, *more: Any) -> Any:
            size = len(file) if isinstance(file, bytes) else file.size
            if size == self.size:
                self.looks += 1
                raise KilledError
            return look(file, *more)

        return deadly


@contextmanager
def killed(clock: FakeClock) -> Iterator[None]:
    """Let a function be killed: it can't give its lease back, which ends later by itself."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(FolderLeases, "give_back", lambda *_values, **_more: None)
        with pytest.raises(KilledError):
            yield
    clock.forward(seconds=LONGEST + 10)
