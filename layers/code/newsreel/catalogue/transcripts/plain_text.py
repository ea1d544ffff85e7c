"""Decides what a plain text says: a speaker's line, paragraphs, a line ``Question``."""

import re
from collections.abc import Sequence

from newsreel.catalogue.findings import Finding, RejectedError
from newsreel.catalogue.model import Speaker, Turn
from newsreel.catalogue.transcripts import spoken
from newsreel.catalogue.transcripts.spoken import Reading, Spoken

_LONGEST_LABEL = 100
_MOST_WORDS = 12
_PARTICLES = frozenset(
    {"a", "al", "an", "and", "at", "bin", "d'", "da", "de", "del", "della", "den", "der", "des"}
    | {"di", "do", "dos", "du", "e", "el", "et", "for", "in", "la", "le", "les", "of", "on"}
    | {"the", "to", "und", "van", "von", "y", "zu"}
)
"""Words that stay small inside a name or an office."""
_SENTENCE_MARKS = re.compile(r"[.?!…;]")


def read(text: str, speakers: Sequence[Speaker] = ()) -> Reading:
    """Read the form of a press office's transcript page.

    A speaker's line is short, is not a sentence, and has capitals like a name ("NATO Secretary
    General Mark Rutte"); what follows until the next one are paragraphs. A heading above the first
    speaker is left out and told.

    Raises:
        RejectedError: ``no_words``.
    """
    known = {speaker.name.casefold() for speaker in speakers}
    turns: list[Spoken] = []
    label: str | None = None
    paragraphs: list[str] = []
    findings: list[Finding] = []
    labelled = False
    seen: set[str] = set()

    def close() -> None:
        if paragraphs:
            name, question = (None, False) if label is None else spoken.read_label(label)
            turns.append(Spoken(name, question, tuple(paragraphs)))
            paragraphs.clear()

    blocks = _blocks(text)
    for place, block in enumerate(blocks):
        if not _is_label(block, known, seen, follows_label=labelled and not paragraphs):
            paragraphs.append(block)
            continue
        if labelled and not paragraphs and label is not None and place == 1:
            findings.append(Finding("heading_dropped", {"heading": label[:80]}))
        close()
        label, labelled = block, True
        seen.add(block.casefold())
    close()
    if not turns:
        raise RejectedError("no_words")
    return spoken.make_reading(turns, speakers, findings)


def write(turns: Sequence[Turn]) -> str:
    """Write turns in the form that ``read`` reads, ending with a line end."""
    blocks: list[str] = []
    for turn in turns:
        label = spoken.write_label(turn)
        blocks += [*([label] if label else []), *turn.text]
    return "\n\n".join(blocks) + "\n"


def _blocks(text: str) -> list[str]:
    # Text with blank lines has paragraphs between them, possibly wrapped; text without any has one
    # paragraph a line. A label may stand directly above its first paragraph.
    if not re.search(r"\n[ \t]*\n", text.strip()):
        return [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    blocks: list[str] = []
    for raw in re.split(r"\n(?:[ \t]*\n)+", text):
        lines = [" ".join(line.split()) for line in raw.splitlines() if line.strip()]
        if len(lines) > 1 and _looks_like_a_label(lines[0]):
            blocks.append(lines.pop(0))
        if lines:
            blocks.append(" ".join(lines))
    return blocks


def _is_label(block: str, known: set[str], seen: set[str], *, follows_label: bool) -> bool:
    if not _looks_like_a_label(block):
        return False
    name = block.casefold().rstrip(":")
    certain = (
        spoken.read_label(block)[1]
        or block.casefold() in seen
        or any(speaker in name for speaker in known)
    )
    # Right after a label stands what that person said, be it as short as a name: "Thank You".
    # Only the first label may turn out to be the heading above a second one.
    return certain or not follows_label or len(seen) == 1


def _looks_like_a_label(line: str) -> bool:
    if spoken.read_label(line)[1]:
        return True
    words = line.rstrip(":").split()
    if len(line) > _LONGEST_LABEL or not 0 < len(words) <= _MOST_WORDS:
        return False
    if _SENTENCE_MARKS.search(
        re.sub(r"\b(?:Mr|Mrs|Ms|Dr|Prof|St|Gen|Adm|Lt|Col|[A-Z])\.", "", line)
    ):
        return False
    return line[0].isupper() and all(
        word.casefold() in _PARTICLES or not word[0].isalpha() or word[0].isupper()
        for word in words
    )
