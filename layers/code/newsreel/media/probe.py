"""Decides what the facts of a media file are, from a few ranges of it, by FFmpeg's demuxers."""

import logging
import re
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, pairwise
from typing import TYPE_CHECKING

import av
import av.error
import av.logging

from newsreel.catalogue.findings import Finding, RejectedError
from newsreel.catalogue.model import AudioFacts, Scan, VideoFacts
from newsreel.media import codecs, memory_limit
from newsreel.media.container import DEMUXERS, Container, Structure, examine
from newsreel.media.ranged_file import BUDGET, OverBudgetError, RangedFile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.video.stream import VideoStream

# FFmpeg's own log quotes file content; nothing of it is ever wanted.
av.logging.set_level(av.logging.PANIC)
logging.getLogger("libav").disabled = True

OPTIONS = {"probesize": str(4 * 1024 * 1024), "analyzeduration": "3000000"}
"""How much the demuxer may look at: bytes, and microseconds of material."""
_SOONER_DONE: dict[Container, dict[str, str]] = {
    "MXF": {"fpsprobesize": "0"},  # the header has the edit rate: no frames to be counted
    "WAV": {"analyzeduration": "100000"},  # the header has everything
}

_LOOKED_AT = 5000
"""Index entries that decide whether the frame rate varies."""
_VARIATION = 0.1
_TIME_CODE = re.compile(r"\d{2}:\d{2}:\d{2}[:;.]\d{2}")


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """What a media file is. Durations in seconds, bit rates in bits per second."""

    structure: Structure
    video: VideoFacts | None
    audio: AudioFacts | None
    duration: float | None
    start_timecode: str | None
    bit_depth: int
    findings: tuple[Finding, ...]


def probe(file: RangedFile) -> MediaFacts:
    """Return the facts of a file, reading at most its budget.

    Raises:
        RejectedError: why it can't be used, and what to do.
        ObjectMovedError: it was replaced meanwhile.
    """
    try:
        structure = examine(file)
        with memory_limit.bounded(), open_container(file, structure) as container:
            return _read_facts(container, structure, file.size)
    except (av.error.FFmpegError, MemoryError, OverBudgetError, ValueError, OverflowError) as error:
        if file.failure is not None:
            raise file.failure from None
        if file.over_budget:
            raise RejectedError("over_budget", limit=BUDGET >> 20) from error
        raise RejectedError("unreadable", container=structure.container) from None


def open_container(file: RangedFile, structure: Structure) -> "InputContainer":
    """Open a file with the one demuxer that its structure asks for."""
    file.seek(0)
    return av.open(
        file,
        "r",
        format=DEMUXERS[structure.container],
        options=OPTIONS | _SOONER_DONE.get(structure.container, {}),
        metadata_errors="replace",
    )


def _read_facts(container: "InputContainer", structure: Structure, size: int) -> MediaFacts:
    pictures = pictures_of(container)
    sounds = [stream for stream in container.streams.audio if _is_known(stream)]
    if not pictures and not sounds:
        raise RejectedError("no_streams")
    findings: list[Finding] = []
    duration = _duration(container, [*pictures, *sounds])
    if not duration:
        findings.append(Finding("zero_length"))
    if structure.index_first is False:
        findings.append(Finding("index_at_end"))
    audio = _audio_facts(sounds) if sounds else None
    video = None
    if pictures:
        spare = audio.bit_rate or 0 if audio else 0
        video = _video_facts(pictures[0], size, duration, spare)
        if _varies(pictures[0]):
            findings.append(Finding("variable_frame_rate"))
    return MediaFacts(
        structure=structure,
        video=video,
        audio=audio,
        duration=duration,
        start_timecode=_start_timecode(container),
        bit_depth=codecs.bit_depth(video.pixel_format) if video else 0,
        findings=tuple(findings),
    )


def pictures_of(container: "InputContainer") -> "list[VideoStream]":
    """Return the streams that are moving pictures, not a cover, of a codec that is known."""
    cover = av.stream.Disposition.attached_pic
    return [
        stream
        for stream in container.streams.video
        if _is_known(stream) and not stream.disposition & cover
    ]


def _is_known(stream: "VideoStream | AudioStream") -> bool:
    # Its type says that there always is one; there is none for a codec without a decoder.
    return getattr(stream, "codec_context", None) is not None


def _duration(
    container: "InputContainer", streams: "Sequence[VideoStream | AudioStream]"
) -> float | None:
    if container.duration and container.duration > 0:
        return round(container.duration / av.time_base, 3)
    found = [float(s.duration * s.time_base) for s in streams if s.duration and s.time_base]
    return round(max(found), 3) if found and max(found) > 0 else None


def _video_facts(
    stream: "VideoStream", size: int, duration: float | None, audio_rate: int
) -> VideoFacts:
    context = stream.codec_context
    if not context.width or not context.height:
        raise RejectedError("no_picture_size")
    rate = stream.average_rate or stream.guessed_rate
    bit_rate = context.bit_rate or None
    if bit_rate is None and duration:
        bit_rate = max(0, int(size * 8 / duration) - audio_rate) or None
    profile = codecs.profile_name(context.name, context.profile)
    return VideoFacts(
        codec=codecs.video_name(context.name, profile),
        profile=profile,
        width=context.width,
        height=context.height,
        frame_rate=str(_clean(rate)) if rate else None,
        scan=_scan(stream),
        bit_rate=bit_rate,
        pixel_format=context.pix_fmt,
    )


def _scan(stream: "VideoStream") -> Scan:
    # AVFieldOrder: 0 unknown, 1 progressive, everything above some kind of interlacing.
    order = int(getattr(stream.codec_context, "field_order", 0))
    return "interlaced" if order > 1 else "progressive"


def _clean(rate: Fraction) -> Fraction:
    """Return the standard rate that a measured one means: 29.97003 is 30000/1001."""
    for nominal in (24, 25, 30, 50, 60):
        for exact in (Fraction(nominal), Fraction(nominal * 1000, 1001)):
            if abs(float(rate / exact) - 1) < 1e-4:  # noqa: PLR2004 - 25 and 24.975 differ by 1e-3
                return exact
    return rate


def _varies(stream: "VideoStream") -> bool:
    entries = [entry.timestamp for entry in islice(stream.index_entries, _LOOKED_AT)]
    gaps = sorted(second - first for first, second in pairwise(entries) if second > first)
    if len(gaps) < 3:  # noqa: PLR2004 - too few to tell
        return False
    usual = gaps[len(gaps) // 2]
    # Coarse time bases round: a tick more or less is not variation.
    return gaps[-1] - gaps[0] > max(2, usual * _VARIATION)


def _audio_facts(streams: "Sequence[AudioStream]") -> AudioFacts:
    first = streams[0].codec_context
    rates = [stream.codec_context.bit_rate or 0 for stream in streams]
    return AudioFacts(
        codec=codecs.audio_name(first.name),
        tracks=len(streams),
        channels=sum(stream.codec_context.channels for stream in streams),
        sample_rate=first.sample_rate,
        bit_rate=sum(rates) or None,
    )


def _start_timecode(container: "InputContainer") -> str | None:
    found = [container.metadata, *(stream.metadata for stream in container.streams)]
    for metadata in found:
        value = metadata.get("timecode", "")
        if _TIME_CODE.fullmatch(value):
            return value
    return None
