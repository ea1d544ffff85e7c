"""Partitions of an MXF that does not list them are found with few reads, or not needed."""

from collections.abc import Sequence

import pytest
from newsreel.media import format_names, poster
from newsreel.media.probe import probe
from newsreel.media.ranged_file import Range, RangedFile

from tests.support import virtual_media
from tests.support.virtual_media import VirtualFile

PREVIOUS = 36
"""Where a partition names the one before it, its key and length included."""


def rounds_of(made: VirtualFile) -> tuple[RangedFile, list[int]]:
    """Return a file, and a list of how many ranges are read together each time."""
    file, rounds = made.open(), list[int]()
    read_ranges = file.read_ranges

    def counted(ranges: Sequence[Range]) -> list[bytes]:
        rounds.append(len(ranges))
        return read_ranges(ranges)

    file.read_ranges = counted
    return file, rounds


def chained(made: VirtualFile, many: int) -> VirtualFile:
    """Return an MXF of which so many of the last partitions are at distances that vary."""
    assert made.repeated is not None
    first, apart, times, partition = made.repeated
    footer = max(made.pieces)
    place, before = footer, [*range(times - 1, times - many - 1, -1)]
    for number in before:
        later, place = place, first + number * apart + 1_000 * (number * number % 97)
        piece = made.pieces[later]
        piece = piece[:PREVIOUS] + place.to_bytes(8, "big") + piece[PREVIOUS + 8 :]
        made.pieces[later] = piece
        made.pieces[place] = partition(number)[:200]
    made.repeated = (first, apart, times - many, partition)
    return made


@pytest.mark.parametrize("partitions", [1_080, 5_000])
def test_partitions_that_are_equally_far_apart_are_looked_for_together(partitions: int) -> None:
    made = virtual_media.mxf(partitions, 1_000_000, index_pack=False)
    file, rounds = rounds_of(made)
    assert probe(file).video is not None
    assert len(rounds) < 20 + partitions / 50
    assert len(made.reads) < partitions + 100


@pytest.mark.parametrize("varying", [True, False])
def test_an_mxf_of_more_partitions_than_are_looked_for_is_looked_into_without_them(
    varying: bool,
) -> None:
    made = virtual_media.mxf(20_100, 1_000_000, index_pack=False)
    if varying:
        made = chained(made, 2_000)
    file, rounds = rounds_of(made)
    assert format_names.label_of(probe(file)) == "MPEG-2, 144p25"
    assert len(rounds) < 500
    assert poster.from_video(made.open()) is not None
