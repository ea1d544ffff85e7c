"""Decides whether a label marks a question, and who asks it."""

from itertools import dropwhile

from newsreel.catalogue.transcripts import label_forms, wordlists
from newsreel.catalogue.transcripts.folding import fold_word, fold_words

_JOURNALISTS = frozenset(
    word
    for word in wordlists.QUESTION
    if word.startswith(("journ", "report", "corr", "interview", "questioner", *wordlists.ASKING))
)
_TO = fold_words("to for à aux au pour an für до для к al alla para voor")
_EDGES = " ,:-\u2013\u2014"
_FEW = 4
_SHORT = 45


def could_be_somebody(head: str, words: tuple[str, ...]) -> bool:
    """Tell whether a few words before a colon could be who speaks, in whatever words."""
    if not 0 < len(words) <= _FEW or len(head) > _SHORT or label_forms.is_sentence(head):
        return False
    first = head.split(maxsplit=1)[0]
    if words[0] in wordlists.OPENERS | wordlists.ARTICLES and not first.isupper():
        return False
    told = wordlists.SPEECH | wordlists.LEAD_INS
    return not any(word in told and word not in wordlists.PARTICLES for word in words)


def only_asks(words: tuple[str, ...]) -> bool:
    """Tell whether a label says that a question is asked, and nothing of who asks."""
    if not any(map(is_asker, words)) or words[0] in wordlists.ARTICLES:
        return False
    if not is_asker(words[0]) and not is_asker(words[-1]):
        return False
    return all(is_asker(word) or word in wordlists.ORDINALS or word.isdigit() for word in words)


def is_asker(word: str) -> bool:
    """Tell whether a folded word means a question, or a person who asks."""
    return word in wordlists.QUESTION or word.startswith(wordlists.ASKING)


def asker(base: str, words: tuple[str, ...]) -> str | None:
    """Return who asks in "Journalist Jane Doe"; empty for nobody, None for no question."""
    originals = base.split()
    first, last = words[0], words[-1]
    asks = first in wordlists.QUESTION and first not in {"press", "media", "presse"}
    numbered = first.rstrip("0123456789") in wordlists.QUESTION and first[-1].isdigit()
    if asks or numbered:
        if len(words) > 1 and words[1] in _TO:
            return ""
        name = " ".join(dropwhile(_counts, originals[1:])).strip(_EDGES)
        if not name:
            return ""
        return name if label_forms.shape(name) in {"name", "capitals", "no case"} else None
    if last in _JOURNALISTS and len(words) > 1:
        name = " ".join(originals[:-1]).strip(_EDGES)
        return name if label_forms.shape(name) in {"name", "capitals"} else None
    return None


def _counts(word: str) -> bool:
    return fold_word(word) in wordlists.ORDINALS or word.isdigit() or not fold_word(word)
