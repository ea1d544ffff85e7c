"""Measures cold starts: a new process, until the function can take its first event.

Processor time of the whole process, because other work on the machine affects it least. Functions
alternate with `import boto3` and one client, so that the ratio comes from one run.
"""

import os
import statistics
from dataclasses import dataclass
from pathlib import Path

from benchmarks.built import Built
from benchmarks.spread import Spread
from tests.support.cloud import ENVIRONMENT
from tests.support.template import functions

REFERENCE = "boto3"
_START = Path(__file__).with_name("cold_start_child.py")


@dataclass(frozen=True, slots=True)
class ColdStart:
    """A start: median milliseconds of processor time, and the ratio to boto3's median."""

    processor: float
    ratio: Spread


def measure(built: Built, rounds: int) -> dict[str, ColdStart]:
    """Start every function, boto3 alone and an empty process `rounds` times, alternating."""
    commands = {"nothing": ["nothing"], REFERENCE: [REFERENCE]}
    for folder, function in functions().items():
        layers = [str(layer / "python") for layer in built.layers(function)]
        commands[folder] = [str(built.code(function)), *layers]
    for arguments in commands.values():
        start(built.python, arguments)  # now every file is in memory
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, arguments in commands.items():
            taken[name].append(start(built.python, arguments))
    reference = statistics.median(taken[REFERENCE])
    return {
        name: ColdStart(statistics.median(runs), Spread.of(runs).over(reference))
        for name, runs in taken.items()
    }


def start(python: Path, arguments: list[str]) -> float:
    """Start what the arguments name, and return the milliseconds of processor time it took.

    Raises:
        RuntimeError: it did not start.
    """
    shell = {**ENVIRONMENT, "AWS_LAMBDA_FUNCTION_NAME": "newsreel", "PATH": os.defpath}
    command = [str(python), "-I", "-B", str(_START), *arguments]
    process = os.posix_spawn(command[0], command, shell)
    _, status, used = os.wait4(process, 0)
    if status:
        raise RuntimeError(f"{arguments[0]} did not start")
    return (used.ru_utime + used.ru_stime) * 1000
