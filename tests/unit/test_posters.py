"""Posters: a picture near the beginning that is neither black nor bars, in three widths."""

import io
from dataclasses import replace

import av
import pytest
from newsreel.catalogue.findings import RejectedError
from newsreel.media import poster
from newsreel.media.ranged_file import RangedFile

from tests.support import media_files
from tests.support.media_files import make


def posters_of(data: bytes) -> poster.Posters | None:
    file = RangedFile(lambda start, length: data[start : start + length], len(data))
    return poster.from_video(file)


def opened(data: bytes) -> av.VideoFrame:
    with av.open(io.BytesIO(data), "r", format="jpeg_pipe") as image:
        return next(image.decode(video=0))


@pytest.mark.thorough
@pytest.mark.parametrize(
    "recipe",
    [
        media_files.XDCAM,
        media_files.DNXHR,
        media_files.PRORES,
        media_files.WEB,
        media_files.PREVIEW,
    ],
    ids=["mxf interlaced", "dnxhr", "prores 10 bit", "web", "preview"],
)
def test_a_video_gives_posters_in_three_widths(recipe: media_files.Recipe) -> None:
    made = posters_of(make(recipe))
    assert made is not None
    sizes = {(frame.width, frame.height) for frame in map(opened, made.values())}
    assert sizes == {(320, 180), (640, 360), (1280, 720)}
    assert all(opened(data).width == width for width, data in made.items())


@pytest.mark.thorough
def test_bars_and_black_at_the_head_are_passed_over() -> None:
    def leader(frame: av.VideoFrame, number: int) -> None:
        (
            media_files.bars
            if number < 10
            else media_files.black
            if number < 20
            else media_files.moving
        )(frame, number)

    keyframes = (("g", "2"),)
    recipe = replace(
        media_files.PREVIEW, paint=leader, frames=60, sound=None, codec_options=keyframes
    )
    made = posters_of(make(recipe))
    assert made is not None
    picture = opened(made[640])
    assert not poster.is_black(picture)
    assert not poster.is_bars(picture)


@pytest.mark.parametrize("paint", [media_files.bars, media_files.black])
def test_a_video_of_nothing_else_has_no_poster(paint: media_files.Paint) -> None:
    assert posters_of(make(replace(media_files.PREVIEW, paint=paint, sound=None))) is None


@pytest.mark.thorough
def test_pixels_that_are_not_square_are_shown_as_they_were_meant() -> None:
    wide_pixels = (("aspect", "64:45"),)
    recipe = replace(media_files.PREVIEW, size=(720, 576), codec_options=wide_pixels)
    made = posters_of(make(recipe))
    assert made is not None
    assert opened(made[640]).height == 360


def test_a_broken_video_has_no_poster() -> None:
    assert posters_of(make(media_files.PREVIEW)[:2000]) is None
    assert posters_of(b"not a video") is None


@pytest.mark.thorough
def test_an_uploaded_picture_is_brought_to_the_three_widths() -> None:
    made = posters_of(make(media_files.WEB))
    assert made is not None
    again = poster.from_jpeg(made[1280])
    assert sorted(again) == [320, 640, 1280]
    assert opened(again[320]).width == 320


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff\xd8\xff", b"\xff\xd8\xff\xe0" + b"x" * 500, b"\x89PNG\r\n\x1a\n", b"GIF89a"],
)
def test_what_is_no_jpeg_is_refused(data: bytes) -> None:
    with pytest.raises(RejectedError) as error:
        poster.from_jpeg(data)
    assert error.value.finding.code == "not_jpeg"


def test_a_picture_that_claims_to_be_enormous_is_refused_without_being_decoded() -> None:
    made = posters_of(make(media_files.WEB))
    assert made is not None
    data = bytearray(made[320])
    frame_header = data.index(b"\xff\xc0")
    data[frame_header + 5 : frame_header + 9] = b"\xff\xff\xff\xff"
    with pytest.raises(RejectedError):
        poster.from_jpeg(bytes(data))
