"""Decides in which encoding a text file was written, and says so when it is not UTF-8.

No library guesses here: what detectors find in a few lines is as often wrong as right, and a wrong
guess is published. Only Windows-1252 is guessed, where every letter fits a western language, and
the receipt says that it was; anything else is refused, as saving it as UTF-8 is one click.
"""

import codecs
import re

from newsreel.catalogue.findings import Finding, RejectedError
from newsreel.catalogue.transcripts import garbled

_MARKS = (
    # UTF-32 first: its little-endian mark begins with UTF-16's.
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_CONTROLS = frozenset(map(chr, range(32))) - frozenset("\t\n\r\v\f\x1a\x1c\x1d\x1e")
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]")
_GUESSED = "Windows-1252"
_SHOWN = 60


def decode(data: bytes, language: str | None = None) -> tuple[str, list[Finding]]:
    r"""Return the text with ``\n`` line ends, and notes when it was not UTF-8 or looks garbled.

    Tries, in order: byte order marks, UTF-8, UTF-16 without a mark, Windows-1252, which is what
    editors on Windows in western Europe call "ANSI". ``language`` is that of ``metadata.json``.

    Raises:
        RejectedError: ``empty``; ``not_text`` when it holds control characters or bytes that none
            of these has; ``encoding_unclear``.
    """
    text, notes = characters(data, language)
    if any(control in text for control in _CONTROLS):
        raise RejectedError("not_text")
    return _LINE_ENDS.sub("\n", text).replace("\x1a", ""), notes


def characters(data: bytes, language: str | None = None) -> tuple[str, list[Finding]]:
    """Return the text as it was written, without its byte order mark, and notes on its encoding.

    Raises:
        RejectedError: ``empty``, ``not_text`` or ``encoding_unclear``.
    """
    if not data.strip(b"\x00\xef\xbb\xbf\xff\xfe \t\r\n"):
        raise RejectedError("empty")
    text, name = _decode(data)
    text = text.removeprefix("\ufeff")
    if name == _GUESSED:
        _refuse_unclear(text, language)
        values = {"encoding": name, "text": garbled.sample(text)[:_SHOWN]}
        return text, [Finding("read_as_guess", values)]
    findings = _garbled(_LINE_ENDS.sub("\n", text))
    if name != "UTF-8":
        findings.append(Finding("read_as", {"encoding": name}))
    return text, findings


def _decode(data: bytes) -> tuple[str, str]:
    for mark, codec, name in _MARKS:
        if data.startswith(mark):
            return _strictly(data, codec), name
    try:
        if b"\x00" not in data:
            return data.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        return _strictly(data, "cp1252"), _GUESSED
    # Spaces and line ends have a zero in UTF-16, in any language; which half tells the byte order.
    codec = "utf-16-le" if data[1::2].count(0) > data[0::2].count(0) else "utf-16-be"
    text = _strictly(data, codec)
    if garbled.is_noise(text):
        raise RejectedError("not_text")
    return text, "UTF-16"


def _strictly(data: bytes, codec: str) -> str:
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        if codec == "cp1252":
            shown = data.decode("cp1252", "replace")
            raise RejectedError(
                "encoding_unclear" if _is_mostly_text(data) else "not_text",
                encoding=_GUESSED,
                text=garbled.sample(shown)[:_SHOWN],
            ) from None
        raise RejectedError("not_text") from None


def _is_mostly_text(data: bytes) -> bool:
    controls = sum(data.count(byte) for byte in range(32) if byte not in b"\t\n\r\v\f\x1a")
    return controls == 0


def _refuse_unclear(text: str, language: str | None) -> None:
    if not garbled.is_western(text, language):
        raise RejectedError(
            "encoding_unclear", encoding=_GUESSED, text=garbled.sample(text)[:_SHOWN]
        )


def _garbled(text: str) -> list[Finding]:
    found = garbled.find(text)
    if found is None:
        return []
    line, shown, whole = found
    # A finding, not an exception: an author who wrote these letters on purpose gets them back from
    # what we write.
    code = "garbled" if whole else "garbled_line"
    return [Finding(code, {"line": line, "text": shown[:_SHOWN]})]
