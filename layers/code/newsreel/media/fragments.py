"""Decides whether a fragmented MP4 is whole, and how long it is (ISO/IEC 14496-12, section 8.8)."""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from newsreel.catalogue.findings import RejectedError
from newsreel.media.boxes import Box, body_of, children, read_box
from newsreel.media.fragment_chain import FRAGMENT, find_last, total_of, walk
from newsreel.media.mp4 import Index
from newsreel.media.ranged_file import RangedFile

_FIRST_BOXES = 400
_MOST_BOXES = 4_000
"""Each may cost a request, and somebody waits for the receipt."""
_LAST = 4
"""Fragments at either end that are looked at: tracks may take turns."""
_MORE = 64
_FEW = 8
_FREE = struct.Struct(">I4sQ")
_LEAST_TRAILER = 24
_MOST_ENTRIES = 100_000
"""Of a larger table of fragments, some are looked at: of a live recording each frame may be one."""
_ENDS, _BETWEEN = 200, 64
_DURATIONS = 0x100
_NOT_ALONE = 0x10000
"""Of a sample's flags the one that says that it needs others ("sample_is_non_sync_sample")."""
_SMOOTH_TIME = bytes.fromhex("6d1d9b0542d544e680e2141daff757b2")
"""Where Smooth Streaming writes when a fragment begins ("tfxd", Microsoft's MS-SSTR 2.2.4.4)."""
_STEPS = 200
"""Boxes in which a keyframe is looked for."""


@dataclass(frozen=True, slots=True)
class Fragments:
    """Where the fragments start that are known, and the last few of all."""

    first: Box
    places: Sequence[int]
    last: Sequence[Box]
    is_listed: bool = False
    """Whether the list that is written last is there: then nothing is cut off."""

    @property
    def are_many(self) -> bool:
        """Tell whether a demuxer, which looks at each of them, must be shown fewer."""
        return len(self.places) > _FEW

    def beginning(self) -> Sequence[int]:
        """Return where the first few start."""
        return self.places[:_LAST]

    def at(self, shares: Sequence[float]) -> Sequence[int]:
        """Return where those start that lie at these parts of the whole length, 0 to 1."""
        return [self.places[int((len(self.places) - 1) * share)] for share in shares]


def examine(file: RangedFile, first: Box) -> Fragments:
    """Hold a file to its fragments.

    The trailer is written last. Without one each box is looked at, and of very many only those at
    either end.

    Raises:
        RejectedError: ``incomplete`` or ``many_fragments``.
    """
    trailer = _trailer(file, first.start)
    if trailer is None:
        found = _untold(file, first)
        return Fragments(first, [box.start for box in found], found[-_LAST:])
    # It names those that begin with a keyframe; others may follow the last of them.
    places = [place for place in _named(file, trailer) if first.start <= place < trailer.start]
    last, _end = walk(file, places[-1] if places else first.start, trailer.start, _FIRST_BOXES)
    return Fragments(first, places or [first.start], last[-_LAST:], is_listed=True)


def _untold(file: RangedFile, first: Box) -> list[Box]:
    """Return the fragments of a file that does not list them: all, or the first and the last."""
    found, reached = walk(file, first.start, file.size, _FIRST_BOXES)
    if reached >= file.size:
        return found
    last = find_last(file, reached)
    if last is None:  # large ones: then there are not so many
        last, reached = walk(file, reached, file.size, _MOST_BOXES - _FIRST_BOXES)
        if reached < file.size:
            raise RejectedError("many_fragments", limit=_MOST_BOXES // 2)
    return found + last


def keyframes(
    file: RangedFile, index: Index, found: Fragments, shares: Sequence[float]
) -> Sequence[int]:
    """Return where fragments start that begin with a keyframe, at or behind these parts.

    A fragment may be a single picture, or sound alone. Where none is found near by, it is the one
    that lies there.
    """
    return [
        next((at for at in _following(file, place) if _is_keyframe(file, index, at)), place)
        for place in found.at(shares)
    ]


def _following(file: RangedFile, place: int) -> Iterator[int]:
    for _ in range(_STEPS):
        box = read_box(file, place, file.size)
        if box is None or box.end > file.size:
            return
        if box.kind == FRAGMENT:
            yield place
        place = box.end


def _is_keyframe(file: RangedFile, index: Index, place: int) -> bool:
    """Tell whether the first picture of a fragment can be decoded alone (8.8.3, 8.8.7, 8.8.8)."""
    fragment = read_box(file, place, file.size)
    for part in children(file, fragment) if fragment else ():
        boxes = {box.kind: box for box in children(file, part)} if part.kind == b"traf" else {}
        if b"tfhd" not in boxes or b"trun" not in boxes:
            continue
        head = body_of(file, boxes[b"tfhd"], 64)
        track = index.track(int.from_bytes(head[4:8], "big"))
        if track is None or not track.is_picture:
            continue
        flags = _first_flags(body_of(file, boxes[b"trun"], 32))
        if flags is None:
            flags = _default_flags(head)
        if flags is None:
            flags = index.default_flags.get(track.track_id, 0)
        return not flags & _NOT_ALONE
    return False


def _first_flags(run: bytes) -> int | None:
    kinds, at = int.from_bytes(run[1:4], "big"), 8
    at += 4 if kinds & 0x1 else 0
    if kinds & 0x4:
        return int.from_bytes(run[at : at + 4], "big")
    if not kinds & 0x400:
        return None
    at += sum(4 for kind in (0x100, 0x200) if kinds & kind)
    return int.from_bytes(run[at : at + 4], "big")


def _default_flags(header: bytes) -> int | None:
    kinds = int.from_bytes(header[1:4], "big")
    at = 8 + (8 if kinds & 0x1 else 0) + sum(4 for kind in (0x2, 0x8, 0x10) if kinds & kind)
    return int.from_bytes(header[at : at + 4], "big") if kinds & 0x20 else None


def show(file: RangedFile, found: Fragments, places: Sequence[int]) -> None:
    """Let a demuxer see the fragments that start at these places, and no others."""
    position = found.first.start
    for place in sorted(set(places)):
        _hide(file, position, place)
        position = _end_of(file, place)
    _hide(file, position, file.size)


def _hide(file: RangedFile, start: int, end: int) -> None:
    if end - start >= _FREE.size:
        file.cover(start, end, _FREE.pack(1, b"free", end - start))


def _end_of(file: RangedFile, place: int) -> int:
    """Return where a fragment and its samples end."""
    fragment = read_box(file, place, file.size)
    if fragment is None:
        return place
    samples = read_box(file, fragment.end, file.size)
    is_of_it = samples is not None and samples.kind == b"mdat"
    return samples.end if samples is not None and is_of_it else fragment.end


@dataclass(frozen=True, slots=True)
class Span:
    """When fragments begin and end, in seconds; 0 if they don't tell it."""

    begins: float
    ends: float

    @property
    def duration(self) -> float | None:
        """Return the seconds between, if fragments tell them."""
        return self.ends - self.begins if self.ends > self.begins else None


def span(file: RangedFile, index: Index, found: Fragments) -> Span:
    """Return the seconds from the first fragment to the end of the last.

    The index may claim anything: the length of the programme of which this is one segment.
    """
    # Some writers name the first samples in the index itself.
    begins_before = any(track.tables.count for track in index.tracks if track.is_media)
    begins = [0.0] if begins_before else [run.begins for run in _runs(file, index, found.first)]
    ends = [run.ends for fragment in found.last for run in _runs(file, index, fragment)]
    return Span(begins=min(begins, default=0.0), ends=max(ends, default=0.0))


def latest_end(file: RangedFile, index: Index, found: Fragments) -> float:
    """Return when the latest of some more fragments at the end ends, in seconds.

    The longest track need not have one among the last few.
    """
    boxes = [read_box(file, place, file.size) for place in found.places[-_MORE:]]
    ends = [run.ends for box in boxes if box for run in _runs(file, index, box)]
    return max(ends, default=0.0)


def _trailer(file: RangedFile, fragments_at: int) -> Box | None:
    """Return the box "mfra", which stands last and ends with "mfro", its own size."""
    end = file.peek(file.size - 16, 16)
    size = int.from_bytes(end[12:], "big")
    if end[4:8] != b"mfro" or not _LEAST_TRAILER <= size < file.size - fragments_at:
        return None
    box = read_box(file, file.size - size, file.size)
    return box if box is not None and box.kind == b"mfra" and box.end == file.size else None


def _named(file: RangedFile, trailer: Box) -> list[int]:
    """Return where fragments start that a trailer names, in order; of very many, some."""
    return sorted({place for table in children(file, trailer) for place in _entries(file, table)})


def _entries(file: RangedFile, table: Box) -> Iterator[int]:
    """Yield where the fragments of a track start ("tfra", 8.8.10)."""
    head = body_of(file, table, 16)
    width = 8 if head[:1] == b"\x01" else 4
    lengths = int.from_bytes(head[8:12], "big")
    entry = 2 * width + sum((lengths >> shift & 3) + 1 for shift in (0, 2, 4))
    count = min(int.from_bytes(head[12:16], "big"), max(0, table.size - 16) // entry)
    for first, many in _looked_at(count):
        data = file.peek(table.body + 16 + first * entry, many * entry)
        for at in range(width, len(data), entry):
            yield int.from_bytes(data[at : at + width], "big")


def _looked_at(count: int) -> list[tuple[int, int]]:
    """Return which entries of a table are looked at: first ones and numbers of them."""
    if count <= _MOST_ENTRIES:
        return [(0, count)]
    between = range(_ENDS, count - _ENDS, count // _BETWEEN)
    return [(0, _ENDS), *((number, 1) for number in between), (count - _ENDS, _ENDS)]


def _runs(file: RangedFile, index: Index, fragment: Box) -> list[Span]:
    found: list[Span] = []
    for part in children(file, fragment):
        boxes = [*children(file, part)] if part.kind == b"traf" else []
        kinds = {box.kind: box for box in boxes}
        begins = _decode_time(file, boxes)
        if b"tfhd" not in kinds or begins is None:
            continue
        track_id, default = _track_header(body_of(file, kinds[b"tfhd"], 64))
        track = index.track(track_id)
        if track is None or not track.timescale or not track.is_media:
            continue
        default = default or index.default_durations.get(track_id, 0)
        ticks = sum(
            total_of(file, box, _DURATIONS, default) for box in boxes if box.kind == b"trun"
        )
        found.append(Span(begins / track.timescale, (begins + ticks) / track.timescale))
    return found


def _decode_time(file: RangedFile, boxes: Sequence[Box]) -> int | None:
    """Return when a fragment of a track begins, in ticks, if it tells it."""
    for box in boxes:
        data = body_of(file, box, 28) if box.kind in {b"tfdt", b"uuid"} else b""
        if box.kind == b"uuid":
            data = data[16:] if data.startswith(_SMOOTH_TIME) else b""
        if data:
            return int.from_bytes(data[4:12] if data[:1] == b"\x01" else data[4:8], "big")
    return None


def _track_header(data: bytes) -> tuple[int, int]:
    """Return a track's number and the ticks of its samples, 0 where that isn't told ("tfhd")."""
    flags, at = int.from_bytes(data[1:4], "big"), 8
    at += 8 if flags & 0x1 else 0
    at += 4 if flags & 0x2 else 0
    ticks = int.from_bytes(data[at : at + 4], "big") if flags & 0x8 else 0
    return int.from_bytes(data[4:8], "big"), ticks
