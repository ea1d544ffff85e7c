"""The exercise: three shots of a winter exercise, on land, at sea and in the air."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from infra.local.media.scenes.drawing import (
    HEIGHT,
    WIDTH,
    Colour,
    breathing,
    glow,
    gradient,
    lay,
    mix,
    ridge,
    shape,
)

_WIDE = WIDTH + 240
"""Layers that pass by are wider than the picture."""


class Land:
    """Northern lights over mountains; a column of vehicles drives along the ridge."""

    def __init__(self) -> None:
        self._sky = gradient(((0.0, (6, 12, 34)), (0.5, (18, 48, 84)), (0.75, (84, 120, 150))))
        random = np.random.default_rng(66)
        star = ImageDraw.Draw(self._sky)
        for _ in range(260):
            x, y = float(random.uniform(0, WIDTH)), float(random.uniform(0, 560))
            tone = int(random.uniform(90, 255))
            star.ellipse((x, y, x + 1.6, y + 1.6), fill=(tone, tone, tone))
        self._hills = [
            _hill(11, 0.52, 420, (86, 122, 158), (226, 238, 248)),
            _hill(29, 0.50, 300, (46, 78, 116), (176, 202, 226)),
            _hill(47, 0.42, 150, (14, 28, 50), (30, 52, 82)),
        ]
        self._vehicle = _vehicle()
        self._beam = glow(170, (255, 236, 190), 0.75).resize((420, 130))

    def picture(self, seconds: float) -> Image.Image:
        """Return the mountains at a moment."""
        picture = self._sky.copy()
        aurora = _aurora(seconds)
        picture.paste(aurora, (0, 0), aurora)
        for number, (hill, top) in enumerate(zip(self._hills, (420, 590, 770), strict=True)):
            lay(picture, hill, -60 - seconds * (4, 10, 26)[number], top)
            if number == 1:
                for place in range(5):
                    x = 260 + place * 290 + seconds * 56
                    y = 806 + 6 * breathing(seconds, 1.1, place / 5)
                    lay(picture, self._beam, x + 86, y - 38)
                    lay(picture, self._vehicle, x, y)
        return picture


class Sea:
    """Two ships before a low sun; the water glitters."""

    def __init__(self) -> None:
        self._sky = gradient(
            ((0.0, (40, 70, 120)), (0.35, (226, 140, 96)), (0.53, (255, 222, 150)), (1.0, (255, 222, 150)))
        )
        lay(self._sky, glow(620, (255, 246, 210), 0.9), 1240 - 620, 520 - 620)
        lay(self._sky, _sun(), 1240 - 90, 500 - 90)
        self._ships = [_ship(1.0), _ship(0.62)]
        random = np.random.default_rng(5)
        self._ripples = random.uniform(0, 1, (240, 4))
        self._water = gradient(
            ((0.0, (226, 160, 112)), (0.2, (120, 98, 116)), (1.0, (20, 36, 66))), HEIGHT - 580
        )

    def picture(self, seconds: float) -> Image.Image:
        """Return the sea at a moment."""
        picture = self._sky.copy()
        lay(picture, self._ships[1], 1040 + seconds * 10, 580 - 172 + 3 * breathing(seconds, 3.1))
        picture.paste(self._water, (0, 580))
        draw = ImageDraw.Draw(picture)
        for x, depth, phase, length in self._ripples:
            y = 584 + depth**1.6 * 480
            size = 8 + (10 + length * 70) * depth
            near_sun = np.exp(-(((x * WIDTH - 1240) / (120 + 500 * depth)) ** 2))
            shine = (0.15 + 0.85 * near_sun) * breathing(seconds, 1.2 + phase, phase * 7)
            tone = mix(mix((150, 110, 112), (24, 42, 74), depth**0.5), (255, 232, 178), float(shine))
            left = x * WIDTH + 14 * breathing(seconds, 4, phase)
            draw.rounded_rectangle((left, y, left + size, y + 1.5 + 3 * depth), 1, fill=tone)
        lay(picture, self._ships[0], 260 + seconds * 26, 640 - 262 + 6 * breathing(seconds, 3.7, 0.3))
        return picture


class Air:
    """Helicopters over a winter forest; blades turn, trees pass."""

    def __init__(self) -> None:
        self._sky = gradient(((0.0, (120, 168, 206)), (0.6, (230, 238, 242)), (1.0, (250, 244, 232))))
        lay(self._sky, glow(700, (255, 255, 246), 0.8), 300 - 700, 260 - 700)
        self._hill = _hill(83, 0.48, 330, (146, 174, 200), (222, 232, 240))
        self._trees = [_forest(3, (84, 116, 140), 150, 60), _forest(9, (22, 44, 60), 300, 110)]
        self._helicopters = [[_helicopter(size, turn / 4) for turn in range(4)] for size in (1.0, 0.55)]

    def picture(self, seconds: float) -> Image.Image:
        """Return the helicopters at a moment."""
        picture = self._sky.copy()
        lay(picture, self._hill, -60 - seconds * 12, 500)
        lay(picture, self._trees[0], -20 - seconds * 34, 730)
        turn = int(seconds * 50) % 4
        near, far = self._helicopters
        lay(picture, far[turn], 340 + seconds * 66, 210 + 18 * breathing(seconds, 2.9))
        lay(picture, far[(turn + 1) % 4], 880 + seconds * 70, 130 + 18 * breathing(seconds, 3.3, 0.4))
        lay(picture, near[turn], 720 + seconds * 96, 360 + 26 * breathing(seconds, 3.6, 0.2))
        lay(picture, self._trees[1], -40 - seconds * 120, 800)
        return picture


class Exercise:
    """The three shots one after another; ``shot`` is the length of each in seconds."""

    def __init__(self, shot: float) -> None:
        self._shot = shot
        self._shots = (Land(), Sea(), Air())

    def picture(self, seconds: float) -> Image.Image:
        """Return the picture at a moment of the whole."""
        number = min(int(seconds / self._shot), len(self._shots) - 1)
        return self._shots[number].picture(seconds - number * self._shot)


def _aurora(seconds: float) -> Image.Image:
    x = np.linspace(0, 1, WIDTH // 12)[None, :]
    y = np.linspace(0, 1, 50)[:, None]
    opacity = np.zeros((50, WIDTH // 12))
    for number in range(3):
        wave = 0.52 + 0.16 * np.sin(2 * np.pi * (x * (1.1 + number * 0.5) + seconds * 0.05 + number / 3))
        wave = wave - 0.1 * number
        curtain = np.where(y < wave, np.exp((y - wave) * 5), np.exp((wave - y) * 24))
        rays = 0.65 + 0.35 * np.sin(2 * np.pi * (x * 17 + seconds * 0.35 + np.sin(x * 20 + number)))
        opacity += curtain * rays * (0.62 - 0.12 * number)
    pixels = np.empty((50, WIDTH // 12, 4), np.uint8)
    green, violet = np.array((84, 236, 166)), np.array((126, 92, 220))
    pixels[..., :3] = violet + (green - violet) * np.clip(y * 2.0, 0, 1)[..., None]
    pixels[..., 3] = np.clip(opacity, 0, 0.92) * 255
    return Image.fromarray(pixels, "RGBA").resize((WIDTH, 640), Image.Resampling.BICUBIC)


def _hill(seed: int, roughness: float, height: int, foot: Colour, snow: Colour) -> Image.Image:
    line = ridge(seed, roughness, height, _WIDE)
    rows = np.arange(HEIGHT)[:, None]
    below = rows - (height - line)[None, :]
    slope = np.gradient(line)[None, :]
    # Snow lies on the heights, and brighter on the slopes that face the light.
    fade = np.clip(1 - below / (height * 0.8), 0, 1) ** 1.4
    light = np.clip(0.62 + slope * 0.35, 0.25, 1)
    share = (fade * light)[..., None]
    pixels = np.empty((HEIGHT, _WIDE, 4), np.uint8)
    pixels[..., :3] = np.array(foot) + (np.array(snow) - np.array(foot)) * share
    pixels[..., 3] = (np.clip(below + 1, 0, 1) * 255).astype(np.uint8)
    return Image.fromarray(pixels, "RGBA")


def _vehicle() -> Image.Image:
    dark: Colour = (8, 16, 30)

    def paint(draw: ImageDraw.ImageDraw, s: int) -> None:
        draw.polygon([(4 * s, 20 * s), (60 * s, 20 * s), (60 * s, 40 * s), (4 * s, 40 * s)], fill=dark)
        draw.polygon([(60 * s, 14 * s), (86 * s, 14 * s), (98 * s, 28 * s), (104 * s, 30 * s), (104 * s, 44 * s), (0, 44 * s), (0, 34 * s)], fill=dark)
        draw.polygon([(72 * s, 18 * s), (84 * s, 18 * s), (91 * s, 27 * s), (72 * s, 27 * s)], fill=(120, 156, 178))
        for x in (8, 32, 78):
            draw.ellipse((x * s, 34 * s, (x + 20) * s, 54 * s), fill=dark)
        draw.ellipse((98 * s, 30 * s, 105 * s, 38 * s), fill=(255, 244, 210))

    return shape((108, 56), paint)


def _sun() -> Image.Image:
    axis = np.linspace(-1, 1, 180)
    distance = np.hypot(axis[:, None], axis[None, :])
    pixels: NDArray[np.uint8] = np.empty((180, 180, 4), np.uint8)
    pixels[..., :3] = (255, 250, 226)
    pixels[..., 3] = np.clip((1 - distance) * 60, 0, 1) * 255
    return Image.fromarray(pixels, "RGBA")


def _ship(size: float) -> Image.Image:
    dark = mix((18, 30, 48), (190, 130, 110), (1 - size) * 0.9)

    def paint(draw: ImageDraw.ImageDraw, s: int) -> None:
        k = s * size

        def block(*points: tuple[float, float]) -> None:
            draw.polygon([(x * k, y * k) for x, y in points], fill=dark)

        block((10, 214), (40, 208), (560, 206), (640, 192), (606, 272), (40, 272))
        block((120, 210), (130, 164), (236, 164), (244, 210))
        block((250, 210), (262, 142), (446, 142), (470, 210))
        block((300, 144), (318, 104), (404, 104), (420, 144))
        block((352, 106), (366, 18), (374, 18), (392, 106))
        block((180, 166), (192, 112), (212, 112), (222, 166))
        block((480, 206), (488, 184), (520, 184), (528, 206))
        for x1, y1, x2, y2 in ((510, 190, 572, 178), (332, 50, 408, 50), (344, 74, 396, 74), (370, 0, 370, 40)):
            draw.line((x1 * k, y1 * k, x2 * k, y2 * k), fill=dark, width=max(1, round(5 * k)))
        for x in range(276, 440, 22):
            draw.rectangle((x * k, 154 * k, (x + 11) * k, 162 * k), fill=(255, 226, 160))

    return shape((round(650 * size), round(276 * size)), paint)


def _forest(seed: int, colour: Colour, tall: int, pitch: int) -> Image.Image:
    random = np.random.default_rng(seed)
    width = _WIDE + 500

    def paint(draw: ImageDraw.ImageDraw, s: int) -> None:
        draw.rectangle((0, (tall + 30) * s, width * s, 420 * s), fill=colour)
        x = -40.0
        while x < width:
            height = float(random.uniform(0.55, 1.0)) * tall
            half = height * 0.23
            for tier in range(4):
                top = tall + 40 - height * (1 - tier * 0.22)
                spread = half * (0.45 + tier * 0.2)
                tip, foot = (x * s, top * s), (top + height * 0.36) * s
                draw.polygon([tip, ((x + spread) * s, foot), ((x - spread) * s, foot)], fill=colour)
                snow = mix(colour, (255, 255, 255), 0.72)
                draw.polygon(
                    [tip, ((x - spread * 0.45) * s, (top + height * 0.17) * s), (x * s, (top + height * 0.12) * s)],
                    fill=snow,
                )
            x += float(random.uniform(0.5, 1.2)) * pitch

    return shape((width, 420), paint)


def _helicopter(size: float, turn: float) -> Image.Image:
    dark = mix((26, 40, 50), (150, 172, 190), (1 - size) * 0.8)

    def paint(draw: ImageDraw.ImageDraw, s: int) -> None:
        k = s * size
        reach = 190 * (0.55 + 0.45 * abs(1 - 2 * turn))
        draw.ellipse((20 * k, 30 * k, 420 * k, 50 * k), fill=(*dark, 60))
        draw.line(((220 - reach) * k, 42 * k, (220 + reach) * k, 38 * k), fill=dark, width=round(5 * k))
        draw.rectangle((212 * k, 38 * k, 228 * k, 70 * k), fill=dark)
        draw.ellipse((170 * k, 58 * k, 350 * k, 150 * k), fill=dark)
        draw.rounded_rectangle((150 * k, 66 * k, 280 * k, 146 * k), 24 * k, fill=dark)
        draw.polygon([(190 * k, 72 * k), (30 * k, 76 * k), (30 * k, 90 * k), (190 * k, 122 * k)], fill=dark)
        draw.polygon([(44 * k, 80 * k), (14 * k, 36 * k), (2 * k, 36 * k), (20 * k, 92 * k)], fill=dark)
        draw.ellipse(((-6 + 14 * turn) * k, 20 * k, (38 - 14 * turn) * k, 56 * k), outline=(*dark, 200), width=round(3 * k))
        draw.polygon([(290 * k, 72 * k), (326 * k, 84 * k), (340 * k, 104 * k), (290 * k, 104 * k)], fill=(176, 206, 226))
        draw.rectangle((200 * k, 84 * k, 232 * k, 108 * k), fill=(150, 184, 206))
        draw.line((160 * k, 166 * k, 340 * k, 166 * k), fill=dark, width=round(6 * k))
        for x in (190, 300):
            draw.line((x * k, 142 * k, x * k, 166 * k), fill=dark, width=round(5 * k))

    return shape((round(430 * size), round(176 * size)), paint)
