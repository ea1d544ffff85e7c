"""Decides what a file is called and what it is for, from its facts alone."""

from fractions import Fraction

from newsreel.catalogue.findings import Finding
from newsreel.catalogue.model import AudioFacts, Kind, VideoFacts
from newsreel.media import codecs, colours, picture_facts
from newsreel.media.probe import MediaFacts

_PREVIEW_LINES = 720
_PREVIEW_RATE = 3_000_000
_XDCAM_HD422 = range(45_000_000, 56_000_000)
_XDCAM_HD = range(15_000_000, 40_000_000)
_HD_LINES = (720, 1080, 1088)
_PLAYED = frozenset({"AAC", "MP3", "Opus"})
"""Sound that every browser plays beside H.264."""
_NAMED = frozenset({"WAV", "MP3", "MP2"})
"""Containers of sound that are themselves the name of a format."""
_EDITED = frozenset({"MXF", "MOV"})
"""Containers in which MPEG-2 is one of the formats that cameras and edit systems name."""
_SPEAKERS = {1: "mono", 2: "stereo"}


def kind_of(facts: MediaFacts) -> Kind:
    """Return what a file is for where metadata.json does not say."""
    video = facts.video
    if video is None:
        return "audio"
    simple = facts.bit_depth == 8 and codecs.is_420(video.pixel_format)  # noqa: PLR2004 - bits
    if not simple or facts.structure.container == "MXF" or video.codec == "DV":
        return "master"
    if _is_preview_picture(facts, video) and _sound_is_played(facts.audio):
        return "preview"
    return "web"


def remarks_of(facts: MediaFacts) -> tuple[Finding, ...]:
    """Return what is odd about a file for the purpose that it seems to have."""
    simple = facts.bit_depth == 8 and facts.video is not None  # noqa: PLR2004 - bits
    if not simple or facts.video is None or facts.audio is None:
        return ()
    if not codecs.is_420(facts.video.pixel_format) or not _is_preview_picture(facts, facts.video):
        return ()
    if _sound_is_played(facts.audio):
        return ()
    return (Finding("preview_sound", {"codec": facts.audio.codec}),)


def _is_preview_picture(facts: MediaFacts, video: VideoFacts) -> bool:
    # The shorter side: a picture taken upright is no larger for being upright.
    small = min(video.width, video.height) <= _PREVIEW_LINES or (
        video.bit_rate is not None and video.bit_rate <= _PREVIEW_RATE
    )
    return video.codec == "H.264" and facts.structure.index_first is True and small


def _sound_is_played(audio: AudioFacts | None) -> bool:
    return audio is None or audio.codec in _PLAYED


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
    if name.startswith("PCM "):
        name = "PCM"  # its bits stand behind it
    return f"{name}, {_sound(facts.audio)}" if facts.audio else name


def raster_of(video: VideoFacts) -> str:
    """Return lines, scan and rate as broadcasters write them: fields a second when interlaced.

    An upright picture is told by both its sides (``1080x1920p25``), HDR by its curve (``HLG``).
    """
    letter = "i" if video.scan == "interlaced" else "p"
    lines = f"{_lines(video)}{letter}"
    hdr = f" {video.transfer}" if video.transfer in colours.HDR else ""
    if video.frame_rate is None:
        return f"{lines}{hdr}"
    rate = Fraction(video.frame_rate) * (2 if letter == "i" else 1)
    shown = f"{float(rate):.2f}".rstrip("0").rstrip(".")
    return f"{lines}{shown}{hdr}"


def _lines(video: VideoFacts) -> str:
    width, height = video.width, video.height
    if video.rotation % 180:
        width, height = height, width
    if height > width:
        return f"{width}x{height}"
    if width == picture_facts.SD:
        height = picture_facts.BLANKED.get(height, height)
    return str(1080 if height == 1088 else height)  # noqa: PLR2004 - padded to 16 lines


def _picture_format(container: str, video: VideoFacts) -> str:
    profile = video.profile or ""
    if video.codec == "MPEG-2" and container in _EDITED:
        return _imx(video) or _xdcam(video)
    if video.codec in {"DNxHD", "DNxHR"}:
        return profile or video.codec
    if video.codec == "H.264" and "Intra" in profile:
        return "AVC-Intra"
    return _prores(video) if video.codec == "ProRes" else video.codec


def _imx(video: VideoFacts) -> str | None:
    """Return ``IMX 30``, ``40`` or ``50`` (SMPTE 356M), by the lines above the picture."""
    rate = round((video.bit_rate or 0) / 10_000_000) * 10
    if video.width == picture_facts.SD and video.height in picture_facts.BLANKED and rate:
        return f"IMX {rate}"
    return None


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
