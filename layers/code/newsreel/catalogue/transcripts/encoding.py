"""Decides in which encoding a text file was written, and says so when it is not UTF-8."""

import codecs

from newsreel.catalogue.findings import Finding, RejectedError

_MARKS = (
    # UTF-32 first: its little-endian mark begins with UTF-16's.
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_CONTROLS = frozenset(map(chr, range(32))) - frozenset("\t\n\r\f\x1a")


def decode(data: bytes) -> tuple[str, Finding | None]:
    r"""Return the text with ``\n`` line ends, and a note when it was not UTF-8.

    Tries, in order: byte order marks, UTF-8, UTF-16 without a mark (every other byte is zero),
    Windows-1252, which is what editors on Windows call "ANSI".

    Raises:
        RejectedError: ``empty``, or ``not_text`` when it holds control characters or bytes that
            none of these has.
    """
    if not data.strip(b"\x00\xef\xbb\xbf\xff\xfe \t\r\n"):
        raise RejectedError("empty")
    text, name = _decode(data)
    if any(character in _CONTROLS for character in text):
        raise RejectedError("not_text")
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return text, None if name == "UTF-8" else Finding("read_as", {"encoding": name})


def _decode(data: bytes) -> tuple[str, str]:
    for mark, codec, name in _MARKS:
        if data.startswith(mark):
            return _strictly(data, codec), name
    try:
        if b"\x00" not in data:
            return data.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        return _strictly(data, "cp1252"), "Windows-1252"
    # Western text in UTF-16 has a zero in every other byte; which half tells the byte order.
    codec = "utf-16-le" if data[1::2].count(0) > data[0::2].count(0) else "utf-16-be"
    return _strictly(data, codec), "UTF-16"


def _strictly(data: bytes, codec: str) -> str:
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        raise RejectedError("not_text") from None
