"""Decides how the process that looks into files and the one that asked it speak to each other.

JSON and bytes, never pickled objects: what decodes hostile files may not run anything in the
process that has credentials.
"""

import json
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from newsreel.catalogue.findings import SEVERITIES, Finding, RejectedError
from newsreel.catalogue.model import AudioFacts, VideoFacts
from newsreel.media.container import DEMUXERS, Structure
from newsreel.media.poster_picture import WIDTHS, Posters
from newsreel.media.probe import MediaFacts
from newsreel.media.ranged_file import Range

HEADER = struct.Struct(">II")
"""Bytes of JSON and bytes behind it."""

LARGEST = 64 * 1024 * 1024


class BrokenMessageError(Exception):
    """What came is no message: the other side died while it wrote, or worse."""


@dataclass(frozen=True, slots=True)
class Message:
    """Some fields, and bytes that belong to them."""

    fields: Mapping[str, object]
    body: bytes = b""

    def encode(self) -> bytes:
        """Return it as it is sent."""
        text = json.dumps(self.fields).encode()
        return HEADER.pack(len(text), len(self.body)) + text + self.body


def receive(read: Callable[[int], bytes]) -> Message | None:
    """Return the next message, or None at the end; ``read`` returns fewer bytes only at the end.

    Raises:
        BrokenMessageError: it is none.
    """
    header = read(HEADER.size)
    if not header:
        return None
    if len(header) < HEADER.size:
        raise BrokenMessageError
    text_length, body_length = HEADER.unpack(header)
    if text_length + body_length > LARGEST:
        raise BrokenMessageError
    text, body = read(text_length), read(body_length)
    if len(text) + len(body) < text_length + body_length:
        raise BrokenMessageError
    try:
        fields = json.loads(text)
    except ValueError:
        raise BrokenMessageError from None
    if not isinstance(fields, dict):
        raise BrokenMessageError
    return Message(fields, body)


def to_ranges(message: Message, size: int) -> list[Range]:
    """Return the ranges of a file of so many bytes that a message asks for.

    Raises:
        BrokenMessageError: some of it is no range of that file.
    """
    ranges = message.fields.get("read")
    wanted: list[Range] = []
    for entry in ranges if isinstance(ranges, list) else [None]:
        match entry:
            case [int(start), int(length)] if 0 <= start < start + length <= size:
                wanted.append((start, length))
            case _:
                raise BrokenMessageError
    return wanted


def of_facts(facts: MediaFacts) -> Message:
    """Return facts as a message."""
    return Message(
        {
            "container": facts.structure.container,
            "index_first": facts.structure.index_first,
            "video": facts.video.model_dump() if facts.video else None,
            "audio": facts.audio.model_dump() if facts.audio else None,
            "duration": facts.duration,
            "start_timecode": facts.start_timecode,
            "bit_depth": facts.bit_depth,
            "remarks": [[finding.code, dict(finding.values)] for finding in facts.findings],
        }
    )


def to_facts(message: Message) -> MediaFacts:
    """Return the facts of a message.

    Raises:
        BrokenMessageError: they are none.
    """
    fields = message.fields
    try:
        container = next(name for name in DEMUXERS if name == fields["container"])
        index_first, duration = fields["index_first"], fields["duration"]
        timecode, bit_depth = fields["start_timecode"], fields["bit_depth"]
        video, audio, findings = fields["video"], fields["audio"], fields["remarks"]
        return MediaFacts(
            structure=Structure(container, None if index_first is None else bool(index_first)),
            video=VideoFacts.model_validate(video) if video is not None else None,
            audio=AudioFacts.model_validate(audio) if audio is not None else None,
            duration=float(duration) if isinstance(duration, int | float) else None,
            start_timecode=str(timecode) if timecode is not None else None,
            bit_depth=bit_depth if isinstance(bit_depth, int) else 0,
            findings=tuple(map(_to_remark, findings)) if isinstance(findings, list) else (),
        )
    except (KeyError, StopIteration, TypeError, ValueError):
        raise BrokenMessageError from None


def of_posters(posters: Posters | None) -> Message:
    """Return posters as a message."""
    made = posters or {}
    return Message({"posters": [len(made[width]) for width in made]}, b"".join(made.values()))


def to_posters(message: Message) -> Posters | None:
    """Return the posters of a message.

    Raises:
        BrokenMessageError: they are none.
    """
    lengths = message.fields.get("posters")
    if not isinstance(lengths, list) or len(lengths) not in {0, len(WIDTHS)}:
        raise BrokenMessageError
    posters: dict[int, bytes] = {}
    position = 0
    for width, length in zip(WIDTHS, lengths, strict=False):
        if not isinstance(length, int):
            raise BrokenMessageError
        posters[width] = message.body[position : position + length]
        position += length
    return posters or None


def of_refusal(refusal: RejectedError) -> Message:
    """Return a refusal as a message."""
    return Message({"refused": [refusal.finding.code, dict(refusal.finding.values)]})


def to_refusal(message: Message) -> RejectedError | None:
    """Return the refusal of a message, or None if it is another one.

    Raises:
        BrokenMessageError: it is none that can be told.
    """
    if "refused" not in message.fields:
        return None
    try:
        finding = _to_remark(message.fields["refused"])
    except (TypeError, ValueError):
        raise BrokenMessageError from None
    return RejectedError(finding.code, **finding.values)


def _to_remark(fields: object) -> Finding:
    if not isinstance(fields, list):
        raise TypeError
    code, values = fields
    if code not in SEVERITIES or not isinstance(values, dict):
        raise ValueError
    return Finding(code, {str(name): _plain(value) for name, value in values.items()})


def _plain(value: object) -> str | int:
    return value if isinstance(value, int) else str(value)
