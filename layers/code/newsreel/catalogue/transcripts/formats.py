"""Decides by which rules a transcript file is read, and in which forms one is given out.

The rules themselves are imported where they are used: the catalogue names the forms in its routes,
and few of its environments ever write one.
"""

from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsreel.catalogue.model import Speaker
    from newsreel.catalogue.transcripts.spoken import Reading

Format: TypeAlias = Literal["vtt", "srt", "txt"]

SUFFIXES: tuple[Format, ...] = ("vtt", "srt", "txt")
"""Best first: WebVTT can carry times and voices, SRT times, text neither but for its labels."""

MEDIA_TYPES: dict[Format, str] = {
    "vtt": "text/vtt; charset=utf-8",
    # RFC 8081 has none for SRT; this one is what players and servers use.
    "srt": "application/x-subrip; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
}


def read(
    form: Format,
    data: bytes,
    speakers: "Sequence[Speaker]" = (),
    language: str | None = None,
) -> "Reading":
    """Read a transcript file; ``speakers`` and ``language`` are those of ``metadata.json``.

    A reading with a remark that rejects (``garbled``) is not to be published.

    Raises:
        RejectedError: it is empty, no transcript, or holds no words; the finding says which.
    """
    from newsreel.catalogue.findings import Finding  # noqa: PLC0415
    from newsreel.catalogue.transcripts import (  # noqa: PLC0415
        captions,
        encoding,
        kinds,
        plain_text,
        spoken,
    )

    text, findings = encoding.decode(data, language)
    # What it is counts, not what it is called.
    timed = form != "txt" or kinds.is_captions(text)
    kinds.refuse_others(text, captions=timed)
    reading = captions.read(text, speakers) if timed else plain_text.read(text, speakers)
    if not any(turn.speaker for turn in reading.turns):
        findings.append(Finding("no_speaker"))
    return spoken.Reading(reading.turns, reading.cues, (*findings, *reading.findings))


def write(form: Format, reading: "Reading") -> str:
    """Write a transcript; WebVTT and SRT only when it is timed.

    Raises:
        ValueError: a timed form of an untimed transcript.
    """
    from newsreel.catalogue.transcripts import plain_text, subrip, webvtt  # noqa: PLC0415

    if form == "txt":
        return plain_text.write(reading.turns)
    if not reading.timed:
        raise ValueError("an untimed transcript has no cues")
    return webvtt.write(reading) if form == "vtt" else subrip.write(reading)
