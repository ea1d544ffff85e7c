"""Decides whether a fragmented MP4 is whole, and how long it is (ISO/IEC 14496-12, section 8.8)."""

from dataclasses import dataclass

from newsreel.catalogue.findings import RejectedError
from newsreel.media.boxes import Box, body_of, children, read_box
from newsreel.media.mp4 import Index
from newsreel.media.ranged_file import RangedFile

FRAGMENT = b"moof"

_MOST_BOXES = 400
"""Each may cost a request, and somebody waits for the receipt."""
_LAST = 4
"""Fragments at the end that are looked at: tracks may take turns."""
_LEAST_TRAILER = 24
_LARGEST_TRAILER = 4 * 1024 * 1024
_MOST_SAMPLES = 10_000
_DURATIONS, _SIZES = 0x100, 0x200


def examine(file: RangedFile, first: Box) -> list[Box]:
    """Hold a file to its fragments, and return the last few.

    The trailer is written last; without one each box is looked at.

    Raises:
        RejectedError: ``incomplete`` or ``many_fragments``.
    """
    trailer = _trailer(file, first.start)
    if trailer is None:
        found = _walk(file, first.start, file.size)
        if found is None:
            raise RejectedError("many_fragments", limit=_MOST_BOXES // 2)
        return found
    # It names the last fragment with a keyframe; others may follow.
    return _walk(file, _last_place(file, trailer, first.start), trailer.start) or []


def _walk(file: RangedFile, position: int, limit: int) -> list[Box] | None:
    """Return the last fragments up to a place, or None if there are too many boxes before it."""
    found: list[Box] = []
    for _ in range(_MOST_BOXES):
        if position >= limit:
            return found
        header = file.peek(position, 16)
        size = int.from_bytes(header[:4], "big")
        if size == 1:
            size = int.from_bytes(header[8:16], "big")
        elif size == 0:
            _need(file, position + 8 + (_bytes_of(file, found[-1]) if found else 0))
            return found
        _need(file, position + max(size, 8))
        if header[4:8] == FRAGMENT:
            found = [*found, Box(FRAGMENT, position, position + 8, position + size)][-_LAST:]
        position += max(size, 8)
    return None


def duration(file: RangedFile, index: Index, first: Box, last: list[Box]) -> float | None:
    """Return the seconds from the first fragment to the end of the last, if they tell it.

    The index may claim anything: the length of the programme of which this is one segment.
    """
    # Some writers name the first samples in the index itself.
    begins_before = any(track.tables.count for track in index.tracks if track.is_media)
    begins = [0.0] if begins_before else [run.begins for run in _runs(file, index, first)]
    ends = [run.ends for fragment in last for run in _runs(file, index, fragment)]
    length = max(ends, default=0.0) - min(begins, default=0.0)
    return length if length > 0 else None


def _need(file: RangedFile, needed: int) -> None:
    if needed > file.size:
        raise RejectedError("incomplete", found=file.size, needed=needed)


def _trailer(file: RangedFile, fragments_at: int) -> Box | None:
    """Return the box "mfra", which stands last and ends with "mfro", its own size."""
    end = file.peek(file.size - 16, 16)
    size = int.from_bytes(end[12:], "big")
    if end[4:8] != b"mfro" or not _LEAST_TRAILER <= size < file.size - fragments_at:
        return None
    box = read_box(file, file.size - size, file.size)
    return box if box is not None and box.kind == b"mfra" and box.end == file.size else None


def _last_place(file: RangedFile, trailer: Box, first: int) -> int:
    """Return where the last fragment starts that a trailer names, or the first one."""
    if trailer.size > _LARGEST_TRAILER:
        return first
    tables = [body_of(file, table, table.size) for table in children(file, trailer)]
    place = max(map(_last_entry, tables), default=0)
    return place if first <= place < trailer.start else first


def _last_entry(table: bytes) -> int:
    """Return where the last fragment of a track starts ("tfra"); 0 for any other box."""
    width = 8 if table[:1] == b"\x01" else 4
    count = int.from_bytes(table[12:16], "big")
    lengths = int.from_bytes(table[8:12], "big")
    entry = 2 * width + sum((lengths >> shift & 3) + 1 for shift in (0, 2, 4))
    at = 16 + (count - 1) * entry + width
    return int.from_bytes(table[at : at + width], "big") if 0 < count < len(table) else 0


@dataclass(frozen=True, slots=True)
class _Run:
    """The samples of one track in a fragment; in seconds."""

    begins: float
    ends: float


def _runs(file: RangedFile, index: Index, fragment: Box) -> list[_Run]:
    found: list[_Run] = []
    for part in children(file, fragment):
        boxes = [*children(file, part)] if part.kind == b"traf" else []
        kinds = {box.kind: box for box in boxes}
        if b"tfhd" not in kinds or b"tfdt" not in kinds:
            continue
        track_id, default = _track_header(body_of(file, kinds[b"tfhd"], 64))
        track = index.track(track_id)
        time = body_of(file, kinds[b"tfdt"], 12)
        if track is None or not track.timescale or not track.is_media:
            continue
        begins = int.from_bytes(time[4:12] if time[:1] == b"\x01" else time[4:8], "big")
        default = default or index.default_durations.get(track_id, 0)
        ticks = sum(_sum_of(file, box, _DURATIONS, default) for box in boxes if box.kind == b"trun")
        found.append(_Run(begins / track.timescale, (begins + ticks) / track.timescale))
    return found


def _track_header(data: bytes) -> tuple[int, int]:
    """Return a track's number and the ticks of its samples, 0 where that isn't told ("tfhd")."""
    flags, at = int.from_bytes(data[1:4], "big"), 8
    at += 8 if flags & 0x1 else 0
    at += 4 if flags & 0x2 else 0
    ticks = int.from_bytes(data[at : at + 4], "big") if flags & 0x8 else 0
    return int.from_bytes(data[4:8], "big"), ticks


def _bytes_of(file: RangedFile, fragment: Box) -> int:
    runs = [box for track in children(file, fragment) for box in children(file, track)]
    return sum(_sum_of(file, box, _SIZES, 0) for box in runs if box.kind == b"trun")


def _sum_of(file: RangedFile, run: Box, column: int, default: int) -> int:
    """Return the sum of one column of a run ("trun", 8.8.8), or of defaults where it has none."""
    head = body_of(file, run, 8)
    flags, count = int.from_bytes(head[1:4], "big"), int.from_bytes(head[4:], "big")
    if not flags & column:
        return default * count
    skip = 8 + sum(4 for flag in (0x1, 0x4) if flags & flag)
    width = sum(4 for flag in (0x100, 0x200, 0x400, 0x800) if flags & flag)
    at = 4 if column == _SIZES and flags & _DURATIONS else 0
    rows = body_of(file, run, skip + width * min(count, _MOST_SAMPLES))[skip:]
    starts = range(at, len(rows) - width + 1 + at, width)
    return sum(int.from_bytes(rows[start : start + 4], "big") for start in starts)
