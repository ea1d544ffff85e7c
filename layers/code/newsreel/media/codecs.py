"""Decides what codecs and profiles are called: the names that newsrooms use, not FFmpeg's."""

import re

_VIDEO = {
    "mpeg2video": "MPEG-2",
    "mpeg1video": "MPEG-1",
    "mpeg4": "MPEG-4 Part 2",
    "h264": "H.264",
    "libx264": "H.264",
    "hevc": "HEVC",
    "dnxhd": "DNxHD",
    "prores": "ProRes",
    "dvvideo": "DV",
    "jpeg2000": "JPEG 2000",
    "av1": "AV1",
    "libdav1d": "AV1",
    "vp9": "VP9",
}
_AUDIO = {
    "aac": "AAC",
    "mp3": "MP3",
    "mp3float": "MP3",
    "mp2": "MPEG audio",
    "mp2float": "MPEG audio",
    "ac3": "AC-3",
    "eac3": "E-AC-3",
    "opus": "Opus",
    "flac": "FLAC",
}
_PCM = re.compile(r"pcm_[a-z]+(\d+)[a-z_]*")
_DEPTH = re.compile(r"(?:p|gray)(9|10|12|14|16)(?:le|be)?$")


def video_name(codec: str, profile: str | None) -> str:
    """Return a picture codec's name; DNxHR is a profile of DNxHD to FFmpeg alone."""
    if codec == "dnxhd" and (profile or "").startswith("DNxHR"):
        return "DNxHR"
    return _VIDEO.get(codec, codec)


def audio_name(codec: str) -> str:
    """Return a sound codec's name; PCM with its bits per sample."""
    if pcm := _PCM.fullmatch(codec):
        return f"PCM {pcm[1]}-bit"
    return _AUDIO.get(codec, codec)


def profile_name(codec: str, profile: str | None) -> str | None:
    """Return a profile's name, or None where there is none worth telling."""
    if not profile or profile == "Unknown":
        return None
    if codec == "dnxhd":
        return profile.replace("DNXHR", "DNxHR").replace("DNXHD", "DNxHD")
    return profile


def bit_depth(pixel_format: str | None) -> int:
    """Return the bits per sample of a pixel format (``yuv422p10le``: 10)."""
    found = _DEPTH.search(pixel_format or "")
    return int(found[1]) if found else 8


def is_420(pixel_format: str | None) -> bool:
    """Tell whether colour is stored at a quarter of the resolution."""
    return pixel_format is not None and (
        pixel_format.startswith(("yuv420p", "yuvj420p", "nv12", "p010"))
    )
