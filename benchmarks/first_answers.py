"""Measures the first answer of a fresh environment, by turns with the commit before.

A process of the built layers starts, reads ahead, says that it is ready, and answers one event,
while a server on this machine speaks TLS as AWS does and gives recorded answers. Processor time is
that of the whole process. Time by the clock is from ready to the answer, while the process is
stopped and continued so that it gets the share of a processor that a function's memory buys.
"""

import base64
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from typing import Any

import botocore
from newsreel.aws.trusted_roots import AMAZON_ROOTS

from benchmarks.built import PLACE, Built
from benchmarks.call_names import call_name
from benchmarks.cold_starts import REFERENCE, start
from tests.support.template import ROOT, functions, load
from tests.support.tls_server import Answer, TlsServer, serving

LITTLE = 0.29
"""The share of a processor that 512 MB buy: 1,769 MB buy a whole one."""

_WHOLE = 1769
_PERIOD = 0.02  # seconds, in which Lambda's quota is given out
_CHILD = Path(__file__).with_name("first_answer_child.py")
_RECORDING = Path(__file__).with_name("first_answer_recording.py")


@dataclass(frozen=True, slots=True)
class Tree:
    """A commit's files, and what was built of them."""

    root: Path
    built: Built


@dataclass(slots=True)
class FirstAnswer:
    """A route's first answers, one entry a round."""

    processor: list[float] = field(default_factory=list)
    """In ratio to boto3 with one client."""
    little: list[float] = field(default_factory=list)
    """Milliseconds with a little of a processor."""
    own: list[float] = field(default_factory=list)
    """Milliseconds with what the function's memory buys."""
    connections: int = 0
    """TLS connections, the same each time."""


@dataclass(frozen=True, slots=True)
class Route:
    """A recorded route of a tree, ready to be asked."""

    command: list[str]
    environment: Mapping[str, str]
    answers: Mapping[str, list[Any]]
    share: float


class Playback:
    """Gives recorded answers, in order for each call; the last one again when they are used up."""

    def __init__(self) -> None:
        self._left: dict[str, list[Any]] = {}

    def load(self, answers: Mapping[str, list[Any]]) -> None:
        """Give these answers from now on, from the first of each call."""
        self._left = {call: list(given) for call, given in answers.items()}

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> Answer:
        """Return what AWS said to this call."""
        given = self._left[call_name(path, headers, body)]
        status, sent, content = given.pop(0) if len(given) > 1 else given[0]
        return status, sent, base64.b64decode(content)


def measure(now: Tree, before: Tree | None, rounds: int) -> tuple[dict[str, FirstAnswer], ...]:
    """Ask each route of both trees for its first answer, by turns; the first is of now."""
    folder = PLACE / "first_answers"
    playback, trees = Playback(), [now, *([before] if before else [])]
    with serving(folder, playback.answer) as server:
        asked = [_routes(tree, server, folder / str(number)) for number, tree in enumerate(trees)]
        found = [{route: FirstAnswer() for route in routes} for routes in asked]
        references = []
        for number in range(rounds + 1):  # the first one brings every file into memory
            reference = start(now.built.python, [REFERENCE])
            for routes, results in zip(asked, found, strict=True):
                for name, route in routes.items():
                    _ask(route, server, playback, results[name] if number else FirstAnswer())
            references += [reference] * bool(number)
    for results in found:
        for result in results.values():
            result.processor = [one / statistics.median(references) for one in result.processor]
    return tuple(found)


def _ask(route: Route, server: TlsServer, playback: Playback, result: FirstAnswer) -> None:
    for share in dict.fromkeys((LITTLE, route.share)):
        playback.load(route.answers)
        server.connections.clear()
        wall, processor = _run(route, share)
        if share == LITTLE:
            result.little.append(wall)
            result.processor.append(processor)
        if share == route.share:
            result.own.append(wall)
        result.connections = len(server.connections)


def _run(route: Route, share: float) -> tuple[float, float]:
    """Return milliseconds from ready to the answer, and of processor time in all.

    Raises:
        RuntimeError: it gave another answer than the recorded one.
    """
    ready, said = os.pipe()
    wait, go = os.pipe()
    moves = [(os.POSIX_SPAWN_DUP2, wait, 0), (os.POSIX_SPAWN_DUP2, said, 1)]
    process = os.posix_spawn(route.command[0], route.command, route.environment, file_actions=moves)
    os.close(said)
    os.close(wait)
    with os.fdopen(ready) as lines:
        _until(lines, "ready")
        over = Event()
        limiter = Thread(target=_limit, args=(process, share, over))
        began = time.perf_counter()
        os.write(go, b"\n")
        limiter.start()
        _until(lines, "done")
        wall = time.perf_counter() - began
        over.set()
        limiter.join()
    os.close(go)
    _, _, used = os.wait4(process, 0)
    return wall * 1000, (used.ru_utime + used.ru_stime) * 1000


def _until(lines: Any, wanted: str) -> None:
    for line in lines:  # functions log to the same place
        if line.strip() == wanted:
            return
        if line.strip() == "failed":
            break
    raise RuntimeError(f"the function was not {wanted}")


def _limit(process: int, share: float, over: Event) -> None:
    """Stop and continue a process; it ends as a zombie, so its number stays its own."""
    while share < 1 and not over.wait(_PERIOD * share):
        os.kill(process, signal.SIGSTOP)
        time.sleep(_PERIOD * (1 - share))
        os.kill(process, signal.SIGCONT)


def _routes(tree: Tree, server: TlsServer, folder: Path) -> dict[str, Route]:
    done = subprocess.run(
        [sys.executable, _RECORDING, str(tree.root)], stdout=subprocess.PIPE, check=True
    )
    recorded = json.loads(done.stdout.decode().rpartition("\n")[2])
    folder.mkdir(parents=True, exist_ok=True)
    own, theirs = folder / "amazon.pem", folder / "all.pem"
    authority = server.authority.read_text(encoding="ascii")
    bundle = Path(botocore.__file__).with_name("cacert.pem")
    own.write_text(Path(AMAZON_ROOTS).read_text(encoding="ascii") + authority, encoding="ascii")
    theirs.write_text(bundle.read_text(encoding="ascii") + authority, encoding="ascii")
    environment = {
        **recorded["environment"],
        "AWS_CA_BUNDLE": str(theirs),
        "AWS_ENDPOINT_URL": server.url,
        "AWS_LAMBDA_FUNCTION_NAME": "newsreel",
        "PATH": os.defpath,
    }
    return {
        name: _route(tree, name, one, environment, str(own), folder)
        for name, one in recorded["routes"].items()
    }


def _route(
    tree: Tree,
    name: str,
    recorded: Mapping[str, Any],
    environment: Mapping[str, str],
    roots: str,
    folder: Path,
) -> Route:
    function = functions()[recorded["function"]]
    wanted = folder / f"{''.join(filter(str.isalnum, name))}.json"
    told = {key: recorded[key] for key in ("event", "status", "time")}
    wanted.write_text(json.dumps({**told, "roots": roots}), encoding="utf-8")
    layers = [str(layer / "python") for layer in tree.built.layers(function)]
    memory = function.properties.get("MemorySize", load()["Globals"]["Function"]["MemorySize"])
    share = 1.0 if memory >= _WHOLE else LITTLE
    start_it = [str(tree.built.python), "-I", "-B", str(_CHILD), str(wanted)]
    command = [*start_it, str(tree.built.code(function)), *layers]
    return Route(command, environment, recorded["answers"], share)


def commit_before(revision: str) -> Path | None:
    """Write out a commit's files, or return None where git does not know it."""
    place = PLACE / "before" / "tree"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    packed = subprocess.run(
        ["git", "archive", revision], cwd=ROOT, capture_output=True, check=False
    )
    if packed.returncode:
        return None
    subprocess.run(["tar", "-x", "-C", str(place)], input=packed.stdout, check=True)
    return place
