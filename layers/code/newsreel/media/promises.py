"""Decides whether a fragmented MP4 without a list at its end holds what its beginning promises.

Such a file may be cut between two fragments, where nothing is torn. Two things can tell it: an
index of segments ("sidx", ISO/IEC 14496-12, 8.16.3) counts the bytes that follow it; a length of
the movie with its fragments ("mehd", 8.8.2), or one that movie and tracks agree on, the time.
"""

from collections.abc import Sequence

from newsreel.catalogue.findings import RejectedError
from newsreel.media import edit_list, fragments
from newsreel.media.boxes import Box, body_of
from newsreel.media.fragments import Fragments, Span
from newsreel.media.mp4 import Index
from newsreel.media.ranged_file import RangedFile

_MOST_BYTES = 32 + 12 * 0xFFFF
_SIZE = 0x7FFFFFFF
"""Of a reference the bits that are its bytes; the other one tells what it refers to."""
_ALLOWED = 0.25
"""Seconds that may be missing: sound begins before its time, and lengths are rounded."""
_ALIKE = 1.0
"""Seconds by which a movie and its tracks may differ."""
_AT_THE_BEGINNING = 1.0
"""Seconds; what begins later is a piece of a programme, and says so."""


def examine(
    file: RangedFile,
    before: Sequence[Box],
    found: Fragments,
    index: Index | None,
    span: Span | None,
) -> None:
    """Refuse a file that ends before what its boxes before the first fragment promise.

    Raises:
        RejectedError: ``incomplete``.
    """
    for box in before:
        if box.kind == b"sidx":
            needed = _end_of_segments(file, box)
            if needed > file.size:
                raise RejectedError("incomplete", found=file.size, needed=needed)
    if index is None or span is None or not span.ends or span.begins > _AT_THE_BEGINNING:
        return
    delay = _delay(file, index)
    if _is_kept(index, span.ends + delay):
        return
    if not _is_kept(index, fragments.latest_end(file, index, found) + delay):
        raise RejectedError("incomplete", found=file.size, needed=file.size + 1)


def examine_beginning(file: RangedFile, index: Index) -> None:
    """Refuse a file that has samples in its index and none of the fragments that it promises.

    Raises:
        RejectedError: ``incomplete``.
    """
    found = max((index.seconds(track) for track in index.tracks if track.is_media), default=0.0)
    if index.promised and not _is_kept(index, found):
        raise RejectedError("incomplete", found=file.size, needed=file.size + 1)


def _end_of_segments(file: RangedFile, box: Box) -> int:
    data = body_of(file, box, _MOST_BYTES)
    if data[:1] == b"\x00":
        offset, at = int.from_bytes(data[16:20], "big"), 20
    else:
        offset, at = int.from_bytes(data[20:28], "big"), 28
    count = int.from_bytes(data[at + 2 : at + 4], "big")
    starts = range(at + 4, len(data) - 11, 12)[:count]
    sizes = (int.from_bytes(data[start : start + 4], "big") & _SIZE for start in starts)
    return box.end + offset + sum(sizes)


def _delay(file: RangedFile, index: Index) -> float:
    ticks = [edit_list.delay(file, one.boxes.get(b"edts")) for one in index.tracks if one.is_media]
    return max(ticks, default=0) / index.timescale if index.timescale else 0.0


def _is_kept(index: Index, found: float) -> bool:
    return _length(index) <= found + _ALLOWED or _counts_otherwise(index, found)


def _length(index: Index) -> float:
    """Return how long a file says that it is, in seconds; 0 where it does not.

    The length of a movie counts only if its tracks say the same: else it may be that of a programme
    of which this is one segment.
    """
    if not index.timescale:
        return 0.0
    if index.promised:
        return index.promised / index.timescale
    movie = index.duration / index.timescale
    tracks = [track for track in index.tracks if track.is_media and track.timescale]
    longest = max((track.duration / track.timescale for track in tracks), default=0.0)
    # It may have been rounded more, or be that of what this was made from.
    return min(movie, longest) - _ALLOWED if abs(movie - longest) <= _ALIKE else 0.0


def _counts_otherwise(index: Index, found: float) -> bool:
    """Tell whether the promise is kept if it is read in ticks of a track, as some write it."""
    scales = {track.timescale for track in index.tracks if track.is_media and track.timescale}
    return index.promised > 0 and any(
        abs(index.promised / scale - found) <= _ALLOWED for scale in scales
    )
