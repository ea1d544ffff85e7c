"""Probing: what a file is, whether it is whole, and how little of it is read to know."""

import random
import resource
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from newsreel.catalogue.findings import Finding, RejectedError
from newsreel.catalogue.model import VideoFacts
from newsreel.media import format_names, memory_limit, poster
from newsreel.media.container import Structure, examine
from newsreel.media.probe import MediaFacts, probe
from newsreel.media.ranged_file import BLOCK, BUDGET, OverBudgetError, RangedFile

from tests.support import media_files
from tests.support.media_files import make


def open_bytes(data: bytes, budget: int = BUDGET) -> RangedFile:
    return RangedFile(lambda start, length: data[start : start + length], len(data), budget)


def facts_of(data: bytes) -> MediaFacts:
    return probe(open_bytes(data))


def rejected(data: bytes) -> Finding:
    with pytest.raises(RejectedError) as error:
        facts_of(data)
    return error.value.finding


def codes(facts: MediaFacts) -> set[str]:
    return {finding.code for finding in facts.findings}


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("recipe", "label", "kind"),
    [
        (media_files.XDCAM, "XDCAM HD422, 1080i50", "master"),
        (media_files.DNXHR, "DNxHR SQ, 720p25", "master"),
        (media_files.PRORES, "ProRes 422 HQ, 720p25", "master"),
        (media_files.WEB, "H.264, 1080p25", "web"),
        (media_files.PREVIEW, "H.264, 360p25", "preview"),
        (media_files.STREAM, "H.264, 180p25", "web"),
        (media_files.WAV, "WAV, 24-bit 48 kHz stereo", "audio"),
        (media_files.MP3, "MP3, 48 kHz stereo", "audio"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_is_called_what_newsrooms_call_it(
    recipe: media_files.Recipe, label: str, kind: str
) -> None:
    facts = facts_of(make(recipe))
    assert (format_names.label_of(facts), format_names.kind_of(facts)) == (label, kind)


def test_an_xdcam_file_tells_all_its_facts() -> None:
    facts = facts_of(make(media_files.XDCAM))
    video, audio = facts.video, facts.audio
    assert video is not None
    assert audio is not None
    assert (video.codec, video.profile, video.width, video.height) == (
        "MPEG-2",
        "4:2:2",
        1920,
        1080,
    )
    assert (video.frame_rate, video.scan, video.bit_rate) == ("25", "interlaced", 50_000_000)
    assert video.pixel_format == "yuv422p"
    assert (audio.codec, audio.tracks, audio.channels) == ("PCM 24-bit", 4, 4)
    assert audio.sample_rate == 48000
    assert facts.start_timecode == "10:00:00:00"
    assert facts.duration == pytest.approx(0.24, abs=0.05)
    assert facts.structure == Structure("MXF")


def test_frame_rates_are_exact() -> None:
    recipe = replace(media_files.PREVIEW, rate=Fraction(30000, 1001), sound=None)
    facts = facts_of(make(recipe))
    assert facts.video is not None
    assert facts.video.frame_rate == "30000/1001"
    assert format_names.label_of(facts) == "H.264, 360p29.97"


def test_a_rate_that_varies_is_flagged_and_a_steady_one_is_not() -> None:
    steady = replace(media_files.PREVIEW, sound=None)
    assert "variable_frame_rate" not in codes(facts_of(make(steady)))
    uneven = replace(steady, times=(0, 1, 2, 5, 6, 11, 12, 13, 20, 21))
    assert "variable_frame_rate" in codes(facts_of(make(uneven)))


def test_an_index_at_the_end_is_flagged_and_is_no_preview() -> None:
    late = replace(media_files.PREVIEW, options=())
    facts = facts_of(make(late))
    assert "index_at_end" in codes(facts)
    assert format_names.kind_of(facts) == "web"
    assert "index_at_end" not in codes(facts_of(make(media_files.PREVIEW)))


def picture(**changes: object) -> VideoFacts:
    plain = VideoFacts(
        codec="H.264",
        width=1920,
        height=1080,
        frame_rate="25",
        scan="progressive",
        bit_rate=8_000_000,
        pixel_format="yuv420p",
    )
    return plain.model_copy(update=changes)


@pytest.mark.parametrize(
    ("video", "index_first", "bit_depth", "kind"),
    [
        (picture(), True, 8, "web"),
        (picture(bit_rate=3_000_000), True, 8, "preview"),
        (picture(bit_rate=3_000_001), True, 8, "web"),
        (picture(height=720), True, 8, "preview"),
        (picture(height=720), False, 8, "web"),
        (picture(height=720, codec="HEVC"), True, 8, "web"),
        (picture(height=720, pixel_format="yuv422p"), True, 8, "master"),
        (picture(height=720, pixel_format="yuv420p10le"), True, 10, "master"),
        (None, None, 0, "audio"),
    ],
)
def test_kinds_follow_the_rules(
    video: VideoFacts | None, index_first: bool | None, bit_depth: int, kind: str
) -> None:
    structure = Structure("MP4", index_first)
    facts = MediaFacts(structure, video, None, 1.0, None, bit_depth, ())
    assert format_names.kind_of(facts) == kind


@pytest.mark.parametrize(
    ("changes", "raster"),
    [
        ({}, "1080p25"),
        ({"scan": "interlaced"}, "1080i50"),
        ({"scan": "interlaced", "frame_rate": "30000/1001"}, "1080i59.94"),
        ({"frame_rate": "24000/1001"}, "1080p23.98"),
        ({"frame_rate": "50", "height": 720}, "720p50"),
        ({"height": 1088}, "1080p25"),
        ({"frame_rate": None}, "1080p"),
    ],
)
def test_rasters_are_written_as_broadcasters_write_them(
    changes: dict[str, object], raster: str
) -> None:
    assert format_names.raster_of(picture(**changes)) == raster


CUTS: list[Callable[[bytes], bytes]] = [
    lambda data: data[: len(data) // 3],
    lambda data: data[: len(data) * 2 // 3],
    lambda data: data[:-1],
]


@pytest.mark.parametrize("cut", CUTS, ids=["a third", "two thirds", "all but a byte"])
@pytest.mark.parametrize(
    "recipe",
    [
        media_files.XDCAM,
        media_files.DNXHR,
        media_files.WEB,
        media_files.PREVIEW,
        media_files.FRAGMENTED,
        media_files.WAV,
    ],
    ids=["mxf", "mov", "mp4", "faststart", "fragmented", "wav"],
)
def test_a_truncated_file_is_incomplete(
    recipe: media_files.Recipe, cut: Callable[[bytes], bytes]
) -> None:
    data = cut(make(recipe))
    finding = rejected(data)
    # A cut MP4 whose index stood at the end may end between two boxes: then the index is missing.
    assert finding.code in {"incomplete", "no_index"}
    if finding.code == "incomplete":
        assert finding.values["found"] == len(data)
        assert int(finding.values["needed"]) > len(data)


def test_a_whole_fragmented_file_is_accepted_with_and_without_its_trailer() -> None:
    data = make(media_files.FRAGMENTED)
    assert data[-12:-8] == b"mfro"
    assert facts_of(data).video is not None
    trailer = int.from_bytes(data[-4:], "big")
    assert facts_of(data[:-trailer]).video is not None


def test_a_trailer_that_lies_does_not_make_a_file_whole() -> None:
    data = make(media_files.FRAGMENTED)
    cut = data[: len(data) // 2]
    for size in (16, 4096, len(cut) + 16, 2**32 - 1):
        lie = (16).to_bytes(4, "big") + b"mfro" + bytes(4) + size.to_bytes(4, "big")
        assert rejected(cut + lie).code == "incomplete"


def test_an_mxf_whose_footer_is_not_there_is_incomplete() -> None:
    data = make(media_files.XDCAM)
    footer = data.rfind(bytes.fromhex("060e2b34020501010d0102010104"))
    assert rejected(data[:footer]).code == "incomplete"
    assert rejected(data[:footer] + b"\x00" * (len(data) - footer)).code == "incomplete"


@pytest.mark.parametrize(
    ("data", "code", "name"),
    [
        (b"hello, I am a text file\n" * 50, "other_format", "TXT"),
        (("Прес-служба\n" * 50).encode(), "other_format", "TXT"),
        (b'\n {"error": "denied"}', "other_format", "JSON"),
        (b"\xef\xbb\xbf\r\n<!doctype html><title>Log in</title>", "other_format", "HTML"),
        (b"MZ\x90\x00" + bytes(500), "other_format", "EXE"),
        (b"\x00\x00\x00\x1cftypavif" + bytes(500), "other_format", "AVIF"),
        (b"\x00\x00\x01\x00RED2" + bytes(500), "other_container", "REDCODE (R3D)"),
        (b"RIFX\x00\x00\x00\x00WAVE", "other_container", "RIFX"),
        (b"\x00" * 5000, "not_media", None),
        (b"\x01", "not_media", None),
        (b"\x01G" * 5000, "not_media", None),
        (b"#EXTM3U\n#EXT-X-VERSION:3\nfile:///etc/passwd\n", "other_format", "HLS playlist"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "other_format", "ffconcat"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 500, "other_format", "PNG"),
        (b"\xff\xd8\xff\xe0" + b"\x00" * 500, "other_format", "JPEG"),
        (b"%PDF-1.7\n" * 20, "other_format", "PDF"),
        (b"<?xml version='1.0'?><MPD></MPD>", "other_format", "XML"),
        (b"\x00\x00\x00\x18ftypheic" + b"\x00" * 500, "other_format", "HEIF"),
        (b"fLaC" + b"\x00" * 500, "other_container", "FLAC"),
        (b"ID3\x04\x00\x00\x00\x00\x00\x0a" + bytes(10) + b"fLaC", "other_container", "FLAC"),
        (b"FORM\x00\x00\x00\x00AIFF" + b"\x00" * 500, "other_container", "AIFF"),
        (b"RIFF\x00\x00\x00\x00AVI LIST", "other_container", "AVI"),
        (b"\x1aE\xdf\xa3\x42\x82\x84webm", "other_container", "WebM"),
        (b"\x1aE\xdf\xa3\x42\x82\x88matroska", "other_container", "Matroska"),
        (b"\x00\x00\x01\xba\x44", "other_container", "MPEG-PS"),
        (b"\xff\xf1\x50\x80" + b"\x00" * 500, "other_container", "AAC (ADTS)"),
    ],
)
def test_what_we_do_not_take_is_named_if_anybody_can_name_it(
    data: bytes, code: str, name: str | None
) -> None:
    finding = rejected(data)
    assert finding.code == code
    assert [*finding.values.values()] == ([name] if name else [])


@pytest.mark.parametrize(
    "data",
    [
        b"\x00\x00\x00\x18ftypisom" + b"\x00" * 12,
        b"\x00\x00\x00\x00ftypisom" + b"\x00" * 12,
        b"\xff\xff\xff\xffftypisom" + b"\x00" * 64,
        b"\x00\x00\x00\x10ftypqt  \x00\x00\x00\x00\x00\x00\x00\x08moov",
        b"RIFF\xff\xff\xff\xffWAVEfmt \xff\xff\xff\x7f",
        b"RIFF\x00\x00\x00\x00WAVEdata\x00\x00\x00\x00",
        bytes.fromhex("060e2b34020501010d01020101020400") + b"\x83\xff\xff\xff" + b"\xff" * 200,
        b"ID3\x04" + b"\xff" * 300,
    ],
)
def test_a_crafted_header_is_refused_and_breaks_nothing(data: bytes) -> None:
    assert rejected(data).severity == "rejected"


@pytest.mark.thorough
@pytest.mark.parametrize(
    "recipe",
    [
        media_files.XDCAM,
        media_files.DNXHR,
        media_files.WEB,
        media_files.PREVIEW,
        media_files.WAV,
        media_files.STREAM,
    ],
    ids=["mxf", "mov", "mp4", "faststart", "wav", "ts"],
)
def test_a_damaged_file_is_told_or_refused_and_breaks_nothing(recipe: media_files.Recipe) -> None:
    whole, chance = make(recipe), random.Random(recipe.container)
    for _ in range(40):
        damaged = bytearray(whole)
        for _ in range(chance.choice((1, 5, 30))):
            # Indexes stand at either end.
            place = chance.choice((chance.randrange(4000), -1 - chance.randrange(4000)))
            damaged[place] = chance.randrange(256)
        with suppress(RejectedError):
            assert format_names.label_of(facts_of(bytes(damaged)))


def test_a_codec_that_nobody_knows_is_told_by_its_name() -> None:
    data = make(replace(media_files.PREVIEW, sound=None)).replace(b"avc1", b"zzz1")
    finding = rejected(data)
    assert (finding.code, dict(finding.values)) == ("unknown_codec", {"codec": "zzz1"})


def test_a_file_of_neither_picture_nor_sound_is_refused() -> None:
    data = (
        make(replace(media_files.PREVIEW, sound=None))
        .replace(b"vide", b"text")
        .replace(b"avc1", b"text")
    )
    assert rejected(data).code == "no_streams"


def sparse(head: bytes, size: int, tail: bytes = b"") -> tuple[RangedFile, list[int]]:
    """Return a huge file that exists only where it is looked at, and what was read of it."""
    read: list[int] = []

    def read_range(start: int, length: int) -> bytes:
        read.append(length)
        whole = bytearray(length)
        for offset, part in ((0, head), (size - len(tail), tail)):
            for place in range(max(start, offset), min(start + length, offset + len(part))):
                whole[place - start] = part[place - offset]
        return bytes(whole)

    return RangedFile(read_range, size), read


def test_reading_does_not_grow_with_the_file() -> None:
    data = make(replace(media_files.WEB, options=()))
    mdat = data.index(b"mdat") - 4
    length = int.from_bytes(data[mdat : mdat + 4], "big")
    head, tail = data[: mdat + length], data[mdat + length :]
    grown: list[int] = []
    for padding in (10_000_000, 40_000_000_000):
        size = len(head) + 8 + padding + len(tail)
        # The padding lies in mdat, which gets the 64-bit size that large files have.
        large = (1).to_bytes(4, "big") + b"mdat" + (length + 8 + padding).to_bytes(8, "big")
        file, read = sparse(head[:mdat] + large + head[mdat + 8 :], size, tail)
        assert examine(file) == Structure("MP4", index_first=False)
        grown.append(len(read))
        assert sum(read) <= 4 * BLOCK
    assert grown[0] == grown[1]


@pytest.mark.parametrize(
    "recipe", [media_files.XDCAM, media_files.DNXHR, media_files.WEB, media_files.WAV]
)
def test_a_probe_stays_under_its_budget(recipe: media_files.Recipe) -> None:
    file = open_bytes(make(recipe))
    probe(file)
    assert file.bytes_read <= BUDGET


def test_a_file_that_needs_more_than_its_budget_is_refused_and_says_so() -> None:
    with pytest.raises(RejectedError) as error:
        probe(open_bytes(make(media_files.XDCAM), budget=BLOCK))
    assert error.value.finding.code == "over_budget"


def test_a_fault_of_storage_is_not_taken_for_a_broken_file() -> None:
    class StorageError(Exception):
        pass

    def fail(start: int, length: int) -> bytes:
        if start:
            raise StorageError
        return data[start : start + length]

    data = make(media_files.XDCAM)
    with pytest.raises(StorageError):
        probe(RangedFile(fail, len(data)))


def test_a_ranged_file_reads_each_block_once_and_seeks_like_a_file() -> None:
    data = bytes(range(256)) * (4 * BLOCK // 256)
    ranges: list[tuple[int, int]] = []

    def read_range(start: int, length: int) -> bytes:
        ranges.append((start, length))
        return data[start : start + length]

    file = RangedFile(read_range, len(data))
    assert file.read(10) == data[:10]
    assert file.read_at(BLOCK - 5, 10) == data[BLOCK - 5 : BLOCK + 5]
    assert file.seek(-10, 2) == len(data) - 10
    assert file.read() == data[-10:]
    assert file.read(5) == b""
    file.seek(len(data) + 5)
    assert file.read(5) == b""
    file.seek(3)
    assert file.seek(4, 1) == 7
    assert ranges == [(0, BLOCK), (BLOCK, BLOCK), (3 * BLOCK, BLOCK)]
    assert file.bytes_read == 3 * BLOCK


def test_no_byte_is_read_beyond_the_budget() -> None:
    file = open_bytes(bytes(BLOCK * 3), budget=BLOCK * 2)
    file.read(BLOCK * 2)
    with pytest.raises(OverBudgetError):
        file.read(1)
    assert file.bytes_read == BLOCK * 2


@pytest.mark.parametrize("length", range(13, 18))
def test_an_mxf_that_ends_within_its_first_label_is_incomplete(length: int) -> None:
    label = bytes.fromhex("060e2b34020501010d0102010102040083")
    assert rejected(label[:length]).code in {"incomplete", "no_index"}


def test_an_mxf_that_ends_within_its_footers_label_is_incomplete() -> None:
    whole = make(media_files.XDCAM)
    footer = whole.rindex(bytes.fromhex("060e2b34020501010d0102010104"))
    for length in range(13, 18):
        assert rejected(whole[: footer + length]).code == "incomplete"


def peak() -> int:
    """Return the most memory in bytes that this process held since ``clear_refs`` was written."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="reads Linux's /proc")
def test_an_index_that_claims_more_samples_than_memory_holds_takes_no_memory() -> None:
    """Three kilobytes for which FFmpeg would take two gigabytes, and Lambda end the invocation."""
    claimed = (70_000_000).to_bytes(4, "big")
    bomb = bytearray(make(media_files.PREVIEW))
    sizes = bomb.index(b"stsz")
    bomb[sizes + 8 : sizes + 16] = (1).to_bytes(4, "big") + claimed
    times = bomb.index(b"stts")
    bomb[times + 12 : times + 16] = claimed
    chunks = bomb.index(b"stsc")
    bomb[chunks + 16 : chunks + 20] = claimed
    Path("/proc/self/clear_refs").write_text("5")  # proc(5): begin a new peak
    before = peak()
    with suppress(RejectedError):
        facts_of(bytes(bomb))
    poster.from_video(open_bytes(bytes(bomb)))
    assert peak() - before < memory_limit.MOST
    assert facts_of(make(media_files.PREVIEW)).video is not None


def test_looks_that_overlap_leave_no_limit_behind() -> None:
    before = resource.getrlimit(resource.RLIMIT_AS)
    first, second = memory_limit.bounded(), memory_limit.bounded()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert resource.getrlimit(resource.RLIMIT_AS) != before
    second.__exit__(None, None, None)
    assert resource.getrlimit(resource.RLIMIT_AS) == before
