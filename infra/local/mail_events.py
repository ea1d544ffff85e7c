"""Keeps what became of each local mail, so that the mailbox can show it beside the mail.

The local AWS writes a line for each event; the front door, another process, reads them.
"""

import json
from collections import defaultdict
from pathlib import Path

from infra.local.paths import SCRATCH

FILE = SCRATCH / "mail-events.jsonl"


def note(message_id: str, word: str, file: Path = FILE) -> None:
    """Write that something became of a mail."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps({"id": message_id, "word": word}) + "\n")


class MailEvents:
    """What was written so far; each line is read once."""

    def __init__(self, file: Path = FILE) -> None:
        self._file = file
        self._read = 0
        self._words: dict[str, list[str]] = defaultdict(list)

    def look(self) -> int:
        """Read what is new, and return how much there is: it grows with each event."""
        if self._file.exists():
            with self._file.open("rb") as lines:
                lines.seek(self._read)
                new, _, _unfinished = lines.read().rpartition(b"\n")
            self._read += len(new) + bool(new)
            for line in new.splitlines():
                told = json.loads(line)
                self._words[told["id"]].append(told["word"])
        return self._read

    def of(self, message_id: str) -> list[str]:
        """Return what became of the mail with this `Message-ID`, in order."""
        return list(self._words.get(message_id.strip().strip("<>"), ()))
