"""Decides which picture stands for a video, and makes its posters.

Nothing here needs an image library: what tells a black frame or colour bars from a picture are a
few hundred samples of a thumbnail.
"""

from contextlib import suppress
from fractions import Fraction
from itertools import islice, pairwise
from typing import TYPE_CHECKING

import av
import av.error
from av.codec import CodecContext
from av.video.reformatter import Interpolation

from newsreel.catalogue.findings import RejectedError
from newsreel.media import (
    colours,
    fragments,
    jpeg,
    memory_limit,
    orientation,
    poster_picture,
    thin_index,
)
from newsreel.media.container import Structure, examine
from newsreel.media.poster_picture import WIDTHS, Posters
from newsreel.media.probe import main_picture, open_container
from newsreel.media.ranged_file import OverBudgetError, RangedFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeAlias

    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

    _Way: TypeAlias = Callable[[InputContainer, VideoStream], Iterator[VideoFrame]]

__all__ = ["WIDTHS", "Posters", "from_jpeg", "from_video"]

MOST_PIXELS = 64_000_000
"""A larger picture is not decoded: its header may claim what memory does not hold."""

_PLACES = (0.10, 0.13, 0.17, 0.25, 0.05, 0.40, 0.60)
"""Where pictures are looked for, as shares of the duration, the best first."""

_MOST_PACKETS = 300
"""What is decoded from the beginning at most, where no keyframe could be decoded alone."""
_TRIED_EACH = 25
"""Every so many frames one is looked at, on such a way."""

_THUMBNAIL = (64, 36)
_BLACK = 40
"""Luma (16 is black) below which nearly all of a black frame lies."""


def from_video(file: RangedFile) -> Posters | None:
    """Return posters by width from a keyframe near 10 %, or None if only black or bars were seen.

    A file that can't be decoded, or only for more than its budget, has no poster either.

    Raises:
        ObjectMovedError: the object was replaced meanwhile.
    """
    with suppress(av.error.FFmpegError, MemoryError, OverBudgetError, RejectedError, ValueError):
        structure = examine(file)
        with memory_limit.bounded():
            for frame, stream in _pictures(file, structure):
                if not is_black(frame) and not is_bars(frame):
                    return poster_picture.make(
                        frame, _pixel_aspect(stream), _orientation(structure, stream, frame)
                    )
    if file.failure is not None and not isinstance(file.failure, RejectedError):
        raise file.failure
    return None


def from_jpeg(data: bytes) -> Posters:
    """Return posters by width from an uploaded picture.

    Raises:
        RejectedError: ``not_jpeg``, ``picture_cut`` or ``picture_too_large``.
    """
    picture = jpeg.examine(data)
    decoder = CodecContext.create("mjpeg", "r")
    # Else FFmpeg fills up with grey or green what is not there.
    decoder.options = {"max_pixels": str(MOST_PIXELS), "err_detect": "explode"}
    try:
        with memory_limit.bounded():
            frames = [*decoder.decode(av.Packet(data)), *decoder.decode(None)]
            return poster_picture.make(frames[0], Fraction(1), picture.orientation)
    except (av.error.FFmpegError, IndexError, MemoryError, ValueError):
        raise RejectedError("not_jpeg") from None


def is_black(frame: "VideoFrame") -> bool:
    """Tell whether 98 % of a picture is black."""
    width, height = _THUMBNAIL
    luma = _samples(frame, "gray")
    return sum(value < _BLACK for value in luma) >= 0.98 * width * height


def is_bars(frame: "VideoFrame") -> bool:
    """Tell whether a picture is colour bars: upright stripes of one colour in its upper half."""
    width, height = _THUMBNAIL
    pixels = _samples(frame, "rgb24")
    rows = range(2, height // 2)
    columns: list[tuple[int, int, int]] = []
    steady = 0
    for x in range(width):
        column = [pixels[(y * width + x) * 3 : (y * width + x) * 3 + 3] for y in rows]
        spread = max(max(c) - min(c) for c in zip(*column, strict=True))
        steady += spread < 24  # noqa: PLR2004 - compression noise of 256 levels
        columns.append((column[0][0], column[0][1], column[0][2]))
    if steady < 0.9 * width:
        return False
    stripes = _stripes(columns)
    strong = sum(max(colour) - min(colour) > 90 for colour in stripes)  # noqa: PLR2004 - levels
    return len(stripes) >= 6 and strong >= 4  # noqa: PLR2004 - bars have seven or eight


def _stripes(columns: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    stripes: list[tuple[int, int, int]] = []
    run = 0
    for before, colour in pairwise(columns):
        same = max(abs(a - b) for a, b in zip(before, colour, strict=True)) < 16  # noqa: PLR2004
        run = run + 1 if same else 0
        if run == 3:  # noqa: PLR2004 - columns that make a stripe
            stripes.append(colour)
    return stripes


def _samples(frame: "VideoFrame", pixel_format: str) -> bytes:
    width, height = _THUMBNAIL
    small = poster_picture.without_blanking(frame)
    small = small.reformat(width, height, pixel_format, interpolation=Interpolation.AREA)
    plane = small.planes[0]
    row = width * (3 if pixel_format == "rgb24" else 1)
    data = bytes(plane)
    return b"".join(data[y * plane.line_size : y * plane.line_size + row] for y in range(height))


def _pictures(file: RangedFile, structure: Structure) -> "Iterator[tuple[VideoFrame, VideoStream]]":
    """Yield pictures that may stand for the video, the best first."""
    index = structure.index
    ways: list[tuple[_Way, dict[str, str]]] = [(_keyframes, {}), (_from_the_beginning, {})]
    if index is not None and any(b"edts" in track.boxes for track in index.tracks):
        # An edit list that leaves nothing is a mistake, and many players do not follow it.
        ways.append((_keyframes, {"ignore_editlist": "1"}))
    if index is not None and thin_index.is_needed(index):
        thin_index.show_keyframes(file, index, _PLACES)
        ways = [(_each_alone, {"ignore_editlist": "1"})]
    if structure.fragments is not None and structure.fragments.are_many:
        found = structure.fragments
        places = fragments.keyframes(file, index, found, _PLACES) if index else found.at(_PLACES)
        fragments.show(file, found, places)
        ways = [(_each_alone, {})]
    is_seen = False
    for way, options in ways:
        if options and is_seen:  # what was cut away may not be meant for anybody
            return
        with open_container(file, structure, options) as container:
            stream = main_picture(container)
            if stream is None or _is_only_dolby_vision(structure, stream):
                return
            told = colours.DeclaredColours.of(stream.codec_context)
            stream.codec_context.thread_count = 1
            stream.codec_context.options = {"max_pixels": str(MOST_PIXELS)}
            for frame in way(container, stream):
                is_seen = True
                yield told.give(frame), stream


def _each_alone(container: "InputContainer", stream: "VideoStream") -> "Iterator[VideoFrame]":
    for packet in container.demux(stream):
        if packet.size and packet.is_keyframe:
            with suppress(av.error.FFmpegError):
                yield from [*packet.decode(), *stream.codec_context.decode(None)][:1]
            stream.codec_context.flush_buffers()


def _keyframes(container: "InputContainer", stream: "VideoStream") -> "Iterator[VideoFrame]":
    duration, start = container.duration or 0, container.start_time or 0
    for place in _PLACES if duration else (0.0,):
        with suppress(av.error.FFmpegError):
            container.seek(start + int(duration * place), backward=True)
        frame = _decode_keyframe(container, stream)
        if frame is not None:
            yield frame


def _decode_keyframe(container: "InputContainer", stream: "VideoStream") -> "VideoFrame | None":
    # One packet and a flush: a decoder that reorders would otherwise read on for its next frames.
    for packet in container.demux(stream):
        if packet.size == 0 or not packet.is_keyframe:
            continue
        try:
            frames = [*packet.decode(), *stream.codec_context.decode(None)]
        except av.error.FFmpegError:
            frames = []
        stream.codec_context.flush_buffers()
        return frames[0] if frames else None
    return None


def _from_the_beginning(
    container: "InputContainer", stream: "VideoStream"
) -> "Iterator[VideoFrame]":
    """Yield pictures of a transport stream with one keyframe, a clip cut behind it, a long fade."""
    number = 0
    for packet in islice(container.demux(stream), _MOST_PACKETS):
        with suppress(av.error.FFmpegError):
            for frame in packet.decode():
                if number % _TRIED_EACH == 0:
                    yield frame
                number += 1


def _is_only_dolby_vision(structure: Structure, stream: "VideoStream") -> bool:
    # Decoded as anything else they are purple and green: better none.
    track = structure.index.track(stream.id) if structure.index else None
    return track is not None and track.is_only_dolby_vision


def _pixel_aspect(stream: "VideoStream") -> Fraction:
    return stream.sample_aspect_ratio or Fraction(1)


def _orientation(
    structure: Structure, stream: "VideoStream", frame: "VideoFrame"
) -> orientation.Orientation:
    track = structure.index.track(stream.id) if structure.index else None
    return track.orientation if track else orientation.of_rotation(frame.rotation)
