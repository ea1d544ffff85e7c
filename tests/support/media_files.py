"""Small real media files for tests, made once per session: moving pictures, tone, time code."""

import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.video.stream import VideoStream

Paint = Callable[[av.VideoFrame, int], None]


def moving(frame: av.VideoFrame, number: int) -> None:
    """Paint rows of grey that move: neither black nor bars."""
    luma = frame.planes[0]
    height, width = luma.height, luma.line_size
    luma.update(b"".join(bytes([40 + (row + 5 * number) % 180]) * width for row in range(height)))
    for plane, value in zip(frame.planes[1:], (110, 150), strict=True):
        plane.update(bytes([value]) * plane.buffer_size)


def black(frame: av.VideoFrame, _number: int) -> None:
    """Draw nothing."""
    for plane, value in zip(frame.planes, (16, 128, 128), strict=True):
        plane.update(bytes([value]) * plane.buffer_size)


def bars(frame: av.VideoFrame, _number: int) -> None:
    """Paint seven stripes, as EBU bars have them."""
    colours = [
        (180, 128, 128),
        (168, 44, 136),
        (145, 147, 44),
        (133, 63, 52),
        (63, 193, 204),
        (51, 109, 212),
        (28, 212, 120),
    ]
    for plane, component in zip(frame.planes, range(3), strict=True):
        row = bytes(
            colours[min(6, x * 7 // plane.width)][component] if x < plane.width else 0
            for x in range(plane.line_size)
        )
        plane.update(row * plane.height)


@dataclass(frozen=True)
class Recipe:
    """The contents of a file.

    ``times`` are the frames' own times in ticks of the rate; ``rotation`` is against the clock;
    ``colours`` are primaries, transfer and matrix as ITU-T H.273 numbers them.
    """

    container: str
    codec: str | None = None
    size: tuple[int, int] = (320, 180)
    pixel_format: str = "yuv420p"
    rate: Fraction = Fraction(25)
    frames: int = 10
    bit_rate: int | None = None
    codec_options: tuple[tuple[str, str], ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    timecode: str | None = None
    sound: str | None = None
    tracks: int = 1
    layout: str = "stereo"
    seconds: float = 0.4
    times: tuple[int, ...] = ()
    rotation: int = 0
    colours: tuple[int, int, int] | None = None
    paint: Paint = field(default=moving)


@cache
def make(recipe: Recipe) -> bytes:
    """Return a file's bytes."""
    # A real file, because moving an index to the front opens the file a second time.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "made")
        _write(path, recipe)
        return path.read_bytes()


def _write(path: Path, recipe: Recipe) -> None:
    options = dict(recipe.options)
    with av.open(path, "w", format=recipe.container, options=options) as output:
        picture = _picture(output, recipe)
        sounds = [_sound(output, recipe) for _ in range(recipe.tracks if recipe.sound else 0)]
        if picture is not None:
            for frame in _frames(recipe):
                output.mux(picture.encode(frame))
        for sound in sounds:
            for tone in _tones(sound, recipe):
                output.mux(sound.encode(tone))
            output.mux(sound.encode(None))
        if picture is not None:
            output.mux(picture.encode(None))


def _picture(output: av.container.OutputContainer, recipe: Recipe) -> VideoStream | None:
    if recipe.codec is None:
        return None
    stream = output.add_stream(recipe.codec, rate=recipe.rate)
    assert isinstance(stream, VideoStream)
    stream.width, stream.height = recipe.size
    stream.pix_fmt = recipe.pixel_format
    stream.codec_context.options = dict(recipe.codec_options)
    stream.codec_context.thread_count = 1  # one thread makes the same bytes each time
    if recipe.bit_rate:
        stream.bit_rate = recipe.bit_rate
    if recipe.rotation:
        stream.set_display_rotation(recipe.rotation)
    if recipe.colours:
        context = stream.codec_context
        context.color_primaries, context.color_trc, context.colorspace = recipe.colours
    if recipe.timecode:
        stream.metadata["timecode"] = recipe.timecode
    return stream


def _sound(output: av.container.OutputContainer, recipe: Recipe) -> AudioStream:
    stream = output.add_stream(recipe.sound or "", rate=48000)
    assert isinstance(stream, AudioStream)
    stream.layout = recipe.layout
    return stream


def _frames(recipe: Recipe) -> Iterator[av.VideoFrame]:
    for number, time in enumerate(recipe.times or range(recipe.frames)):
        frame = av.VideoFrame(*recipe.size, "yuv420p")
        recipe.paint(frame, number)
        frame = frame.reformat(format=recipe.pixel_format)
        frame.pts, frame.time_base = time, 1 / recipe.rate
        yield frame


def _tones(sound: AudioStream, recipe: Recipe) -> Iterable[av.AudioFrame]:
    if not sound.codec_context.is_open:
        sound.codec_context.open()
    step = sound.codec_context.frame_size or 1024
    total = int(recipe.seconds * 48000)
    for start in range(0, total, step):
        samples = min(step, total - start)
        tone = av.AudioFrame(sound.codec_context.format.name, recipe.layout, samples)
        for plane in tone.planes:
            plane.update(bytes(plane.buffer_size))
        tone.sample_rate, tone.pts, tone.time_base = 48000, start, Fraction(1, 48000)
        yield tone


XDCAM = Recipe(
    "mxf",
    "mpeg2video",
    (1920, 1080),
    "yuv422p",
    bit_rate=50_000_000,
    codec_options=(
        ("flags", "+ildct+ilme"),
        ("minrate", "50000000"),
        ("maxrate", "50000000"),
        ("bufsize", "17825792"),
        ("g", "6"),
    ),
    frames=6,
    timecode="10:00:00:00",
    sound="pcm_s24le",
    layout="mono",
    tracks=4,
    seconds=0.24,
)
DNXHR = Recipe(
    "mov",
    "dnxhd",
    (1280, 720),
    "yuv422p",
    codec_options=(("profile", "dnxhr_sq"),),
    frames=4,
    timecode="10:00:00:00",
    sound="pcm_s16le",
    seconds=0.16,
)
PRORES = Recipe("mov", "prores_ks", (1280, 720), "yuv422p10le", frames=3)
WEB = Recipe("mp4", "libx264", (1920, 1080), bit_rate=8_000_000, frames=8, sound="aac")
PREVIEW = Recipe(
    "mp4", "libx264", (640, 360), frames=12, sound="aac", options=(("movflags", "+faststart"),)
)
FRAGMENTED = replace(
    PREVIEW,
    codec_options=(("g", "3"),),
    options=(("movflags", "+frag_keyframe+empty_moov"),),
)
WAV = Recipe("wav", sound="pcm_s24le")
MP3 = Recipe("mp3", sound="libmp3lame")
STREAM = Recipe("mpegts", "libx264", sound="aac")
