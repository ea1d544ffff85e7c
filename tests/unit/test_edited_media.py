"""An edit list of many parts costs neither facts nor the poster, which is from what is shown."""

import struct
from dataclasses import replace

import pytest
from newsreel.media import poster
from newsreel.media.probe import open_container, probe
from newsreel.media.ranged_file import RangedFile

from tests.support import media_files, virtual_media
from tests.support.media_files import make

TICKS, MOVIE_TICKS = 512, 40
"""Of a picture, as the track and as the movie count."""
FILM = replace(media_files.PREVIEW, sound=None, size=(64, 48), options=())


def opened(data: bytes) -> RangedFile:
    return RangedFile(lambda start, length: data[start : start + length], len(data))


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


def edit_list(parts: list[tuple[int, int]]) -> bytes:
    """Return the box of an edit list that shows so many pictures from each of these on."""
    rows = (struct.pack(">IiI", n * MOVIE_TICKS, at * TICKS, 1 << 16) for at, n in parts)
    return box(b"edts", box(b"elst", struct.pack(">II", 0, len(parts)) + b"".join(rows)))


def edited(data: bytes, parts: list[tuple[int, int]]) -> bytes:
    """Return an MP4 with the index at its end whose first track shows these parts."""
    at = data.index(b"mdia") - 4
    old = data.find(b"edts") - 4
    start = old if old > 0 else at
    edits = edit_list(parts)
    grown = bytearray(data[:start] + edits + data[at:])
    for kind in (b"moov", b"trak"):
        place = data.rindex(kind, 0, at) - 4
        size = int.from_bytes(data[place : place + 4], "big") + len(edits) - (at - start)
        grown[place : place + 4] = size.to_bytes(4, "big")
    return bytes(grown)


def test_of_a_film_of_thousands_of_parts_a_demuxer_is_shown_a_few_samples() -> None:
    film = virtual_media.mp4(40_000, 6_000, every=40_000)
    index_at = max(film.pieces)
    index = edited(film.pieces[index_at], [(at, 10) for at in range(0, 40_000, 20)])
    film.pieces[index_at] = index
    film.size = index_at + len(index)
    file = film.open()
    facts = probe(file)
    assert facts.duration == 800
    with open_container(file, facts.structure) as container:
        assert len(container.streams.video[0].index_entries) <= 150
    assert poster.from_video(film.open()) is not None


@pytest.mark.parametrize("is_shown", [True, False])
@pytest.mark.parametrize("reordered", ["0", "2"])
def test_the_poster_of_many_parts_is_from_a_part(reordered: str, is_shown: bool) -> None:
    def paint(frame: object, number: int) -> None:
        is_part = number % 10 < 5
        (media_files.moving if is_part is is_shown else media_files.black)(frame, number)  # type: ignore[arg-type]

    codec = (("g", "5"), ("bf", reordered), ("sc_threshold", "0"))
    film = make(replace(FILM, frames=1_100, codec_options=codec, paint=paint))
    later = 2 if reordered == "2" else 0
    data = edited(film, [(at + later, 5) for at in range(0, 1_100, 10)])
    assert (poster.from_video(opened(data)) is not None) is is_shown


def test_parts_without_a_keyframe_have_the_first_one_as_their_poster() -> None:
    film = make(replace(FILM, frames=220, codec_options=(("g", "220"), ("bf", "0"))))
    data = edited(film, [(at, 1) for at in range(1, 220, 2)])
    assert poster.from_video(opened(data)) is not None
