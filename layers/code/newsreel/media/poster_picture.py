"""Decides how a decoded frame becomes a poster: its shape, its colours, its fields; JPEG."""

import io
from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from av.codec import CodecContext
from av.video.reformatter import ColorRange, Colorspace, Interpolation

from newsreel.media import colours, picture_facts
from newsreel.media.orientation import Orientation, is_turned, through, upright
from newsreel.media.picture_facts import BLANKED, SD

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

WIDTHS = (320, 640, 1280)
"""Pixels; the height follows from the video's own aspect."""

Posters: TypeAlias = Mapping[int, bytes]
"""JPEGs by their width in pixels."""

_QUALITY = 4
"""FFmpeg's scale of 2 (best) to 31."""
_HD_LINES = 720
_MATRICES = {1: Colorspace.ITU709, 5: Colorspace.ITU601, 6: Colorspace.ITU601}
_FLATTEST, _TALLEST = Fraction(4), Fraction(1, 4)


def make(frame: "VideoFrame", pixel_aspect: Fraction, orientation: Orientation) -> Posters:
    """Return a frame as posters.

    ``pixel_aspect`` is a pixel's width by its height.
    """
    pixel_aspect = picture_facts.without_blanking(frame.width, frame.height, pixel_aspect)
    frame, aspect = _middle(without_blanking(frame), pixel_aspect)
    if is_turned(orientation):
        aspect = 1 / aspect
    space = _colour_matrix(frame)
    if frame.interlaced_frame:
        # Every other line is one field: both together would show combs.
        frame = frame.reformat(height=frame.height // 2, interpolation=Interpolation.POINT)
    return {
        width: _encode(frame, width, max(2, round(width / aspect / 2) * 2), space, orientation)
        for width in WIDTHS
    }


def _middle(frame: "VideoFrame", pixel_aspect: Fraction) -> "tuple[VideoFrame, Fraction]":
    """Return a frame and its shape, of a panorama its middle."""
    square = Fraction(frame.width, frame.height)
    aspect = square * pixel_aspect
    if _TALLEST <= aspect <= _FLATTEST:
        return frame, aspect
    # Such pixels are a mistake of whoever wrote them.
    width = min(frame.width, int(frame.height * _FLATTEST))
    height = min(frame.height, int(frame.width / _TALLEST))
    if (width, height) != (frame.width, frame.height):
        frame = through(frame, (("crop", f"{width}:{height}"),))
    return frame, Fraction(frame.width, frame.height)


def without_blanking(frame: "VideoFrame") -> "VideoFrame":
    """Return an IMX frame without the lines above its picture, any other as it is."""
    lines = BLANKED.get(frame.height)
    if lines is None or frame.width != SD:
        return frame
    return through(frame, (("crop", f"{SD}:{lines}:0:{frame.height - lines}"),))


def _colour_matrix(frame: "VideoFrame") -> Colorspace:
    """Return how luma was made of red, green and blue; where it isn't told, lines decide."""
    if frame.format.name.startswith("yuvj"):
        return Colorspace.ITU601  # what JPEG means, whatever else is said
    if frame.colorspace in _MATRICES:
        return _MATRICES[frame.colorspace]
    return Colorspace.ITU709 if frame.height >= _HD_LINES else Colorspace.ITU601


def _encode(
    frame: "VideoFrame", width: int, height: int, space: Colorspace, orientation: Orientation
) -> bytes:
    size = (height, width) if is_turned(orientation) else (width, height)
    if colours.needs_conversion(frame):
        picture = colours.for_jpeg(frame, *size)
    else:
        picture = frame.reformat(
            *size,
            "yuvj420p",
            src_colorspace=space,
            dst_colorspace=Colorspace.ITU601,
            dst_color_range=ColorRange.JPEG,
            interpolation=Interpolation.LANCZOS,
        )
    picture = upright(picture, orientation)
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
