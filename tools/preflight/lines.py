"""Decides how a finding is shown: what was looked at, how it stands, and what to do about it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tools.preflight.asking import Aws, NoAnswerError, NotAllowedError, NotThereError
from tools.preflight.stage import Stage

State: TypeAlias = Literal["ok", "look", "unseen", "stop"]
_SHOWN: dict[State, tuple[str, str]] = {
    "ok": ("ok", "green"),
    "look": ("look", "yellow"),
    "unseen": ("not seen", "magenta"),
    "stop": ("STOP", "bold red"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One finding: ``stop`` ends a deployment, ``look`` may, ``unseen`` could not be looked at."""

    what: str
    state: State
    found: str
    to_do: str = ""


Check: TypeAlias = Callable[[Aws, Stage], Iterator[Line]]


def run(checks: Iterable[tuple[str, Check]], aws: Aws, stage: Stage) -> Iterator[Line]:
    """Run checks; one that may not look, or gets no answer, says so and ends no other."""
    for what, check in checks:
        try:
            yield from check(aws, stage)
        except NotAllowedError as missing:
            to_do = f"Allow {missing.right} to who asks, or have somebody look who may."
            yield Line(what, "unseen", f"may not be read: {missing.right}", to_do)
        except NotThereError as missing:
            yield Line(
                what, "unseen", f"AWS knows nothing of it ({missing})", "Look in the console."
            )
        except NoAnswerError as failed:
            to_do = "Try again; if it stays, look in the console."
            yield Line(what, "unseen", f"no answer: {failed}", to_do)


def show(console: Console, lines: list[Line], title: str) -> None:
    """Print the findings as one table, and what they come to."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=title, title_justify="left")
    table.add_column("What", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("Found", ratio=2, overflow="fold")
    table.add_column("What to do", ratio=3, overflow="fold")
    for line in lines:
        word, style = _SHOWN[line.state]
        table.add_row(line.what, Text(word, style), Text(line.found), Text(line.to_do))
    console.print(table)
    counted = {state: sum(line.state == state for line in lines) for state in _SHOWN}
    if counted["stop"]:
        console.print(
            f"{counted['stop']} of {len(lines)} would stop the deployment, or leave it without use."
        )
    else:
        console.print(f"Nothing that was seen would stop the deployment ({len(lines)} looked at).")
    if counted["unseen"]:
        console.print(f"{counted['unseen']} could not be looked at.")
