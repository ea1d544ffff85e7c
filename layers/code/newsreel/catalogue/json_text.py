"""Decides what a JSON file says, or at which place which mistake keeps it from being JSON.

The place is where the standard parser stopped; the cause is what usually stands at such a place
when people write JSON by hand, in a word processor or in a chat.
"""

import json
import re
from collections.abc import Iterator

from newsreel.catalogue.findings import Finding, RejectedError
from newsreel.catalogue.transcripts import encoding

_CURLY = re.compile("[“”„‟«»\uff02]")
_CURLY_END = re.compile(r'[“”„‟«»\uff02]\s*[:,]\s*"$')
_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_TOKEN = re.compile(r'("(?:[^"\\]|\\.)*")(?=\s*:)|"(?:[^"\\]|\\.)*"|[\[{\]}]')
_WORD = re.compile(r"[^\W\d]\w*")
_NO_NUMBER = re.compile(r'"(?:[^"\\\n]|\\.)*"|(-?Infinity|NaN)')
_SPACE = " \t\n\r"
_SHOWN = 40
_CLOSERS = "]}"


class _NoNumberError(ValueError):
    """NaN or an infinity, which the standard parser takes."""


class _TwiceError(ValueError):
    """One object has the same name twice, of which the standard parser takes the last."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def read(data: bytes) -> tuple[object, list[Finding]]:
    """Return what a JSON file says, and notes when it was not UTF-8.

    Raises:
        RejectedError: ``empty``, ``not_text``, ``encoding_unclear``, ``other_form``, or one of the
            codes that begin with ``json_``, with line, column and what stands there.
    """
    text, findings = encoding.characters(data)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if b"\x00" in data and text.lstrip()[:1] not in {"{", "["}:
        raise RejectedError("not_text")  # read as UTF-16, it says nothing
    _refuse_documents(text)
    try:
        return json.loads(text, parse_constant=_no_number, object_pairs_hook=_once), findings
    except json.JSONDecodeError as error:
        raise _mistake(text, error) from None
    except _TwiceError as error:
        raise _at(text, _second(text, error.name), "json_twice", name=error.name) from None
    except _NoNumberError:
        found = (match.start(1) for match in _NO_NUMBER.finditer(text) if match[1])
        raise _at(text, next(found, 0), "json_no_number") from None
    except (RecursionError, ValueError):
        # Nested thousands of times, or a number of thousands of digits: not written by a person.
        raise _at(text, 0, "json_unclear") from None


def _no_number(_text: str) -> object:
    raise _NoNumberError


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    values: dict[str, object] = {}
    for name, value in pairs:
        if name in values:
            raise _TwiceError(name)
        values[name] = value
    return values


def _second(text: str, name: str) -> int:
    """Return where a name stands for the second time in one object."""
    opened: list[int] = []
    seen: set[int] = set()
    for match in _TOKEN.finditer(text):
        if match[0] in "[{":
            opened.append(match.start())
        elif match[0] in _CLOSERS:
            opened.pop()
        elif match[1] is not None and json.loads(match[1]) == name:
            if opened[-1] in seen:
                return match.start()
            seen.add(opened[-1])
    return 0


def _refuse_documents(text: str) -> None:
    start = text.lstrip()[:200].casefold()
    if start.startswith("{\\rtf"):
        raise RejectedError("json_other_form", form="RTF")
    if start.startswith(("<!doctype", "<html", "<?xml", "<")):
        raise RejectedError("json_other_form", form="HTML")


def _mistake(text: str, error: json.JSONDecodeError) -> RejectedError:
    place, code = next(_causes(text, error))
    return _at(text, place, code)


def _causes(text: str, error: json.JSONDecodeError) -> Iterator[tuple[int, str]]:
    """Return places and codes, the likeliest first."""
    place = error.pos
    here, before = text[place : place + 1], text[:place].rstrip(_SPACE)[-1:]
    yield from _of_quotes(text, place)
    if error.msg.startswith("Invalid control character"):
        yield place, "json_line_break" if here in "\n\r" else "json_control"
    if error.msg.startswith(("Invalid \\", "Invalid \\u")):
        yield place, "json_backslash"
    if error.msg.startswith("Unterminated string"):
        yield place, "json_open_text"
    if here == "," and text[place + 1 :].lstrip(_SPACE)[:1] in {*_CLOSERS}:
        yield place, "json_trailing_comma"  # as Python 3.13 tells it
    if here and here in _CLOSERS and before == ",":
        yield text.rindex(",", 0, place), "json_trailing_comma"
    if here in {"/", "#"}:
        yield place, "json_comment"
    if error.msg.startswith("Extra data"):
        yield place, "json_no_bracket" if here in {":", ","} else "json_extra"
    if not here:
        yield len(text.rstrip(_SPACE)), "json_unclosed"
    if not here.isprintable() or here.isspace() or (here and ord(here) in range(0xE000, 0xF900)):
        yield place, "json_character"
    yield from _of_delimiters(text, error, here, before)
    yield place, "json_unclear"


def _of_quotes(text: str, place: int) -> Iterator[tuple[int, str]]:
    start = text.rfind("\n", 0, place) + 1
    curly = _curly_for_straight(text[start:].partition("\n")[0])
    if curly is not None:
        yield start + curly, "json_curly_quotes"
    if text[place : place + 1] in {"'", "\u2018", "\u2019", "`"}:
        yield place, "json_single_quotes"


def _curly_for_straight(line: str) -> int | None:
    """Return where a curly quote stands for a straight one, not for itself within a text."""
    for text in _STRING.finditer(line):
        if ending := _CURLY_END.search(text[0]):
            return text.start() + ending.start()  # "title”: "x"
    bare = _STRING.sub(lambda text: " " * len(text[0]), line)
    outside, quote, inside = bare.partition('"')
    if curly := _CURLY.search(outside):
        return curly.start()
    opening, closing = (sum(map(inside.count, signs)) for signs in ("“„«", "”»"))
    if closing > opening:
        return len(outside + quote) + max(map(inside.rfind, "”»"))
    return None


def _of_delimiters(
    text: str, error: json.JSONDecodeError, here: str, before: str
) -> Iterator[tuple[int, str]]:
    place = error.pos
    if error.msg.startswith("Expecting ',' delimiter"):
        if text[place - 1] == '"' and here not in {'"', ";", ".", ":", *_CLOSERS}:
            yield place - 1, "json_inner_quote"
        if here in {":", *_CLOSERS}:
            yield place, "json_wrong_bracket"
        yield len(text[:place].rstrip(_SPACE)), "json_missing_comma"
    if error.msg.startswith("Expecting ':' delimiter"):
        yield place, "json_missing_colon"
    if here in {",", ":"}:
        yield place, "json_missing_value"
    if here in _CLOSERS and before == ":":
        yield place, "json_missing_value"
    if here in _CLOSERS:
        yield place, "json_wrong_bracket"
    if _WORD.match(text, place):
        yield place, "json_bare_word"


def _at(text: str, place: int, code: str, **values: str) -> RejectedError:
    line = text.count("\n", 0, place) + 1
    start = text.rfind("\n", 0, place) + 1
    shown = text[start:].partition("\n")[0].strip()
    return RejectedError(
        code,
        line=line,
        column=place - start + 1,
        text=_excerpt(shown, place - start),
        **values,
    )


def _excerpt(line: str, place: int) -> str:
    """Return what a line says around a place, in as many letters as a receipt shows."""
    start = max(0, min(place - _SHOWN // 2, len(line) - _SHOWN))
    shown = "".join(sign if sign.isprintable() else " " for sign in line[start : start + _SHOWN])
    return shown.strip()
