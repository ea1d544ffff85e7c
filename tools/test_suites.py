"""Runs every test suite, and starts the local stack for those that need it.

Starting the stack and its own tests is mostly waiting, so the suites that need no stack run beside
both; their output follows when they end. Prints time and number of tests of each suite, and ends
with one line like pytest's own.
"""

import argparse
import os
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TextIO

from infra.local import clean_environment, commands
from infra.local.node import NotFetchedError
from infra.local.paths import LOCAL, PROJECT, Ports
from infra.local.processes import NotStartedError
from infra.local.progress import console
from tools import javascript_checks

_FAST = ("unit", "functions")
_ALONE = (*_FAST, "infrastructure")
_AT_ONCE = 4
# These look at the whole stack: one after the other, and no browser beside them.
_STACKS_OWN = "local_stack"
_BROWSER = "browser"
# pytest's own status for "no tests were collected".
_NOTHING_COLLECTED = 5
_SOME_FAILED = 1
_UNDER_WAY: set[subprocess.Popen[bytes]] = set()


@dataclass(frozen=True, slots=True)
class Result:
    """The result of one suite."""

    suite: str
    tests: int
    failed: int
    skipped: int
    seconds: float
    status: int
    second_try: int = 0


def run_suite(
    suite: str,
    environment: dict[str, str],
    options: Sequence[str] = (),
    *,
    output: TextIO | None = None,
) -> Result:
    """Run one suite, its output as pytest writes it, or into ``output``."""
    report = LOCAL / "reports" / f"{suite}.xml"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    if output is None:
        console.rule(suite, align="left", characters="-")
    begun = time.monotonic()
    ended = _call([*_pytest(suite), f"--junit-xml={report}", *options], environment, output)
    if suite in {_BROWSER, _STACKS_OWN} and ended == _SOME_FAILED:
        return _try_again(_read(report, suite, 0, _SOME_FAILED), environment, begun)
    seconds = time.monotonic() - begun
    status = 0 if ended == _NOTHING_COLLECTED else ended
    return _read(report, suite, seconds, status)


def _call(command: Sequence[str], environment: dict[str, str], output: TextIO | None) -> int:
    errors = output and subprocess.STDOUT
    with subprocess.Popen(
        command, cwd=PROJECT, env=environment, stdout=output, stderr=errors
    ) as process:
        _UNDER_WAY.add(process)
        try:
            return process.wait()
        finally:
            _UNDER_WAY.discard(process)


def _pytest(suite: str) -> list[str]:
    # Suites that run side by side must not forget each other's failures.
    cache = LOCAL / "reports" / f"cache-{suite}"
    return [sys.executable, "-m", "pytest", f"tests/{suite}", "-q", "-o", f"cache_dir={cache}"]


@dataclass
class _Beside:
    """The suites that need no stack, run one after the other while the caller works with it."""

    environment: dict[str, str]
    options: Sequence[str]
    results: list[Result] = field(default_factory=list)
    layers_are_built: threading.Event = field(default_factory=threading.Event)
    is_given_up: bool = False
    _shown: int = 0

    def run(self) -> None:
        """Run them all, their output kept in files."""
        for suite in _ALONE:
            if suite not in _FAST:
                self.layers_are_built.wait()
            if self.is_given_up:
                return
            with self._kept(suite).open("w", encoding="utf-8") as output:
                result = run_suite(suite, self.environment, self.options, output=output)
            self.results.append(result)

    def show(self) -> None:
        """Print the output of the suites that ended since the last time."""
        for result in self.results[self._shown :]:
            console.rule(result.suite, align="left", characters="-")
            print(self._kept(result.suite).read_text(encoding="utf-8"), flush=True)
            self._shown += 1

    @staticmethod
    def _kept(suite: str) -> Path:
        folder = LOCAL / "reports"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{suite}.txt"


@contextmanager
def _beside(environment: dict[str, str], options: Sequence[str]) -> Iterator[_Beside]:
    """Run the suites that need no stack during the block, and to their end after it."""
    beside = _Beside(environment, options)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(beside.run)
        try:
            yield beside
        except BaseException:
            beside.is_given_up = True
            for process in tuple(_UNDER_WAY):
                process.terminate()
            raise
        finally:
            beside.layers_are_built.set()
        running.result()
    beside.show()


def run_javascript() -> Result:
    """Run the unit tests of the site's JavaScript, their output as Node writes it."""
    console.rule("javascript", align="left", characters="-")
    begun = time.monotonic()
    ran = javascript_checks.run_tests(LOCAL / "reports" / "javascript.xml")
    seconds = time.monotonic() - begun
    return Result("javascript", ran.tests, ran.failed, ran.skipped, seconds, ran.status)


def _try_again(first: Result, environment: dict[str, str], begun: float) -> Result:
    """Run the failed tests of a browser or of the stack once more, and report that.

    Real processes on a busy machine may miss a moment; a test that fails twice is a fault.
    """
    print(f"{first.failed} failed in {first.suite}: these once more", flush=True)
    again = _call([*_pytest(first.suite), "--last-failed"], environment, None)
    passed = first.failed if again == 0 else 0
    return replace(
        first,
        failed=first.failed - passed,
        second_try=passed,
        seconds=time.monotonic() - begun,
        status=again,
    )


def _read(report: Path, suite: str, seconds: float, status: int) -> Result:
    counted = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
    if report.exists():
        # pytest has just written this file, on this machine.
        for suite_element in ET.parse(report).getroot().iter("testsuite"):  # noqa: S314
            for name in counted:
                counted[name] += int(suite_element.get(name, "0"))
    failed = counted["failures"] + counted["errors"]
    return Result(suite, counted["tests"], failed, counted["skipped"], seconds, status)


@contextmanager
def stack_for_tests(ports: Ports) -> Iterator[None]:
    """Start the local stack; stop it again if it was not running before."""
    try:
        commands.running()
    except NotStartedError:
        fetching = clean_environment.for_building(ports)
        kept = dict(os.environ)
        clean_environment.enter(ports)
        try:
            console.rule("local stack", align="left", characters="-")
            commands.up(ports, fetching)
            yield
        finally:
            commands.down()
            os.environ.clear()
            os.environ.update(kept)
    else:
        yield


def _run_all(fast: bool) -> list[Result]:  # noqa: FBT001
    ports = Ports.chosen()
    environment = clean_environment.for_tests()
    if fast:
        quick = (*_at_once(_processors()), "-m", "not thorough")
        return [*(run_suite(suite, environment, quick) for suite in _FAST), run_javascript()]
    results: list[Result] = []
    javascript_checks.fetch()  # clients are made of the API's document by tools from npm
    with _beside(environment, _at_once(_processors())) as beside, stack_for_tests(ports):
        beside.layers_are_built.set()
        results.append(run_suite(_STACKS_OWN, environment))
        results.append(run_javascript())
        beside.show()
        # A browser waits for the stack a third of its time.
        results.append(run_suite(_BROWSER, environment, _at_once(_processors() + 1)))
    return [*beside.results, *results]


def _processors() -> int:
    return min(_AT_ONCE, os.cpu_count() or 1)


def _at_once(processes: int) -> tuple[str, ...]:
    # Whole files in parallel: tests that share fixtures stay together. The suites order them.
    return ("-n", str(processes), "--dist", "loadfile", "--no-loadscope-reorder")


def _summary(results: Sequence[Result], seconds: float) -> None:
    console.rule("suites", align="left", characters="-")
    for result in results:
        passed = result.tests - result.failed - result.skipped
        line = (
            f"{result.suite:<16}{result.tests:>5} tests {result.seconds:>7.1f} s   {passed} passed"
        )
        line += f", {result.failed} failed" if result.failed else ""
        line += f", {result.skipped} skipped" if result.skipped else ""
        line += f", {result.second_try} at the second try" if result.second_try else ""
        line += "" if result.failed or not result.status else f", ended with {result.status}"
        console.print(line, markup=False)
    total = {
        name: sum(getattr(r, name) for r in results)
        for name in ("tests", "failed", "skipped", "second_try")
    }
    passed = total["tests"] - total["failed"] - total["skipped"]
    parts = [f"{total['failed']} failed"] if total["failed"] else []
    parts += [f"{passed} passed"]
    parts += [f"{total['skipped']} skipped"] if total["skipped"] else []
    if total["second_try"]:
        console.print(f"{total['second_try']} of them passed at the second try only.")
    print(f"==== {', '.join(parts)} in {seconds:.2f}s ====", flush=True)


def main() -> int:
    """Run the suites; exit with status 1 if a test failed."""
    parser = argparse.ArgumentParser(prog="python -m tools.test_suites", description=__doc__)
    parser.add_argument(
        "--fast", action="store_true", help="only what a developer runs while coding"
    )
    fast = parser.parse_args().fast
    begun = time.monotonic()
    try:
        results = _run_all(fast)
    except (NotStartedError, NotFetchedError) as refused:
        console.print(str(refused), markup=False, style="bold red")
        return 1
    _summary(results, time.monotonic() - begun)
    return 1 if any(result.status for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
