"""Lets a rule's transformer take one of a list (`$.detail.list[0].name`); MiniStack does not.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Transform: TypeAlias = Callable[[Mapping[str, Any], Any, Any], str]

_INDEX = re.compile(r"\[(\d+)\]")


class _Indexed(list[Any]):
    """A list whose entries have names, as MiniStack walks a path."""

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, str):
            if not key.isdigit():
                raise TypeError("not a number")
            return super().__getitem__(int(key))
        return super().__getitem__(key)


class _View:
    """An event as MiniStack hands it to a transformer, with lists that paths can enter."""

    def __init__(self, view: Any) -> None:
        self._view = view

    def event_with_detail(self) -> Any:
        """Return the whole event."""
        return _indexed(self._view.event_with_detail())

    def envelope(self) -> Any:
        """Return the event without its detail."""
        return self._view.envelope()


def _indexed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _indexed(one) for name, one in value.items()}
    return _Indexed(_indexed(one) for one in value) if isinstance(value, list) else value


def mend() -> None:
    """Put the mend in MiniStack's place."""
    from ministack.services import eventbridge  # noqa: PLC0415 (its import starts threads)

    eventbridge._apply_input_transformer = entering_lists(  # noqa: SLF001
        eventbridge._apply_input_transformer  # noqa: SLF001
    )


def entering_lists(transform: Transform) -> Transform:
    """Return a transformer whose paths may name one of a list."""

    def enter(transformer: Mapping[str, Any], rule: Any, view: Any) -> str:
        paths = transformer.get("InputPathsMap") or {}
        stepped = {name: _INDEX.sub(r".\1", path) for name, path in paths.items()}
        return transform({**transformer, "InputPathsMap": stepped}, rule, _View(view))

    return enter
