"""Decides what the facts of a media file are, from a few ranges of it, by FFmpeg's demuxers."""

import logging
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING

import av
import av.error
import av.logging

from newsreel.catalogue.findings import Finding, RejectedError
from newsreel.catalogue.model import AudioFacts, VideoFacts
from newsreel.media import codecs, fragments, frame_rates, memory_limit, picture_facts, thin_index
from newsreel.media.container import DEMUXERS, Container, Structure, examine
from newsreel.media.mp4 import Track
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

_AS_IT_IS: Mapping[str, str] = MappingProxyType({})

_LOOKED_AT = 5000
"""Index entries that decide whether the frame rate varies."""
_MOST_PACKETS = 500
"""Packets among which the first of a picture must be."""
_MOST_DECODED = 10
"""Pictures that are decoded to see whether they are interlaced."""
_TOO_FEW = 5
"""Pictures of which a transport stream's rate would be a guess, as fields may be taken for them;
other containers tell it."""
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
    name = "?"
    try:
        structure = examine(file)
        name = structure.container
        if structure.index is not None and thin_index.is_needed(structure.index):
            thin_index.show_beginning(file, structure.index)
        if structure.fragments is not None and structure.fragments.are_many:
            fragments.show(file, structure.fragments, structure.fragments.beginning())
        with memory_limit.bounded(), open_container(file, structure) as container:
            return _read_facts(container, structure, file.size)
    except (av.error.FFmpegError, MemoryError, OverBudgetError, ValueError, OverflowError) as error:
        if file.failure is not None:
            raise file.failure from None
        if file.over_budget:
            raise RejectedError("over_budget", limit=BUDGET >> 20) from error
        raise RejectedError("unreadable", container=name) from None


def open_container(
    file: RangedFile, structure: Structure, options: Mapping[str, str] = _AS_IT_IS
) -> "InputContainer":
    """Open a file with the one demuxer that its structure asks for."""
    file.seek(0)
    return av.open(
        file,
        "r",
        format=DEMUXERS[structure.container],
        options={**OPTIONS, **_SOONER_DONE.get(structure.container, {}), **options},
        metadata_errors="replace",
    )


def _read_facts(container: "InputContainer", structure: Structure, size: int) -> MediaFacts:
    picture = main_picture(container)
    sounds = [stream for stream in container.streams.audio if _is_heard(stream)]
    unknown = _undecoded(container, structure)
    if picture is None and any(track.is_picture for track in unknown):
        # Its sound alone would be taken for all that it is.
        raise RejectedError("unknown_codec", codec=unknown[0].coding)
    if picture is None and not sounds:
        raise RejectedError("no_streams")
    media: list[VideoStream | AudioStream] = [*([picture] if picture else []), *sounds]
    findings = [*structure.findings]
    duration = _duration(container, structure, media)
    start_timecode = _start_timecode(container)
    audio = _audio_facts(sounds) if sounds else _audio_of_tracks(unknown)
    video = None
    if picture is not None:
        spare = audio.bit_rate or 0 if audio else 0
        rate, varies = _frame_rate(picture, structure, duration or 0)
        bit_rate = picture.codec_context.bit_rate or None
        if bit_rate is None and duration:
            bit_rate = max(0, int(size * 8 / duration) - spare) or None
        video = picture_facts.of_stream(picture, _track_of(picture, structure), rate, bit_rate)
        if varies:
            findings.append(Finding("variable_frame_rate"))
    interlaced = _see_samples(container, media[0])
    if video is not None and interlaced is not None:
        video = video.model_copy(update={"scan": "interlaced" if interlaced else "progressive"})
    if not duration:
        findings.append(Finding("zero_length"))
    if structure.index_first is False:
        findings.append(Finding("index_at_end"))
    return MediaFacts(
        structure=structure,
        video=video,
        audio=audio,
        duration=duration,
        start_timecode=start_timecode,
        bit_depth=codecs.bit_depth(video.pixel_format) if video else 0,
        findings=tuple(findings),
    )


def main_picture(container: "InputContainer") -> "VideoStream | None":
    """Return the moving pictures that a player shows: the default stream, else the first."""
    cover = av.stream.Disposition.attached_pic
    pictures = [
        stream
        for stream in container.streams.video
        if _is_known(stream) and not stream.disposition & cover
    ]
    default = av.stream.Disposition.default
    return min(pictures, key=lambda stream: not stream.disposition & default, default=None)


def _is_known(stream: "VideoStream | AudioStream") -> bool:
    # Its type says that there always is one; there is none for a codec without a decoder.
    return getattr(stream, "codec_context", None) is not None


def _undecoded(container: "InputContainer", structure: Structure) -> list[Track]:
    """Return the tracks of picture and sound for which there is no decoder, pictures first."""
    streams: list[VideoStream | AudioStream] = [*container.streams.video, *container.streams.audio]
    tracks = [_track_of(stream, structure) for stream in streams if not _is_known(stream)]
    return [track for track in tracks if track is not None and track.tables.count]


def _audio_of_tracks(tracks: list[Track]) -> AudioFacts | None:
    """Return what an index tells of sound that nothing here decodes: browsers won't either."""
    sounds = [track for track in tracks if not track.is_picture]
    if not sounds:
        return None
    return AudioFacts(
        codec=codecs.audio_name(sounds[0].coding),
        tracks=len(sounds),
        channels=sum(track.sound[0] for track in sounds),
        sample_rate=sounds[0].sound[1],
        bit_rate=None,
    )


def _is_heard(stream: "AudioStream") -> bool:
    # A transport stream may list a sound of which nothing ever comes.
    return _is_known(stream) and stream.codec_context.sample_rate > 0


def _track_of(stream: "VideoStream | AudioStream", structure: Structure) -> Track | None:
    return structure.index.track(stream.id) if structure.index else None


def _see_samples(container: "InputContainer", stream: "VideoStream | AudioStream") -> bool | None:
    """Refuse a file in which nothing of its picture, or of its sound alone, can be found.

    Return whether a picture is interlaced where the stream does not say it, else None.
    """
    is_unknown = stream.type == "video" and not picture_facts.field_order(stream)
    stream.codec_context.thread_count = 1
    seen = 0
    for packet in islice(container.demux(), _MOST_PACKETS):
        if packet.stream.index != stream.index or not packet.size:
            continue
        seen += 1
        with suppress(av.error.FFmpegError):
            for frame in packet.decode() if is_unknown else ():
                return bool(getattr(frame, "interlaced_frame", False))
        if not is_unknown or seen == _MOST_DECODED:
            break
    if not seen:
        raise RejectedError("no_samples")
    return None


def _duration(
    container: "InputContainer",
    structure: Structure,
    streams: "Sequence[VideoStream | AudioStream]",
) -> float | None:
    if structure.duration:
        return round(structure.duration, 3)
    index = structure.index
    if index is not None and thin_index.is_needed(index):
        # The demuxer sees no edit lists of these.
        longest = max((index.seconds(track) for track in index.tracks if track.is_media), default=0)
        if longest > 0:
            return round(longest, 3)
    if container.duration and container.duration > 0:
        return round(container.duration / av.time_base, 3)
    tracks = [track for stream in streams if (track := _track_of(stream, structure))]
    found = [track.duration / track.timescale for track in tracks if track.timescale]
    found += [float(s.duration * s.time_base) for s in streams if s.duration and s.time_base]
    longest = max(found, default=0.0)
    return round(longest, 3) if longest > 0 else None


def _frame_rate(
    stream: "VideoStream", structure: Structure, duration: float
) -> tuple[Fraction | None, bool]:
    """Return the frame rate, and whether it varies."""
    track = _track_of(stream, structure)
    if track is not None and track.tables.count:
        runs = track.tables.times(_LOOKED_AT)
        average = frame_rates.of_runs(runs, track.timescale)
        guesses = _guesses(stream) if average else []  # of one frame nothing can be guessed
        rate = frame_rates.chosen(average, guesses, duration)
        return rate, frame_rates.varies(
            [ticks for many, ticks in runs for _ in range(min(many, _LOOKED_AT))][:_LOOKED_AT][:-1]
        )
    entries = [entry.timestamp for entry in islice(stream.index_entries, _LOOKED_AT)]
    gaps = [second - first for first, second in pairwise(entries) if second > first]
    average = stream.average_rate
    if structure.fragments is not None and gaps and stream.time_base:
        # Of the fragments that were looked at, not of all.
        average = frame_rates.of_gaps(gaps, 1 / stream.time_base)
        duration = float(sum(gaps) * stream.time_base)
    rate = frame_rates.chosen(average, _guesses(stream), duration)
    if structure.container == "MPEG-TS" and rate and duration * rate <= _TOO_FEW:
        rate = None
    return rate, frame_rates.varies(gaps)


def _guesses(stream: "VideoStream") -> list[Fraction | None]:
    return [stream.guessed_rate, stream.base_rate]


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
