"""Decides the text in every picture: the title, the running time code and a clock."""

import math
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw

from tools.sample_media.scenes.drawing import WIDTH, font, shape

FRAME_RATE = 25
"""Frames per second of every sample."""

_MARGIN = 96
_PAPER = (244, 245, 243)
_ACCENT = (140, 192, 245)
_INK = (13, 17, 21)
_DIGIT = 30
_COLON = 15
_CLOCK = 68
_SECONDS_OF_A_DAY = 86_400


def time_code(frame: int, start: str) -> str:
    """Return the time code of a frame counted from the start's, without drop frames.

    SMPTE ST 12-1, section 4.2: hours, minutes, seconds, frames; a day later it starts again.
    """
    hours, minutes, seconds, frames = (int(part) for part in start.split(":"))
    total = ((hours * 60 + minutes) * 60 + seconds) * FRAME_RATE + frames + frame
    total %= _SECONDS_OF_A_DAY * FRAME_RATE
    whole, frames = divmod(total, FRAME_RATE)
    minutes, seconds = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}:{frames:02}"


@dataclass(frozen=True, slots=True)
class Slate:
    """The text that is burnt into the pictures of one video."""

    title: str
    place: str
    start: str

    def draw(self, picture: Image.Image, frame: int) -> None:
        """Draw title, time code and clock for a frame into a picture of full size."""
        strip, height = _strip(self.title, self.place)
        # At the top, because players show their controls at the lower edge.
        top = _MARGIN
        picture.paste(strip, (_MARGIN, top), strip)
        code = time_code(frame, self.start)
        x = _MARGIN + 30
        for character in code:
            cell = _character(character)
            picture.paste(cell, (x, top + height - 70), cell)
            x += cell.width
        _draw_clock(picture, code)


@lru_cache(maxsize=4)
def _strip(title: str, place: str) -> tuple[Image.Image, int]:
    width = max(int(font(52).getlength(title)), int(font(30).getlength(place)), 330) + 64
    height = 178

    def paint(draw: ImageDraw.ImageDraw, scale: int) -> None:
        draw.rectangle((0, 0, width * scale, height * scale), fill=(*_INK, 205))
        draw.rectangle((0, 0, 8 * scale, height * scale), fill=(*_ACCENT, 255))
        draw.text((32 * scale, 14 * scale), place, font=font(28 * scale), fill=(*_ACCENT, 255))
        draw.text((32 * scale, 42 * scale), title, font=font(52 * scale), fill=(*_PAPER, 255))

    return shape((width, height), paint), height


@lru_cache(maxsize=16)
def _character(character: str) -> Image.Image:
    # Fixed digit widths: with a proportional font, a running time code would shake.
    width = _COLON if character == ":" else _DIGIT

    def paint(draw: ImageDraw.ImageDraw, scale: int) -> None:
        place = (width * scale / 2, 28 * scale)
        draw.text(place, character, font=font(54 * scale), fill=(*_PAPER, 255), anchor="mm")

    return shape((width, 56), paint)


@lru_cache(maxsize=1)
def _dial() -> Image.Image:
    def paint(draw: ImageDraw.ImageDraw, scale: int) -> None:
        edge = 2 * _CLOCK * scale
        draw.ellipse((0, 0, edge - 1, edge - 1), fill=(*_INK, 190))
        draw.ellipse(
            (4 * scale, 4 * scale, edge - 4 * scale, edge - 4 * scale),
            outline=(*_PAPER, 235),
            width=3 * scale,
        )
        for hour in range(12):
            inner, outer = (44 if hour % 3 else 40) * scale, 54 * scale
            _hand(draw, _CLOCK * scale, hour / 12, inner, outer, (3 * scale, _PAPER))

    return shape((2 * _CLOCK, 2 * _CLOCK), paint)


def _hand(
    draw: ImageDraw.ImageDraw,
    middle: int,
    turn: float,
    inner: float,
    outer: float,
    look: tuple[int, tuple[int, int, int]],
) -> None:
    x, y = math.sin(2 * math.pi * turn), -math.cos(2 * math.pi * turn)
    ends = (middle + x * inner, middle + y * inner, middle + x * outer, middle + y * outer)
    draw.line(ends, fill=(*look[1], 255), width=look[0])


def _draw_clock(picture: Image.Image, code: str) -> None:
    hours, minutes, seconds, frames = (int(part) for part in code.split(":"))
    second = seconds + frames / FRAME_RATE
    minute = minutes + second / 60

    def paint(draw: ImageDraw.ImageDraw, scale: int) -> None:
        middle = _CLOCK * scale
        _hand(draw, middle, (hours + minute / 60) / 12, 0, 28 * scale, (6 * scale, _PAPER))
        _hand(draw, middle, minute / 60, 0, 42 * scale, (4 * scale, _PAPER))
        _hand(draw, middle, second / 60, -12 * scale, 50 * scale, (2 * scale, _ACCENT))

    x, y = WIDTH - _MARGIN - 2 * _CLOCK, _MARGIN
    for layer in (_dial(), shape((2 * _CLOCK, 2 * _CLOCK), paint)):
        picture.paste(layer, (x, y), layer)
