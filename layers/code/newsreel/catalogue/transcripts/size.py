"""Decides whether a transcript is small enough to be kept in an item and answered in every form.

An item of DynamoDB holds 400 KB, deflated; an answer of Lambda holds 6 MB, written as JSON. What
deflates well can be many times too large for an answer.
"""

import json
import zlib
from html import escape

from newsreel.catalogue.transcripts import formats
from newsreel.catalogue.transcripts.spoken import Reading

LARGEST_ITEM = 350 * 1024
"""Bytes of turns and cues, deflated; the rest of the item is small."""

LARGEST_ANSWER = 5 * 1024 * 1024
"""Bytes of an answer, as Lambda hands it on; 6 MB with everything around it."""

_MARKUP = 1500
"""Bytes that the page writes around a turn's words; a test holds it."""
_SAID_AGAIN = 3
"""How often the page has a question's words: in its turn, in the list, in JSON-LD."""


def fits(reading: Reading) -> bool:
    """Tell whether a transcript can be kept, and given out as JSON, text, captions and page."""
    if _page(reading) > LARGEST_ANSWER:
        return False
    forms: tuple[formats.Format, ...] = formats.SUFFIXES if reading.timed else ("txt",)
    if any(_handed_on(formats.write(form, reading)) > LARGEST_ANSWER for form in forms):
        return False
    turns = [turn.model_dump() for turn in reading.turns]
    if _handed_on(json.dumps(turns, ensure_ascii=False)) > LARGEST_ANSWER:
        return False
    cues = [[(cue.start, cue.end, cue.text) for cue in turn] for turn in reading.cues]
    return len(zlib.compress(json.dumps([turns, cues]).encode())) <= LARGEST_ITEM


def _page(reading: Reading) -> int:
    words = "\n".join(
        "\n".join((turn.speaker or "", turn.role or "", *turn.text)) for turn in reading.turns
    )
    return _SAID_AGAIN * _handed_on(escape(words)) + _MARKUP * len(reading.turns)


def _handed_on(text: str) -> int:
    # Python runtimes before 3.12 write six bytes for a letter beyond ASCII, later ones two to four.
    return len(json.dumps(text))
