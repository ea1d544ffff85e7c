"""Decides from a container's own structure what it is and whether the whole of it is here.

General probers call a truncated file fine as long as its index can be read. Sources: ISO/IEC
14496-12 (boxes), SMPTE ST 377-1 (MXF partitions), EBU Tech 3306 (RF64), RIFF WAVE.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from newsreel.catalogue.findings import RejectedError
from newsreel.media.ranged_file import BUDGET, RangedFile

Container: TypeAlias = Literal["MP4", "MOV", "MXF", "WAV", "MPEG-TS", "MP3"]

DEMUXERS: dict[Container, str] = {
    "MP4": "mov",
    "MOV": "mov",
    "MXF": "mxf",
    "WAV": "wav",
    "MPEG-TS": "mpegts",
    "MP3": "mp3",
}
"""The one demuxer that may open each: guessing would let a text file become a playlist that reads
other files."""

_MOST_BOXES = 200
_MOST_FRAGMENT_BOXES = 400
"""Each may cost a request, and somebody waits for the receipt."""
_MXF_KEY = bytes.fromhex("060e2b34020501010d010201")
_MXF_PARTITION = _MXF_KEY + b"\x01"
_HEADER, _BODY, _FOOTER = 2, 3, 4
_MXF_RUN_IN = 65536
_SMPTE_LABEL = bytes.fromhex("060e2b34")
_MOST_TRIPLETS = 2000
_TS_PACKET, _TS_SYNC, _M2TS_PACKET = 188, 0x47, 192
_FRAGMENTS_BEGIN = b"moof"
_LEAST_TRAILER = 24
_UNKNOWN_SIZE = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Structure:
    """A container that is whole; ``index_first`` is None where there is no such thing."""

    container: Container
    index_first: bool | None = None


def examine(file: RangedFile) -> Structure:
    """Return what a file is.

    Raises:
        RejectedError: ``not_media``, ``incomplete`` (with the bytes found and needed),
            ``no_index``, ``over_budget`` or ``many_fragments`` (more than can be looked at).
    """
    start = file.read_at(0, 64)
    if start[4:8] in {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"styp"}:
        return _examine_boxes(file, start)
    if start[:4] in {b"RIFF", b"RF64", b"BW64"} and start[8:12] == b"WAVE":
        return _examine_wave(file)
    run_in = _find_mxf(file, start)
    if run_in is not None:
        return _examine_mxf(file, run_in)
    if _is_transport_stream(file):
        return Structure("MPEG-TS")
    if start[:3] == b"ID3" or (len(start) > 1 and start[0] == 0xFF and start[1] & 0xE6 == 0xE2):  # noqa: PLR2004 - the frame sync of MPEG audio layer 3
        return Structure("MP3")
    raise RejectedError("not_media")


def _need(file: RangedFile, needed: int) -> None:
    if needed > file.size:
        raise RejectedError("incomplete", found=file.size, needed=needed)


def _examine_boxes(file: RangedFile, start: bytes) -> Structure:
    brand = start[8:12] if start[4:8] == b"ftyp" else b"qt  "
    container: Container = "MOV" if brand == b"qt  " else "MP4"
    position = 0
    order: list[bytes] = []
    while position < file.size and len(order) < _MOST_BOXES:
        header = file.read_at(position, 16)
        size, kind = int.from_bytes(header[:4], "big"), header[4:8]
        if size == 1:
            size = int.from_bytes(header[8:16], "big")
        elif size == 0:
            size = file.size - position  # to the end of the file
        if len(header) < 8 or size < 8:  # noqa: PLR2004 - a box's size and type
            _refuse_trailing(file, position, order)
            break
        _need(file, position + size)
        order.append(kind)
        if kind == _FRAGMENTS_BEGIN:
            _examine_fragments(file, position)
            break
        position += size
    else:
        if position < file.size:
            raise RejectedError("over_budget", limit=BUDGET >> 20)
    if b"moov" not in order:
        raise RejectedError("no_index")
    return Structure(container, _index_first(order))


def _examine_fragments(file: RangedFile, position: int) -> None:
    """Hold a file to its fragments: its trailer is written last, or else each box is looked at."""
    if _ends_with_trailer(file, position):
        return
    for _ in range(_MOST_FRAGMENT_BOXES):
        if position >= file.size:
            return
        header = file.peek(position, 16)
        size = int.from_bytes(header[:4], "big")
        if size == 1:
            size = int.from_bytes(header[8:16], "big")
        elif size == 0:
            return
        _need(file, position + max(size, 8))
        position += max(size, 8)
    raise RejectedError("many_fragments", limit=_MOST_FRAGMENT_BOXES // 2)


def _ends_with_trailer(file: RangedFile, fragments_at: int) -> bool:
    # ISO/IEC 14496-12, 8.8.9 to 8.8.11: "mfra" stands last and ends with "mfro", its own size.
    end = file.peek(file.size - 16, 16)
    size = int.from_bytes(end[12:], "big")
    if end[4:8] != b"mfro" or not _LEAST_TRAILER <= size < file.size - fragments_at:
        return False
    beginning = file.peek(file.size - size, 8)
    return beginning == size.to_bytes(4, "big") + b"mfra"


def _refuse_trailing(file: RangedFile, position: int, order: list[bytes]) -> None:
    # Some writers pad a whole file with zeros; before the index that means it was cut.
    if b"moov" not in order:
        raise RejectedError("incomplete", found=file.size, needed=max(file.size + 1, position + 8))


def _index_first(order: list[bytes]) -> bool:
    return b"mdat" not in order or order.index(b"moov") < order.index(b"mdat")


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
            if size == _UNKNOWN_SIZE:
                size = large if large is not None else file.size - position - 8
            _need(file, position + 8 + size)
            return Structure("WAV")
        position += 8 + size + size % 2
    raise RejectedError("incomplete", found=file.size, needed=max(position, file.size + 1))


def _find_mxf(file: RangedFile, start: bytes) -> int | None:
    if start.startswith(_MXF_PARTITION):
        return 0
    # ST 377-1 section 6.5: a run-in shorter than 64 KiB may stand before the header partition.
    found = file.read_at(0, _MXF_RUN_IN).find(_MXF_PARTITION + bytes([_HEADER]))
    return found if found > 0 else None


def _examine_mxf(file: RangedFile, run_in: int) -> Structure:
    header = _read_partition(file, run_in)
    if header is None:
        raise RejectedError("incomplete", found=file.size, needed=file.size + 1)
    footer_at = header.footer
    if footer_at == 0:
        # An open header does not know its footer; the random index pack at the end may.
        footer_at = _footer_by_index_pack(file)
    if footer_at == 0:
        raise RejectedError("no_index")
    _need(file, run_in + footer_at + 1)
    footer = _read_partition(file, run_in + footer_at)
    if footer is None or footer.kind != _FOOTER:
        raise RejectedError("incomplete", found=file.size, needed=file.size + 1)
    _need(file, footer.end)
    _walk_to_the_end(file, run_in + footer_at)
    return Structure("MXF")


def _walk_to_the_end(file: RangedFile, position: int) -> None:
    """Refuse a file that ends in the middle of a KLV triplet behind its footer (ST 336)."""
    for _ in range(_MOST_TRIPLETS):
        header = file.read_at(position, 25)
        if len(header) < 17 or not header.startswith(_SMPTE_LABEL):  # noqa: PLR2004 - key and length
            return
        position += _length_of(header)
        _need(file, position)


def _length_of(header: bytes) -> int:
    """Return the length of a whole KLV triplet; BER: the low bits count the length's bytes."""
    if header[16] & 0x80:
        value_at = 17 + (header[16] & 0x7F)
        return value_at + int.from_bytes(header[17:value_at], "big")
    return 17 + header[16]


@dataclass(frozen=True, slots=True)
class _Partition:
    kind: int
    footer: int
    end: int


def _read_partition(file: RangedFile, position: int) -> _Partition | None:
    data = file.read_at(position, 128)
    if len(data) < 17 or not data.startswith(_MXF_PARTITION):  # noqa: PLR2004 - key and length
        return None
    value_at = 17 + (data[16] & 0x7F if data[16] & 0x80 else 0)
    # ST 377-1 table 5: versions 2+2, KAG size 4, this, previous, footer 8 each, header and index
    # byte counts 8 each.
    value = data[value_at : value_at + 48]
    footer = int.from_bytes(value[24:32], "big")
    metadata = int.from_bytes(value[32:40], "big") + int.from_bytes(value[40:48], "big")
    return _Partition(data[13], footer, position + _length_of(data) + metadata)


def _footer_by_index_pack(file: RangedFile) -> int:
    tail = file.read_at(max(0, file.size - BLOCK_OF_INDEX), BLOCK_OF_INDEX)
    if len(tail) < 16:  # noqa: PLR2004 - a key and a length
        return 0
    length = int.from_bytes(tail[-4:], "big")
    if not 16 < length <= len(tail) or not tail[-length:].startswith(_MXF_KEY + b"\x01\x11"):  # noqa: PLR2004
        return 0
    return int.from_bytes(tail[-12:-4], "big")  # the last pair of body id and offset is the footer


BLOCK_OF_INDEX = 16 * 1024
"""Bytes from the end in which a random index pack is looked for."""


def _is_transport_stream(file: RangedFile) -> bool:
    for packet, offset in ((_TS_PACKET, 0), (_M2TS_PACKET, 4)):
        data = file.read_at(0, packet * 8)
        if len(data) == packet * 8 and all(data[offset + packet * n] == _TS_SYNC for n in range(8)):
            return True
    return False
