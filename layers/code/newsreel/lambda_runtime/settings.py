"""The base of each function's settings: typed, read from the environment, checked at start.

A function declares its own variables in its ``app.py``, on this base. They have the names that
``template.yaml`` gives them, in lower case; a test compares the two.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Self


class MissingSettingsError(RuntimeError):
    """The environment lacks variables; the message names them, never their values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonSettings:
    """What every function has, from the template's Globals."""

    stage: str
    organisation: str
    powertools_service_name: str
    powertools_log_level: str
    pydantic_disable_plugins: str
    """pydantic would look for plugins in every package before its first model; there are none."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Read the settings.

        Raises:
            MissingSettingsError: a variable is not set (an empty one counts as set).
            ValueError: a number is not one.
        """
        source = os.environ if environment is None else environment
        missing = [f.name.upper() for f in fields(cls) if f.name.upper() not in source]
        if missing:
            raise MissingSettingsError(f"not set: {', '.join(missing)}")
        values: dict[str, str | int] = {}
        for field in fields(cls):
            raw = source[field.name.upper()]
            values[field.name] = int(raw) if field.type is int else raw
        return cls(**values)  # type: ignore[arg-type]

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return the names of the function's secrets: what stands in its variables of that kind."""
        found = (field.name for field in fields(self) if field.name.endswith("_secret"))
        return tuple(str(getattr(self, name)) for name in found)


def environment_of(names: Iterable[str]) -> dict[str, str]:
    """Return the variables of these names that are set, for a process that may have no others."""
    return {name: os.environ[name] for name in names if name in os.environ}
