"""Decides whether an MXF is whole, and reads the parts of it that its demuxer will look at.

FFmpeg's demuxer visits every partition, one for about each ten seconds. Their places stand in the
random index pack at the end, so the beginnings of all of them are read together. Sources: SMPTE
ST 377-1 (partitions, random index pack), ST 336 (KLV), ST 429-6 (encrypted essence).
"""

from dataclasses import dataclass

from newsreel.catalogue.findings import RejectedError
from newsreel.media.ranged_file import RangedFile

PARTITION_START = 8 * 1024
"""Bytes read of each partition: its pack, as a rule its index, and the first label of essence."""

MOST_PARTITIONS = 20_000
"""More than two days of programme; each costs a request."""

_MOST_READS = 400
"""How often partitions are looked for, one after another, where there is no random index pack: each
takes as long as a request, and somebody waits for the receipt."""

_MOST_TOGETHER = 64
"""Partitions that are looked for at once where the ones before were equally far apart."""

_KEY = bytes.fromhex("060e2b34020501010d010201")
_PARTITION = _KEY + b"\x01"
_INDEX_PACK = _KEY + b"\x01\x11"
_INDEX = bytes.fromhex("060e2b34025301010d01020101100100")
_FILL = bytes.fromhex("060e2b34010101020301021001000000")
_OLD_FILL = bytes.fromhex("060e2b34010101010301021001000000")
_LEAST_FILL = 25
"""Bytes of a key and the longest length, with nothing behind them."""
_MOST_INDEX_BYTES = 8 * 1024 * 1024
_HEADER, _FOOTER = 2, 4
_RUN_IN = 65536
_SMPTE_LABEL = bytes.fromhex("060e2b34")
_ENCRYPTED = bytes.fromhex("060e2b34040101070d010301020b0100")
_MOST_TRIPLETS = 2000
_KEY_AND_LENGTH = 17
_PAIR = 12
"""A random index pack's entry: the body's id, 4 bytes, and where the partition starts, 8."""
_LEAST_PACK = _KEY_AND_LENGTH + _PAIR + 4


def find(file: RangedFile, start: bytes) -> int | None:
    """Return where an MXF's header partition starts, or None if this is no MXF.

    ST 377-1 section 6.5: a run-in shorter than 64 KiB may stand before it.
    """
    if start.startswith(_PARTITION):
        return 0
    found = file.read_at(0, _RUN_IN).find(_PARTITION + bytes([_HEADER]))
    return found if found > 0 else None


def examine(file: RangedFile, run_in: int) -> None:
    """Refuse an MXF that is not whole; of one that is, read what its demuxer will look at.

    Raises:
        RejectedError: ``incomplete``, ``no_index``, ``encrypted`` or ``many_partitions``.
    """
    header = _read_partition(file, run_in)
    if header is None:
        raise _cut(file)
    places = _index_pack(file)
    # An open header does not know its footer; the random index pack may: it is the last one there.
    footer_at = header.footer or (places[-1] if places else 0)
    if footer_at == 0:
        raise RejectedError("no_index")
    _need(file, run_in + footer_at + 1)
    footer = _read_partition(file, run_in + footer_at)
    if footer is None or footer.kind != _FOOTER:
        raise _cut(file)
    _need(file, footer.end)
    _walk_to_the_end(file, run_in + footer_at)
    if _ENCRYPTED in file.read_at(run_in, header.pack_size):
        raise RejectedError("encrypted")
    if places:
        body = [run_in + place for place in places if 0 < place < footer_at]
        _hold(file, body)
    else:
        body = _hold_chain(file, run_in, run_in + footer_at, footer)
    _hide_indexes(file, [run_in, *body, run_in + footer_at])


def _need(file: RangedFile, needed: int) -> None:
    if needed > file.size:
        raise RejectedError("incomplete", found=file.size, needed=needed)


def _cut(file: RangedFile) -> RejectedError:
    return RejectedError("incomplete", found=file.size, needed=file.size + 1)


def _hold(file: RangedFile, places: list[int]) -> None:
    if len(places) > MOST_PARTITIONS:
        raise RejectedError("many_partitions", limit=MOST_PARTITIONS)
    apart: list[int] = []
    for place in sorted(places):
        if not apart or place >= apart[-1] + PARTITION_START:
            apart.append(place)
    file.budget += PARTITION_START * len(apart)
    file.hold([(place, PARTITION_START) for place in apart], growing=True)


def _hold_chain(file: RangedFile, run_in: int, footer_at: int, footer: "_Partition") -> list[int]:
    """Go from the footer back to the header, as each partition names the one before it.

    Return where they start. Of a constant rate all are equally far apart: as long as that holds,
    more and more are read together. Of a rate that varies, too many are not looked at: the demuxer
    is shown a footer that names the header as the one before it.
    """
    place, apart, together, reads = footer.previous, 0, 1, 0
    found: list[int] = []
    while place:
        if reads == _MOST_READS or len(found) == MOST_PARTITIONS:
            previous = footer_at + footer.previous_at
            file.cover(previous, previous + 8, bytes(8))
            return []
        if not file.holds(run_in + place):
            guesses = [place - number * apart for number in range(together)]
            _hold(file, [run_in + guess for guess in guesses if guess > 0])
            reads += 1
        found.append(run_in + place)
        partition = _read_partition(file, run_in + place)
        if partition is None or partition.previous >= place:
            return found  # the demuxer stops there too
        together = min(_MOST_TOGETHER, 2 * together) if place - partition.previous == apart else 1
        place, apart = partition.previous, place - partition.previous
    return found


def _hide_indexes(file: RangedFile, places: list[int]) -> None:
    """Show fill in place of index tables that together are too large to be read.

    They tell where each picture of a long programme starts; what is looked at are the first few.
    """
    partitions = [(place, _read_partition(file, place)) for place in places]
    if sum(one.index_bytes for _place, one in partitions if one) <= _MOST_INDEX_BYTES:
        return
    for place, one in partitions:
        if one is None or one.index_bytes < _LEAST_FILL:
            continue
        start = one.end - one.index_bytes
        fill = file.peek(place + one.pack_size, _KEY_AND_LENGTH + 8)
        if fill.startswith((_FILL, _OLD_FILL)):
            start += _length_of(fill)  # behind the pack; the counts begin behind it
        if file.peek(start, 16).startswith(_INDEX):
            length = (one.index_bytes - _LEAST_FILL).to_bytes(8, "big")
            file.cover(start, start + one.index_bytes, _FILL + b"\x88" + length)


def _walk_to_the_end(file: RangedFile, position: int) -> None:
    """Refuse a file that ends in the middle of a KLV triplet behind its footer (ST 336)."""
    for _ in range(_MOST_TRIPLETS):
        header = file.read_at(position, 25)
        if len(header) < _KEY_AND_LENGTH or not header.startswith(_SMPTE_LABEL):
            return
        position += _length_of(header)
        _need(file, position)


def _length_of(header: bytes) -> int:
    """Return the length of a whole KLV triplet; BER: the low bits count the length's bytes."""
    if header[16] & 0x80:
        value_at = _KEY_AND_LENGTH + (header[16] & 0x7F)
        return value_at + int.from_bytes(header[_KEY_AND_LENGTH:value_at], "big")
    return _KEY_AND_LENGTH + header[16]


@dataclass(frozen=True, slots=True)
class _Partition:
    """A partition pack; ``previous`` and ``footer`` are offsets from the header partition.

    ``previous_at`` is where the former stands, from the start of the pack.
    """

    kind: int
    previous: int
    previous_at: int
    footer: int
    pack_size: int
    index_bytes: int
    end: int


def _read_partition(file: RangedFile, position: int) -> _Partition | None:
    data = file.read_at(position, 128)
    if len(data) < _KEY_AND_LENGTH or not data.startswith(_PARTITION):
        return None
    value_at = _KEY_AND_LENGTH + (data[16] & 0x7F if data[16] & 0x80 else 0)
    # ST 377-1 table 5: versions 2+2, KAG size 4, this, previous, footer 8 each, header and index
    # byte counts 8 each.
    value = data[value_at : value_at + 48]
    index_bytes = int.from_bytes(value[40:48], "big")
    metadata = int.from_bytes(value[32:40], "big") + index_bytes
    pack_size = _length_of(data)
    return _Partition(
        kind=data[13],
        previous=int.from_bytes(value[16:24], "big"),
        previous_at=value_at + 16,
        footer=int.from_bytes(value[24:32], "big"),
        pack_size=min(pack_size, PARTITION_START),
        index_bytes=index_bytes,
        end=position + pack_size + metadata,
    )


def _index_pack(file: RangedFile) -> list[int]:
    """Return where the partitions start, by the random index pack; none without one.

    Raises:
        RejectedError: ``many_partitions``.
    """
    length = int.from_bytes(file.read_at(file.size - 4, 4), "big")
    if not _LEAST_PACK <= length <= file.size:
        return []
    start = file.size - length
    if not file.peek(start, _KEY_AND_LENGTH).startswith(_INDEX_PACK):
        return []
    if length > _LEAST_PACK + _PAIR * (MOST_PARTITIONS + 2):
        raise RejectedError("many_partitions", limit=MOST_PARTITIONS)
    pack = file.read_at(start, length)
    value_at = _KEY_AND_LENGTH + (pack[16] & 0x7F if pack[16] & 0x80 else 0)
    pairs = pack[value_at : length - 4]
    return [
        int.from_bytes(pairs[at + 4 : at + _PAIR], "big")
        for at in range(0, len(pairs) - len(pairs) % _PAIR, _PAIR)
    ]
