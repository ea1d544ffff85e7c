"""The doorstep: microphones wait before a lit entrance on a winter morning; snow falls."""

import numpy as np
from PIL import Image, ImageDraw

from tools.sample_media.scenes.drawing import (
    HEIGHT,
    WIDTH,
    Colour,
    breathing,
    disc,
    glow,
    gradient,
    lay,
    mix,
    shape,
)

_SKY = (
    (0.0, (16, 26, 56)),
    (0.34, (52, 72, 124)),
    (0.56, (170, 122, 138)),
    (0.72, (246, 182, 128)),
)
_FAR: Colour = (74, 72, 116)
_NEAR: Colour = (30, 34, 64)
_WINDOW: Colour = (255, 214, 140)
_SNOW: Colour = (206, 214, 232)
_FOAM: tuple[Colour, ...] = (
    (196, 58, 52),
    (34, 96, 168),
    (232, 174, 58),
    (46, 132, 108),
    (92, 72, 148),
)
_GROUND = 800
_PLATE = WIDTH + 160
FLASHES = (0.32, 2.48, 4.12, 4.36, 7.0, 9.24)
"""Seconds at which a photographer's flash goes off."""


class Doorstep:
    """Snow, a breathing light in the doorway, microphones that are held, flashes."""

    def __init__(self) -> None:
        self._town, self._entrance = _town(), _entrance()
        self._flash = glow(900, (255, 255, 255), 0.8)
        self._crew = _crew()
        self._microphones = [_microphone(colour, n) for n, colour in enumerate(_FOAM)]
        self._lights = _lights()
        random = np.random.default_rng(214)
        self._flakes = [
            (
                float(random.uniform(0, WIDTH)),
                float(random.uniform(0, HEIGHT)),
                depth,
                float(random.uniform(0, 1)),
            )
            for depth, count in ((0, 170), (1, 90), (2, 26))
            for _ in range(count)
        ]
        self._snow = [
            glow(4, _SNOW, 0.9),
            glow(8, (236, 240, 248), 0.9),
            glow(26, (240, 244, 252), 0.4),
        ]

    def picture(self, seconds: float) -> Image.Image:
        """Return the doorstep at a moment."""
        drift = seconds * 2.0
        left = round(60 + drift)
        picture = self._town.crop((left, 0, left + WIDTH, HEIGHT))
        lay(picture, self._entrance, 810 - drift * 1.5, -60)
        for sprite, x, y, period in self._lights:
            lay(picture, sprite, x - drift * 2 + 10 * breathing(seconds, period), y)
        self._let_it_snow(picture, seconds, near=False)
        lay(picture, self._crew, 40 - drift * 3, 500)
        for number, sprite in enumerate(self._microphones):
            sway = 12 * breathing(seconds, 2.6 + 0.4 * number, number / 5)
            lay(picture, sprite, 690 + 158 * number - drift * 3, 610 + abs(number - 2) * 44 + sway)
        self._let_it_snow(picture, seconds, near=True)
        if any(0 <= seconds - flash < 0.08 for flash in FLASHES):  # noqa: PLR2004 - two frames
            lay(picture, self._flash, 260 - 900, 590 - 900)
        return picture

    def _let_it_snow(self, picture: Image.Image, seconds: float, *, near: bool) -> None:
        for x, y, depth, phase in self._flakes:
            if (depth == 2) is not near:  # noqa: PLR2004 - before the microphones
                continue
            fallen = (y + seconds * (70, 130, 300)[depth]) % (HEIGHT + 60) - 30
            blown = (x - seconds * (16, 34, 80)[depth] + 22 * breathing(seconds, 3, phase)) % WIDTH
            lay(picture, self._snow[depth], blown, fallen)


def _town() -> Image.Image:
    # All distant objects are one layer, wider than the picture.
    town = gradient(_SKY).resize((_PLATE, HEIGHT))
    lay(town, glow(900, (255, 206, 150), 0.6), 620 - 900, 770 - 900)

    def paint(draw: ImageDraw.ImageDraw, s: int) -> None:
        random = np.random.default_rng(89)
        for x in (330, 452):  # two towers with round caps, as the city has them
            far = mix(_FAR, (0, 0, 0), 0.1)
            draw.rectangle((x * s, 120 * s, (x + 74) * s, 560 * s), fill=far)
            draw.ellipse(((x - 4) * s, 66 * s, (x + 78) * s, 158 * s), fill=far)
            spire = [(x + 26, 76), (x + 37, 24), (x + 48, 76)]
            draw.polygon([(a * s, b * s) for a, b in spire], fill=far)
        _roofs(draw, s, random, _FAR, (230, 330), 0.0)
        _roofs(draw, s, random, _NEAR, (330, 420), 0.5)

    lay(town, shape((_PLATE, 560), paint), 0, 300)
    town.paste(_ground(), (0, _GROUND))
    return town


def _roofs(
    draw: ImageDraw.ImageDraw,
    s: int,
    random: np.random.Generator,
    colour: Colour,
    heights: tuple[int, int],
    lit: float,
) -> None:
    x = 0
    while x < _PLATE:
        width, top = int(random.integers(90, 190)), int(random.integers(*heights))
        peak = top - int(random.integers(20, 70))
        draw.rectangle((x * s, top * s, (x + width) * s, 560 * s), fill=colour)
        draw.polygon(
            [(x * s, top * s), ((x + width // 2) * s, peak * s), ((x + width) * s, top * s)],
            fill=colour,
        )
        for row in range(top + 18, 500, 40):
            for column in range(x + 16, x + width - 24, 32):
                if random.uniform() < lit * 0.5:
                    pane = mix(colour, _WINDOW, float(random.uniform(0.35, 0.95)))
                    draw.rectangle(
                        (column * s, row * s, (column + 12) * s, (row + 20) * s), fill=pane
                    )
        x += width


def _entrance() -> Image.Image:
    wall: Colour = (40, 38, 58)

    def paint(draw: ImageDraw.ImageDraw, s: int) -> None:
        draw.rectangle((0, 60 * s, 900 * s, 700 * s), fill=wall)
        draw.rectangle((0, 40 * s, 900 * s, 66 * s), fill=(232, 236, 244))  # snow on the ledge
        for n in range(60):  # the doorway, lightest in its middle
            inset = n * 2.2
            light = mix((206, 132, 66), (255, 236, 196), n / 60)
            draw.rectangle(
                ((150 + inset) * s, (150 + inset) * s, (530 - inset) * s, 640 * s), fill=light
            )
        for x in (150, 242, 334, 426, 522):
            draw.rectangle((x * s, 150 * s, (x + 8) * s, 640 * s), fill=wall)
        draw.rectangle((150 * s, 272 * s, 530 * s, 280 * s), fill=wall)
        draw.polygon(
            [(90 * s, 132 * s), (590 * s, 132 * s), (630 * s, 158 * s), (50 * s, 158 * s)],
            fill=(24, 24, 40),
        )
        draw.polygon(
            [(90 * s, 132 * s), (590 * s, 132 * s), (582 * s, 122 * s), (98 * s, 122 * s)],
            fill=(232, 236, 244),
        )
        for x in (660, 760):
            draw.rectangle((x * s, 200 * s, (x + 60) * s, 380 * s), fill=(236, 180, 106))
            draw.rectangle(((x + 28) * s, 200 * s, (x + 32) * s, 380 * s), fill=wall)
        for n in range(3):
            shade = mix((120, 104, 110), (232, 214, 206), n / 3)
            draw.rectangle(
                ((120 - 30 * n) * s, (640 + 20 * n) * s, (560 + 30 * n) * s, (660 + 20 * n) * s),
                fill=shade,
            )

    # The light of the doorway covers the house and extends beyond its edges.
    lit = Image.new("RGBA", (1400, 1300))
    lit.paste(shape((900, 700), paint), (280, 250))
    return Image.alpha_composite(lit, _on(glow(620, (255, 190, 110), 0.55), lit.size, (0, 0)))


def _on(layer: Image.Image, size: tuple[int, int], place: tuple[int, int]) -> Image.Image:
    sheet = Image.new("RGBA", size)
    sheet.paste(layer, place)
    return sheet


def _ground() -> Image.Image:
    ground = gradient(
        ((0.0, (188, 176, 200)), (0.25, (132, 136, 176)), (1.0, (44, 52, 88))), HEIGHT - _GROUND
    )
    ground = ground.resize((_PLATE, HEIGHT - _GROUND))
    lay(ground, glow(700, (255, 196, 126), 0.7).resize((1400, 420)), 780, -160)
    return ground


def _lights() -> list[tuple[Image.Image, int, int, float]]:
    random = np.random.default_rng(7)
    colours: tuple[Colour, ...] = (
        (255, 196, 120),
        (255, 226, 180),
        (150, 190, 255),
        (255, 150, 110),
    )
    return [
        (
            disc(int(random.integers(22, 62)), colours[n % 4], float(random.uniform(0.16, 0.4))),
            int(random.integers(0, 1100)),
            int(random.integers(420, 760)),
            float(random.uniform(4, 8)),
        )
        for n in range(16)
    ]


def _crew() -> Image.Image:
    dark: Colour = (12, 14, 26)

    def paint(draw: ImageDraw.ImageDraw, s: int) -> None:
        for foot in (60, 210, 330):
            draw.line((206 * s, 170 * s, foot * s, 580 * s), fill=dark, width=16 * s)
        draw.rounded_rectangle((80 * s, 40 * s, 320 * s, 160 * s), 14 * s, fill=dark)
        draw.polygon(
            [(320 * s, 70 * s), (420 * s, 44 * s), (420 * s, 156 * s), (320 * s, 130 * s)],
            fill=dark,
        )
        draw.rounded_rectangle((40 * s, 54 * s, 92 * s, 100 * s), 8 * s, fill=dark)
        draw.rounded_rectangle((130 * s, 2 * s, 270 * s, 18 * s), 8 * s, fill=dark)
        draw.rectangle((150 * s, 10 * s, 164 * s, 44 * s), fill=dark)
        draw.rectangle((240 * s, 10 * s, 254 * s, 44 * s), fill=dark)
        draw.ellipse((96 * s, 54 * s, 110 * s, 68 * s), fill=(255, 64, 56))
        draw.rectangle((140 * s, 70 * s, 250 * s, 76 * s), fill=(52, 60, 88))

    return shape((440, 580), paint)


def _microphone(colour: Colour, number: int) -> Image.Image:
    tilt = (number - 2) * 26

    def paint(draw: ImageDraw.ImageDraw, s: int) -> None:
        top, foot = (150 + tilt * 0.2, 110), (150 - tilt * 2.2, 620)
        draw.line(
            (top[0] * s, (top[1] + 80) * s, foot[0] * s, foot[1] * s),
            fill=(14, 16, 28),
            width=26 * s,
        )
        x, y = top[0] - tilt * 0.55, top[1] + 150
        draw.rounded_rectangle(
            ((x - 46) * s, (y - 34) * s, (x + 46) * s, (y + 44) * s),
            6 * s,
            fill=mix(colour, (255, 255, 255), 0.1),
        )
        draw.rectangle(
            ((x - 46) * s, (y - 8) * s, (x + 46) * s, (y + 18) * s), fill=(240, 240, 244)
        )
        for n in range(30):  # foam, lit from the doorway on the right
            inset, shift = n * 1.9, n * 0.8
            tone = mix(mix(colour, (0, 0, 10), 0.55), mix(colour, (255, 230, 200), 0.35), n / 30)
            draw.ellipse(
                (
                    (top[0] - 62 + inset + shift) * s,
                    (top[1] - 76 + inset) * s,
                    (top[0] + 62 - inset + shift) * s,
                    (top[1] + 84 - inset * 1.2) * s,
                ),
                fill=tone,
            )

    return shape((320, 620), paint)
