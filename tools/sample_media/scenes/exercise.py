"""The exercise: three shots of a winter exercise, on land, at sea and in the air."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from tools.sample_media.scenes.drawing import (
    HEIGHT,
    WIDTH,
    Colour,
    breathing,
    glow,
    gradient,
    lay,
    mix,
    ridge,
)
from tools.sample_media.scenes.silhouettes import WIDE, forest, helicopter, ship, vehicle

_BELOW = 200
"""Pixels by which a hill extends below the foot of its line."""


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
        self._road = ridge(47, 0.30, 120, WIDE)
        self._hills = [
            _hill(ridge(11, 0.52, 420, WIDE), (86, 122, 158), (232, 242, 250)),
            _hill(ridge(29, 0.50, 300, WIDE), (40, 70, 108), (164, 194, 222)),
            _hill(self._road, (12, 24, 44), (40, 66, 100)),
        ]
        self._vehicle = vehicle()
        self._beam = glow(170, (255, 236, 190), 0.75).resize((420, 130))

    def picture(self, seconds: float) -> Image.Image:
        """Return the mountains at a moment."""
        picture = self._sky.copy()
        aurora = _aurora(seconds)
        picture.paste(aurora, (0, 0), aurora)
        for number, (hill, top) in enumerate(zip(self._hills, (420, 590, 770), strict=True)):
            lay(picture, hill, -60 - seconds * (4, 10, 26)[number], top)
        for place in range(5):
            x = 300 + place * 300 + seconds * 56
            column = round(x + 54 + 60 + seconds * 26)
            y = 770 + 120 - float(self._road[column]) - 50 + 2 * breathing(seconds, 0.9, place / 5)
            lay(picture, self._beam, x + 92, y - 34)
            lay(picture, self._vehicle, x, y)
        return picture


class Sea:
    """Two ships before a low sun; the water glitters."""

    def __init__(self) -> None:
        self._sky = gradient(
            (
                (0.0, (40, 70, 120)),
                (0.35, (226, 140, 96)),
                (0.53, (255, 222, 150)),
                (1.0, (255, 222, 150)),
            )
        )
        lay(self._sky, glow(620, (255, 246, 210), 0.9), 1240 - 620, 520 - 620)
        lay(self._sky, _sun(), 1240 - 90, 500 - 90)
        self._ships = [ship(1.0), ship(0.62)]
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
            tone = mix(
                mix((150, 110, 112), (24, 42, 74), depth**0.5), (255, 232, 178), float(shine)
            )
            left = x * WIDTH + 14 * breathing(seconds, 4, phase)
            draw.rounded_rectangle((left, y, left + size, y + 1.5 + 3 * depth), 1, fill=tone)
        lay(
            picture,
            self._ships[0],
            260 + seconds * 26,
            640 - 262 + 6 * breathing(seconds, 3.7, 0.3),
        )
        return picture


class Air:
    """Helicopters over a winter forest; blades turn, trees pass."""

    def __init__(self) -> None:
        self._sky = gradient(
            ((0.0, (120, 168, 206)), (0.6, (230, 238, 242)), (1.0, (250, 244, 232)))
        )
        lay(self._sky, glow(700, (255, 255, 246), 0.8), 300 - 700, 260 - 700)
        self._hill = _hill(ridge(83, 0.48, 330, WIDE), (146, 174, 200), (236, 242, 248))
        self._trees = [forest(3, (84, 116, 140), 150, 60), forest(9, (22, 44, 60), 300, 110)]
        self._helicopters = [
            [helicopter(size, turn / 4) for turn in range(4)] for size in (1.0, 0.55)
        ]

    def picture(self, seconds: float) -> Image.Image:
        """Return the helicopters at a moment."""
        picture = self._sky.copy()
        lay(picture, self._hill, -60 - seconds * 12, 500)
        lay(picture, self._trees[0], -20 - seconds * 34, 730)
        turn = int(seconds * 50) % 4
        near, far = self._helicopters
        lay(picture, far[turn], 340 + seconds * 66, 210 + 18 * breathing(seconds, 2.9))
        lay(
            picture,
            far[(turn + 1) % 4],
            880 + seconds * 70,
            130 + 18 * breathing(seconds, 3.3, 0.4),
        )
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
        wave = 0.52 + 0.16 * np.sin(
            2 * np.pi * (x * (1.1 + number * 0.5) + seconds * 0.05 + number / 3)
        )
        wave = wave - 0.1 * number
        curtain = np.where(y < wave, np.exp((y - wave) * 5), np.exp((wave - y) * 24))
        rays = 0.65 + 0.35 * np.sin(2 * np.pi * (x * 17 + seconds * 0.35 + np.sin(x * 20 + number)))
        opacity += curtain * rays * (0.62 - 0.12 * number)
    pixels = np.empty((50, WIDTH // 12, 4), np.uint8)
    green, violet = np.array((84, 236, 166)), np.array((126, 92, 220))
    pixels[..., :3] = violet + (green - violet) * np.clip(y * 2.0, 0, 1)[..., None]
    pixels[..., 3] = np.clip(opacity, 0, 0.92) * 255
    return Image.fromarray(pixels, "RGBA").resize((WIDTH, 640), Image.Resampling.BILINEAR)


def _hill(line: NDArray[np.float64], foot: Colour, snow: Colour) -> Image.Image:
    """Return a hill below its line; it is as high as the picture from the line's peak on."""
    height = float(line.max())
    rows = np.arange(round(height) + _BELOW, dtype=np.float32)[:, None]
    below = rows - (height - line).astype(np.float32)[None, :]
    # Ridges slope to the side, so the lit slope is found by looking sideways.
    columns = np.arange(WIDE)[None, :] - (below * 0.7).astype(np.int32)
    slope = np.convolve(np.gradient(line), np.ones(9) / 9, "same").astype(np.float32)
    facing = slope[np.clip(columns, 0, WIDE - 1)]
    fade = np.clip(1 - below / (height * 0.85), 0, 1) ** 1.3
    share = (fade * np.clip(0.62 + facing * 0.55, 0.12, 1))[..., None]
    pixels = np.empty((*share.shape[:2], 4), np.uint8)
    start, reach = np.array(foot, np.float32), np.array(snow, np.float32) - np.array(foot)
    pixels[..., :3] = start + reach.astype(np.float32) * share
    pixels[..., 3] = np.clip(below + 1, 0, 1) * 255
    return Image.fromarray(pixels, "RGBA")


def _sun() -> Image.Image:
    axis = np.linspace(-1, 1, 180)
    distance = np.hypot(axis[:, None], axis[None, :])
    pixels: NDArray[np.uint8] = np.empty((180, 180, 4), np.uint8)
    pixels[..., :3] = (255, 250, 226)
    pixels[..., 3] = np.clip((1 - distance) * 60, 0, 1) * 255
    return Image.fromarray(pixels, "RGBA")
