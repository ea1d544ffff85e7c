"""Measures cold starts: a new process, until the function can take its first event.

Processor time of the whole process, because other work on the machine affects it least. Functions
alternate with `import boto3` and one client, so that the ratio comes from one run.
"""

import os
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.built import Built
from tests.support.cloud import ENVIRONMENT
from tests.support.template import functions

REFERENCE = "boto3"
_START = Path(__file__).with_name("cold_start_child.py")


@dataclass(frozen=True, slots=True)
class ColdStart:
    """A median start: milliseconds of processor and wall-clock time, and the ratio to boto3."""

    processor: float
    wall: float
    ratio: float


def measure(built: Built, rounds: int) -> dict[str, ColdStart]:
    """Start every function, boto3 alone and an empty process `rounds` times, alternating."""
    commands = {"nothing": ["nothing"], REFERENCE: [REFERENCE]}
    for folder, function in functions().items():
        layers = [str(layer / "python") for layer in built.layers(function)]
        commands[folder] = [str(built.code(function)), *layers]
    for arguments in commands.values():
        _start(built.python, arguments)  # now every file is in memory
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, arguments in commands.items():
            taken[name].append(_start(built.python, arguments))
    reference = statistics.median(processor for processor, _ in taken[REFERENCE])
    return {name: _median(runs, reference) for name, runs in taken.items()}


def _median(runs: list[tuple[float, float]], reference: float) -> ColdStart:
    processor = statistics.median(run for run, _ in runs)
    wall = statistics.median(run for _, run in runs)
    return ColdStart(processor, wall, processor / reference)


def _start(python: Path, arguments: list[str]) -> tuple[float, float]:
    shell = {**ENVIRONMENT, "AWS_LAMBDA_FUNCTION_NAME": "newsreel", "PATH": os.defpath}
    command = [str(python), "-I", "-B", str(_START), *arguments]
    began = time.perf_counter()
    process = os.posix_spawn(command[0], command, shell)
    _, status, used = os.wait4(process, 0)
    wall = time.perf_counter() - began
    if status:
        raise RuntimeError(f"{arguments[0]} did not start")
    return (used.ru_utime + used.ru_stime) * 1000, wall * 1000
