"""Labels and kinds of what cameras, edit systems and radio make."""

from dataclasses import replace
from fractions import Fraction

import pytest
from newsreel.catalogue.model import AudioFacts, Kind, VideoFacts
from newsreel.media import codecs, format_names, picture_facts
from newsreel.media.container import Container, Structure
from newsreel.media.probe import MediaFacts, probe
from newsreel.media.ranged_file import RangedFile

from tests.support import media_files
from tests.support.media_files import make


def facts_of(data: bytes) -> MediaFacts:
    return probe(RangedFile(lambda start, length: data[start : start + length], len(data)))


def picture(**changes: object) -> VideoFacts:
    plain = VideoFacts(
        codec="MPEG-2",
        width=1920,
        height=1080,
        frame_rate="25",
        scan="interlaced",
        bit_rate=50_000_000,
        pixel_format="yuv422p",
    )
    return plain.model_copy(update=changes)


def facts(
    container: Container, video: VideoFacts | None, audio: AudioFacts | None = None
) -> MediaFacts:
    depth = codecs.bit_depth(video.pixel_format) if video else 0
    return MediaFacts(Structure(container, index_first=True), video, audio, 1.0, None, depth, ())


@pytest.mark.parametrize(
    ("container", "video", "label", "kind"),
    [
        ("MXF", picture(), "XDCAM HD422, 1080i50", "master"),
        ("MOV", picture(), "XDCAM HD422, 1080i50", "master"),
        ("MPEG-TS", picture(), "MPEG-2, 1080i50", "master"),
        ("MXF", picture(width=720, height=608), "IMX 50, 576i50", "master"),
        (
            "MXF",
            picture(width=720, height=512, frame_rate="30000/1001", bit_rate=30_100_000),
            "IMX 30, 480i59.94",
            "master",
        ),
        (
            "MXF",
            picture(pixel_format="yuv420p", bit_rate=35_000_000),
            "XDCAM HD, 1080i50",
            "master",
        ),
        (
            "MOV",
            picture(codec="DV", width=720, height=576, pixel_format="yuv420p"),
            "DV, 576i50",
            "master",
        ),
        (
            "MP4",
            picture(
                codec="HEVC",
                width=3840,
                height=2160,
                scan="progressive",
                transfer="HLG",
                frame_rate="50",
            ),
            "HEVC, 2160p50 HLG",
            "master",
        ),
    ],
)
def test_a_picture_is_called_by_the_format_that_newsrooms_know(
    container: Container, video: VideoFacts, label: str, kind: Kind
) -> None:
    media_facts = facts(container, video)
    assert (format_names.label_of(media_facts), format_names.kind_of(media_facts)) == (label, kind)


@pytest.mark.parametrize(
    ("recipe", "label"),
    [
        (media_files.Recipe("wav", sound="pcm_f32le"), "WAV, 32-bit float 48 kHz stereo"),
        (
            media_files.Recipe("mxf_opatom", sound="pcm_s24le", layout="mono"),
            "PCM, 24-bit 48 kHz mono",
        ),
        (media_files.Recipe("mov", sound="alac"), "ALAC, 48 kHz stereo"),
        (
            media_files.Recipe("mov", "mjpeg", pixel_format="yuvj420p", frames=3),
            "Motion JPEG, 180p25",
        ),
    ],
)
def test_no_name_of_a_library_is_shown(recipe: media_files.Recipe, label: str) -> None:
    assert format_names.label_of(facts_of(make(recipe))) == label


@pytest.mark.parametrize(
    ("size", "told", "meant"),
    [
        ((720, 608), Fraction(64, 45), Fraction(64, 45)),
        ((720, 608), Fraction(16 * 608, 9 * 720), Fraction(64, 45)),
        ((720, 512), Fraction(4 * 512, 3 * 720), Fraction(8, 9)),
        ((720, 576), Fraction(16, 15), Fraction(16, 15)),
        ((1920, 1080), None, Fraction(1)),
    ],
)
def test_the_lines_above_the_picture_of_imx_do_not_change_its_shape(
    size: tuple[int, int], told: Fraction | None, meant: Fraction
) -> None:
    assert picture_facts.without_blanking(*size, told) == meant


def test_the_scan_of_a_stream_that_does_not_say_it_is_seen_in_its_first_picture() -> None:
    dv = facts_of(make(media_files.Recipe("mov", "dvvideo", (720, 576), "yuv420p", frames=2)))
    assert format_names.label_of(dv) == "DV, 576i50"
    fields = (("flags", "+ildct+ilme"),)
    mixed = replace(media_files.PREVIEW, container="mov", codec_options=fields, sound=None)
    assert format_names.label_of(facts_of(make(mixed))) == "H.264, 360i50"
