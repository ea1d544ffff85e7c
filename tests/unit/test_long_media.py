"""Files of any length and any size are looked into, and what is read of them stays small."""

import os
import struct
import threading
from contextlib import suppress
from dataclasses import replace

import pytest
from newsreel.catalogue.findings import RejectedError
from newsreel.media import format_names, mxf, poster
from newsreel.media.probe import probe
from newsreel.media.ranged_file import AT_ONCE, BLOCK, BUDGET, RangedFile, read_together

from tests.support import media_files, virtual_media
from tests.support.long_media import (
    THIRTY_MINUTES,
    THREE_HOURS,
    TWELVE_HOURS,
    TWO_HOURS,
    Long,
)
from tests.support.media_files import make
from tests.support.virtual_media import VirtualFile


def refused(made: VirtualFile) -> str:
    with pytest.raises(RejectedError) as error:
        probe(made.open())
    return error.value.finding.code


@pytest.mark.thorough
def test_an_mxf_of_100_gb_is_looked_into_by_the_beginnings_of_its_partitions() -> None:
    partitions = 10_000
    made = virtual_media.mxf(partitions, 10_000_000)
    assert made.size > 100_000_000_000
    file = made.open()
    assert format_names.label_of(probe(file)) == "MPEG-2, 144p25"
    assert file.bytes_read <= BUDGET + partitions * mxf.PARTITION_START
    # Each partition once: nothing that the demuxer wanted had to be read beside what was held.
    assert len(made.reads) <= partitions + 20


def test_an_mxf_without_a_list_of_its_partitions_is_looked_into_along_their_chain() -> None:
    made = virtual_media.mxf(300, 10_000_000, index_pack=False)
    file = made.open()
    assert probe(file).video is not None
    assert file.bytes_read <= BUDGET + 300 * mxf.PARTITION_START


def test_an_mxf_with_more_partitions_than_are_looked_at_is_refused_by_that() -> None:
    assert refused(virtual_media.mxf(20_100, 100_000)) == "many_partitions"


def with_index_of(megabytes: int, *, index_pack: bool) -> bytes:
    """Return an MXF whose footer has so large an index, as of days of pictures."""
    data = make(media_files.Recipe("mxf", "mpeg2video", (176, 144), frames=12, bit_rate=300_000))
    footer = data.rindex(bytes.fromhex("060e2b34020501010d0102010104"))
    pack = data.rindex(bytes.fromhex("060e2b34020501010d0102010111"))
    start = data.index(bytes.fromhex("060e2b34025301010d01020101100100"), footer)
    assert data[start + 16] == 0x83
    end = start + 20 + int.from_bytes(data[start + 17 : start + 20], "big")
    many = data[start:end] * (megabytes * 1_000_000 // (end - start))
    count = footer + 20 + 40
    size = int.from_bytes(data[count : count + 8], "big") + len(many) - (end - start)
    whole = data[:count] + size.to_bytes(8, "big") + data[count + 8 : start] + many + data[end:pack]
    return whole + (data[pack:] if index_pack else b"")


@pytest.mark.parametrize("index_pack", [True, False])
def test_an_mxf_with_an_index_that_nobody_can_read_is_looked_into_without_it(
    index_pack: bool,
) -> None:
    data = with_index_of(20, index_pack=index_pack)
    file = RangedFile(lambda start, length: data[start : start + length], len(data))
    facts = probe(file)
    assert facts.video is not None
    assert facts.duration == 0.48
    assert file.bytes_read < 4_000_000
    posters = RangedFile(lambda start, length: data[start : start + length], len(data))
    assert poster.from_video(posters) is not None


def test_ranges_are_asked_for_sixteen_at_a_time() -> None:
    all_there = threading.Barrier(AT_ONCE, timeout=30)

    def read_range(start: int, length: int) -> bytes:
        all_there.wait()  # breaks, and so fails the test, unless as many others wait
        return bytes([start]) * length

    ranges = [(number, 2) for number in range(2 * AT_ONCE)]
    assert read_together(read_range, ranges) == [bytes([n]) * 2 for n in range(2 * AT_ONCE)]


@pytest.mark.thorough
@pytest.mark.parametrize("index_first", [True, False], ids=["index first", "index last"])
def test_an_mp4_of_100_gb_and_11_hours_is_looked_into_without_its_tables(
    index_first: bool,
) -> None:
    made = virtual_media.mp4(1_000_000, 100_000, index_first=index_first)
    assert made.size > 100_000_000_000
    file = made.open()
    facts = probe(file)
    assert facts.duration == 40_000
    assert facts.video is not None
    assert facts.video.frame_rate == "25"
    assert facts.structure.index_first is index_first
    assert file.bytes_read < 3 * 1024 * 1024
    assert len(made.reads) < 30


@pytest.mark.thorough
def test_what_is_read_of_an_mp4_does_not_grow_with_its_length() -> None:
    read = []
    for samples in (200_000, 2_000_000):
        file = virtual_media.mp4(samples, 10_000).open()
        probe(file)
        read.append(file.bytes_read)
    assert abs(read[0] - read[1]) < 2 * BLOCK


def test_the_poster_of_a_long_mp4_is_a_keyframe_near_its_tenth_decoded_alone() -> None:
    samples, apart = 400_000, 20_000
    made = virtual_media.mp4(samples, apart)
    file = made.open()
    posters = poster.from_video(file)
    assert posters is not None
    assert sorted(posters) == [320, 640, 1280]
    tenth = samples * apart // 10
    assert any(abs(start - tenth) < 50 * apart + BLOCK for start, _length in made.reads)
    assert file.bytes_read < 4 * 1024 * 1024


@pytest.mark.thorough
@pytest.mark.parametrize("table", [b"stsz", b"co64", b"stsc", b"stts", b"stss"])
def test_a_long_mp4_without_one_of_its_tables_breaks_nothing(table: bytes) -> None:
    made = virtual_media.mp4(100_000, 6_000, index_first=True)
    made.pieces[0] = made.pieces[0].replace(table, b"none")
    with suppress(RejectedError):
        assert probe(made.open()).video is not None
    poster.from_video(made.open())


@pytest.mark.thorough
def test_of_many_fragments_a_demuxer_is_shown_a_few() -> None:
    many = replace(media_files.FRAGMENTED, frames=90, seconds=3.6)
    data = make(many)
    assert data.count(b"moof") > 20
    file = RangedFile(lambda start, length: data[start : start + length], len(data))
    facts = probe(file)
    assert format_names.label_of(facts) == "H.264, 360p25"
    assert facts.duration == pytest.approx(3.6, abs=0.1)
    file.seek(0)
    shown = bytearray()
    while part := file.read(1 << 16):
        shown += part
    assert shown.count(b"moof") == 4
    assert poster.from_video(RangedFile(lambda at, n: data[at : at + n], len(data))) is not None


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("count", "apart"),
    [(201, 20_000), (100_000, 20_000), (3_000, 6_000_000), (1_900, 50_000_000)],
    ids=["a few more than are followed", "days", "large ones", "hardly one in the last megabytes"],
)
def test_any_number_of_fragments_without_a_list_is_taken_by_its_ends(
    count: int, apart: int
) -> None:
    file = virtual_media.fragmented(count, apart).open()
    facts = probe(file)
    assert format_names.label_of(facts) == "H.264, 360p25"
    assert facts.duration == pytest.approx(count * 2 / 25)
    assert file.bytes_read < BUDGET
    again = virtual_media.fragmented(count, apart).open()
    assert poster.from_video(again) is not None


@pytest.mark.parametrize("missing", [1, 10_000, 19_990])
def test_one_of_many_unlisted_fragments_that_is_cut_is_incomplete(missing: int) -> None:
    made = virtual_media.fragmented(5_000, 20_000)
    made.size -= missing
    assert refused(made) == "incomplete"


def test_a_fragment_within_the_pictures_of_another_is_not_taken_for_the_last() -> None:
    made = virtual_media.fragmented(5_000, 20_000)
    fragment = make(media_files.FRAGMENTED)
    at = fragment.index(b"moof") - 4
    made.pieces[made.size - 9_000] = fragment[at : at + 300]
    assert probe(made.open()).duration == pytest.approx(400)


def listed(made: VirtualFile, count: int, apart: int) -> VirtualFile:
    """Return a fragmented file with a list of all its fragments at its end ("mfra")."""
    first = made.size - count * apart
    rows = b"".join(
        struct.pack(">II3B", number, first + number * apart, 1, 1, 1) for number in range(count)
    )
    table = struct.pack(">4sIIII", b"tfra", 0, 1, 0, count) + rows
    trailer = struct.pack(">I", len(table) + 4) + table
    size = 8 + len(trailer) + 16
    end = struct.pack(">I4s", size, b"mfra") + trailer + struct.pack(">I4sII", 16, b"mfro", 0, size)
    pieces = {**made.pieces, made.size: end}
    return replace(made, size=made.size + size, pieces=pieces, reads=[])


def test_of_a_list_of_hundreds_of_thousands_of_fragments_some_are_looked_at() -> None:
    count, apart = 400_000, 2_000
    made = listed(virtual_media.fragmented(count, apart), count, apart)
    file = made.open()
    facts = probe(file)
    assert facts.duration == pytest.approx(count * 2 / 25, abs=1)
    assert file.bytes_read < 1_000_000
    assert poster.from_video(made.open()) is not None


@pytest.mark.parametrize("how", ["frag_every_frame", "frag_keyframe"])
def test_a_poster_is_a_keyframe_though_few_fragments_begin_with_one(how: str) -> None:
    options = (("movflags", f"+{how}+empty_moov+default_base_moof"),)
    codec = (("g", "10"), ("keyint_min", "10"), ("sc_threshold", "0"), ("bf", "0"))
    recipe = replace(media_files.FRAGMENTED, sound=None, frames=100, codec_options=codec)
    data = make(replace(recipe, options=options))
    assert poster.from_video(RangedFile(lambda at, n: data[at : at + n], len(data))) is not None


def test_more_large_fragments_than_can_be_followed_are_refused_and_not_passed() -> None:
    assert refused(virtual_media.fragmented(2_100, 50_000_000)) == "many_fragments"


def test_a_long_mp4_of_which_the_last_picture_is_missing_is_incomplete() -> None:
    made = virtual_media.mp4(200_000, 10_000, index_first=True)
    head = made.pieces[0]
    # "To the end of the file": the box itself can't show the cut.
    made.pieces[0] = head[:-16] + b"\x00\x00\x00\x00mdat" + head[-8:]
    made.size -= 10_000
    assert refused(made) == "incomplete"


def opened(long: Long) -> RangedFile:
    made = long.path()

    def read_range(start: int, length: int) -> bytes:
        with made.open("rb") as source:
            return os.pread(source.fileno(), length, start)

    return RangedFile(read_range, made.stat().st_size)


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("long", "label", "duration", "most"),
    [
        (TWELVE_HOURS, "H.264, 48p25", 43_200, 2 * 1024 * 1024),
        (TWO_HOURS, "H.264, 48p25", 7_200, 2 * 1024 * 1024),
        (THREE_HOURS, "MPEG-2, 48p25", 10_800, BUDGET + 1080 * mxf.PARTITION_START),
        (THIRTY_MINUTES, "MPEG-2, 48p25", 1_800, BUDGET + 180 * mxf.PARTITION_START),
    ],
    ids=lambda value: value.name if isinstance(value, Long) else "",
)
def test_a_real_file_of_hours_has_facts_and_a_poster(
    long: Long, label: str, duration: int, most: int
) -> None:
    file = opened(long)
    facts = probe(file)
    assert format_names.label_of(facts) == label
    assert facts.duration == pytest.approx(duration, abs=1)
    assert facts.findings == ()
    assert file.bytes_read <= most
    again = opened(long)
    assert poster.from_video(again) is not None
    assert again.bytes_read <= most
