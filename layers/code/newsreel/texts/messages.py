"""Every text that a person reads, by language and area: ``texts/<language>/<area>.json``."""

import json
from functools import cache
from pathlib import Path

LANGUAGES: tuple[str, ...] = ("en", "fr")
DEFAULT_LANGUAGE = "en"


@cache
def catalogue(language: str, area: str) -> dict[str, str]:
    """Return all texts of one area (a file's name, such as ``mail``) by key."""
    raw = (Path(__file__).parent / language / f"{area}.json").read_text(encoding="utf-8")
    texts: dict[str, str] = json.loads(raw)
    return texts


def text(language: str, area: str, key: str, **values: object) -> str:
    """Return one text with its ``{placeholders}`` filled in.

    Raises:
        KeyError: there is no such key, or a placeholder has no value.
    """
    return catalogue(language, area)[key].format(**values)


def counted(language: str, key: str, count: int) -> str:
    """Return the key of the plural form for a whole number (CLDR: French has 0 in the singular)."""
    singular = count == 1 or (language == "fr" and count == 0)
    return f"{key}.{'one' if singular else 'other'}"


def home(language: str) -> str:
    """Return the path under which the pages of a language live: ``/``, ``/fr/``."""
    return "/" if language == DEFAULT_LANGUAGE else f"/{language}/"


def best_language(accept_language: str | None) -> str:
    """Return the language of ours that the reader prefers (RFC 9110, section 12.5.4)."""
    accepted: list[tuple[float, str]] = []
    for part in (accept_language or "").split(",")[:20]:
        tag, _, parameter = part.strip().partition(";")
        quality = parameter.strip().removeprefix("q=") or "1"
        try:
            accepted.append((float(quality), tag.split("-")[0].lower()))
        except ValueError:
            continue
    for weight, language in sorted(accepted, key=lambda entry: -entry[0]):
        if weight > 0 and language in LANGUAGES:
            return language
    return DEFAULT_LANGUAGE
