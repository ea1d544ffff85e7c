"""Decides what a file is called and what it is for, from its facts alone."""

from fractions import Fraction

from newsreel.catalogue.model import AudioFacts, Kind, VideoFacts
from newsreel.media import codecs
from newsreel.media.probe import MediaFacts

_PREVIEW_LINES = 720
_PREVIEW_RATE = 3_000_000
_XDCAM_HD422 = range(45_000_000, 56_000_000)
_XDCAM_HD = range(15_000_000, 40_000_000)
_HD_LINES = (720, 1080, 1088)
_NAMED = frozenset({"WAV", "MP3"})
"""Containers of sound that are themselves the name of a format."""
_SPEAKERS = {1: "mono", 2: "stereo"}


def kind_of(facts: MediaFacts) -> Kind:
    """Return what a file is for where metadata.json does not say."""
    video = facts.video
    if video is None:
        return "audio"
    simple = facts.bit_depth == 8 and codecs.is_420(video.pixel_format)  # noqa: PLR2004 - bits
    if not simple:
        return "master"
    small = video.height <= _PREVIEW_LINES or (
        video.bit_rate is not None and video.bit_rate <= _PREVIEW_RATE
    )
    if video.codec == "H.264" and facts.structure.index_first and small:
        return "preview"
    return "web"


def format_of(facts: MediaFacts) -> str:
    """Return the format as newsrooms ask for it: ``XDCAM HD422``, ``ProRes 422 HQ``, ``WAV``."""
    container, video, audio = facts.structure.container, facts.video, facts.audio
    if video is not None:
        return _picture_format(container, video)
    return container if container in _NAMED or audio is None else audio.codec


def label_of(facts: MediaFacts) -> str:
    """Return format and raster: ``XDCAM HD422, 1080i50``; for sound its rate and channels."""
    name = format_of(facts)
    if facts.video is not None:
        return f"{name}, {raster_of(facts.video)}"
    return f"{name}, {_sound(facts.audio)}" if facts.audio else name


def raster_of(video: VideoFacts) -> str:
    """Return lines, scan and rate as broadcasters write them: fields a second when interlaced."""
    letter = "i" if video.scan == "interlaced" else "p"
    lines = 1080 if video.height == 1088 else video.height  # noqa: PLR2004 - padded to 16 lines
    if video.frame_rate is None:
        return f"{lines}{letter}"
    rate = Fraction(video.frame_rate) * (2 if letter == "i" else 1)
    shown = f"{float(rate):.2f}".rstrip("0").rstrip(".")
    return f"{lines}{letter}{shown}"


def _picture_format(container: str, video: VideoFacts) -> str:
    profile = video.profile or ""
    if video.codec == "MPEG-2" and container == "MXF":
        return _xdcam(video)
    if video.codec in {"DNxHD", "DNxHR"}:
        return profile or video.codec
    if video.codec == "H.264" and "Intra" in profile:
        return "AVC-Intra"
    return _prores(video) if video.codec == "ProRes" else video.codec


def _xdcam(video: VideoFacts) -> str:
    rate = video.bit_rate or 0
    if video.height in _HD_LINES and (video.pixel_format or "").startswith("yuv422p"):
        return "XDCAM HD422" if rate in _XDCAM_HD422 else video.codec
    if video.height in _HD_LINES and codecs.is_420(video.pixel_format) and rate in _XDCAM_HD:
        return "XDCAM HD"
    return video.codec


def _prores(video: VideoFacts) -> str:
    profile = video.profile or ""
    if "4444" in profile:
        return f"ProRes {profile}"
    names = {"Standard": "ProRes 422", "HQ": "ProRes 422 HQ", "LT": "ProRes 422 LT"}
    return {**names, "Proxy": "ProRes 422 Proxy"}.get(profile, "ProRes 422")


def _sound(audio: AudioFacts) -> str:
    bits = audio.codec.removeprefix("PCM ") + " " if audio.codec.startswith("PCM ") else ""
    channels = _SPEAKERS.get(audio.channels, f"{audio.channels} channels")
    return f"{bits}{audio.sample_rate / 1000:g} kHz {channels}"
