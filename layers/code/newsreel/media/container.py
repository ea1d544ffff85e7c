"""Decides from a container's own structure what it is and whether the whole of it is here.

General probers call a truncated file fine as long as its index can be read. Sources: ISO/IEC
14496-12 (boxes), EBU Tech 3306 (RF64), RIFF WAVE, ISO/IEC 13818-1 (transport streams).
"""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from newsreel.catalogue.findings import Finding, RejectedError
from newsreel.media import fragments, mp4, mpeg_audio, mxf, promises, signatures
from newsreel.media.boxes import Box, read_box
from newsreel.media.fragment_chain import FRAGMENT
from newsreel.media.fragments import Fragments
from newsreel.media.ranged_file import BUDGET, RangedFile
from newsreel.media.thin_index import LARGE

Container: TypeAlias = Literal["MP4", "MOV", "MXF", "WAV", "MPEG-TS", "MP3", "MP2"]

DEMUXERS: dict[Container, str] = {
    "MP4": "mov",
    "MOV": "mov",
    "MXF": "mxf",
    "WAV": "wav",
    "MPEG-TS": "mpegts",
    "MP3": "mp3",
    "MP2": "mp3",
}
"""The one demuxer that may open each: guessing would let a text file become a playlist that reads
other files."""

_MOST_BOXES = 2_000
"""Each may cost a request, and somebody waits for the receipt."""
_TOP_BOXES = frozenset(
    {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"styp", b"pnot", b"PICT", b"uuid"}
    | {b"moof", b"sidx", b"emsg", b"prft"}  # of a segment without its index
)
_WRITTEN_LATE = _TOP_BOXES | {b"mfra", b"meta", b"udta"}
"""Boxes of which nothing may be missing; what else stands at the end is no part of the film."""
_TS_SIZES = {188: 0, 192: 4, 204: 0}
"""Bytes of a packet, and where its sync byte is: plain, with a time stamp, with error correction"""
_TS_SYNC = b"\x47"
_TS_PACKETS = 8
_TS_LOOKED_AT = 64
_FARTHEST = 64 * 1024
"""Bytes of something else before a stream; FFmpeg looks as far."""
_UNKNOWN_SIZE = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Structure:
    """A container that is whole; ``index_first`` is None where there is no such thing.

    ``index`` is the index of an MP4 or MOV, unless it is compressed; ``duration`` the seconds that
    its fragments tell, if it has any.
    """

    container: Container
    index_first: bool | None = None
    index: mp4.Index | None = field(default=None, compare=False, repr=False)
    duration: float | None = field(default=None, compare=False)
    fragments: Fragments | None = field(default=None, compare=False, repr=False)
    findings: tuple[Finding, ...] = ()


def examine(file: RangedFile) -> Structure:
    """Return what a file is.

    Raises:
        RejectedError: ``not_media`` or another format by its name, ``incomplete`` (with the bytes
            found and needed), ``no_index``, ``no_samples``, ``encrypted``, ``elsewhere``,
            ``over_budget``, ``many_fragments`` or ``many_partitions``.
    """
    start = file.read_at(0, 64)
    if start[4:8] in _TOP_BOXES and not signatures.is_picture_file(start):
        return _examine_boxes(file, start)
    if start[:4] in {b"RIFF", b"RF64", b"BW64"} and start[8:12] == b"WAVE":
        return _examine_wave(file)
    run_in = mxf.find(file, start)
    if run_in is not None:
        mxf.examine(file, run_in)
        return Structure("MXF")
    if _examine_transport_stream(file):
        return Structure("MPEG-TS")
    layer = mpeg_audio.examine(file)
    if layer is not None:
        return Structure(layer)
    refusal = signatures.refusal(file)
    if refusal.finding.code != "not_media":
        raise refusal
    return _found_later(file)


def _found_later(file: RangedFile) -> Structure:
    """Return what begins behind something that nobody knows."""
    if _examine_transport_stream(file, _FARTHEST):
        return Structure("MPEG-TS")
    layer = mpeg_audio.find(file)
    if layer is None:
        raise signatures.refusal_of_text(file)
    return Structure(layer)


def _need(file: RangedFile, needed: int) -> None:
    if needed > file.size:
        raise RejectedError("incomplete", found=file.size, needed=needed)


def _examine_boxes(file: RangedFile, start: bytes) -> Structure:
    brand = start[8:12] if start[4:8] == b"ftyp" else b"qt  "
    container: Container = "MOV" if brand == b"qt  " else "MP4"
    order = _top_boxes(file)
    moov = next((box for box in order if box.kind == b"moov"), None)
    if moov is None:
        raise RejectedError("no_index")
    if moov.size < LARGE:
        file.read_at(moov.body, moov.size)  # the demuxer will read all of it
    index = mp4.read_index(file, moov)
    kinds = [box.kind for box in order]
    first = order[-1] if FRAGMENT in kinds else None
    found = fragments.examine(file, first) if first else None
    span = None
    if index is not None:
        mp4.examine(file, index, has_fragments=first is not None, has_data=b"mdat" in kinds)
        span = fragments.span(file, index, found) if found else None
    if found is not None and not found.is_listed:
        promises.examine(file, order, found, index, span)
    elif found is None and index is not None:
        promises.examine_beginning(file, index)
    index_first = b"mdat" not in kinds or kinds.index(b"moov") < kinds.index(b"mdat")
    return Structure(container, index_first, index, span.duration if span else None, found)


def _top_boxes(file: RangedFile) -> list[Box]:
    """Return the boxes of a file up to the first fragment, each of which ends within the file."""
    position = 0
    order: list[Box] = []
    while position < file.size:
        if len(order) == _MOST_BOXES:
            raise RejectedError("over_budget", limit=BUDGET >> 20)
        box = read_box(file, position, file.size)
        if box is None or _is_foreign(box, file, order):
            _refuse_trailing(file, position, order)
            break
        _need(file, box.end)
        order.append(box)
        if box.kind == FRAGMENT:
            break
        position = box.end
    return order


def _is_foreign(box: Box, file: RangedFile, order: list[Box]) -> bool:
    """Tell whether what looks like a box is what a camera writes behind a whole file."""
    whole = {b"moov", b"mdat"} <= {before.kind for before in order}
    return whole and box.kind not in _WRITTEN_LATE and box.end > file.size


def _refuse_trailing(file: RangedFile, position: int, order: list[Box]) -> None:
    # Some writers pad a whole file with zeros; before the index that means it was cut.
    if not any(box.kind == b"moov" for box in order):
        raise RejectedError("incomplete", found=file.size, needed=max(file.size + 1, position + 8))


def _examine_wave(file: RangedFile) -> Structure:
    position, large = 12, None
    for _ in range(_MOST_BOXES):
        header = file.read_at(position, 8)
        if len(header) < 8:  # noqa: PLR2004 - a chunk's name and size
            break
        name, size = header[:4], int.from_bytes(header[4:], "little")
        if name == b"ds64":
            large = int.from_bytes(file.read_at(position + 16, 8), "little")
        if name == b"data":
            if size == _UNKNOWN_SIZE and large is not None:
                size = large
            if position + 8 >= file.size:
                raise RejectedError("no_samples")
            if size in {0, _UNKNOWN_SIZE}:
                # Written while it was recorded: its header was never completed.
                return Structure("WAV", findings=(Finding("length_unknown"),))
            _need(file, position + 8 + size)
            return Structure("WAV")
        position += 8 + size + size % 2
    else:
        raise RejectedError("over_budget", limit=BUDGET >> 20)
    raise RejectedError("incomplete", found=file.size, needed=max(position, file.size + 1))


def _examine_transport_stream(file: RangedFile, farthest: int = 0) -> bool:
    """Tell whether a file is a transport stream; a recorder's may begin within a packet.

    ``farthest`` is how many bytes of something else may stand before it.

    Raises:
        RejectedError: ``encrypted``.
    """
    data = file.read_at(0, farthest + 204 * 64)
    for size, sync_at in _TS_SIZES.items():
        for start in range(max(size, farthest)):
            if data[start + sync_at : start + sync_at + 1] != _TS_SYNC:
                continue
            places = range(start + sync_at, len(data) - 4, size)[:_TS_LOOKED_AT]
            headers = [data[at : at + 4] for at in places]
            if len(headers) >= _TS_PACKETS and all(map(_is_packet, headers[:_TS_PACKETS])):
                scrambled = sum(header[3] & 0xC0 != 0 for header in headers)
                if scrambled * 2 > len(headers):
                    raise RejectedError("encrypted")
                return True
    return False


def _is_packet(header: bytes) -> bool:
    # ISO/IEC 13818-1, 2.4.3.2: the two bits say that something follows; text in capitals has none.
    return header[:1] == _TS_SYNC and header[3] & 0x30 != 0
