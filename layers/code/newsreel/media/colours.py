"""Decides what the colours of a picture are called, and brings HDR into what a JPEG can show.

Names and numbers: ITU-T H.273 (transfer characteristics, colour primaries). Curves: ITU-R BT.2100
(PQ, HLG), BT.2087 (BT.2020 to BT.709), BT.2408 (white is 203 cd/m²).
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import product
from math import exp
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from newsreel.media.orientation import through

if TYPE_CHECKING:
    from av.video.codeccontext import VideoCodecContext
    from av.video.frame import VideoFrame

_TRANSFERS = {
    1: "BT.709",
    4: "gamma 2.2",
    5: "gamma 2.8",
    6: "BT.601",
    7: "SMPTE 240M",
    8: "linear",
    11: "xvYCC",
    13: "sRGB",
    14: "BT.2020",
    15: "BT.2020",
    16: "PQ",
    17: "SMPTE 428",
    18: "HLG",
}
_PRIMARIES = {
    1: "BT.709",
    4: "BT.470M",
    5: "BT.601 625",
    6: "BT.601 525",
    7: "SMPTE 240M",
    9: "BT.2020",
    10: "XYZ",
    11: "DCI-P3",
    12: "Display P3",
    22: "EBU 3213",
}
HDR = frozenset({"PQ", "HLG"})
_UNKNOWN, _BT2020, _PQ, _HLG = 2, 9, 16, 18

_WHITE, _PEAK = 203.0, 1000.0
"""cd/m² of white paper, and of the brightest light that is told apart."""
_KNEE = 0.5
"""Up to this part of white a picture stays as bright as it was; more light is pressed together."""
_GRID = 33
_Colour: TypeAlias = tuple[float, float, float]
_TO_BT709 = (
    (1.660491, -0.587641, -0.072850),
    (-0.124550, 1.132900, -0.008349),
    (-0.018151, -0.100579, 1.118730),
)


def transfer_name(number: int) -> str | None:
    """Return what a transfer characteristic is called, or None if it isn't told."""
    return _TRANSFERS.get(number)


def primaries_name(number: int) -> str | None:
    """Return what colour primaries are called, or None if they aren't told."""
    return _PRIMARIES.get(number)


@dataclass(frozen=True, slots=True)
class DeclaredColours:
    """What a container says of the colours, as ITU-T H.273 numbers it."""

    transfer: int
    primaries: int
    matrix: int

    @classmethod
    def of(cls, context: "VideoCodecContext") -> "DeclaredColours":
        """Return it; to be asked before anything is decoded, which forgets it."""
        return cls(context.color_trc, context.color_primaries, context.colorspace)

    def give(self, frame: "VideoFrame") -> "VideoFrame":
        """Return a frame with it, as far as the frame itself says nothing."""
        if frame.color_trc == _UNKNOWN:
            frame.color_trc = self.transfer
        if frame.color_primaries == _UNKNOWN:
            frame.color_primaries = self.primaries
        if frame.colorspace == _UNKNOWN:
            frame.colorspace = self.matrix
        return frame


def needs_conversion(frame: "VideoFrame") -> bool:
    """Tell whether a picture shows more light or colour than BT.709 has."""
    return frame.color_trc in {_PQ, _HLG} or frame.color_primaries == _BT2020


def for_jpeg(frame: "VideoFrame", width: int, height: int) -> "VideoFrame":
    """Return a picture of HDR or wide colour scaled and brought to what JPEG viewers expect.

    FFmpeg's scaler can do it too, in 17 s of processor time for three posters; a table takes 0.3 s.
    """
    with tempfile.NamedTemporaryFile(suffix=".cube") as table:
        Path(table.name).write_text(_table(frame.color_trc))
        return through(
            frame,
            (
                ("scale", f"{width}:{height}:flags=lanczos"),
                ("format", "gbrp10le"),
                ("lut3d", f"file={table.name}"),
                ("scale", "out_color_matrix=smpte170m:out_range=full"),
                ("format", "yuvj420p"),
            ),
        )


@cache
def _table(transfer: int) -> str:
    """Return a table of colours as the filter reads it ("cube": red changes fastest)."""
    light = {_PQ: _light_of_pq, _HLG: _light_of_hlg}.get(transfer, _light_of_sdr)
    pressed = _pressed if transfer in {_PQ, _HLG} else _clipped
    steps = [number / (_GRID - 1) for number in range(_GRID)]
    rows = (
        _shown(light(red, green, blue), pressed) for blue, green, red in product(steps, repeat=3)
    )
    return f"LUT_3D_SIZE {_GRID}\n" + "\n".join("{:.5f} {:.5f} {:.5f}".format(*row) for row in rows)


def _shown(light: _Colour, pressed: Callable[[float], float]) -> _Colour:
    """Return the signal (0 to 1) that shows light (cd/m², BT.2020) in BT.709, within its range."""
    red, green, blue = light
    colours = [max(0.0, (a * red + b * green + c * blue) / _WHITE) for a, b, c in _TO_BT709]
    brightest = max(colours)
    scale = pressed(brightest) / brightest if brightest > 0 else 0.0
    return _each(lambda colour: (colour * scale) ** (1 / 2.4), (colours[0], colours[1], colours[2]))


def _pressed(light: float) -> float:
    """Return light (1 is white) so that the peak becomes 1 (Reinhard's curve above a knee)."""
    if light <= _KNEE:
        return light
    above = (light - _KNEE) / (1 - _KNEE)
    peak = (_PEAK / _WHITE - _KNEE) / (1 - _KNEE)
    return min(1.0, _KNEE + (1 - _KNEE) * above * (1 + above / peak**2) / (1 + above))


def _clipped(light: float) -> float:
    return min(1.0, light)


def _light_of_pq(red: float, green: float, blue: float) -> _Colour:
    return _each(_pq, (red, green, blue))


def _pq(signal: float) -> float:
    root = signal ** (1 / 78.84375)
    light = max(0.0, root - 0.8359375) / (18.8515625 - 18.6875 * root)
    return float(10000 * light ** (1 / 0.1593017578125))


def _light_of_hlg(red: float, green: float, blue: float) -> _Colour:
    scene = _each(_hlg, (red, green, blue))
    luminance = 0.2627 * scene[0] + 0.6780 * scene[1] + 0.0593 * scene[2]
    factor = float(_PEAK * luminance**0.2) if luminance else 0.0
    return _each(lambda colour: colour * factor, scene)


def _hlg(signal: float) -> float:
    if signal <= 0.5:  # noqa: PLR2004 - where the square root ends and the logarithm begins
        return signal**2 / 3
    return (exp((signal - 0.55991073) / 0.17883277) + 0.28466892) / 12


def _light_of_sdr(red: float, green: float, blue: float) -> _Colour:
    return _each(lambda value: float(_WHITE * value**2.4), (red, green, blue))


def _each(curve: Callable[[float], float], colour: _Colour) -> _Colour:
    return curve(colour[0]), curve(colour[1]), curve(colour[2])
