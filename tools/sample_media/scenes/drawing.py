"""Decides how the sample pictures are painted: sizes, type, and the few shapes all scenes share."""

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1920, 1080
"""Pixels of every picture before it is scaled for a preview."""

Colour = tuple[int, int, int]

_SMOOTH = 2
"""Shapes are drawn this many times larger and scaled down, because Pillow does not smooth edges."""

FONT = Path(__file__).parents[3] / "website/fonts/barlow-condensed-latin-600-normal.woff2"


class Scene(Protocol):
    """A moving picture: the same seconds always give the same picture."""

    def picture(self, seconds: float) -> Image.Image:
        """Return the RGB picture at a moment; the caller may draw on it."""


@lru_cache(maxsize=32)
def font(size: int) -> ImageFont.FreeTypeFont:
    """Return the website's display font, so that samples and site look alike."""
    return ImageFont.truetype(FONT, size)


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """Return the colour that is ``share`` of the way from the first to the second."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def gradient(stops: Sequence[tuple[float, Colour]], height: int = HEIGHT) -> Image.Image:
    """Return a picture of full width that runs through colours from top (0.0) to bottom (1.0)."""
    places = np.linspace(0.0, 1.0, height)
    at = [place for place, _ in stops]
    channels = [np.interp(places, at, [colour[n] for _, colour in stops]) for n in range(3)]
    column = np.stack(channels, axis=1)[:, None, :]
    rows = np.broadcast_to(column, (height, WIDTH, 3))
    return Image.fromarray(np.round(rows).astype(np.uint8), "RGB")


def shape(size: tuple[int, int], paint: Callable[[ImageDraw.ImageDraw, int], None]) -> Image.Image:
    """Return an RGBA layer; ``paint`` draws with coordinates multiplied by what it is given."""
    large = Image.new("RGBA", (size[0] * _SMOOTH, size[1] * _SMOOTH))
    paint(ImageDraw.Draw(large), _SMOOTH)
    return large.resize(size, Image.Resampling.BOX)


def glow(radius: int, colour: Colour, strength: float = 1.0) -> Image.Image:
    """Return a soft round light; ``strength`` is the opacity of its middle."""
    axis = np.linspace(-1.0, 1.0, 2 * radius)
    distance = np.hypot(axis[:, None], axis[None, :])
    opacity = np.clip(1 - distance, 0, 1) ** 2 * strength
    return tinted(opacity, colour)


def disc(radius: int, colour: Colour, strength: float) -> Image.Image:
    """Return a light out of focus: an even disc with a brighter rim."""
    axis = np.linspace(-1.1, 1.1, 2 * radius)
    distance = np.hypot(axis[:, None], axis[None, :])
    inside = np.clip((1 - distance) * radius / 3, 0, 1)
    rim = 0.65 + 0.35 * np.clip((distance - 0.7) / 0.3, 0, 1)
    return tinted(inside * rim * strength, colour)


def tinted(opacity: NDArray[np.float64], colour: Colour) -> Image.Image:
    """Return a layer of one colour with the opacities (0.0 to 1.0) given row by row."""
    pixels = np.empty((*opacity.shape, 4), np.uint8)
    pixels[..., :3] = colour
    pixels[..., 3] = np.round(np.clip(opacity, 0, 1) * 255)
    return Image.fromarray(pixels, "RGBA")


def lay(picture: Image.Image, layer: Image.Image, x: float, y: float) -> None:
    """Lay a layer over a picture with its upper left corner at a place, which may lie outside."""
    picture.paste(layer, (round(x), round(y)), layer)


def ridge(seed: int, roughness: float, height: int, width: int = WIDTH) -> NDArray[np.float64]:
    """Return a mountain line: heights in pixels above its foot, one per column."""
    random = np.random.default_rng(seed)
    columns = np.arange(width, dtype=np.float64)
    line = np.zeros(width)
    size = 1.0
    for octave in range(7):
        knots = np.linspace(0, width, 4 * 2**octave + 2)
        line += size * np.interp(columns, knots, random.uniform(-1, 1, knots.size))
        size *= roughness
    line -= line.min()
    return line * (height / float(line.max()))


def breathing(seconds: float, period: float, phase: float = 0.0) -> float:
    """Return a value that goes from 0 to 1 and back once a period."""
    return 0.5 - 0.5 * math.cos(2 * math.pi * (seconds / period + phase))
