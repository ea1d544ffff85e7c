"""Transcripts that nobody would write: those of the corpus, mutated, through every reader.

A reader answers with turns or with its own refusal, and with nothing else. What it wrote must read
back as the same turns. `make fuzz` tries a hundred thousand; the suite a hundredth of them.
"""

import random
import resource
import sys
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from newsreel.catalogue.findings import RejectedError
from newsreel.catalogue.model import Speaker
from newsreel.catalogue.transcripts import formats

CASES = 100_000
SEED = 20260214
SPEAKERS = (
    Speaker(name="Mark Rutte", role="NATO Secretary General"),
    Speaker(name="Olena Kovalenko"),
)
_PIECES = (
    b"\n", b"\n\n", b"\r", b"\x00", b"\x0b", b"\xff", b"\xef\xbb\xbf", b"-->", b" --> ", b"<v ",
    b"<v>",
    b"</v>", b"<b>", b"{\\an8}", b"&#", b"&#x110000;", b"&amp;", b"&", b":", b": ", b"- ", b">> ",
    b"Q: ",
    b"Question", b"Mark Rutte", b"MARK RUTTE:", b"[", b"(", b")", b"99999:59:59.999",
    b"00:00:00,000",
    b"9" * 40, b"WEBVTT", b"NOTE ", b"STYLE", b"turn-1-1", b"?", b"\xe2\x81\xa0", b"\xe2\x81\xa3",
    b"\xe2\x80\x8f", "İ".encode(), "ß".encode(), "\u202e".encode(), b"\t", b" " * 50, b"Ukraine: ",
)  # fmt: skip


@dataclass(slots=True)
class Report:
    """What became of the cases; ``faults`` are those that ended in anything else."""

    outcomes: Counter[str] = field(default_factory=Counter)
    faults: list[tuple[str, bytes, str]] = field(default_factory=list)
    slowest: float = 0.0
    """Seconds."""
    largest: int = 0
    """Bytes that one case held at most, where they were measured."""


def mutations(seeds: list[bytes], count: int, seed: int = SEED) -> Iterator[tuple[str, bytes]]:
    """Return forms and files, the same for the same seed."""
    dice = random.Random(seed)
    for _ in range(count):
        data = bytearray(dice.choice(seeds))
        for _ in range(dice.randint(1, 8)):
            dice.choice(_WAYS)(dice, data, seeds)
        yield dice.choice(("txt", "vtt", "srt")), bytes(data[:20_000])


def run(
    cases: Iterator[tuple[str, bytes]], *, measured: bool = False, round_trip: bool = True
) -> Report:
    """Read each case, and write and read again what was read."""
    report = Report()
    for form, data in cases:
        if measured:
            tracemalloc.start()
        started = time.perf_counter()
        try:
            report.outcomes[_read(form, data, round_trip=round_trip)] += 1
        except Exception as error:  # noqa: BLE001 - this is what is looked for
            report.faults.append((form, data, repr(error)[:300]))
        report.slowest = max(report.slowest, time.perf_counter() - started)
        if measured:
            report.largest = max(report.largest, tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    return report


def _read(form: str, data: bytes, *, round_trip: bool) -> str:
    try:
        reading = formats.read(form, data, SPEAKERS)  # type: ignore[arg-type]
    except RejectedError as error:
        return error.finding.code
    if not reading.turns or not all(turn.text for turn in reading.turns):
        raise AssertionError("a turn without words")
    if round_trip:
        for written in formats.SUFFIXES if reading.timed else ("txt",):
            again = formats.read(written, formats.write(written, reading).encode(), SPEAKERS)
            times = {"start": None, "end": None} if written == "txt" else {}
            if [*again.turns] != [turn.model_copy(update=times) for turn in reading.turns]:
                raise AssertionError(f"{written} reads back as other turns")
    return "read"


def _insert(dice: random.Random, data: bytearray, _seeds: list[bytes]) -> None:
    place = dice.randint(0, len(data))
    data[place:place] = dice.choice(_PIECES) * dice.choice((1, 1, 1, 2, 30))


def _delete(dice: random.Random, data: bytearray, _seeds: list[bytes]) -> None:
    place = dice.randint(0, len(data))
    del data[place : place + dice.randint(1, 12)]


def _flip(dice: random.Random, data: bytearray, _seeds: list[bytes]) -> None:
    if data:
        data[dice.randrange(len(data))] = dice.randrange(dice.choice((128, 128, 128, 256)))


def _splice(dice: random.Random, data: bytearray, seeds: list[bytes]) -> None:
    other = dice.choice(seeds)
    start = dice.randint(0, len(other))
    place = dice.randint(0, len(data))
    data[place:place] = other[start : start + dice.randint(1, 80)]


def _repeat(dice: random.Random, data: bytearray, _seeds: list[bytes]) -> None:
    start = dice.randint(0, len(data))
    piece = data[start : start + dice.randint(1, 40)]
    data[start:start] = piece * dice.choice((1, 2, 20))


def _swap_lines(dice: random.Random, data: bytearray, _seeds: list[bytes]) -> None:
    lines = bytes(data).split(b"\n")
    dice.shuffle(lines)
    data[:] = b"\n".join(lines)


_WAYS: tuple[Callable[[random.Random, bytearray, list[bytes]], None], ...] = (
    _insert, _insert, _delete, _flip, _splice, _repeat, _swap_lines,
)  # fmt: skip


def main() -> int:
    """Try them all and print figures."""
    from tests.unit.test_transcript_corpus import CASES as corpus  # noqa: PLC0415, N811

    count = int(sys.argv[1]) if len(sys.argv) > 1 else CASES
    started = time.perf_counter()
    report = run(mutations([case.data for case in corpus], count))
    print(f"{count} cases in {time.perf_counter() - started:.0f} s, seed {SEED}")  # noqa: T201
    print(f"slowest {report.slowest * 1000:.0f} ms")  # noqa: T201
    print(f"memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB")  # noqa: T201
    for outcome, number in report.outcomes.most_common():
        print(f"  {number:7} {outcome}")  # noqa: T201
    print(f"faults {len(report.faults)}")  # noqa: T201
    for form, data, error in report.faults[:10]:
        print(f"  {form} {error}\n    {data[:400]!r}")  # noqa: T201
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main())
