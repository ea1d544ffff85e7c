"""The tools that people download with, called by the very lines that the website tells them."""

import os
import shlex
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from newsreel.texts import messages

from tests.support.cuttable_proxy import Line

_PATIENCE = 60.0


@dataclass(frozen=True)
class Tool:
    """A program, the number of its line in the help, and how it is used in tests.

    A file of many gigabytes keeps aria2's eight connections busy by itself; a small one does with
    smaller pieces. Killed without a warning, aria2 forgets up to a minute; Ctrl-C costs nothing.
    """

    name: str
    number: int
    for_small_files: tuple[str, ...] = ()
    connections: int = 1
    breaks_by: signal.Signals = signal.SIGKILL

    def command(self, link: str, file_name: str) -> list[str]:
        """Return the help's line for a link."""
        told = messages.text("en", "texts", f"help.tools.code.{self.number}")
        program, *rest = shlex.split(told.replace("FILE", file_name).replace("LINK", link))
        assert program == self.name
        return [program, *self.for_small_files, *rest]


CURL = Tool("curl", 1)
WGET = Tool("wget", 2)
ARIA2 = Tool("aria2c", 3, ("--min-split-size=4M",), connections=8, breaks_by=signal.Signals.SIGINT)
TOOLS = (CURL, WGET, ARIA2)


@dataclass(frozen=True)
class DownloadDeps:
    """A folder that somebody downloads into, and the line they have, if it is a special one."""

    folder: Path
    line: Line | None = None
    locale: str = "C.UTF-8"

    def start(self, tool: Tool, link: str, file_name: str) -> subprocess.Popen[bytes]:
        """Start a download and leave it to itself."""
        proxies = {name for name in os.environ if name.lower().endswith("_proxy")}
        surroundings = {k: v for k, v in os.environ.items() if k not in proxies}
        surroundings |= {"HOME": str(self.folder), "LC_ALL": self.locale}
        if self.line is not None:
            surroundings["http_proxy"] = self.line.url
        return subprocess.Popen(
            tool.command(link, file_name),
            cwd=self.folder,
            env=surroundings,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def run(self, tool: Tool, link: str, file_name: str) -> int:
        """Download to the end and return what the tool says of it."""
        with self.start(tool, link, file_name) as process:
            return process.wait(_PATIENCE)

    def files(self) -> dict[str, bytes]:
        """Return what lies in the folder."""
        return {file.name: file.read_bytes() for file in self.folder.iterdir()}
