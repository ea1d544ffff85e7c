"""Decides which picture stands for a video, and makes its posters: JPEG, by FFmpeg's own encoder.

Nothing here needs an image library: what tells a black frame or colour bars from a picture are a
few hundred samples of a thumbnail.
"""

import io
from collections.abc import Iterator, Mapping
from contextlib import suppress
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import av
import av.error
from av.codec import CodecContext
from av.video.reformatter import ColorRange, Colorspace, Interpolation

from newsreel.catalogue.findings import RejectedError
from newsreel.media import memory_limit
from newsreel.media.container import examine
from newsreel.media.probe import open_container, pictures_of
from newsreel.media.ranged_file import OverBudgetError, RangedFile

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

WIDTHS = (320, 640, 1280)
"""Pixels; the height follows from the video's own aspect."""

MOST_PIXELS = 64_000_000
"""A larger picture is not decoded: its header may claim what memory does not hold."""

_PLACES = (0.10, 0.13, 0.17, 0.25, 0.05, 0.40, 0.60)
"""Where pictures are looked for, as shares of the duration, the best first."""

_THUMBNAIL = (64, 36)
_BLACK = 40
"""Luma (16 is black) below which nearly all of a black frame lies."""
_QUALITY = 4
"""FFmpeg's scale of 2 (best) to 31."""
_HD_LINES = 720

Posters = Mapping[int, bytes]


def from_video(file: RangedFile) -> Posters | None:
    """Return posters by width from a keyframe near 10 %, or None if only black or bars were seen.

    A file that can't be decoded, or only for more than its budget, has no poster either.

    Raises:
        ObjectMovedError: the object was replaced meanwhile.
    """
    try:
        with memory_limit.bounded(), open_container(file, examine(file)) as container:
            for frame in _candidates(container):
                if not is_black(frame) and not is_bars(frame):
                    return _make(frame, _aspect(pictures_of(container)[0], frame))
    except (av.error.FFmpegError, MemoryError, OverBudgetError, RejectedError, ValueError):
        if file.failure is not None:
            raise file.failure from None
    return None


def from_jpeg(data: bytes) -> Posters:
    """Return posters by width from an uploaded picture.

    Raises:
        RejectedError: ``not_jpeg``.
    """
    if not data.startswith(b"\xff\xd8\xff"):
        raise RejectedError("not_jpeg")
    decoder = CodecContext.create("mjpeg", "r")
    decoder.options = {"max_pixels": str(MOST_PIXELS)}
    try:
        with memory_limit.bounded():
            frames = [*decoder.decode(av.Packet(data)), *decoder.decode(None)]
            frame = frames[0]
            return _make(frame, Fraction(frame.width, frame.height))
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
    small = frame.reformat(width, height, pixel_format, interpolation=Interpolation.AREA)
    plane = small.planes[0]
    row = width * (3 if pixel_format == "rgb24" else 1)
    data = bytes(plane)
    return b"".join(data[y * plane.line_size : y * plane.line_size + row] for y in range(height))


def _candidates(container: "InputContainer") -> "Iterator[VideoFrame]":
    pictures = pictures_of(container)
    if not pictures:
        return
    stream = pictures[0]
    stream.codec_context.thread_count = 1
    stream.codec_context.options = {"max_pixels": str(MOST_PIXELS)}
    duration = container.duration or 0
    start = container.start_time or 0
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


def _aspect(stream: "VideoStream", frame: "VideoFrame") -> Fraction:
    pixel = stream.sample_aspect_ratio or Fraction(1)
    aspect = Fraction(frame.width, frame.height) * (pixel if pixel > 0 else 1)
    return aspect if Fraction(1, 4) <= aspect <= 4 else Fraction(16, 9)  # noqa: PLR2004


def _make(frame: "VideoFrame", aspect: Fraction) -> Posters:
    if frame.interlaced_frame:
        # Every other line is one field: both together would show combs.
        frame = frame.reformat(height=frame.height // 2, interpolation=Interpolation.POINT)
    return {width: _encode(frame, width, max(2, round(width / aspect / 2) * 2)) for width in WIDTHS}


def _encode(frame: "VideoFrame", width: int, height: int) -> bytes:
    space = Colorspace.ITU709 if frame.height >= _HD_LINES // 2 else Colorspace.ITU601
    is_jpeg = frame.format.name.startswith("yuvj")
    picture = frame.reformat(
        width,
        height,
        "yuvj420p",
        src_colorspace=Colorspace.ITU601 if is_jpeg else space,
        dst_colorspace=Colorspace.ITU601,
        dst_color_range=ColorRange.JPEG,
        interpolation=Interpolation.LANCZOS,
    )
    encoder = CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height = width, height
    encoder.pix_fmt = "yuvj420p"
    encoder.time_base = Fraction(1, 25)
    encoder.qmin = encoder.qmax = _QUALITY
    picture.pts = 0
    picture.time_base = Fraction(1, 25)
    output = io.BytesIO()
    for packet in [*encoder.encode(picture), *encoder.encode(None)]:
        output.write(bytes(packet))
    return output.getvalue()
