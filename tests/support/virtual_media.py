"""Media files larger than any disk here: what is looked at of them is made when it is read."""

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from newsreel.media.ranged_file import RangedFile

from tests.support import media_files
from tests.support.media_files import make

_MXF_KEY = bytes.fromhex("060e2b34020501010d010201")
_PICTURE_ELEMENT = bytes.fromhex("060e2b34010201010d01030115010500")
_PACK = 20 + 104
_THIS, _PREVIOUS, _FOOTER, _BODY_OFFSET = 28, 36, 44, 72
"""Where these stand in a partition, its key and length before them."""


@dataclass
class VirtualFile:
    """A file of pieces at some places and zeros between them, and what was read of it."""

    size: int
    pieces: dict[int, bytes]
    reads: list[tuple[int, int]] = field(default_factory=list)
    repeated: tuple[int, int, int, Callable[[int], bytes]] | None = None
    """A piece that comes again: where first, how far apart, how often, and what it is."""

    def read_range(self, start: int, length: int) -> bytes:
        self.reads.append((start, length))
        end = min(self.size, start + length)
        whole = bytearray(end - start)
        for place, piece in self._pieces(start, end):
            begin, stop = max(start, place), min(end, place + len(piece))
            if begin < stop:
                whole[begin - start : stop - start] = piece[begin - place : stop - place]
        return bytes(whole)

    def _pieces(self, start: int, end: int) -> list[tuple[int, bytes]]:
        found = [*self.pieces.items()]
        if self.repeated is not None:
            first, apart, times, made = self.repeated
            numbers = range(
                max(0, (start - first) // apart), min(times, (end - first) // apart + 1)
            )
            found += [(first + number * apart, made(number)) for number in numbers]
        return found

    def open(self) -> RangedFile:
        return RangedFile(self.read_range, self.size)


def _patched(data: bytes, *changes: tuple[int, int]) -> bytes:
    patched = bytearray(data)
    for at, value in changes:
        patched[at : at + 8] = value.to_bytes(8, "big")
    return bytes(patched)


def mxf(partitions: int, apart: int, *, index_pack: bool = True) -> VirtualFile:
    """Return an MXF with so many partitions behind the first of its essence."""
    small = make(media_files.Recipe("mxf", "mpeg2video", (176, 144), frames=12, bit_rate=300_000))
    body = small.index(_MXF_KEY + b"\x01\x03\x04")
    old_footer = small.index(_MXF_KEY + b"\x01\x04\x04")
    old_pack = small.index(_MXF_KEY + b"\x01\x11")
    first = old_footer
    footer = first + partitions * apart
    head = _patched(small[:old_footer], (_FOOTER, footer), (body + _FOOTER, footer))

    def partition(number: int) -> bytes:
        this = first + number * apart
        previous = this - apart if number else body
        pack = _patched(
            small[body : body + _PACK],
            (_THIS, this),
            (_PREVIOUS, previous),
            (_FOOTER, footer),
            (_BODY_OFFSET, number * apart),
        )
        rest = apart - _PACK - 25
        return pack + _PICTURE_ELEMENT + b"\x88" + rest.to_bytes(8, "big")

    last = first + (partitions - 1) * apart
    tail = _patched(
        small[old_footer:old_pack], (_THIS, footer), (_PREVIOUS, last), (_FOOTER, footer)
    )
    places = [(0, 0), (1, body), *((1, first + n * apart) for n in range(partitions)), (0, footer)]
    pairs = b"".join(struct.pack(">IQ", *place) for place in places)
    length = 16 + 4 + len(pairs) + 4
    value = (len(pairs) + 4).to_bytes(3, "big")
    pack = _MXF_KEY + b"\x01\x11\x01\x00\x83" + value + pairs + length.to_bytes(4, "big")
    end = tail + (pack if index_pack else b"")
    return VirtualFile(
        footer + len(end), {0: head, footer: end}, repeated=(first, apart, partitions, partition)
    )


def _box(kind: bytes, body: bytes) -> bytes:
    return (8 + len(body)).to_bytes(4, "big") + kind + body


def _boxes(data: bytes) -> list[tuple[bytes, bytes]]:
    found, at = [], 0
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        found.append((data[at + 4 : at + 8], data[at + 8 : at + size]))
        at += size
    return found


def _rebuilt(data: bytes, changes: dict[bytes, bytes]) -> bytes:
    """Return boxes with the bodies of some of them changed, at whatever depth."""
    parts = []
    for kind, body in _boxes(data):
        if kind in {b"moov", b"trak", b"mdia", b"minf", b"stbl"}:
            parts.append(_box(kind, _rebuilt(body, changes)))
        elif kind != b"edts":
            parts.append(_box(kind, changes.get(kind, body)))
    return b"".join(parts)


def mp4(samples: int, apart: int, every: int = 50, *, index_first: bool = False) -> VirtualFile:
    """Return an MP4 of so many samples, one each ``apart`` bytes; a keyframe is every 50th."""
    recipe = media_files.Recipe("mp4", "libx264", frames=2, codec_options=(("bf", "0"),))
    small = dict(_boxes(make(recipe)))
    tables = dict(_boxes_within(small[b"moov"], b"stbl"))
    key_size = int.from_bytes(tables[b"stsz"][12:16], "big")
    keyframe = small[b"mdat"][:key_size]
    assert key_size < apart
    sizes = struct.pack(f">{every}I", key_size, *[1000] * (every - 1)) * (samples // every)
    syncs = range(1, samples + 1, every)
    moov: bytes = b""
    ftyp = _box(b"ftyp", small[b"ftyp"])
    data_size = samples * apart
    for _ in range(2):  # the second time it is known how long the index is
        base = len(ftyp) + (len(moov) if index_first else 0) + 16
        changes = {
            b"stts": struct.pack(">IIII", 0, 1, samples, 512),
            b"stsc": struct.pack(">IIIII", 0, 1, 1, 1, 1),
            b"stsz": struct.pack(">III", 0, 0, samples) + sizes,
            b"stss": struct.pack(f">II{len(syncs)}I", 0, len(syncs), *syncs),
            b"mvhd": _with_duration(tables[b"mvhd"], samples * 40, 16),
            b"mdhd": _with_duration(tables[b"mdhd"], samples * 512, 16),
            b"stco": struct.pack(
                f">II{samples}Q", 0, samples, *range(base, base + data_size, apart)
            ),
        }
        moov = _rebuilt(_box(b"moov", small[b"moov"]), changes).replace(b"stco", b"co64")
    mdat = b"\x00\x00\x00\x01mdat" + (16 + data_size).to_bytes(8, "big")
    head = ftyp + (moov + mdat if index_first else mdat)
    tail = {} if index_first else {len(head) + data_size: moov}
    return VirtualFile(
        len(head) + data_size + (0 if index_first else len(moov)),
        {0: head, **tail},
        repeated=(len(head), every * apart, samples // every, lambda _number: keyframe),
    )


def fragmented(count: int, apart: int) -> VirtualFile:
    """Return an MP4 of so many fragments of two pictures, one each ``apart`` bytes, unlisted."""
    movable = (("movflags", "+frag_keyframe+empty_moov+default_base_moof"),)
    small = make(replace(media_files.FRAGMENTED, sound=None, options=movable))
    first, second = [match.start() - 4 for match in re.finditer(b"moof", small)][:2]
    fragment = small[first:second]
    data_at = fragment.index(b"mdat") - 4
    time_at = fragment.index(b"tfdt") + 4
    version = fragment[time_at]
    width = 8 if version else 4
    ticks = int.from_bytes(small[second:][time_at + 4 : time_at + 4 + width], "big")

    def made(number: int) -> bytes:
        time = (number * ticks).to_bytes(width, "big")
        timed = fragment[: time_at + 4] + time + fragment[time_at + 4 + width :]
        size = (apart - data_at).to_bytes(4, "big")
        return timed[:data_at] + size + timed[data_at + 4 :]

    size = first + count * apart
    return VirtualFile(size, {0: small[:first]}, repeated=(first, apart, count, made))


def _boxes_within(data: bytes, last: bytes) -> list[tuple[bytes, bytes]]:
    boxes: list[tuple[bytes, bytes]] = []
    for kind, body in _boxes(data):
        boxes.append((kind, body))
        if kind in {b"trak", b"mdia", b"minf", last}:
            boxes += _boxes_within(body, last)
    return boxes


def _with_duration(header: bytes, ticks: int, at: int) -> bytes:
    return header[:at] + ticks.to_bytes(4, "big") + header[at + 4 :]
