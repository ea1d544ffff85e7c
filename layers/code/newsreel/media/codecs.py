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
    "vp8": "VP8",
    "vvc": "VVC",
    "mjpeg": "Motion JPEG",
    "h263": "H.263",
    "v210": "10-bit uncompressed",
    "rawvideo": "Uncompressed",
    "qtrle": "QuickTime Animation",
    "svq1": "Sorenson Video",
    "svq3": "Sorenson Video 3",
    "aic": "Apple Intermediate",
    "jpegxs": "JPEG XS",
    "prores_raw": "ProRes RAW",
    "vc1": "VC-1",
    "cfhd": "CineForm",
    "hap": "Hap",
    "png": "PNG",
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
    "alac": "ALAC",
    "dca": "DTS",
    "truehd": "TrueHD",
    "vorbis": "Vorbis",
    "wmav1": "Windows Media Audio",
    "wmav2": "Windows Media Audio",
    "amrnb": "AMR",
    "amrwb": "AMR-WB",
    "s302m": "SMPTE 302M",
    "dolby_e": "Dolby E",
    "ac4": "AC-4",
    "ac-4": "AC-4",
    "mhm1": "MPEG-H",
    "mha1": "MPEG-H",
    "aac_latm": "AAC",
    "pcm_alaw": "A-law",
    "pcm_mulaw": "µ-law",
    "adpcm_ima_qt": "IMA ADPCM",
    "adpcm_ima_wav": "IMA ADPCM",
    "adpcm_ms": "MS ADPCM",
    "qdm2": "QDesign Music 2",
}
_PCM = re.compile(r"pcm_[a-z]+(\d+)[a-z_]*")
_FLOAT = re.compile(r"pcm_f\d+[a-z]*")
_DEPTH = re.compile(r"(?:p|gray)(9|10|12|14|16)(?:le|be)?$")


def video_name(codec: str, profile: str | None) -> str:
    """Return a picture codec's name; DNxHR is a profile of DNxHD to FFmpeg alone."""
    if codec == "dnxhd" and (profile or "").startswith("DNxHR"):
        return "DNxHR"
    return _VIDEO.get(codec, codec.upper())


def audio_name(codec: str) -> str:
    """Return a sound codec's name; PCM with its bits per sample."""
    if pcm := _PCM.fullmatch(codec):
        return f"PCM {pcm[1]}-bit" + (" float" if _FLOAT.fullmatch(codec) else "")
    return _AUDIO.get(codec, codec.upper().replace("_", " "))


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
