"""Decides from the index of an MP4 or MOV whether its pictures and sounds are in the file.

Of tables that grow with the length of the programme only the ends are read. Sources: ISO/IEC
14496-12 section 8 (boxes of the index), 23001-7 (encryption), Apple's QuickTime File Format.
"""

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from newsreel.catalogue.findings import RejectedError
from newsreel.media import edit_list
from newsreel.media.boxes import Box, body_of, children
from newsreel.media.edit_list import Edits
from newsreel.media.orientation import UPRIGHT, Orientation, both, of_matrix
from newsreel.media.ranged_file import RangedFile
from newsreel.media.sample_tables import SampleTables

MOST_TRACKS = 100

PATHS = frozenset({b"trak", b"mdia", b"minf", b"dinf", b"stbl"})
"""Boxes of boxes on the way from a track to its tables."""
_MOST_DESCRIPTIONS = 64 * 1024
_ENCRYPTED = frozenset({b"encv", b"enca", b"enct", b"encs", b"drms", b"drmi", b"p608"})
"""Sample entries whose content is encrypted: common encryption, and what came before it."""
_SELF_CONTAINED = 1
_PICTURE, _SOUND = b"vide", b"soun"
_ENTRY_HEADER = {_PICTURE: 86, _SOUND: 36}
"""Bytes of a sample entry before its boxes, its own header included."""
_DOLBY_ALONE = 5
_PCM = frozenset({b"raw ", b"twos", b"sowt", b"in24", b"in32", b"fl32", b"fl64", b"NONE"})


@dataclass(frozen=True)
class Track:
    """One track of the index; ``boxes`` are those of all its levels by kind."""

    box: Box
    boxes: dict[bytes, Box]
    track_id: int
    handler: bytes
    timescale: int
    duration: int
    entries: tuple[bytes, ...]
    """The sample entries: how samples are coded, each with its header."""
    orientation: Orientation
    edits: Edits | None
    tables: SampleTables = field(repr=False)

    @property
    def is_media(self) -> bool:
        """Tell whether it is picture or sound."""
        return self.handler in {_PICTURE, _SOUND}

    @property
    def is_picture(self) -> bool:
        """Tell whether it is moving pictures."""
        return self.handler == _PICTURE

    @property
    def is_encrypted(self) -> bool:
        """Tell whether its samples need a key."""
        header = _ENTRY_HEADER.get(self.handler, 16)
        return any(
            entry[4:8] in _ENCRYPTED or b"sinf" in entry[header + 4 : header + 512]
            for entry in self.entries
        )

    @property
    def coding(self) -> str:
        """Return how its samples are coded, as the four letters that the file has for it."""
        kind = self.entries[0][4:8] if self.entries else b""
        return kind.decode("ascii", "replace").strip() if kind.isascii() else "?"

    @property
    def is_only_dolby_vision(self) -> bool:
        """Tell whether its pictures have colours that Dolby Vision alone knows: profile 5.

        Of the other profiles the pictures are HDR10, HLG or SDR as well. Source: "Dolby Vision
        Streams within the ISO Base Media File Format" (the profile's seven bits in ``dvcC``).
        """
        entry = self.entries[0] if self.entries else b""
        at = entry.find(b"dvcC", _ENTRY_HEADER[_PICTURE])
        profile = entry[at + 6 : at + 7] if self.is_picture and at > 0 else b""
        return bool(profile) and profile[0] >> 1 == _DOLBY_ALONE

    @property
    def sound(self) -> tuple[int, int]:
        """Return channels and samples a second, as the description of sound tells them."""
        entry = self.entries[0] if self.entries else b""
        return int.from_bytes(entry[24:26], "big"), int.from_bytes(entry[32:34], "big")

    @cached_property
    def bytes_per_sample(self) -> int:
        """Return the bytes of one sample where the table says 1: QuickTime counts PCM so; else 0.

        QuickTime File Format, "Sound sample descriptions": version 0 has the sample's bits, version
        1 the bytes that all channels of a sample take.
        """
        entry = self.entries[0] if self.entries else b""
        version = int.from_bytes(entry[16:18], "big")
        if version == 1:
            per_packet, per_frame = (int.from_bytes(entry[at : at + 4], "big") for at in (36, 44))
            return per_frame if per_packet == 1 else 0
        if version == 0 and entry[4:8] in _PCM:
            channels, bits = (int.from_bytes(entry[at : at + 2], "big") for at in (24, 26))
            return channels * bits // 8
        return 0


@dataclass(frozen=True)
class Index:
    """The index (``moov``) of a file: its tracks, and where it lies."""

    box: Box
    tracks: tuple[Track, ...]
    default_durations: Mapping[int, int]
    """Ticks of a fragment's samples, by the number of their track."""
    default_flags: Mapping[int, int]
    """And what they depend on."""
    timescale: int
    """Ticks a second of the movie, in which edit lists count."""
    duration: int = 0
    """Ticks that the movie is said to last, without its fragments as a rule; 0 if unknown."""
    promised: int = 0
    """Ticks that it is said to last with its fragments ("mehd"); 0 if unknown."""

    def seconds(self, track: Track) -> float:
        """Return how long a track is, as its edit list shows it."""
        if not track.timescale:
            return 0.0
        whole, edits = track.duration / track.timescale, track.edits
        if edits is None or not self.timescale:
            return whole
        return edits.before / self.timescale + min(edits.shown / self.timescale, whole)

    def parts(self, track: Track) -> list[tuple[float, float]]:
        """Return what a track shows one after another: times and lengths in its ticks."""
        end, edits = track.duration, track.edits
        if edits is None or not self.timescale or not track.timescale or not end:
            return [(0.0, float(end))]
        scale = track.timescale / self.timescale
        # The last part may be said to be longer than the track is.
        parts = [(float(at), min(length * scale, end - at)) for length, at in edits.parts]
        return [part for part in parts if part[1] > 0] or [(0.0, float(end))]

    def track(self, track_id: int) -> Track | None:
        """Return the track of a number."""
        return next((track for track in self.tracks if track.track_id == track_id), None)


def read_index(file: RangedFile, moov: Box) -> Index | None:
    """Return the index, or None where it is compressed (QuickTime's ``cmov``).

    Raises:
        RejectedError: ``elsewhere``, it names other movies alone (QuickTime's ``rmra``).
    """
    tracks: list[Track] = []
    durations: dict[int, int] = {}
    flags: dict[int, int] = {}
    movie, timescale, duration, promised = UPRIGHT, 0, 0, 0
    for box in children(file, moov):
        if box.kind == b"cmov":
            return None
        if box.kind == b"rmra":
            raise RejectedError("elsewhere")
        if box.kind == b"mvhd":
            header = body_of(file, box, 84)
            movie = _of_movie(header)
            timescale, duration = _times(header)
        if box.kind == b"mvex":
            extends = [(each.kind, body_of(file, each, 24)) for each in children(file, box)]
            defaults = [body for kind, body in extends if kind == b"trex"]
            promised = max(
                (_promised(body) for kind, body in extends if kind == b"mehd"), default=0
            )
            durations = {_integer(each, 4): _integer(each, 12) for each in defaults}
            flags = {_integer(each, 4): _integer(each, 20) for each in defaults}
        if box.kind == b"trak" and len(tracks) < MOST_TRACKS:
            tracks.append(_read_track(file, box))
    # The movie's header, which may follow its tracks, turns all of them once more.
    tracks = [replace(one, orientation=both(one.orientation, movie)) for one in tracks]
    return Index(moov, tuple(tracks), durations, flags, timescale, duration, promised)


def examine(file: RangedFile, index: Index, *, has_fragments: bool, has_data: bool) -> None:
    """Refuse a file whose pictures or sounds can't be played, or are not in it.

    ``has_data`` tells whether there is a box of samples (``mdat``).

    Raises:
        RejectedError: ``encrypted``, ``elsewhere``, ``no_samples`` or ``incomplete``.
    """
    media = [track for track in index.tracks if track.is_media]
    if any(track.is_encrypted for track in media):
        raise RejectedError("encrypted")
    if not has_data and any(_is_elsewhere(file, track) for track in media):
        raise RejectedError("elsewhere")
    if media and not has_fragments and not any(track.tables.count for track in media):
        raise RejectedError("no_samples")
    for track in media:
        needed = track.tables.last_byte(track.bytes_per_sample)
        if needed > file.size and _is_elsewhere(file, track):
            raise RejectedError("elsewhere")
        if needed > file.size:
            raise RejectedError("incomplete", found=file.size, needed=needed)


def _integer(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "big")


def _read_track(file: RangedFile, box: Box) -> Track:
    boxes = {found.kind: found for found in _descend(file, box)}
    header = _body(file, boxes.get(b"tkhd"), 96)
    long_times = header[:1] == b"\x01"
    track_id = int.from_bytes(header[20:24] if long_times else header[12:16], "big")
    matrix = header[52:88] if long_times else header[40:76]
    timescale, duration = _times(_body(file, boxes.get(b"mdhd"), 36))
    return Track(
        box=box,
        boxes=boxes,
        track_id=track_id,
        handler=_body(file, boxes.get(b"hdlr"), 12)[8:12],
        timescale=timescale,
        duration=duration,
        entries=tuple(_entries(_body(file, boxes.get(b"stsd"), _MOST_DESCRIPTIONS))),
        orientation=_orientation(matrix),
        edits=edit_list.read(file, boxes.get(b"edts")),
        tables=SampleTables(file, boxes),
    )


def _times(header: bytes) -> tuple[int, int]:
    """Return ticks a second and in all, 0 if unknown, of a movie ("mvhd") or a track ("mdhd")."""
    at, width = (20, 8) if header[:1] == b"\x01" else (12, 4)
    duration = header[at + 4 : at + 4 + width]
    unknown = duration == b"\xff" * len(duration)
    return _integer(header, at), 0 if unknown else int.from_bytes(duration, "big")


def _promised(header: bytes) -> int:
    duration = header[4:12] if header[:1] == b"\x01" else header[4:8]
    return 0 if duration == b"\xff" * len(duration) else int.from_bytes(duration, "big")


def _of_movie(header: bytes) -> Orientation:
    return _orientation(header[48:84] if header[:1] == b"\x01" else header[36:72])


def _orientation(matrix: bytes) -> Orientation:
    if len(matrix) < 36:  # noqa: PLR2004 - nine numbers of 4 bytes: a, b, u, c, d, v, x, y, w
        return UPRIGHT
    a, b, _u, c, d = struct.unpack(">5i", matrix[:20])
    return of_matrix(a, b, c, d)


def _descend(file: RangedFile, box: Box) -> Iterable[Box]:
    for child in children(file, box):
        if child.kind in PATHS:
            yield child
            yield from _descend(file, child)
        elif child.kind != b"hdlr" or box.kind == b"mdia":  # QuickTime has a second one in "minf"
            yield child


def _body(file: RangedFile, box: Box | None, most: int) -> bytes:
    return body_of(file, box, most) if box else b""


def _entries(descriptions: bytes) -> Sequence[bytes]:
    found: list[bytes] = []
    position = 8
    while position + 8 <= len(descriptions):
        size = int.from_bytes(descriptions[position : position + 4], "big")
        if size < 8:  # noqa: PLR2004 - an entry's size and kind
            break
        found.append(descriptions[position : position + size])
        position += size
    return found


def _is_elsewhere(file: RangedFile, track: Track) -> bool:
    """Tell whether all the samples are in other files, as in QuickTime's reference movies."""
    references = track.boxes.get(b"dref")
    if references is None:
        return False
    flags = [body_of(file, entry, 4) for entry in children(file, references, skip=8)]
    return bool(flags) and not any(flag[3:4] and flag[3] & _SELF_CONTAINED for flag in flags)
