"""Decides how pictures and sound become files: codecs and settings that give the same bytes.

FFmpeg writes versions, dates and random identifiers into files unless ``bitexact`` is set, and
encoders that use several threads may divide their work differently. Therefore ``bitexact`` is set
everywhere and each encoder has one thread.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Self

import av
import numpy as np
from av.codec.context import Flags
from av.filter import Graph
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation
from numpy.typing import NDArray
from PIL import Image

from tools.sample_media.sound import RATE, Wave
from tools.sample_media.title_card import FRAME_RATE

_BT709 = 1
_GRAINS = 5


@dataclass(frozen=True, slots=True)
class Picture:
    """How a file's picture is coded. ``grain`` is film grain in levels of luma (0: none)."""

    codec: str
    pixel_format: str
    options: Mapping[str, str]
    height: int = 1080
    bit_rate: int | None = None
    interlaced: bool = False
    key_every: int | None = None
    b_frames: int = 0
    grain: float = 0.0


@dataclass(frozen=True, slots=True)
class Sound:
    """How a file's sound is coded: ``tracks`` names the channels of each, counted from 0."""

    codec: str
    tracks: tuple[tuple[int, ...], ...]
    bit_rate: int | None = None


@dataclass(frozen=True, slots=True)
class File:
    """One file to make; the extension of its name determines the container."""

    name: str
    picture: Picture | None
    sound: Sound
    options: Mapping[str, str] = field(default_factory=dict)


class Writer:
    """Writes one file, frame by frame; the file is complete when the ``with`` block ends."""

    def __init__(self, file: File, path: Path, start: str, size: tuple[int, int]) -> None:
        """Open the file; ``size`` is that of the pictures it will get."""
        self.file = file
        self._container = av.open(
            str(path), "w", options={**file.options}, container_options={"fflags": "+bitexact"}
        )
        self._picture = file.picture
        self._video = None
        self._flag_fields: Graph | None = None
        if file.picture is not None:
            self._video = self._add_picture(file.picture, start, size)
        self._tracks = [self._add_track(channels) for channels in file.sound.tracks]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, value: object, trace: object) -> None:
        if kind is None:
            if self._video is not None:
                self._container.mux(self._video.encode(None))
            for stream, _ in self._tracks:
                self._container.mux(stream.encode(None))
        self._container.close()

    def write_picture(self, number: int, first: VideoFrame, second: VideoFrame | None) -> None:
        """Write a frame from the pictures (as ``from_drawing`` gives them) of its two fields."""
        if self._picture is None or self._video is None:
            return
        frame = self._convert(first)
        if self._picture.interlaced and second is not None:
            weave(frame, self._convert(second))
        if self._picture.grain:
            add_grain(frame, self._picture.grain, number)
        frame.pts = number
        frame.time_base = Fraction(1, FRAME_RATE)
        if self._flag_fields is not None:
            self._flag_fields.push(frame)
            flagged = self._flag_fields.pull()
            assert isinstance(flagged, VideoFrame)  # noqa: S101 - what a picture filter gives
            frame = flagged
        self._container.mux(self._video.encode(frame))

    def write_sound(self, first_sample: int, wave: Wave) -> None:
        """Write samples of all channels (rows) that begin at a sample."""
        for (stream, channels), planar in zip(
            self._tracks, (_is_planar(s) for s, _ in self._tracks), strict=True
        ):
            samples = _quantise(wave[list(channels)], stream.format.name)
            packed = samples if planar else samples.T.reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(packed), stream.format.name, stream.layout.name
            )
            frame.sample_rate = RATE
            frame.time_base = Fraction(1, RATE)
            frame.pts = first_sample
            self._container.mux(stream.encode(frame))

    def _convert(self, picture: VideoFrame) -> VideoFrame:
        assert self._video is not None  # noqa: S101 - only files with a picture convert one
        width, height, wanted = self._video.width, self._video.height, self._video.pix_fmt
        if (picture.width, picture.height, picture.format.name) == (width, height, wanted):
            return copied(picture)
        return picture.reformat(
            width,
            height,
            wanted,
            src_colorspace=Colorspace.ITU709,
            dst_colorspace=Colorspace.ITU709,
            interpolation=Interpolation.AREA,
        )

    def _add_picture(self, picture: Picture, start: str, size: tuple[int, int]) -> av.VideoStream:
        options = {**picture.options}
        if picture.codec == "mpeg2video":
            options["gop_timecode"] = start  # the video stream's time code, besides the container's
        stream = self._container.add_stream(picture.codec, FRAME_RATE, options)
        assert isinstance(stream, av.VideoStream)  # noqa: S101 - what a picture codec gives
        height = min(picture.height, size[1])
        stream.width, stream.height = round(size[0] * height / size[1] / 2) * 2, height
        stream.pix_fmt = picture.pixel_format
        context = stream.codec_context
        context.time_base = Fraction(1, FRAME_RATE)
        context.flags |= Flags.bitexact
        context.thread_count = 1
        context.color_range = ColorRange.MPEG
        context.color_primaries = context.color_trc = context.colorspace = _BT709
        if picture.bit_rate is not None:
            stream.bit_rate = picture.bit_rate
        if picture.key_every is not None:
            context.gop_size = picture.key_every
            context.max_b_frames = picture.b_frames
        if picture.interlaced:
            context.flags |= Flags.interlaced_dct | Flags.interlaced_me
            self._flag_fields = _field_flagger(stream, picture.pixel_format)
        stream.metadata["timecode"] = start
        return stream

    def _add_track(self, channels: tuple[int, ...]) -> tuple[av.AudioStream, tuple[int, ...]]:
        layout = "mono" if len(channels) == 1 else "stereo"
        # The faster of AAC's two coders: this sound has few details worth bits.
        options = {"aac_coder": "fast"} if self.file.sound.codec == "aac" else {}
        stream = self._container.add_stream(self.file.sound.codec, RATE, options, layout=layout)
        assert isinstance(stream, av.AudioStream)  # noqa: S101 - what a sound codec gives
        stream.codec_context.flags |= Flags.bitexact
        stream.codec_context.thread_count = 1
        if self.file.sound.bit_rate is not None:
            stream.bit_rate = self.file.sound.bit_rate
        return stream, channels


def from_drawing(drawn: Image.Image) -> VideoFrame:
    """Return an RGB drawing in the colours of HD television (ITU-R BT.709, 4:2:2, 8 bits)."""
    return VideoFrame.from_ndarray(np.asarray(drawn), "rgb24").reformat(
        format="yuv422p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
    )


def copied(frame: VideoFrame) -> VideoFrame:
    """Return a copy of a frame, so that interlacing or grain does not change other files."""
    copy = VideoFrame(frame.width, frame.height, frame.format.name)
    for target, source in zip(_planes(copy), _planes(frame), strict=True):
        np.copyto(target, source)
    return copy


def weave(frame: VideoFrame, later: VideoFrame) -> None:
    """Put the lower field of a later picture into a frame: two moments in one, upper field first.

    ITU-R BT.709, system 1080/50/I: the field with the topmost line comes first.
    """
    for target, source in zip(_planes(frame), _planes(later), strict=True):
        target[1::2] = source[1::2]


def add_grain(frame: VideoFrame, levels: float, number: int) -> None:
    """Add film grain to luma: without it, synthetic pictures show bands and compress to nothing."""
    luma = _planes(frame)[0]
    grain = _grain(luma.shape[0], luma.shape[1], levels)[number % _GRAINS]
    # Luma keeps at least 16 levels from both ends (ITU-R BT.709), so bytes cannot overflow.
    np.add(luma, np.roll(grain, number * 67 % luma.shape[0], axis=0), out=luma)


def _planes(frame: VideoFrame) -> list[NDArray[np.uint8]]:
    return [
        np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)
        for plane in frame.planes
    ]


@lru_cache(maxsize=2)
def _grain(height: int, width: int, levels: float) -> NDArray[np.uint8]:
    random = np.random.default_rng(25)
    grain = random.standard_normal((_GRAINS, height, width), np.float32) * levels
    return np.clip(np.round(grain), -14, 14).astype(np.int8).view(np.uint8)


def _field_flagger(stream: av.VideoStream, pixel_format: str) -> Graph:
    graph = Graph()
    source = graph.add_buffer(
        width=stream.width,
        height=stream.height,
        format=av.VideoFormat(pixel_format),
        time_base=Fraction(1, FRAME_RATE),
    )
    flags = graph.add("setfield", "tff")
    sink = graph.add("buffersink")
    source.link_to(flags)
    flags.link_to(sink)
    graph.configure()
    return graph


def _is_planar(stream: av.AudioStream) -> bool:
    return bool(stream.format.is_planar)


def _quantise(wave: Wave, sample_format: str) -> NDArray[np.generic]:
    if sample_format.startswith("flt"):
        return wave.astype(np.float32)
    if sample_format.startswith("s32"):  # 24-bit samples use the upper three bytes of 32
        return (np.round(wave * (2**23 - 1)).astype(np.int32)) << 8
    return np.round(wave * (2**15 - 1)).astype(np.int16)
