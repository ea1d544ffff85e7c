"""Starts what runs in the background, remembers it, and ends exactly that and nothing else.

A process is known by its id and its start time, so that a recorded id that the system has given
to somebody else since is left alone.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from infra.local.paths import LOCAL, LOGS, PROJECT

_RECORDS = LOCAL / "processes"
_GRACE = 10.0


class NotStartedError(Exception):
    """One sentence for a person: what could not be started, and why."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A background process that we started: its name, its process group and its start time."""

    name: str
    pid: int
    started: str

    def is_running(self) -> bool:
        """Tell whether this very process is still there."""
        return bool(self.started) and start_time(self.pid) == self.started


def start_time(pid: int) -> str:
    """Return when a process started, in the system's own terms; empty when there is none."""
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
        state, *rest = fields.rpartition(")")[2].split()
        # A zombie has ended; field 22 is the start time in clock ticks (proc_pid_stat(5)).
        return "" if state == "Z" else rest[18]
    if Path("/proc/self/stat").exists():
        return ""
    asked = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return asked.stdout.strip()


def recorded(name: str) -> Recorded | None:
    """Return the process that was started under this name, if it still runs."""
    with contextlib.suppress(FileNotFoundError, ValueError, TypeError):
        found = Recorded(**json.loads(_record(name).read_text(encoding="utf-8")))
        if found.is_running():
            return found
    return None


def refuse_taken_port(port: int, variable: str, purpose: str) -> None:
    """Raise NotStartedError when something else already listens on a loopback port."""
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        with socket.socket(family) as asking:
            asking.settimeout(1)
            with contextlib.suppress(OSError):
                asking.connect((address, port))
                raise NotStartedError(
                    f"Port {port} ({purpose}) is taken by another program: "
                    f"end that one, or choose a port with {variable}=<port> make up."
                )


def start(name: str, command: Sequence[str], environment: Mapping[str, str]) -> Recorded:
    """Start a command in the background, in a session of its own, and record it."""
    LOGS.mkdir(parents=True, exist_ok=True)
    _RECORDS.mkdir(parents=True, exist_ok=True)
    with (LOGS / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(
            command,
            cwd=PROJECT,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    begun = Recorded(name=name, pid=process.pid, started=start_time(process.pid))
    _record(name).write_text(json.dumps(asdict(begun)) + "\n", encoding="utf-8")
    return begun


def wait_for(process: Recorded, is_ready: Callable[[], bool], within: float) -> None:
    """Wait at most `within` seconds until a started process answers.

    Raises NotStartedError with the place of its log when it ends or never answers.
    """
    last = time.monotonic() + within
    while time.monotonic() < last:
        if is_ready():
            return
        if not process.is_running():
            break
        time.sleep(0.1)
    log = (LOGS / f"{process.name}.log").relative_to(PROJECT)
    raise NotStartedError(f"The {process.name} did not start; its last words are in {log}.")


def stop(name: str) -> bool:
    """End what was started under this name, with all its children; tell whether it ran."""
    found = recorded(name)
    if found:
        _signal(found.pid, signal.SIGTERM)
        last = time.monotonic() + _GRACE
        while found.is_running() and time.monotonic() < last:
            time.sleep(0.05)
        # What is left of the session: workers that outlived their parent.
        _signal(found.pid, signal.SIGKILL)
    _record(name).unlink(missing_ok=True)
    return found is not None


def _signal(group: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)


def _record(name: str) -> Path:
    return _RECORDS / f"{name}.json"
