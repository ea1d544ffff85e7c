"""Decides which terms of use are in force; their text is in ``texts/<language>/terms.json``."""

from typing import NamedTuple

from newsreel.texts import messages


class Terms(NamedTuple):
    """One version; ``effective_at`` in seconds since 1970."""

    version: str
    effective_at: int


# Newest last. A version that was in force is never changed: people accepted its exact text.
VERSIONS = (Terms("2026-01", 1767225600),)


def in_force(now: int) -> Terms:
    """Return the version in force at a time."""
    return [terms for terms in VERSIONS if terms.effective_at <= now][-1]


def text_of(terms: Terms, language: str) -> tuple[str, list[str]]:
    """Return a version's title and paragraphs."""
    texts = messages.catalogue(language, "terms")
    prefix = f"{terms.version}.paragraph."
    return texts[f"{terms.version}.title"], [
        text for key, text in texts.items() if key.startswith(prefix)
    ]
