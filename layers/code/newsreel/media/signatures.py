"""Says what a file is that we don't take, from its first bytes."""

from typing import TypeAlias

from newsreel.catalogue.findings import RejectedError
from newsreel.media.mpeg_audio import after_tag
from newsreel.media.ranged_file import RangedFile

_Marks: TypeAlias = tuple[tuple[int, bytes, str], ...]
"""Where a mark stands, the mark, and what a file with it is."""

_MEDIA: _Marks = (
    (0, b"\x1aE\xdf\xa3", "Matroska"),
    (0, b"fLaC", "FLAC"),
    (0, b"OggS", "Ogg"),
    (0, b"FLV", "FLV"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "ASF (WMV, WMA)"),
    (0, b"\x00\x00\x01\xba", "MPEG-PS"),
    (0, b"\x00\x00\x01\xb3", "MPEG-2 ES"),
    (0, b"\x00\x00\x00\x01\x67", "H.264 ES"),
    (0, b"\x00\x00\x00\x01\x09", "H.264 ES"),
    (0, b"\x00\x00\x01\x67", "H.264 ES"),
    (0, b"\x00\x00\x00\x01\x40\x01", "HEVC ES"),
    (0, b"\x1f\x07\x00", "DV (raw)"),
    (0, b".RMF", "RealMedia"),
    (0, b"#!AMR", "AMR"),
    (0, b"caff", "CAF"),
    (0, b".snd", "Sun audio"),
    (0, b"riff\x2e\x91\xcf\x11", "Wave64"),
    (0, b"MAC ", "Monkey's Audio"),
    (0, b"wvpk", "WavPack"),
    (0, b"\x0b\x77", "AC-3 ES"),
    (0, b"\x00\x00\x00\x00\x01\xbc", "GXF"),
    (0, b"BBCD", "Dirac"),
    (0, b"DKIF", "IVF"),
    (0, b"YUV4MPEG2", "YUV4MPEG2"),
    (0, b"\x00\x00\x01\xb0", "MPEG-4 ES"),
    (0, b"\x00\x00\x01\x40\x01", "HEVC ES"),
    (0, b"ADIF", "AAC (ADIF)"),
    (0, b"DSD ", "DSF"),
    (0, b"FRM8", "DSDIFF"),
    (0, b"RIFX", "RIFX"),
    (0, b"LEITCH", "LXF"),
    (0, b"MLVI", "MLV"),
    (4, b"RED1", "REDCODE (R3D)"),
    (4, b"RED2", "REDCODE (R3D)"),
    (8, b"AVI ", "AVI"),
)
_OTHERS: _Marks = (
    (0, b"\xff\xd8\xff", "JPEG"),
    (0, b"\x89PNG\r\n\x1a\n", "PNG"),
    (0, b"GIF8", "GIF"),
    (0, b"BM", "BMP"),
    (0, b"II*\x00", "TIFF"),
    (0, b"MM\x00*", "TIFF"),
    (0, b"8BPS", "Photoshop"),
    (0, b"\x00\x00\x00\x0cjP  ", "JPEG 2000"),
    (0, b"%PDF", "PDF"),
    (0, b"PK\x03\x04", "ZIP"),
    (0, b"\x1f\x8b", "gzip"),
    (0, b"Rar!", "RAR"),
    (0, b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (257, b"ustar", "tar"),
    (0, b"bplist00", "plist"),
    (0, b"\x00\x05\x16\x07", "AppleDouble"),
    (0, b"\x00\x05\x16\x00", "AppleDouble"),
    (8, b"WEBP", "WebP"),
    (0, b"#EXTM3U", "HLS playlist"),
    (0, b"ffconcat", "ffconcat"),
    (0, b"WEBVTT", "WebVTT"),
    (0, b"BZh", "bzip2"),
    (0, b"\xfd7zXZ\x00", "xz"),
    (0, b"\x28\xb5\x2f\xfd", "Zstandard"),
    (0, b"\x00\x00\x00\x0cJXL ", "JPEG XL"),
    (0, b"\xff\x0a", "JPEG XL"),
    (0, b"SDPX", "DPX"),
    (0, b"XPDS", "DPX"),
    (0, b"\x76\x2f\x31\x01", "OpenEXR"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Microsoft Office"),
    (0, b"{\\rtf", "RTF"),
    (0, b"%!PS", "PostScript"),
    (0, b"MThd", "MIDI"),
    (0, b"CWS", "Flash"),
    (0, b"FWS", "Flash"),
    (0, b"SQLite format 3\x00", "SQLite"),
    (0, b"L\x00\x00\x00\x01\x14\x02\x00", "LNK"),
    (0, b"MZ", "EXE"),
    (0, b"\x7fELF", "ELF"),
)
_TEXTS = (
    (b"<?xml", "XML"),
    (b"<!doctype html", "HTML"),
    (b"<html", "HTML"),
    (b"<svg", "SVG"),
    (b"{", "JSON"),
    (b"[", "JSON"),
)
"""How text of some kind begins, in small letters, behind white space."""
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_PICTURE_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis", b"crx ")
_LOOKED_AT = 300


def is_picture_file(start: bytes) -> bool:
    """Tell whether a file of boxes holds a still picture: HEIF, AVIF, a camera's raw file."""
    return start[4:8] == b"ftyp" and start[8:12] in _PICTURE_BRANDS


def refusal(file: RangedFile) -> RejectedError:
    """Return the refusal of a file that is none of the containers we take.

    Its code is ``other_container`` for picture and sound in another one, ``other_format`` for what
    is neither, and ``not_media`` for what nobody can name.
    """
    start = file.read_at(0, _LOOKED_AT)
    if start[:3] == b"ID3":
        start = file.read_at(after_tag(file), _LOOKED_AT)
    if (container := _special(start) or _found(start, _MEDIA)) is not None:
        return RejectedError("other_container", container=container)
    other = _picture(start) or _found(start, _OTHERS)
    return RejectedError("other_format", format=other) if other else RejectedError("not_media")


def refusal_of_text(file: RangedFile) -> RejectedError:
    """Return the refusal of what nobody can name by its first bytes: text, or anything else."""
    text = _text(file.read_at(0, _LOOKED_AT))
    return RejectedError("other_format", format=text) if text else RejectedError("not_media")


def _picture(start: bytes) -> str | None:
    names = {b"avif": "AVIF", b"avis": "AVIF", b"crx ": "CR3"}
    return names.get(start[8:12], "HEIF") if is_picture_file(start) else None


def _text(start: bytes) -> str | None:
    """Return what kind of text it is; a proxy's or an application's error is one, as a rule."""
    try:
        text = start.removeprefix(_BYTE_ORDER_MARK).decode().strip()
    except UnicodeDecodeError as error:
        if error.start < len(start) - 4:  # else a letter is cut where this was
            return None
        text = start[: error.start].decode().strip()
    if not text or any(letter < " " and letter not in "\t\r\n" for letter in text):
        return None
    begun = text.lower().encode()
    return next((name for mark, name in _TEXTS if begun.startswith(mark)), "TXT")


def _special(start: bytes) -> str | None:
    if start[:4] == b"\x1aE\xdf\xa3" and b"webm" in start[:64]:
        return "WebM"
    if start[:4] == b"FORM" and start[8:12] in {b"AIFF", b"AIFC"}:
        return "AIFF"
    if len(start) > 1 and start[0] == 0xFF and start[1] & 0xF6 == 0xF0:  # noqa: PLR2004 - ADTS
        return "AAC (ADTS)"
    return None


def _found(start: bytes, marks: _Marks) -> str | None:
    return next((name for at, mark, name in marks if start[at : at + len(mark)] == mark), None)
