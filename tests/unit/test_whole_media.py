"""Whole means that the pictures are there and can be played, not only that the boxes add up."""

from dataclasses import replace
from fractions import Fraction

import pytest
from newsreel.catalogue.findings import Finding, RejectedError
from newsreel.media import format_names, frame_rates
from newsreel.media.probe import MediaFacts, probe
from newsreel.media.ranged_file import RangedFile

from tests.support import media_files
from tests.support.media_files import make

SILENT = replace(media_files.PREVIEW, sound=None)


def opened(data: bytes) -> RangedFile:
    return RangedFile(lambda start, length: data[start : start + length], len(data))


def facts_of(data: bytes) -> MediaFacts:
    return probe(opened(data))


def refused(data: bytes) -> Finding:
    with pytest.raises(RejectedError) as error:
        facts_of(data)
    return error.value.finding


def open_ended(data: bytes) -> bytes:
    """Return a file whose samples go "to the end of the file" (ISO/IEC 14496-12, 4.2)."""
    at = data.index(b"mdat") - 4
    return data[:at] + bytes(4) + data[at + 4 :]


def test_samples_that_go_on_to_the_end_of_the_file_are_accepted_if_they_are_there() -> None:
    assert facts_of(open_ended(make(media_files.PREVIEW))).video is not None


@pytest.mark.parametrize("left", [0.5, 0.9, 0.999])
def test_samples_that_go_on_to_the_end_of_the_file_are_missed_if_it_was_cut(left: float) -> None:
    data = open_ended(make(media_files.PREVIEW))
    start = data.index(b"mdat") + 4
    cut = data[: start + int((len(data) - start) * left)]
    finding = refused(cut)
    assert finding.code == "incomplete"
    assert finding.values["found"] == len(cut)


def test_an_index_without_any_of_its_samples_is_incomplete() -> None:
    data = make(media_files.PREVIEW)
    assert refused(data[: data.index(b"mdat") - 4]).code == "incomplete"


@pytest.mark.thorough
def test_samples_that_lie_before_others_are_missed_too() -> None:
    """The last chunk of the table need not be the last one in the file."""
    data = bytearray(open_ended(make(replace(media_files.PREVIEW, frames=100, seconds=4))))
    table = data.index(b"stco") + 8
    assert int.from_bytes(data[table : table + 4], "big") > 1
    data[table + 4 : table + 8] = (len(data) + 100).to_bytes(4, "big")
    assert refused(bytes(data)).code == "incomplete"


def test_a_first_segment_alone_holds_nothing() -> None:
    data = make(media_files.FRAGMENTED)
    assert refused(data[: data.index(b"moof") - 4]).code == "no_samples"


def test_a_first_segment_that_claims_a_length_holds_nothing_either() -> None:
    data = bytearray(make(media_files.FRAGMENTED))
    header = data.index(b"mvhd") + 4
    data[header + 16 : header + 20] = (3_900_000).to_bytes(4, "big")
    assert refused(bytes(data[: data.index(b"moof") - 4])).code == "no_samples"


@pytest.mark.parametrize("with_trailer", [True, False])
def test_the_length_of_fragments_is_their_own_whatever_the_index_claims(
    with_trailer: bool,
) -> None:
    data = bytearray(make(replace(media_files.FRAGMENTED, sound=None)))
    header = data.index(b"mvhd") + 4
    data[header + 16 : header + 20] = (3_900_000).to_bytes(4, "big")
    trailer = int.from_bytes(data[-4:], "big")
    facts = facts_of(bytes(data if with_trailer else data[:-trailer]))
    assert facts.duration == pytest.approx(0.48, abs=0.05)


def test_a_last_fragment_that_goes_on_to_the_end_is_missed_if_it_was_cut() -> None:
    whole = make(media_files.FRAGMENTED)
    trailer = int.from_bytes(whole[-4:], "big")
    data = whole[:-trailer]
    at = data.rindex(b"mdat") - 4
    data = data[:at] + bytes(4) + data[at + 4 :]
    assert facts_of(data).video is not None
    assert refused(data[:-200]).code == "incomplete"


@pytest.mark.thorough
@pytest.mark.parametrize("options", [(), (("movflags", "+frag_keyframe+empty_moov"),)])
def test_an_encrypted_mp4_is_refused(options: tuple[tuple[str, str], ...]) -> None:
    scheme = (
        ("encryption_scheme", "cenc-aes-ctr"),
        ("encryption_key", "76a6c65c5ea762046bd749a2e632ccbb"),
        ("encryption_kid", "a7e61c373e219033c21091fa607bf3b8"),
    )
    recipe = replace(SILENT, options=(*options, *scheme))
    assert refused(make(recipe)).code == "encrypted"


@pytest.mark.parametrize("entry", [b"encv", b"drmi"])
def test_an_mp4_whose_samples_are_called_encrypted_is_refused(entry: bytes) -> None:
    assert refused(make(SILENT).replace(b"avc1", entry)).code == "encrypted"


def test_a_scrambled_transport_stream_is_refused() -> None:
    data = bytearray(make(replace(media_files.STREAM, frames=50, seconds=2)))
    for at in range(0, len(data), 188):
        data[at + 3] |= 0x80
    assert refused(bytes(data)).code == "encrypted"


def test_an_mxf_of_encrypted_essence_is_refused() -> None:
    data = make(media_files.XDCAM)
    plain = bytes.fromhex("060e2b34040101020d01030102046001")
    assert plain in data
    sealed = bytes.fromhex("060e2b34040101070d010301020b0100")
    assert refused(data.replace(plain, sealed)).code == "encrypted"


def test_a_movie_whose_pictures_are_in_other_files_is_refused() -> None:
    data = make(replace(media_files.DNXHR, options=(("movflags", "+faststart"),), sound=None))
    alone = bytearray(data[: data.index(b"mdat") - 4])
    at = 0
    while (at := alone.find(b"dref", at)) >= 0:
        alone[at + 23] = 0  # not "in this same file"
        at += 4
    assert refused(bytes(alone)).code == "elsewhere"


def test_a_wave_file_without_sound_is_refused() -> None:
    data = make(media_files.WAV)
    assert refused(data[: data.index(b"data") + 4] + bytes(4)).code == "no_samples"


@pytest.mark.parametrize("length", [b"\x00\x00\x00\x00", b"\xff\xff\xff\xff"])
def test_a_wave_file_that_does_not_know_its_length_is_taken_with_a_note(length: bytes) -> None:
    data = make(media_files.WAV)
    at = data.index(b"data") + 4
    facts = facts_of(data[:at] + length + data[at + 4 :])
    assert [finding.code for finding in facts.findings] == ["length_unknown"]
    assert facts.audio is not None


def test_an_mp3_that_was_cut_is_incomplete() -> None:
    data = make(replace(media_files.MP3, seconds=4))
    assert facts_of(data).audio is not None
    assert refused(data[: len(data) // 2]).code == "incomplete"


def test_an_mp3_that_ends_within_its_tag_is_incomplete() -> None:
    assert refused(b"ID3\x04\x00\x00\x00\x00\x7f\x7f" + bytes(500)).code == "incomplete"


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("sound", "kind", "codes"),
    [
        (None, "preview", set()),
        ("aac", "preview", set()),
        ("libmp3lame", "preview", set()),
        ("libopus", "preview", set()),
        ("ac3", "web", {"preview_sound"}),
        ("eac3", "web", {"preview_sound"}),
        ("alac", "web", {"preview_sound"}),
    ],
)
def test_a_preview_has_sound_that_browsers_play_or_none(
    sound: str | None, kind: str, codes: set[str]
) -> None:
    facts = facts_of(make(replace(media_files.PREVIEW, sound=sound)))
    assert format_names.kind_of(facts) == kind
    assert {finding.code for finding in format_names.remarks_of(facts)} == codes


@pytest.mark.thorough
def test_what_is_no_preview_for_its_picture_needs_no_word_on_its_sound() -> None:
    assert format_names.remarks_of(facts_of(make(replace(media_files.WEB, sound="ac3")))) == ()


@pytest.mark.parametrize(
    "recipe",
    [
        replace(SILENT, frames=1),
        replace(SILENT, frames=1, rate=Fraction(30000, 1001)),
        replace(media_files.FRAGMENTED, frames=1, sound=None),
        replace(media_files.DNXHR, frames=1, sound=None, timecode=None),
        replace(media_files.STREAM, frames=1, sound=None),
    ],
)
def test_the_rate_of_a_single_picture_is_not_its_time_scale(recipe: media_files.Recipe) -> None:
    video = facts_of(make(recipe)).video
    assert video is not None
    assert video.frame_rate in {None, str(recipe.rate)}


@pytest.mark.parametrize(
    ("runs", "rate"),
    [
        ([(100, 512)], Fraction(25)),
        ([(99, 512), (1, 1)], Fraction(25)),
        ([(99, 512), (1, 90_000)], Fraction(25)),
        ([(1, 512)], None),
        ([(1, 0)], None),
        ([], None),
        ([(2, 0)], None),
    ],
)
def test_the_length_of_the_last_picture_changes_no_rate(
    runs: list[tuple[int, int]], rate: Fraction | None
) -> None:
    assert frame_rates.of_runs(runs, 12_800) == rate


@pytest.mark.parametrize(
    ("average", "guesses", "duration", "rate"),
    [
        (Fraction(2999, 100), [Fraction(30)], 10, Fraction(30)),
        (Fraction(3002, 100), [Fraction(30)], 10, Fraction(30)),
        (Fraction(45000, 1499), [Fraction(45000, 1499), Fraction(30)], 0.171, Fraction(30)),
        (Fraction(25), [Fraction(50)], 0.4, Fraction(25)),
        (Fraction(29970, 1000), [Fraction(30)], 600, Fraction(30000, 1001)),
        (None, [Fraction(90_000), None], 10, None),
        (Fraction(90_000), [Fraction(12_800)], 10, None),
        (None, [Fraction(25)], 0, Fraction(25)),
        (Fraction(240), [Fraction(240)], 2, Fraction(240)),
        (Fraction(10), [Fraction(10)], 2, Fraction(10)),
    ],
)
def test_a_rate_is_the_one_that_was_meant_and_never_a_time_scale(
    average: Fraction | None,
    guesses: list[Fraction | None],
    duration: float,
    rate: Fraction | None,
) -> None:
    assert frame_rates.chosen(average, guesses, duration) == rate


def transport_packets(data: bytes, size: int) -> bytes:
    packets = [data[at : at + 188] for at in range(0, len(data), 188)]
    return b"".join(packet + bytes(size - 188) for packet in packets)


STREAM = make(replace(media_files.STREAM, frames=50, seconds=2))


@pytest.mark.parametrize(
    "data",
    [
        transport_packets(STREAM, 204),
        STREAM[100:],
        STREAM[187:],
        transport_packets(STREAM, 204)[150:],
    ],
    ids=["204 bytes", "within a packet", "a byte before a packet", "204 bytes, within a packet"],
)
def test_a_transport_stream_may_have_other_packets_and_begin_within_one(data: bytes) -> None:
    facts = facts_of(data)
    assert facts.structure.container == "MPEG-TS"
    assert facts.video is not None


def test_a_movie_that_begins_with_a_preview_picture_is_a_movie() -> None:
    data = make(media_files.DNXHR)
    late = data.index(b"moov") > data.index(b"mdat")
    assert late
    pnot = (20).to_bytes(4, "big") + b"pnot" + bytes(12)
    # In front of everything but the offsets: they are counted from the start of the file.
    shifted = bytearray(pnot + data)
    at = 0
    while (at := shifted.find(b"stco", at)) >= 0:
        for n in range(int.from_bytes(shifted[at + 8 : at + 12], "big")):
            place = at + 12 + 4 * n
            offset = int.from_bytes(shifted[place : place + 4], "big") + len(pnot)
            shifted[place : place + 4] = offset.to_bytes(4, "big")
        at += 4
    facts = facts_of(bytes(shifted))
    assert facts.structure.container == "MOV"
    assert facts.video is not None


def test_sound_of_layer_ii_and_zeros_before_the_first_frame_are_taken() -> None:
    second = facts_of(make(media_files.Recipe("mp2", sound="mp2")))
    assert (second.structure.container, format_names.label_of(second)) == (
        "MP2",
        "MP2, 48 kHz stereo",
    )
    third = facts_of(bytes(1500) + make(media_files.MP3))
    assert third.structure.container == "MP3"
