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

_UNREAD = "may not be read: "


@dataclass(frozen=True, slots=True)
class Line:
    """One finding: ``stop`` ends a deployment, ``look`` may, ``unseen`` could not be looked at."""

    what: str
    state: State
    found: str
    to_do: str = ""


def unseen(what: str, missing: NotAllowedError) -> Line:
    """Return the line of what the caller may not look at."""
    to_do = f"Allow {missing.right} to who asks, or have somebody look who may."
    return Line(what, "unseen", f"{_UNREAD}{missing.right}", to_do)


Check: TypeAlias = Callable[[Aws, Stage], Iterator[Line]]


def run(checks: Iterable[tuple[str, Check]], aws: Aws, stage: Stage) -> Iterator[Line]:
    """Run checks; one that may not look, or gets no answer, says so and ends no other."""
    for what, check in checks:
        try:
            yield from check(aws, stage)
        except NotAllowedError as missing:
            yield unseen(what, missing)
        except NotThereError as missing:
            yield Line(
                what, "unseen", f"AWS knows nothing of it ({missing})", "Look in the console."
            )
        except NoAnswerError as failed:
            to_do = "Try again; if it stays, look in the console."
            yield Line(what, "unseen", f"no answer: {failed}", to_do)
        except KeyError as missing:  # AWS left out what its documents promise
            to_do = "Look in the console, and report it with the name of this line."
            yield Line(what, "unseen", f"an answer without {missing}", to_do)


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
    rights = dict.fromkeys(
        line.found.removeprefix(_UNREAD) for line in lines if line.found.startswith(_UNREAD)
    )
    if rights:
        console.print(f"Rights that you lack: {', '.join(rights)}.", markup=False)
        console.print("AWS's policies ReadOnlyAccess and AWSBillingReadOnlyAccess hold them.")
