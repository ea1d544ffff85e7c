"""Pictures: upright, in their shape, in colours that a JPEG can show, and whole."""

import io
import struct
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from math import log, sqrt

import av
import pytest
from newsreel.catalogue.findings import RejectedError
from newsreel.catalogue.model import VideoFacts
from newsreel.media import format_names, jpeg, orientation, poster
from newsreel.media.probe import probe
from newsreel.media.ranged_file import RangedFile
from PIL import Image

from tests.support import media_files
from tests.support.media_files import make

SILENT = replace(media_files.PREVIEW, sound=None)
PQ, HLG = (9, 16, 9), (9, 18, 9)
Colour = tuple[float, float, float]


def opened(data: bytes) -> RangedFile:
    return RangedFile(lambda start, length: data[start : start + length], len(data))


def video_of(data: bytes) -> VideoFacts:
    video = probe(opened(data)).video
    assert video is not None
    return video


def label_of(data: bytes) -> str:
    return format_names.label_of(probe(opened(data)))


def poster_of(data: bytes, width: int = 640) -> Image.Image:
    made = poster.from_video(opened(data))
    assert made is not None
    return Image.open(io.BytesIO(made[width])).convert("RGB")


def first_frame(picture: Image.Image) -> av.VideoFrame:
    data = io.BytesIO()
    picture.save(data, "JPEG")
    with av.open(data, "r", format="jpeg_pipe") as image:
        return next(image.decode(video=0))


def corners(picture: Image.Image) -> list[str]:
    """Return what is brightest of red, green and blue near each corner, from the upper left on."""
    width, height = picture.size
    places = [(0.1, 0.1), (0.9, 0.1), (0.1, 0.9), (0.9, 0.9)]
    found = []
    for x, y in places:
        colour = picture.getpixel((int(width * x), int(height * y)))
        assert isinstance(colour, tuple)
        found.append("light" if min(colour) > 150 else "rgb"[colour.index(max(colour))])
    return found


def four_corners(frame: av.VideoFrame, _number: int) -> None:
    """Paint red and green above, blue and light grey below."""
    colours = [[(81, 90, 240), (145, 54, 34)], [(41, 240, 110), (220, 128, 128)]]
    for component, plane in enumerate(frame.planes):
        rows = []
        for y in range(plane.height):
            left, right = colours[y * 2 // plane.height]
            half = plane.width // 2
            row = bytes([left[component]]) * half + bytes([right[component]]) * (plane.width - half)
            rows.append(row + bytes(plane.line_size - plane.width))
        plane.update(b"".join(rows))


CORNERS = replace(SILENT, paint=four_corners)


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("rotation", "clockwise", "size", "order"),
    [
        (0, 0, (640, 360), ["r", "g", "b", "light"]),
        (-90, 90, (640, 1138), ["b", "r", "light", "g"]),
        (180, 180, (640, 360), ["light", "b", "g", "r"]),
        (90, 270, (640, 1138), ["g", "light", "r", "b"]),
    ],
)
@pytest.mark.parametrize("container", ["mp4", "mov"])
def test_a_video_that_was_taken_turned_is_told_and_its_poster_is_upright(
    container: str, rotation: int, clockwise: int, size: tuple[int, int], order: list[str]
) -> None:
    data = make(replace(CORNERS, container=container, rotation=rotation))
    video = video_of(data)
    assert video.rotation == clockwise
    assert (video.width, video.height) == (640, 360)
    assert video.display_aspect == ("16:9" if clockwise in {0, 180} else "9:16")
    picture = poster_of(data)
    assert picture.size == size
    assert corners(picture) == order


def test_a_mirrored_video_has_a_mirrored_poster() -> None:
    data = bytearray(make(CORNERS))
    matrix = data.index(b"tkhd") + 4 + 40
    data[matrix : matrix + 4] = struct.pack(">i", -65536)
    assert corners(poster_of(bytes(data))) == ["g", "r", "light", "b"]


@pytest.mark.thorough
def test_an_upright_video_is_labelled_by_both_its_sides() -> None:
    assert label_of(make(replace(SILENT, rotation=90))) == "H.264, 360x640p25"
    assert label_of(make(replace(SILENT, size=(360, 640)))) == "H.264, 360x640p25"


def test_an_upright_preview_is_a_preview_whatever_its_height() -> None:
    video = video_of(make(SILENT)).model_copy(
        update={"width": 720, "height": 1280, "bit_rate": 7_000_000}
    )
    facts = replace(probe(opened(make(SILENT))), video=video)
    assert format_names.kind_of(facts) == "preview"


@pytest.mark.thorough
@pytest.mark.parametrize("number", range(1, 9))
def test_an_uploaded_picture_is_turned_as_its_camera_says(number: int) -> None:
    upright = Image.new("RGB", (400, 200))
    for x, y, colour in (
        (0, 0, "red"),
        (200, 0, "green"),
        (0, 100, "blue"),
        (200, 100, "lightgrey"),
    ):
        upright.paste(colour, (x, y, x + 200, y + 100))
    # What a camera stores so that this number brings it back.
    stored = {
        1: upright,
        2: upright.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        3: upright.transpose(Image.Transpose.ROTATE_180),
        4: upright.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
        5: upright.transpose(Image.Transpose.TRANSPOSE),
        6: upright.transpose(Image.Transpose.ROTATE_90),
        7: upright.transpose(Image.Transpose.TRANSVERSE),
        8: upright.transpose(Image.Transpose.ROTATE_270),
    }[number]
    exif = Image.Exif()
    exif[0x0112] = number
    data = io.BytesIO()
    stored.save(data, "JPEG", exif=exif)
    made = Image.open(io.BytesIO(poster.from_jpeg(data.getvalue())[640])).convert("RGB")
    assert made.size == (640, 320)
    assert corners(made) == ["r", "g", "b", "light"]


def photograph(*, progressive: bool = False) -> bytes:
    data = io.BytesIO()
    Image.effect_noise((640, 480), 90).convert("RGB").save(data, "JPEG", progressive=progressive)
    return data.getvalue()


CUTS: dict[str, Callable[[bytes], bytes]] = {
    "half": lambda data: data[: len(data) // 2],
    "half, closed": lambda data: data[: len(data) // 2] + b"\xff\xd9",
    "half, then zeros": lambda data: data[: len(data) // 2] + bytes(len(data) // 2),
    "all but the last bytes": lambda data: data[:-2],
}


@pytest.mark.parametrize("cut", CUTS.values(), ids=CUTS)
@pytest.mark.parametrize("progressive", [False, True], ids=["baseline", "progressive"])
def test_a_picture_that_was_cut_is_refused(
    cut: Callable[[bytes], bytes], progressive: bool
) -> None:
    whole = photograph(progressive=progressive)
    assert poster.from_jpeg(whole)
    with pytest.raises(RejectedError) as error:
        poster.from_jpeg(cut(whole))
    assert error.value.finding.code in {"picture_cut", "not_jpeg"}


def test_what_a_camera_writes_behind_a_picture_does_no_harm() -> None:
    assert poster.from_jpeg(photograph() + b"a trailer" * 100)


@pytest.mark.parametrize(
    ("size", "marker", "limit"),
    [((9000, 9000), 0xC0, 64), ((5000, 5000), 0xC2, 16)],
    ids=["baseline", "progressive"],
)
def test_a_picture_of_too_many_pixels_is_refused_by_their_number(
    size: tuple[int, int], marker: int, limit: int
) -> None:
    header = struct.pack(">BBHBHHB", 0xFF, marker, 17, 8, *size, 3) + bytes(9)
    with pytest.raises(RejectedError) as error:
        jpeg.examine(b"\xff\xd8" + header + b"\xff\xd9")
    assert error.value.finding.code == "picture_too_large"
    assert error.value.finding.values == {"limit": limit}


def test_a_photograph_of_24_megapixels_is_taken() -> None:
    header = struct.pack(">BBHBHHB", 0xFF, 0xC0, 17, 8, 4000, 6000, 3) + bytes(9)
    picture = jpeg.examine(b"\xff\xd8" + header + b"\xff\xd9")
    assert (picture.width, picture.height) == (6000, 4000)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", [1, 3, 4], ids=["byte", "short", "long"])
def test_exif_counts_whatever_whole_number_a_program_wrote(order: str, kind: int) -> None:
    mark = {"<": b"II", ">": b"MM"}[order]
    value = struct.pack(order + {1: "Bxxx", 3: "Hxx", 4: "I"}[kind], 6)
    entry = struct.pack(order + "HHI", 0x0112, kind, 1) + value
    tiff = mark + struct.pack(order + "HIH", 42, 8, 1) + entry
    body = b"Exif\x00\x00" + tiff
    whole = photograph()
    data = b"\xff\xd8\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body + whole[2:]
    assert jpeg.examine(data).orientation == 6


@pytest.mark.parametrize(("size", "made"), [((2000, 100), (320, 80)), ((100, 2000), (320, 1280))])
def test_of_a_panorama_the_middle_is_shown_in_its_own_shape(
    size: tuple[int, int], made: tuple[int, int]
) -> None:
    picture = Image.new("RGB", size, "blue")
    width, height = size
    middle = min(size)
    picture.paste(
        "red",
        (
            (width - middle) // 2,
            (height - middle) // 2,
            (width + middle) // 2,
            (height + middle) // 2,
        ),
    )
    data = io.BytesIO()
    picture.save(data, "JPEG")
    shown = Image.open(io.BytesIO(poster.from_jpeg(data.getvalue())[320])).convert("RGB")
    assert shown.size == made
    row = [shown.getpixel((x, made[1] // 2)) for x in range(made[0])]
    column = [shown.getpixel((made[0] // 2, y)) for y in range(made[1])]
    red = [sum(one[0] > one[2] for one in line) for line in (row, column)]  # type: ignore[index]
    assert abs(red[0] - red[1]) <= 8


@pytest.mark.parametrize("tiff", [b"", b"II", b"II*\x00\xff\xff\xff\xff", b"XX" + bytes(30)])
def test_exif_that_cannot_be_read_turns_nothing(tiff: bytes) -> None:
    body = b"Exif\x00\x00" + tiff
    whole = photograph()
    data = b"\xff\xd8\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body + whole[2:]
    assert jpeg.examine(data).orientation == orientation.UPRIGHT


def hdr_code(light: float, transfer: int) -> float:
    """Return the signal for light in cd/m², of HLG by way of a display of 1,000 (BT.2100)."""
    if transfer == PQ[1]:
        power = (light / 10_000) ** 0.1593017578125
        return float(((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375)
    scene = light / 1000
    return (
        sqrt(3 * scene)
        if scene <= 1 / 12
        else 0.17883277 * log(12 * scene - 0.28466892) + 0.55991073
    )


def as_hdr(colour: Colour, transfer: int) -> tuple[int, int, int]:
    """Return an SDR colour as a 10-bit sample of HDR in which white is 203 cd/m² (BT.2087)."""
    red, green, blue = (203 * value**2.4 for value in colour)
    light = [
        0.6274 * red + 0.3293 * green + 0.0433 * blue,
        0.0691 * red + 0.9195 * green + 0.0114 * blue,
        0.0164 * red + 0.0880 * green + 0.8956 * blue,
    ]
    if transfer == HLG[1]:
        luminance = 0.2627 * light[0] + 0.6780 * light[1] + 0.0593 * light[2]
        scale = (luminance / 1000) ** (1 / 1.2 - 1) if luminance else 0
        light = [value * scale for value in light]
    r, g, b = (hdr_code(value, transfer) for value in light)
    luma = 0.2627 * r + 0.6780 * g + 0.0593 * b
    blueness, redness = (b - luma) / 1.8814, (r - luma) / 1.4746
    return round(64 + 876 * luma), round(512 + 896 * blueness), round(512 + 896 * redness)


PATCHES: list[Colour] = [
    (0.5, 0.5, 0.5),
    (0.6, 0.2, 0.2),
    (0.7, 0.55, 0.45),
    (0.25, 0.25, 0.25),
    (0.2, 0.5, 0.2),
    (0.2, 0.2, 0.6),
]


def hdr_movie(transfer: int) -> bytes:
    """Return a movie of six colours in two rows."""
    frame = av.VideoFrame(480, 320, "yuv422p10le")
    samples = [as_hdr(colour, transfer) for colour in PATCHES]
    for component, plane in enumerate(frame.planes):
        rows = []
        for y in range(plane.height):
            row = b"".join(
                samples[y * 2 // plane.height * 3 + x * 3 // plane.width][component].to_bytes(
                    2, "little"
                )
                for x in range(plane.width)
            )
            rows.append(row + bytes(plane.line_size - len(row)))
        plane.update(b"".join(rows))
    output = io.BytesIO()
    with av.open(output, "w", format="mov") as container:
        stream = container.add_stream("prores_ks", rate=25)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 480, 320, "yuv422p10le"
        context = stream.codec_context
        context.color_primaries, context.color_trc, context.colorspace = 9, transfer, 9
        for number in range(2):
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return output.getvalue()


@pytest.mark.thorough
@pytest.mark.parametrize(("transfer", "name"), [(PQ[1], "PQ"), (HLG[1], "HLG")])
def test_hdr_is_told_and_its_poster_looks_like_the_sdr_of_the_same_picture(
    transfer: int, name: str
) -> None:
    data = hdr_movie(transfer)
    video = video_of(data)
    assert (video.transfer, video.primaries) == (name, "BT.2020")
    assert label_of(data).endswith(f"p25 {name}")
    picture = poster_of(data)
    width, height = picture.size
    for number, colour in enumerate(PATCHES):
        row, column = divmod(number, 3)
        shown = picture.getpixel((width * (2 * column + 1) // 6, height * (2 * row + 1) // 4))
        assert isinstance(shown, tuple)
        assert shown == pytest.approx([255 * value for value in colour], abs=12)


def test_sdr_colours_are_told_if_the_file_tells_them() -> None:
    video = video_of(make(replace(SILENT, colours=(1, 1, 1))))
    assert (video.transfer, video.primaries) == ("BT.709", "BT.709")
    assert label_of(make(replace(SILENT, colours=(1, 1, 1)))) == "H.264, 360p25"


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("size", "aspect", "pixel", "display"),
    [
        ((720, 576), "64:45", "64:45", "16:9"),
        ((720, 576), "16:15", "16:15", "4:3"),
        ((1440, 1080), "4:3", "4:3", "16:9"),
        ((640, 360), "1:1", "1:1", "16:9"),
    ],
)
def test_the_shape_of_pixels_and_of_the_picture_are_facts(
    size: tuple[int, int], aspect: str, pixel: str, display: str
) -> None:
    wide = (("aspect", aspect),)
    video = video_of(make(replace(SILENT, size=size, frames=2, codec_options=wide)))
    assert (video.pixel_aspect, video.display_aspect) == (pixel, display)


@pytest.mark.thorough
def test_a_transport_stream_with_one_keyframe_has_a_poster() -> None:
    recipe = replace(media_files.STREAM, frames=60, seconds=2.4, codec_options=(("g", "250"),))
    assert poster_of(make(recipe)).size == (640, 360)


@pytest.mark.thorough
def test_a_clip_that_was_cut_behind_its_only_keyframe_has_a_poster() -> None:
    recipe = replace(SILENT, frames=60, codec_options=(("g", "250"), ("bf", "2")))
    data = bytearray(make(recipe))
    edit = data.index(b"elst") + 8 + 4
    data[edit : edit + 4] = (1200).to_bytes(4, "big")
    begin = int.from_bytes(data[edit + 4 : edit + 8], "big")
    data[edit + 4 : edit + 8] = (begin + 30 * 512).to_bytes(4, "big")
    assert poster_of(bytes(data)).size == (640, 360)


@pytest.mark.thorough
def test_a_long_fade_from_black_behind_one_keyframe_has_a_poster() -> None:
    def fade(frame: av.VideoFrame, number: int) -> None:
        (media_files.black if number < 30 else media_files.moving)(frame, number)

    recipe = replace(SILENT, frames=80, paint=fade, codec_options=(("g", "250"),))
    assert not poster.is_black(first_frame(poster_of(make(recipe))))
