"""A fragmented MP4 that is cut between two fragments is noticed by what its beginning promises."""

import struct
from dataclasses import replace

import pytest
from newsreel.catalogue.findings import RejectedError
from newsreel.media.probe import probe
from newsreel.media.ranged_file import RangedFile

from tests.support import media_files
from tests.support.media_files import make

BARE = "+frag_keyframe+empty_moov+default_base_moof+skip_trailer"
FILM = replace(media_files.FRAGMENTED, size=(64, 48), frames=75, seconds=3.0)
FILM = replace(FILM, codec_options=(("g", "25"), ("sc_threshold", "0")))


def written(flags: str, *, sound: str | None = "aac") -> bytes:
    return make(replace(FILM, sound=sound, options=(("movflags", flags),)))


def before_the_last_fragment(data: bytes) -> bytes:
    return data[: data.rindex(b"moof") - 4]


def is_accepted(data: bytes) -> bool:
    try:
        probe(RangedFile(lambda start, length: data[start : start + length], len(data)))
    except RejectedError as error:
        return error.finding.code != "incomplete"
    return True


def promising(data: bytes, ticks: int, *, long: bool = False) -> bytes:
    """Return a fragmented MP4 whose index says how long it is with its fragments ("mehd")."""
    body = struct.pack(">IQ", 1 << 24, ticks) if long else struct.pack(">II", 0, ticks)
    box = struct.pack(">I4s", 8 + len(body), b"mehd") + body
    at = data.index(b"mvex") + 4
    grown = bytearray(data[:at] + box + data[at:])
    for kind in (b"moov", b"mvex"):
        place = data.index(kind) - 4
        size = int.from_bytes(data[place : place + 4], "big") + len(box)
        grown[place : place + 4] = size.to_bytes(4, "big")
    return bytes(grown)


def saying(data: bytes, box: bytes, ticks: int) -> bytes:
    """Return an MP4 that says in these headers, all of version 0, how long it is."""
    changed, at = bytearray(data), data.find(box)
    while 0 <= at < data.index(b"moof"):
        changed[at + 20 : at + 24] = ticks.to_bytes(4, "big")
        at = data.find(box, at + 4)
    return bytes(changed)


@pytest.mark.parametrize("long", [False, True])
def test_less_than_the_index_promises_with_all_fragments_is_incomplete(long: bool) -> None:
    data = promising(written(BARE), 3000, long=long)
    assert is_accepted(data)
    assert not is_accepted(before_the_last_fragment(data))
    assert not is_accepted(data[: data.index(b"moof", data.index(b"moof") + 4) - 4])


@pytest.mark.parametrize("ticks", [0, 2**32 - 1, 3 * 12_800])
def test_a_promise_that_is_unknown_or_in_ticks_of_a_track_refuses_nothing(ticks: int) -> None:
    assert is_accepted(promising(written(BARE, sound=None), ticks))


def test_a_film_that_begins_late_is_not_as_long_as_its_samples() -> None:
    data = promising(written("+frag_keyframe+delay_moov+skip_trailer"), 8000)
    assert not is_accepted(data)
    at = data.index(b"elst") + 4
    count = int.from_bytes(data[at + 4 : at + 8], "big")
    assert count == 1
    late = data[: at + 8] + struct.pack(">Ii", 5000, -1) + data[at + 16 :]
    assert is_accepted(late)


def test_the_length_of_movie_and_tracks_is_a_promise_if_they_agree() -> None:
    data = saying(written(BARE, sound=None), b"mvhd", 3000)
    assert is_accepted(before_the_last_fragment(data))
    both = saying(data, b"mdhd", 3 * 12_800)
    assert is_accepted(both)
    assert not is_accepted(before_the_last_fragment(both))


def test_less_than_an_index_of_segments_counts_is_incomplete() -> None:
    data = written("+frag_keyframe+empty_moov+global_sidx")
    trailer = int.from_bytes(data[-4:], "big")
    assert is_accepted(data)
    assert is_accepted(data[:-trailer])
    assert not is_accepted(before_the_last_fragment(data))


def test_a_list_at_the_end_shows_that_nothing_is_cut_off() -> None:
    data = saying(written("+frag_keyframe+empty_moov", sound=None), b"mvhd", 90_000)
    data = saying(data, b"mdhd", 90 * 12_800)
    assert is_accepted(data)
    trailer = int.from_bytes(data[-4:], "big")
    assert not is_accepted(data[:-trailer])


def test_the_longest_track_need_not_be_the_one_that_is_written_last() -> None:
    data = written(BARE)
    first = data.index(b"moof") - 4
    short = make(replace(FILM, frames=25, sound="aac", seconds=1.0, options=(("movflags", BARE),)))
    repeated = short[short.index(b"moof") - 4 :] * 6
    assert is_accepted(promising(data + repeated, 3000))
    assert not is_accepted(promising(data[:first] + repeated, 3000))


def test_a_film_that_is_cut_before_its_first_fragment_is_incomplete() -> None:
    data = promising(written("+frag_keyframe"), 3000)
    beginning = data[: data.index(b"moof") - 4]
    assert not is_accepted(beginning)
    assert is_accepted(beginning.replace(b"mehd", b"free"))


def test_fragments_of_smooth_streaming_tell_their_length_too() -> None:
    data = make(replace(FILM, container="ismv", options=(("movflags", "+frag_keyframe"),)))
    facts = probe(RangedFile(lambda start, length: data[start : start + length], len(data)))
    assert facts.duration == pytest.approx(3, abs=0.1)


@pytest.mark.parametrize(
    "flags",
    ["+cmaf", "+dash", "+frag_keyframe+empty_moov", "+frag_keyframe", "+dash+global_sidx"],
)
@pytest.mark.parametrize("sound", [None, "aac"])
def test_no_whole_file_is_taken_for_a_cut_one(flags: str, sound: str | None) -> None:
    data = written(flags, sound=sound)
    trailer = int.from_bytes(data[-4:], "big")
    assert is_accepted(data)
    assert is_accepted(data[:-trailer] if data[-12:-8] == b"mfro" else data)
