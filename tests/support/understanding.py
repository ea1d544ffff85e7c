"""Runs programs of ours as far as their options, each in a process of its own: ``<socket>``.

A program ends once it has understood its options. Importing boto3 takes most of its time, so this
process does that once and forks for each command, which a shell hands over with all that it has:
folder, environment, words, and its input and output.
"""

import argparse
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

_SHARED = ("boto3", "click", "rich.console")
_ROOT = Path(__file__).resolve().parents[2]
_LONGEST = 1 << 16

ASK = """#!{python} -S
import json, os, socket, sys
asked = socket.socket(socket.AF_UNIX)
asked.connect({path!r})
told = [os.getcwd(), dict(os.environ), {before!r} + sys.argv[1:]]
socket.send_fds(asked, [json.dumps(told).encode()], [0, 1, 2])
sys.exit(int(asked.makefile().read() or 1))
"""
"""The program that a shell finds in the place of ours: hands over, and ends as that one did."""


def _end_once_understood() -> None:
    import click  # noqa: PLC0415 - the shell's side reads this module as well

    parse: Any = argparse.ArgumentParser.parse_args
    invoke: Any = click.Command.invoke

    def parsed(*given: Any, **named: Any) -> NoReturn:
        parse(*given, **named)
        sys.exit(0)

    def invoked(command: click.Command, context: click.Context) -> Any:
        return invoke(command, context) if isinstance(command, click.Group) else sys.exit(0)

    argparse.ArgumentParser.parse_args = parsed  # type: ignore[method-assign]
    click.Command.invoke = invoked  # type: ignore[assignment,method-assign]


def _run(words: list[str]) -> None:
    sys.path.insert(0, str(_ROOT))
    if words[0] == "-m":
        sys.argv = words[1:]
        runpy.run_module(words[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = words
        runpy.run_path(str(_ROOT / words[0]), run_name="__main__")


def _status(run: Callable[[], None]) -> int:
    """Return what Python itself would end with."""
    try:
        run()
    except SystemExit as ended:
        if not isinstance(ended.code, str):
            return ended.code or 0
        sys.stderr.write(f"{ended.code}\n")
        return 1
    except BaseException:  # noqa: BLE001 - Python tells it so
        traceback.print_exc()
        return 1
    return 0


def _serve(asked: socket.socket) -> NoReturn:
    text, given, _, _ = socket.recv_fds(asked, _LONGEST, 3)
    for own, other in enumerate(given):
        os.dup2(other, own)
        os.close(other)
    # New objects: the old ones noted whether they can seek while they led elsewhere.
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    folder, environment, words = json.loads(text)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    status = _status(lambda: _run(words))
    sys.stdout.flush()
    sys.stderr.flush()
    asked.sendall(str(status).encode())
    os._exit(0)


def main() -> None:
    """Serve until the process that started this one ends, which closes the input."""
    for name in _SHARED:
        importlib.import_module(name)
    _end_once_understood()
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(sys.argv[1])
    listening.listen(16)
    os.write(1, b"ready\n")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them here
    either: list[Any] = [0, listening]
    while select.select(either, [], [])[0] == [listening]:
        asked, _ = listening.accept()
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            listening.close()
            _serve(asked)
        asked.close()


if __name__ == "__main__":
    main()
