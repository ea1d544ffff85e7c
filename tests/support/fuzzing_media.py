"""Damages real media files at random and has each looked into.

Run by ``make fuzz``: ``python -m tests.support.fuzzing_media``.

Every file must have facts or a refusal that says why, within its limits. A file that crashed the
process that looked, made it fail, or took too long is told with the seed that makes it again.
"""

import argparse
import io
import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from dataclasses import replace
from functools import cache

from newsreel.catalogue.findings import RejectedError
from newsreel.media import format_names, messages, worker
from newsreel.media.ranged_file import RangedFile
from PIL import Image

from tests.support import media_files, virtual_media
from tests.support.media_files import make
from tests.support.virtual_media import VirtualFile

FAILURES = frozenset({"look_failed", "took_too_long"})
_EDGE = 6000
"""Bytes at either end of a file in which its structure stands, as a rule."""

RECIPES: dict[str, media_files.Recipe] = {
    "xdcam": media_files.XDCAM,
    "dnxhr": media_files.DNXHR,
    "prores": media_files.PRORES,
    "web": media_files.WEB,
    "preview": media_files.PREVIEW,
    "fragmented": media_files.FRAGMENTED,
    "fragments": replace(media_files.FRAGMENTED, frames=60, seconds=2.4),
    "encrypted": replace(
        media_files.PREVIEW,
        options=(
            ("encryption_scheme", "cenc-aes-ctr"),
            ("encryption_key", "76a6c65c5ea762046bd749a2e632ccbb"),
            ("encryption_kid", "a7e61c373e219033c21091fa607bf3b8"),
        ),
    ),
    "hdr": media_files.Recipe(
        "mov", "prores_ks", (320, 180), "yuv422p10le", frames=2, colours=(9, 18, 9)
    ),
    "turned": replace(media_files.PREVIEW, rotation=90),
    "pcm": media_files.Recipe("mov", "mjpeg", (320, 180), "yuvj420p", frames=3, sound="pcm_s16be"),
    "op1a": media_files.Recipe("mxf", "mpeg2video", (176, 144), frames=12, bit_rate=300_000),
    "wav": media_files.WAV,
    "mp3": media_files.MP3,
    "mp2": media_files.Recipe("mp2", sound="mp2"),
    "stream": media_files.STREAM,
}


def _flip(data: bytearray, chance: random.Random) -> bytearray:
    for _ in range(chance.choice((1, 1, 2, 5, 30))):
        data[_place(data, chance)] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)))
    return data


def _zero(data: bytearray, chance: random.Random) -> bytearray:
    place, length = _place(data, chance), chance.choice((4, 8, 64, 1000, len(data) // 3))
    data[place : place + length] = bytes(min(length, len(data) - place))
    return data


def _cut(data: bytearray, chance: random.Random) -> bytearray:
    return data[: _place(data, chance)]


def _remove(data: bytearray, chance: random.Random) -> bytearray:
    place = _place(data, chance)
    del data[place : place + chance.choice((1, 4, 8, 100, 2000))]
    return data


def _repeat(data: bytearray, chance: random.Random) -> bytearray:
    place, length = _place(data, chance), chance.choice((4, 8, 100, 2000))
    data[place:place] = data[place : place + length] * chance.choice((1, 1, 2, 50))
    return data


def _number(data: bytearray, chance: random.Random) -> bytearray:
    """Claim an amount: many crashes of readers are numbers that were believed."""
    place = _place(data, chance) & ~3
    value = chance.choice((0, 1, 2, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 70_000_000, len(data)))
    data[place : place + 4] = value.to_bytes(4, chance.choice(("big", "little")))
    return data


_DAMAGES: tuple[Callable[[bytearray, random.Random], bytearray], ...] = (
    _flip,
    _flip,
    _number,
    _number,
    _zero,
    _cut,
    _remove,
    _repeat,
)


def _place(data: bytearray, chance: random.Random) -> int:
    size = max(1, len(data))
    edge = min(_EDGE, size)
    near = (chance.randrange(edge), size - 1 - chance.randrange(edge), chance.randrange(size))
    return chance.choice(near)


def _damaged(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        if changed:
            changed = chance.choice(_DAMAGES)(changed, chance)
    return bytes(changed)


@cache
def _large() -> tuple[VirtualFile, VirtualFile]:
    return virtual_media.mp4(100_000, 6_000), virtual_media.mxf(40, 10_000_000)


@cache
def _picture(*, progressive: bool) -> bytes:
    data = io.BytesIO()
    noise = Image.effect_noise((400, 300), 60).convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = 6
    noise.save(data, "JPEG", progressive=progressive, exif=exif)
    return data.getvalue()


def _opened(data: bytes) -> RangedFile:
    return RangedFile(lambda start, length: data[start : start + length], len(data))


def _virtual(chance: random.Random) -> RangedFile:
    made = copy(chance.choice(_large()))
    made.reads = []
    place = chance.choice([*made.pieces])
    piece = made.pieces[place]
    made.pieces = {**made.pieces, place: _damaged(piece, chance)[: len(piece)]}
    return made.open()


def look(seed: int) -> str:
    """Damage one file, have it looked into, and return what came of it."""
    chance = random.Random(seed)
    kind = chance.choice([*RECIPES, "virtual", "picture"])
    try:
        if kind == "picture":
            whole = _picture(progressive=chance.random() < 0.5)
            worker.poster_from_jpeg(_damaged(whole, chance))
            return "posters"
        # Made again from the same numbers: a file that was read is spent.
        state = chance.getstate()
        facts = worker.probe(_again(kind, chance))
        format_names.label_of(facts)
        format_names.kind_of(facts)
        format_names.remarks_of(facts)
        chance.setstate(state)
        file = _again(kind, chance)
        task = worker._task_of("poster_from_video", file, worker.LIMITS)
        made = worker._look(task, file, worker.LIMITS, messages.to_posters)
    except RejectedError as error:
        return error.finding.code
    return "facts and posters" if made else "facts"


def _again(kind: str, chance: random.Random) -> RangedFile:
    return _virtual(chance) if kind == "virtual" else _opened(_damaged(make(RECIPES[kind]), chance))


def looks(first: int, count: int, jobs: int) -> Iterator[tuple[int, str]]:
    """Yield seeds and what came of them."""
    with ThreadPoolExecutor(jobs) as pool:
        seeds = range(first, first + count)
        yield from zip(seeds, pool.map(look, seeds), strict=True)


def main() -> None:
    """Look into many damaged files, and end with 1 if one of them was not told or refused."""
    parser = argparse.ArgumentParser(description="Damages media files and has each looked into.")
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    came: Counter[str] = Counter()
    failed: list[tuple[int, str]] = []
    for seed, result in looks(options.first, options.count, options.jobs):
        came[result] += 1
        if result in FAILURES:
            failed.append((seed, result))
            print(f"seed {seed}: {result}", flush=True)  # noqa: T201 - the report
    for result, number in came.most_common():
        print(f"{number:7} {result}")  # noqa: T201 - the report
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()
