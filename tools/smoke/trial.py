"""Decides how a trial is told: a step is ok, to be looked at, failed, or not tried."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, TypeVar

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

State: TypeAlias = Literal["ok", "look", "failed", "not tried"]
Found = TypeVar("Found")
_STYLES = {"ok": "green", "look": "yellow", "failed": "bold red", "not tried": "magenta"}


class StepFailedError(Exception):
    """A step does not hold; the message says what came instead."""


class NotTriedError(Exception):
    """A step cannot be tried here; the message says what it needs."""


class LookError(Exception):
    """A step holds as far as can be told here; the message says what to look at."""


@dataclass(frozen=True, slots=True)
class Step:
    """What came of one step."""

    what: str
    state: State
    found: str


@dataclass(slots=True)
class Trial:
    """The steps so far, and what they leave behind."""

    steps: list[Step] = field(default_factory=list)
    stays: list[str] = field(default_factory=list)
    """What could not be taken away again."""
    watch: Callable[[Step], None] = lambda _step: None

    def step(self, what: str, run: Callable[[], tuple[Found, str]]) -> Found | None:
        """Do one step, and return what it finds; None if it does not hold.

        ``run`` returns that and a few words for people.
        """
        found: Found | None = None
        try:
            found, words = run()
            step = Step(what, "ok", words)
        except StepFailedError as failed:
            step = Step(what, "failed", str(failed))
        except NotTriedError as missing:
            step = Step(what, "not tried", str(missing))
        except LookError as doubt:
            step = Step(what, "look", str(doubt))
        self.steps.append(step)
        self.watch(step)
        return found

    def skip(self, *steps: str, because: str) -> None:
        """Tell that steps were not tried."""
        for what in steps:
            self.step(what, lambda: _not_tried(because))

    @property
    def failed(self) -> bool:
        """Tell whether a step failed, or could not be tried because another had failed."""
        return any(step.state == "failed" for step in self.steps)


def _not_tried(because: str) -> tuple[None, str]:
    raise NotTriedError(because)


def show(console: Console, trial: Trial, title: str) -> None:
    """Print all steps as one table, what stays behind, and what it comes to."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=title, title_justify="left")
    table.add_column("Step", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("Found", overflow="fold")
    for step in trial.steps:
        table.add_row(step.what, Text(step.state, _STYLES[step.state]), Text(step.found))
    console.print(table)
    for one in trial.stays:
        console.print(f"Stays behind: {one}", markup=False)
    counted = {state: sum(step.state == state for step in trial.steps) for state in _STYLES}
    told = ", ".join(f"{number} {state}" for state, number in counted.items() if number)
    console.print(f"{'It does not work' if trial.failed else 'It works'}: {told}.")
