"""Decides what is told of a video's picture: size, shape, scan, colours, how it is turned."""

from fractions import Fraction
from typing import TYPE_CHECKING

from newsreel.catalogue.findings import RejectedError
from newsreel.catalogue.model import VideoFacts
from newsreel.media import codecs, colours, orientation
from newsreel.media.mp4 import Track

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.video.stream import VideoStream

SD = 720
"""Samples of a line in standard definition."""
BLANKED = {608: 576, 512: 480}
"""IMX keeps the lines above its picture too, with teletext and time code: not to be shown."""

_SHAPES = (Fraction(4, 3), Fraction(16, 9), Fraction(9, 16), Fraction(3, 4), Fraction(1))
_ROUNDING = Fraction(2, 100)


def of_stream(
    stream: "VideoStream", track: Track | None, rate: Fraction | None, bit_rate: int | None
) -> VideoFacts:
    """Return the facts of a stream of pictures.

    Raises:
        RejectedError: ``no_picture_size``.
    """
    context = stream.codec_context
    if not context.width or not context.height:
        raise RejectedError("no_picture_size")
    profile = codecs.profile_name(context.name, context.profile)
    pixel = without_blanking(context.width, context.height, stream.sample_aspect_ratio)
    is_dolby = track is not None and track.is_only_dolby_vision
    rotation = orientation.clockwise(track.orientation) if track else 0
    lines = BLANKED.get(context.height, context.height) if context.width == SD else context.height
    shape = Fraction(context.width, lines) * pixel
    return VideoFacts(
        codec=codecs.video_name(context.name, profile),
        profile=profile,
        width=context.width,
        height=context.height,
        frame_rate=str(rate) if rate else None,
        scan="interlaced" if field_order(stream) > 1 else "progressive",
        bit_rate=bit_rate,
        pixel_format=context.pix_fmt,
        rotation=rotation,
        pixel_aspect=_ratio(pixel),
        display_aspect=_display_ratio(1 / shape if rotation % 180 else shape),
        transfer="PQ" if is_dolby else colours.transfer_name(context.color_trc),
        primaries="BT.2020" if is_dolby else colours.primaries_name(context.color_primaries),
    )


def without_blanking(width: int, height: int, pixel: Fraction | None) -> Fraction:
    """Return a pixel's shape, for IMX the one that makes its picture 4:3 or 16:9.

    Some writers tell it as if the lines above were of the picture, some do not.
    """
    told = pixel or Fraction(1)
    lines = BLANKED.get(height) if width == SD else None
    if lines is None:
        return told
    both = (told, told * Fraction(lines, height))
    return min(both, key=lambda each: _distance(Fraction(width, lines) * each))


def _distance(shape: Fraction) -> Fraction:
    return min(abs(shape / display - 1) for display in _SHAPES[:2])


def field_order(stream: "VideoStream | AudioStream") -> int:
    """Return FFmpeg's AVFieldOrder: 0 unknown, 1 progressive, above it kinds of interlacing."""
    return int(getattr(stream.codec_context, "field_order", 0))


def _ratio(value: Fraction) -> str:
    return f"{value.numerator}:{value.denominator}"


def _display_ratio(value: Fraction) -> str:
    """Return the shape that is meant: 1920 by 1088 lines are 16:9, and 702 samples a line of SD."""
    near = min(_SHAPES, key=lambda shape: abs(shape / value - 1))
    return _ratio(near if abs(near / value - 1) < _ROUNDING else value.limit_denominator(100))
