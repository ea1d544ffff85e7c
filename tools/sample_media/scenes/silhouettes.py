"""The shapes of the exercise: a lorry, a ship, a helicopter, firs."""

import numpy as np
from PIL import Image, ImageDraw

from tools.sample_media.scenes.drawing import WIDTH, Colour, mix, shape

WIDE = WIDTH + 240
"""Pixels; layers that pass by are wider than the picture."""


def vehicle() -> Image.Image:
    """Return a lorry that drives to the right."""
    dark: Colour = (8, 16, 30)

    def paint(draw: ImageDraw.ImageDraw, s: int) -> None:
        draw.polygon(
            [(4 * s, 20 * s), (60 * s, 20 * s), (60 * s, 40 * s), (4 * s, 40 * s)], fill=dark
        )
        draw.polygon(
            [
                (60 * s, 14 * s),
                (86 * s, 14 * s),
                (98 * s, 28 * s),
                (104 * s, 30 * s),
                (104 * s, 44 * s),
                (0, 44 * s),
                (0, 34 * s),
            ],
            fill=dark,
        )
        draw.polygon(
            [(72 * s, 18 * s), (84 * s, 18 * s), (91 * s, 27 * s), (72 * s, 27 * s)],
            fill=(120, 156, 178),
        )
        for x in (8, 32, 78):
            draw.ellipse((x * s, 34 * s, (x + 20) * s, 54 * s), fill=dark)
        draw.ellipse((98 * s, 30 * s, 105 * s, 38 * s), fill=(255, 244, 210))

    return shape((108, 56), paint)


def ship(size: float) -> Image.Image:
    """Return a warship that sails to the right; ``size`` 1.0 is 650 pixels long."""
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
        for x1, y1, x2, y2 in (
            (510, 190, 572, 178),
            (332, 50, 408, 50),
            (344, 74, 396, 74),
            (370, 0, 370, 40),
        ):
            draw.line((x1 * k, y1 * k, x2 * k, y2 * k), fill=dark, width=max(1, round(5 * k)))
        for x in range(276, 440, 22):
            draw.rectangle((x * k, 154 * k, (x + 11) * k, 162 * k), fill=(255, 226, 160))

    return shape((round(650 * size), round(276 * size)), paint)


def forest(seed: int, colour: Colour, tall: int, pitch: int) -> Image.Image:
    """Return a row of snowy firs, up to ``tall`` pixels high and about ``pitch`` apart."""
    random = np.random.default_rng(seed)
    width = WIDE + 500

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
                    [
                        tip,
                        ((x - spread * 0.45) * s, (top + height * 0.17) * s),
                        (x * s, (top + height * 0.12) * s),
                    ],
                    fill=snow,
                )
            x += float(random.uniform(0.5, 1.2)) * pitch

    return shape((width, 420), paint)


def helicopter(size: float, turn: float) -> Image.Image:
    """Return a helicopter that flies to the right; ``turn`` is how far its rotor has turned."""
    dark = mix((26, 40, 50), (150, 172, 190), (1 - size) * 0.8)

    def paint(draw: ImageDraw.ImageDraw, s: int) -> None:
        k = s * size
        reach = 190 * (0.55 + 0.45 * abs(1 - 2 * turn))
        draw.ellipse((20 * k, 30 * k, 420 * k, 50 * k), fill=(*dark, 60))
        draw.line(
            ((220 - reach) * k, 42 * k, (220 + reach) * k, 38 * k), fill=dark, width=round(5 * k)
        )
        draw.rectangle((212 * k, 38 * k, 228 * k, 70 * k), fill=dark)
        draw.ellipse((170 * k, 58 * k, 350 * k, 150 * k), fill=dark)
        draw.rounded_rectangle((150 * k, 66 * k, 280 * k, 146 * k), 24 * k, fill=dark)
        draw.polygon(
            [(190 * k, 72 * k), (30 * k, 76 * k), (30 * k, 90 * k), (190 * k, 122 * k)], fill=dark
        )
        draw.polygon(
            [(44 * k, 80 * k), (14 * k, 36 * k), (2 * k, 36 * k), (20 * k, 92 * k)], fill=dark
        )
        draw.ellipse(
            ((-6 + 14 * turn) * k, 20 * k, (38 - 14 * turn) * k, 56 * k),
            outline=(*dark, 200),
            width=round(3 * k),
        )
        draw.polygon(
            [(290 * k, 72 * k), (326 * k, 84 * k), (340 * k, 104 * k), (290 * k, 104 * k)],
            fill=(176, 206, 226),
        )
        draw.rectangle((200 * k, 84 * k, 232 * k, 108 * k), fill=(150, 184, 206))
        draw.line((160 * k, 166 * k, 340 * k, 166 * k), fill=dark, width=round(6 * k))
        for x in (190, 300):
            draw.line((x * k, 142 * k, x * k, 166 * k), fill=dark, width=round(5 * k))

    return shape((round(430 * size), round(176 * size)), paint)
