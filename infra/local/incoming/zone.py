"""Decides what the DNS says on this machine: a file in its place, read again when it changes.

The file maps names to records, ``{"_dmarc.example.org": {"TXT": ["v=DMARC1; p=reject"]}}``. A name
may hold ``*``: an exact name wins, then the first pattern that fits. ``{}`` has no records.
"""

import json
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TypeAlias

Records: TypeAlias = dict[str, dict[str, list[str]]]

EVERY_DOMAIN: Records = {
    "_dmarc.*": {"TXT": ["v=DMARC1; p=reject"]},
    "*._domainkey.*": {},
    "*": {"TXT": ["v=spf1 ip4:127.0.0.1 ip6:::1 -all"]},
}
"""This machine is the mail server of every domain, and every domain has DMARC."""


@dataclass
class Zone:
    """The records of one file."""

    path: Path
    _read_at: int = 0
    _records: Records = field(default_factory=dict)

    def write_unless_there(self) -> None:
        """Make the file with what holds for every domain."""
        if not self.path.exists():
            self.path.write_text(json.dumps(EVERY_DOMAIN, indent=2) + "\n", encoding="utf-8")

    def records(self, name: str, kind: str) -> list[str]:
        """Return the records of a name (``TXT``, ``A``, ``AAAA``, ``MX``), or none."""
        changed = self.path.stat().st_mtime_ns
        if changed != self._read_at:
            self._records = json.loads(self.path.read_text(encoding="utf-8"))
            self._read_at = changed
        wanted = name.rstrip(".").lower()
        if wanted in self._records:
            return self._records[wanted].get(kind, [])
        fitting = (one for one in self._records if "*" in one and fnmatchcase(wanted, one))
        pattern = next(fitting, None)
        return self._records[pattern].get(kind, []) if pattern else []

    def text(self, name: str) -> str | None:
        """Return the first TXT record of a name, or None."""
        return next(iter(self.records(name, "TXT")), None)
