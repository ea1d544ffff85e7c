"""Writes a small index in place of a large one, so that a demuxer needn't read the whole of it.

The index of an MP4 or MOV holds each sample: 3 MB an hour. What a demuxer is to see of it are a few
samples, so it gets a valid index of these alone, with free space behind it up to where the real one
ends. Nothing else in the file moves.
"""

import struct
from collections.abc import Mapping, Sequence

from newsreel.media import shown_keyframes
from newsreel.media.boxes import Box, body_of, children
from newsreel.media.mp4 import PATHS, Index
from newsreel.media.ranged_file import RangedFile
from newsreel.media.sample_tables import Excerpt

LARGE = 1024 * 1024
"""Bytes of an index from which on it is not read as a whole."""

_MANY_PARTS = 100
"""Of an edit list: for each a demuxer lists the samples once more from the keyframe before it."""

_FIRST_SAMPLES = 150
"""Enough for a demuxer to see how pictures are coded and how much sound a second takes."""
_LARGEST_COPIED = 64 * 1024
_FREE = struct.Struct(">I4sQ")
_TABLES = frozenset(
    (b"stts", b"ctts", b"cslg", b"stss", b"stps", b"sdtp", b"stsc", b"stsz", b"stz2", b"stco")
) | {b"co64", b"sbgp", b"sgpd", b"saiz", b"saio", b"subs", b"stsh", b"padb", b"stdp"}
_LEFT_OUT = _TABLES | {
    b"edts",  # what an edit list cuts off may be all that is shown here
    b"mvex",
    b"free",
    b"skip",
}


def is_needed(index: Index) -> bool:
    """Tell whether a demuxer would need too long with the index as it is."""
    return index.box.size >= LARGE or any(
        track.edits is not None and len(track.edits.parts) > _MANY_PARTS and track.tables.count
        for track in index.tracks
    )


def show_beginning(file: RangedFile, index: Index) -> None:
    """Let a demuxer see the first samples of each track."""
    _show(
        file,
        index,
        {track.box.start: track.tables.beginning(_FIRST_SAMPLES) for track in index.tracks},
    )


def show_keyframes(file: RangedFile, index: Index, shares: Sequence[float]) -> int:
    """Let a demuxer see some keyframes of the first picture track, one a second.

    They come in the order of ``shares``, which are parts of the length that its edit list shows, 0
    to 1. Return how many there are; without any nothing is changed.
    """
    track = next((track for track in index.tracks if track.is_picture), None)
    if track is None or not track.tables.count:
        return 0
    tables = track.tables
    places: dict[int, tuple[int, int]] = {}
    for sample in shown_keyframes.find(index, track, (*shares, 0.0)):
        place = tables.location_of(sample)
        if place is not None:
            places.setdefault(sample, place)
    count = len(places)
    excerpt = Excerpt(
        count=count,
        fixed_size=0,
        sizes=[size for _offset, size in places.values()],
        times=[(count, track.timescale)],
        later=[],
        runs=[(1, 1, 1)],
        offsets=[offset for offset, _size in places.values()],
    )
    if count:
        _show(file, index, {track.box.start: excerpt})
    return count


def _show(file: RangedFile, index: Index, excerpts: Mapping[int, Excerpt]) -> None:
    """Cover the index by one of these samples; tracks, by where their boxes start."""
    parts: list[bytes] = []
    for child in children(file, index.box):
        if child.kind != b"trak":
            parts.append(_copy(file, child, None))
        elif child.start in excerpts:
            parts.append(_copy(file, child, excerpts[child.start]))
    moov = _box(b"moov", b"".join(parts))
    left = index.box.end - index.box.start - len(moov)
    if left >= _FREE.size:  # else all in it is large but the tables: it is read as it is
        file.cover(index.box.start, index.box.end, moov + _FREE.pack(1, b"free", left))


def _copy(file: RangedFile, box: Box, excerpt: Excerpt | None) -> bytes:
    if box.kind in _LEFT_OUT:
        return b""
    if box.kind not in PATHS:
        if box.size > _LARGEST_COPIED:
            return b""
        return _box(box.kind, body_of(file, box, _LARGEST_COPIED))
    body = b"".join(_copy(file, child, excerpt) for child in children(file, box))
    if box.kind == b"stbl" and excerpt is not None:
        body += _tables(excerpt)
    return _box(box.kind, body)


def _tables(excerpt: Excerpt) -> bytes:
    sizes = struct.pack(
        f">III{len(excerpt.sizes)}I", 0, excerpt.fixed_size, excerpt.count, *excerpt.sizes
    )
    offsets = struct.pack(f">II{len(excerpt.offsets)}Q", 0, len(excerpt.offsets), *excerpt.offsets)
    return b"".join(
        (
            _rows(b"stts", excerpt.times, ">II"),
            _rows(b"ctts", excerpt.later, ">Ii") if excerpt.later else b"",
            _rows(b"stsc", excerpt.runs, ">III"),
            _box(b"stsz", sizes),
            _box(b"co64", offsets),
        )
    )


def _rows(kind: bytes, rows: Sequence[tuple[int, ...]], form: str) -> bytes:
    return _box(
        kind, struct.pack(">II", 0, len(rows)) + b"".join(struct.pack(form, *row) for row in rows)
    )


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body
