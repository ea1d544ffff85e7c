"""Decides how often a message of a queue may follow from itself.

Lambda stops a chain of a function and its own queue after 16 rounds unless it is told not to
(``RecursiveLoop: Allow``); ``step`` is our own bound in its place.
"""

import dataclasses
import json
from dataclasses import dataclass
from typing import Self


class TooManyStepsError(Exception):
    """A message followed from itself too often; its queue gives it up and somebody is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepMessage:
    """A message with the number of its step."""

    step: int = 0

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the message that a queue handed over."""
        values = json.loads(text)
        return cls(**{name: values[name] for name in cls.__dataclass_fields__})

    def write(self) -> str:
        """Return the message as a queue takes it."""
        return json.dumps(dataclasses.asdict(self), separators=(",", ":"))

    def following(self, most: int) -> Self:
        """Return the message that follows from this one, of ``most`` steps at most.

        Raises:
            TooManyStepsError: it did so too often.
        """
        if self.step >= most:
            raise TooManyStepsError
        return dataclasses.replace(self, step=self.step + 1)
