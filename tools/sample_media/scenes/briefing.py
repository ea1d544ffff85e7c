"""The briefing: a lectern in a hall of light; the screen beside it shows the sound as it is."""

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw

from tools.sample_media.scenes.drawing import HEIGHT, WIDTH, Colour, glow, lay, mix, shape

_FLOOR = 820
_SCREEN = (108, 340, 728, 660)
_BARS = 40
_QUIET: Colour = (46, 92, 132)
_LOUD: Colour = (170, 222, 255)
_DRAPES: tuple[Colour, ...] = ((0, 92, 150), (236, 178, 64), (196, 64, 60), (40, 132, 110))


class Briefing:
    """Light that wanders over the panels, drapes that stir, bars that follow the voice.

    ``loudness`` holds one value from 0 to 1 per frame of 1/25 s.
    """

    def __init__(self, loudness: NDArray[np.float64]) -> None:
        self._loudness = loudness
        self._lit = [_light(_hall(), number / 3) for number in range(3)]
        self._screen = _screen()
        self._lectern = _lectern()
        self._front = _front()
        self._tally = glow(34, (255, 56, 48), 1.0)
        self._drapes = [[_drape(colour, step / 12) for step in range(12)] for colour in _DRAPES]

    def picture(self, seconds: float) -> Image.Image:
        """Return the hall at a moment."""
        # Three lit halls blended into each other: moving light, for the cost of one blend.
        turn, share = divmod(seconds / 2.8, 1.0)
        before, after = self._lit[int(turn) % 3], self._lit[(int(turn) + 1) % 3]
        picture = Image.blend(before, after, 0.5 - 0.5 * math.cos(math.pi * share))
        lay(picture, self._screen, _SCREEN[0] - 12, _SCREEN[1] - 12)
        self._draw_sound(picture, seconds)
        for number, steps in enumerate(self._drapes):
            step = int((seconds / 5 + number * 0.21) * 12) % 12
            lay(picture, steps[step], 1380 + 118 * number, 236 + 8 * (number % 2))
        lay(picture, self._lectern, 930, 470)
        lay(picture, self._front, 0, 640)
        if seconds % 2 < 1.4:  # noqa: PLR2004 - a tally blinks so that one sees it is a light
            lay(picture, self._tally, 1586 - 34, 742 - 34)
        return picture

    def _draw_sound(self, picture: Image.Image, seconds: float) -> None:
        left, top, right, bottom = _SCREEN
        middle, pitch = (top + bottom) // 2, (right - left - 60) / _BARS
        now = int(seconds * 25)
        draw = ImageDraw.Draw(picture)
        for bar in range(_BARS):
            at = now - (_BARS - 1 - bar)
            loud = float(self._loudness[at]) if 0 <= at < len(self._loudness) else 0.0
            half = 4 + loud * 130
            x = left + 30 + bar * pitch
            colour = mix(_QUIET, _LOUD, min(1.0, 0.25 + bar / _BARS * 0.75))
            draw.rounded_rectangle((x, middle - half, x + pitch - 5, middle + half), 4, fill=colour)


def _light(hall: Image.Image, phase: float) -> Image.Image:
    # Light is smooth: drawn at a sixteenth of the size and enlarged, it looks the same.
    x = np.linspace(0, 1, WIDTH // 16)[None, :]
    y = np.linspace(0, 1, HEIGHT // 16)[:, None]
    light = np.full((HEIGHT // 16, WIDTH // 16), 0.42)
    for place, width in ((0.2, 0.2), (0.56, 0.24), (0.85, 0.16)):
        centre = place + 0.12 * math.sin(2 * math.pi * (phase + place))
        light = light + 0.52 * np.exp(-(((x - centre - 0.15 * (y - 0.5)) / width) ** 2))
    tones = np.stack([light * 0.86, light * 0.97, light * 1.04], axis=2)
    small = Image.fromarray((np.clip(tones, 0, 1) * 255).astype(np.uint8), "RGB")
    lit = ImageChops.multiply(hall, small.resize((WIDTH, HEIGHT), Image.Resampling.BILINEAR))
    beam = glow(560, (150, 205, 255), 0.34).resize((900, 1500))
    for place in (620, 1180):
        lay(lit, beam, place + 90 * math.sin(2 * math.pi * (phase + place)), -420)
    return lit


def _hall() -> Image.Image:
    hall = Image.new("RGB", (WIDTH, HEIGHT), (20, 58, 104))
    draw = ImageDraw.Draw(hall)
    panel = 48
    for number, x in enumerate(range(0, WIDTH, panel)):
        for column in range(panel):
            rounded = 1 - abs(column / panel * 2 - 1) ** 2
            tone = mix((10, 34, 70), (52, 118, 186) if number % 5 else (62, 140, 206), rounded)
            draw.line((x + column, 0, x + column, _FLOOR), fill=tone)
    for row in range(_FLOOR, HEIGHT):
        share = (row - _FLOOR) / (HEIGHT - _FLOOR)
        draw.line((0, row, WIDTH, row), fill=mix((96, 128, 168), (20, 34, 60), share**0.6))
    draw.rectangle((0, _FLOOR - 8, WIDTH, _FLOOR), fill=(214, 226, 240))
    draw.rectangle((0, 70, WIDTH, 78), fill=(150, 196, 236))
    return hall


def _screen() -> Image.Image:
    left, top, right, bottom = _SCREEN
    width, height = right - left + 24, bottom - top + 24

    def paint(draw: ImageDraw.ImageDraw, s: int) -> None:
        draw.rounded_rectangle((0, 0, width * s, height * s), 10 * s, fill=(6, 10, 18))
        draw.rectangle((12 * s, 12 * s, (width - 12) * s, (height - 12) * s), fill=(12, 28, 48))
        for row in range(60, height - 40, 46):
            draw.line((12 * s, row * s, (width - 12) * s, row * s), fill=(22, 48, 76), width=s)

    return shape((width, height), paint)


def _lectern() -> Image.Image:
    wood: Colour = (226, 214, 194)

    def paint(draw: ImageDraw.ImageDraw, s: int) -> None:
        draw.ellipse((20 * s, 500 * s, 420 * s, 556 * s), fill=(6, 14, 30, 120))
        for n in range(40):  # a round front, lit from the left
            x = 84 + n * 6.8
            tone = mix(mix(wood, (255, 255, 255), 0.35), (92, 88, 96), abs(n - 12) / 30)
            draw.polygon(
                [
                    (x * s, 150 * s),
                    ((x + 7) * s, 150 * s),
                    ((x + 7 - (n - 20) * 0.9) * s, 530 * s),
                    ((x - (n - 20) * 0.9) * s, 530 * s),
                ],
                fill=tone,
            )
        draw.polygon(
            [(40 * s, 150 * s), (400 * s, 150 * s), (372 * s, 112 * s), (68 * s, 112 * s)],
            fill=(250, 246, 238),
        )
        draw.rectangle((40 * s, 150 * s, 400 * s, 166 * s), fill=(150, 136, 116))
        draw.rectangle((110 * s, 250 * s, 330 * s, 262 * s), fill=(0, 92, 150))
        draw.rectangle((110 * s, 272 * s, 330 * s, 278 * s), fill=(236, 178, 64))
        for x, lean in ((180, -34), (260, 34)):
            points = [(x * s, 120 * s), ((x + lean * 0.2) * s, 70 * s), ((x + lean) * s, 30 * s)]
            draw.line(points, fill=(16, 18, 26), width=7 * s, joint="curve")
            draw.ellipse(
                ((x + lean - 15) * s, 2 * s, (x + lean + 15) * s, 46 * s), fill=(26, 28, 38)
            )
        draw.rectangle((196 * s, 100 * s, 250 * s, 113 * s), fill=(255, 255, 255))

    return shape((440, 560), paint)


def _drape(colour: Colour, phase: float) -> Image.Image:
    width, height = 96, 560
    x = np.arange(width)[None, :] / width
    y = np.arange(height)[:, None] / height
    folds = np.sin(2 * np.pi * (x * 2.5 + 0.5 * y + 0.25 * np.sin(2 * np.pi * (phase + y))))
    light = 0.78 + 0.34 * folds
    pixels = np.zeros((height, width + 10, 4), np.uint8)
    pixels[:, :10] = (212, 216, 222, 255)
    pixels[:, 10:, :3] = np.clip(light[..., None] * np.array(colour), 0, 255)
    edge = 0.90 + 0.04 * np.sin(2 * np.pi * (x + phase))
    pixels[:, 10:, 3] = np.where(y < edge, 255, 0)
    return Image.fromarray(pixels, "RGBA")


def _front() -> Image.Image:
    dark: Colour = (5, 9, 18)

    def paint(draw: ImageDraw.ImageDraw, s: int) -> None:
        for x in range(-60, WIDTH, 236):  # backs of chairs
            draw.rounded_rectangle(
                (x * s, 300 * s, (x + 190) * s, 520 * s), 40 * s, fill=(9, 16, 32)
            )
        for x in range(-170, WIDTH, 262):
            draw.rounded_rectangle((x * s, 366 * s, (x + 222) * s, 560 * s), 46 * s, fill=dark)
        for x in (1330, 1560):  # two cameras on their tripods
            top = 120 if x == 1330 else 80  # noqa: PLR2004 - the first of the two
            for foot in (-70, 60, 170):
                draw.line(
                    ((x + 60) * s, (top + 90) * s, (x + foot) * s, 440 * s), fill=dark, width=12 * s
                )
            draw.rounded_rectangle(
                (x * s, top * s, (x + 140) * s, (top + 86) * s), 10 * s, fill=dark
            )
            draw.polygon(
                [
                    (x * s, (top + 20) * s),
                    ((x - 60) * s, (top + 4) * s),
                    ((x - 60) * s, (top + 82) * s),
                    (x * s, (top + 66) * s),
                ],
                fill=dark,
            )
            draw.rounded_rectangle(
                ((x + 118) * s, (top - 26) * s, (x + 190) * s, (top + 26) * s), 6 * s, fill=dark
            )
            draw.rectangle(
                ((x + 126) * s, (top - 18) * s, (x + 182) * s, (top + 16) * s), fill=(70, 120, 168)
            )
            draw.rounded_rectangle(
                ((x + 20) * s, (top - 34) * s, (x + 100) * s, (top - 20) * s), 6 * s, fill=dark
            )
            draw.ellipse(
                ((x + 20) * s, (top + 16) * s, (x + 32) * s, (top + 28) * s), fill=(255, 70, 60)
            )

    return shape((WIDTH, HEIGHT - 640), paint)
