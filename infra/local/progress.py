"""Tells a person what is going on: one line per step, with its time; a bar where bytes move."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from infra.local.paths import LOGS, PROJECT
from infra.local.processes import NotStartedError

console = Console(highlight=False, soft_wrap=True)
_LAST_WORDS = 25


class StepFailedError(NotStartedError):
    """A tool ended with an error: which one, and where its output is."""


@contextmanager
def step(what: str) -> Iterator[None]:
    """Show a step while it runs and how long it took."""
    begun = time.monotonic()
    if console.is_terminal:
        with console.status(what):
            yield
    else:
        yield
    console.print(f"  {what:<58} {time.monotonic() - begun:6.1f} s", markup=False)


@contextmanager
def moving_bytes(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show a bar for `total` bytes; gives a function to call with each piece's size."""
    if not console.is_terminal:
        with step(what):
            yield lambda _: None
        return
    begun = time.monotonic()
    columns = (TextColumn("  {task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, TransferSpeedColumn(), console=console, transient=True) as bars:
        task = bars.add_task(what, total=total)
        yield lambda piece: bars.advance(task, piece)
    console.print(f"  {what:<58} {time.monotonic() - begun:6.1f} s", markup=False)


def run(name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
    """Run a tool to its end, its output in `.local/logs/<name>.log`.

    Raises StepFailedError with its last words when it fails.
    """
    LOGS.mkdir(parents=True, exist_ok=True)
    path = LOGS / f"{name}.log"
    with path.open("wb") as log:
        ended = subprocess.run(
            command,
            cwd=PROJECT,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if ended.returncode:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        console.print("\n".join(lines[-_LAST_WORDS:]), markup=False, style="dim")
        raise StepFailedError(
            f"{_tool(command)} failed; its whole output is in {path.relative_to(PROJECT)}."
        )


def _tool(command: Sequence[str]) -> str:
    """Return what a person calls the tool that a command runs."""
    # Python runs what stands behind its one option: a file, or a module.
    program = command[2] if command[0] == sys.executable else command[0]
    return program.rpartition("/")[2].removesuffix(".py").rpartition(".")[2]
