"""Decides how a picture must be turned to stand upright, by what its camera wrote beside it."""

from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from av.filter import Graph

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

Orientation: TypeAlias = int
"""As EXIF counts them, 1 to 8: 1 upright, 3 upside down, 6 to be turned clockwise, 8 to be turned
the other way; 2, 4, 5 and 7 are the same ones mirrored."""

UPRIGHT: Orientation = 1

_FILTERS: dict[Orientation, tuple[tuple[str, str], ...]] = {
    2: (("hflip", ""),),
    3: (("hflip", ""), ("vflip", "")),
    4: (("vflip", ""),),
    5: (("transpose", "cclock_flip"),),
    6: (("transpose", "clock"),),
    7: (("transpose", "clock_flip"),),
    8: (("transpose", "cclock"),),
}
_OF_SIGNS = {
    (1, 0, 0, 1): 1,
    (-1, 0, 0, 1): 2,
    (-1, 0, 0, -1): 3,
    (1, 0, 0, -1): 4,
    (0, 1, 1, 0): 5,
    (0, 1, -1, 0): 6,
    (0, -1, -1, 0): 7,
    (0, -1, 1, 0): 8,
}
_SIGNS = {orientation: signs for signs, orientation in _OF_SIGNS.items()}
_DEGREES = {3: 180, 4: 180, 5: 90, 6: 90, 7: 270, 8: 270}
_OF_DEGREES = {0: 1, 90: 6, 180: 3, 270: 8}


def of_matrix(a: int, b: int, c: int, d: int) -> Orientation:
    """Return the orientation of a display matrix (ISO/IEC 14496-12, 8.3.2: x' = ax + cy).

    Of a picture that is turned by a little more or less than a quarter, the nearest quarter counts:
    writers round sines and cosines.
    """
    if abs(a) + abs(d) >= abs(b) + abs(c):
        b = c = 0
    else:
        a = d = 0
    return _OF_SIGNS.get((_sign(a), _sign(b), _sign(c), _sign(d)), UPRIGHT)


def both(first: Orientation, second: Orientation) -> Orientation:
    """Return the orientation of a picture that is turned twice."""
    a, b, c, d = _SIGNS[first]
    e, f, g, h = _SIGNS[second]
    return of_matrix(a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h)


def _sign(value: int) -> int:
    return (value > 0) - (value < 0)


def of_rotation(degrees: int) -> Orientation:
    """Return the orientation of a rotation against the clock, as FFmpeg gives it."""
    return _OF_DEGREES.get(-degrees % 360, UPRIGHT)


def clockwise(orientation: Orientation) -> int:
    """Return by how many degrees a player turns the picture."""
    return _DEGREES.get(orientation, 0)


def is_turned(orientation: Orientation) -> bool:
    """Tell whether width and height change places."""
    return orientation > 4  # noqa: PLR2004 - the four that lie on their side


def upright(frame: "VideoFrame", orientation: Orientation) -> "VideoFrame":
    """Return a picture as it is to be shown."""
    return through(frame, _FILTERS.get(orientation, ()))


def through(frame: "VideoFrame", filters: tuple[tuple[str, str], ...]) -> "VideoFrame":
    """Return a picture as FFmpeg's filters leave it."""
    if not filters:
        return frame
    graph = Graph()
    last = graph.add_buffer(
        width=frame.width, height=frame.height, format=frame.format, time_base=Fraction(1, 25)
    )
    frame.pts, frame.time_base = 0, Fraction(1, 25)
    for name, arguments in filters:
        following = graph.add(name, arguments or None)
        last.link_to(following)
        last = following
    sink = graph.add("buffersink")
    last.link_to(sink)
    graph.configure()
    graph.push(frame)
    return graph.vpull()
