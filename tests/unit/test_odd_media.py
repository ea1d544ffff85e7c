"""Files as cameras, recorders and programs leave them: odd, and still what they are."""

import random
import struct
from dataclasses import replace
from fractions import Fraction

import pytest
from newsreel.catalogue.findings import Finding, RejectedError
from newsreel.media import format_names, frame_rates, poster
from newsreel.media.probe import MediaFacts, probe
from newsreel.media.ranged_file import RangedFile

from tests.support import media_files
from tests.support.media_files import make

SILENT = replace(media_files.PREVIEW, sound=None)
ONE = 0x10000
"""1 in a matrix's numbers, 16.16 bits."""
QUARTER, HALF = (0, ONE, -ONE, 0), (-ONE, 0, 0, -ONE)


def opened(data: bytes) -> RangedFile:
    return RangedFile(lambda start, length: data[start : start + length], len(data))


def facts_of(data: bytes) -> MediaFacts:
    return probe(opened(data))


def refused(data: bytes) -> Finding:
    with pytest.raises(RejectedError) as caught:
        facts_of(data)
    return caught.value.finding


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


def with_matrix(data: bytes, header: bytes, matrix: tuple[int, int, int, int]) -> bytes:
    """Return an MP4 with another matrix in the header of its movie or of its first track."""
    a, b, c, d = matrix
    at = data.index(header) + 4 + {b"mvhd": 36, b"tkhd": 40}[header]
    return data[:at] + struct.pack(">5i", a, b, 0, c, d) + data[at + 20 :]


@pytest.mark.parametrize(
    ("matrix", "rotation"),
    [
        ((-1, ONE, -ONE, -1), 90),
        ((2, -ONE, ONE, -2), 270),
        ((-ONE, 3, -3, -ONE), 180),
        ((-1144, 65526, -65526, -1144), 90),  # 91 degrees
        ((65526, 1144, -1144, 65526), 0),
        ((0, 0, 0, 0), 0),
    ],
)
def test_a_picture_is_turned_to_the_nearest_quarter(
    matrix: tuple[int, int, int, int], rotation: int
) -> None:
    video = facts_of(with_matrix(make(SILENT), b"tkhd", matrix)).video
    assert video is not None
    assert video.rotation == rotation


@pytest.mark.parametrize(
    ("movie", "track", "rotation"),
    [
        (QUARTER, (ONE, 0, 0, ONE), 90),
        (QUARTER, QUARTER, 180),
        (HALF, QUARTER, 270),
        ((0, -ONE, ONE, 0), QUARTER, 0),
    ],
)
def test_the_header_of_the_movie_turns_its_tracks_once_more(
    movie: tuple[int, int, int, int], track: tuple[int, int, int, int], rotation: int
) -> None:
    data = with_matrix(with_matrix(make(SILENT), b"tkhd", track), b"mvhd", movie)
    video = facts_of(data).video
    assert video is not None
    assert video.rotation == rotation


@pytest.mark.parametrize(
    "recipe",
    [
        replace(media_files.PREVIEW, frames=50, options=(("use_editlist", "0"),)),
        replace(
            media_files.FRAGMENTED,
            frames=60,
            seconds=2.4,
            codec_options=(("g", "12"), ("bf", "0")),
            options=(("movflags", "+frag_keyframe+empty_moov+default_base_moof"),),
        ),
    ],
    ids=["whole", "fragments"],
)
def test_a_first_frame_that_lasts_until_the_sound_is_there_changes_no_rate(
    recipe: media_files.Recipe,
) -> None:
    facts = facts_of(make(recipe))
    assert facts.video is not None
    assert facts.video.frame_rate == "25"
    assert "variable_frame_rate" not in {finding.code for finding in facts.findings}


def test_one_odd_frame_is_no_variable_rate_and_several_are() -> None:
    steady = [512] * 100
    assert not frame_rates.varies([786, *steady])
    assert not frame_rates.varies([*steady, 1024, *steady])
    assert frame_rates.varies([786, *steady, 1024])
    # Sound that begins 44 ms before 50 frames a second: 49.98 in a minute.
    assert frame_rates.of_runs([(1, 256 + 563), (2999, 256)], 12800) == Fraction(50)


@pytest.mark.parametrize(
    "end",
    [b"\xde\xad\xbe\xef" * 300, b"a camera's own words\n" * 20, box(b"free", b"") * 300],
    ids=["bytes", "text", "boxes"],
)
def test_what_a_camera_writes_behind_a_whole_film_does_no_harm(end: bytes) -> None:
    assert facts_of(make(SILENT) + end).video is not None


@pytest.mark.parametrize("kind", [b"mdat", b"free", b"uuid", b"moof"])
def test_a_box_that_is_cut_at_the_end_is_missed(kind: bytes) -> None:
    assert refused(make(SILENT) + struct.pack(">I4s", 5000, kind)).code == "incomplete"


def test_fragments_may_be_followed_by_zeros() -> None:
    options = (("movflags", "+frag_keyframe+empty_moov+default_base_moof+skip_trailer"),)
    data = make(replace(media_files.FRAGMENTED, options=options))
    assert facts_of(data + bytes(3000)).duration == facts_of(data).duration


def test_a_wave_file_may_have_hundreds_of_chunks() -> None:
    data = make(media_files.WAV)
    chunks = (b"note" + struct.pack("<I", 2) + b"ab") * 500
    assert facts_of(data[:12] + chunks + data[12:]).audio is not None


@pytest.mark.parametrize("begin", [b"", box(b"ftyp", b"qt  " + bytes(4) + b"qt  ")])
def test_a_movie_that_names_other_movies_is_refused_by_that(begin: bytes) -> None:
    reference = b"\x00\x00\x00\x00url " + struct.pack(">I", 9) + b"rtsp://x\x00"
    movie = box(b"rmra", box(b"rmda", box(b"rdrf", reference)))
    assert refused(begin + box(b"moov", movie)).code == "elsewhere"


def test_pictures_in_another_file_are_told_though_there_is_a_box_of_samples() -> None:
    data = make(replace(media_files.DNXHR, options=(("movflags", "+faststart"),), sound=None))
    at = data.index(b"dref") + 4 + 8 + 8
    index = data[:at] + bytes(4) + data[at + 4 : data.index(b"mdat") - 4]
    assert refused(index + box(b"mdat", b"a time code")).code == "elsewhere"


@pytest.mark.parametrize("start", [b"moof", b"sidx", b"emsg", b"styp"])
def test_a_segment_without_its_beginning_lacks_its_index(start: bytes) -> None:
    data = make(media_files.FRAGMENTED)
    segment = data[data.index(b"moof") - 4 :]
    begin = b"" if start == b"moof" else box(start, bytes(40))
    assert refused(begin + segment).code == "no_index"


def test_pictures_that_nothing_decodes_are_not_passed_over_for_their_sound() -> None:
    finding = refused(make(media_files.PREVIEW).replace(b"avc1", b"brhq"))
    assert (finding.code, dict(finding.values)) == ("unknown_codec", {"codec": "brhq"})


def test_sound_that_nothing_decodes_is_told_and_makes_no_preview() -> None:
    data = make(media_files.PREVIEW).replace(b"mp4a", b"mhm1").replace(b"esds", b"free")
    facts = facts_of(data)
    assert facts.audio is not None
    assert (facts.audio.codec, facts.audio.channels) == ("MPEG-H", 2)
    assert facts.audio.sample_rate == 48000
    assert format_names.kind_of(facts) == "web"
    assert [finding.code for finding in format_names.remarks_of(facts)] == ["preview_sound"]


MP3 = make(replace(media_files.MP3, seconds=2))


@pytest.mark.parametrize(
    "data",
    [MP3[len(MP3) // 3 :], b"\x55" * 1000 + MP3, b"\x9c\xff\xfb\x00" * 500 + MP3],
    ids=["within a frame", "behind text", "behind what looks like frames"],
)
def test_mpeg_audio_may_begin_within_a_frame_or_behind_something(data: bytes) -> None:
    facts = facts_of(data)
    assert facts.structure.container == "MP3"
    assert facts.audio is not None


def test_a_transport_stream_may_stand_behind_a_recorders_header() -> None:
    assert facts_of(bytes(3760) + make(media_files.STREAM)).structure.container == "MPEG-TS"


def test_the_fields_of_a_few_pictures_are_not_taken_for_pictures() -> None:
    interlaced = (("flags", "+ilme+ildct"), ("bf", "0"))
    whole = make(
        media_files.Recipe("mpegts", "mpeg2video", (720, 576), codec_options=interlaced, frames=25)
    )
    labels = {
        format_names.label_of(facts_of(whole[: len(whole) * share // 100]))
        for share in (16, 18, 20, 50, 100)
    }
    assert labels <= {"MPEG-2, 576i", "MPEG-2, 576i50"}


@pytest.mark.parametrize("seed", range(20))
def test_noise_is_no_sound(seed: int) -> None:
    noise = random.Random(seed).randbytes(80_000).replace(b"\x47", b"\xff")
    assert refused(b"\x00\x01" + noise).code == "not_media"


def test_of_a_tag_with_large_pictures_nothing_is_read() -> None:
    size = 20_000_000
    length = bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
    tag = b"ID3\x03\x00\x00" + length + b"APIC" + struct.pack(">I", size - 10) + bytes(size - 6)
    file = opened(tag + MP3)
    assert probe(file).audio is not None
    assert file.bytes_read < 500_000


def with_edit(data: bytes, duration: int, start: int) -> bytes:
    """Return an MP4 whose first track shows this part of it."""
    at = data.index(b"elst") + 4 + 8
    return data[:at] + struct.pack(">Ii", duration, start) + data[at + 8 :]


@pytest.mark.parametrize(("duration", "start"), [(0, 0), (480, 99_999_999)])
def test_an_edit_list_that_leaves_nothing_costs_no_poster(duration: int, start: int) -> None:
    data = make(SILENT)
    file = opened(with_edit(data, duration, start))
    assert poster.from_video(file) is not None


def test_what_an_edit_list_cuts_away_is_no_poster() -> None:
    def paint(frame: object, number: int) -> None:
        chosen = media_files.moving if number < 12 else media_files.black
        chosen(frame, number)  # type: ignore[arg-type]

    recipe = replace(SILENT, frames=24, codec_options=(("g", "1"), ("bf", "0")), paint=paint)
    data = make(recipe)
    assert poster.from_video(opened(data)) is not None
    assert poster.from_video(opened(with_edit(data, 480, 12 * 512))) is None


def with_dolby_vision(data: bytes, profile: int) -> bytes:
    """Return an MP4 with the index at its end whose pictures are said to be Dolby Vision."""
    record = bytes([1, 0, profile << 1, 0x2D]) + bytes(20)
    more = box(b"dvcC", record)
    at = data.index(b"avc1", data.index(b"stsd"))
    grown = bytearray(data)
    for kind in (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd", b"avc1"):
        place = data.rindex(kind, 0, at + 4) - 4
        size = int.from_bytes(grown[place : place + 4], "big") + len(more)
        grown[place : place + 4] = size.to_bytes(4, "big")
    end = at - 4 + int.from_bytes(data[at - 4 : at], "big")
    return bytes(grown[:end]) + more + bytes(grown[end:])


def test_dolby_vision_alone_is_told_as_hdr_and_has_no_poster_of_wrong_colours() -> None:
    data = make(replace(SILENT, options=()))
    alone = with_dolby_vision(data, 5)
    assert format_names.label_of(facts_of(alone)).endswith("360p25 PQ")
    assert poster.from_video(opened(alone)) is None
    both = with_dolby_vision(data, 8)
    assert format_names.label_of(facts_of(both)).endswith("360p25")
    assert poster.from_video(opened(both)) is not None


def with_large_index(data: bytes) -> bytes:
    """Return an MP4 with the index at its end, which a large picture in its notes makes large."""
    more = box(b"udta", bytes(3_000_000))
    at = data.index(b"moov") - 4
    size = int.from_bytes(data[at : at + 4], "big") + len(more)
    return data[:at] + size.to_bytes(4, "big") + data[at + 4 :] + more


def test_an_edit_list_shortens_a_film_of_many_hours_too() -> None:
    recipe = replace(SILENT, frames=100, options=(), codec_options=(("g", "5"), ("bf", "0")))
    whole = make(recipe)
    assert whole.index(b"moov") > whole.index(b"mdat")
    assert facts_of(with_large_index(whole)).duration == facts_of(whole).duration == 4
    trimmed = with_edit(whole, 1200, 50 * 512)
    assert facts_of(with_large_index(trimmed)).duration == facts_of(trimmed).duration == 1.2


def test_what_an_edit_list_cuts_away_is_no_poster_of_a_long_film_either() -> None:
    def paint(frame: object, number: int) -> None:
        chosen = media_files.moving if number < 50 else media_files.black
        chosen(frame, number)  # type: ignore[arg-type]

    codec = (("g", "5"), ("bf", "0"))
    data = make(replace(SILENT, frames=100, options=(), codec_options=codec, paint=paint))
    assert poster.from_video(opened(with_large_index(data))) is not None
    kept = with_large_index(with_edit(data, 1600, 60 * 512))
    assert poster.from_video(opened(kept)) is None
