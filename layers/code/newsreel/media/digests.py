"""Decides which of S3's own digests of a whole object are compared with what was read of it.

S3 has them only of what was uploaded in one part, 5 GB at most, and only if somebody asked for it.
Such a file is read in one go, so their states need not be carried from step to step.
"""

import base64
import hashlib
from collections.abc import Sequence

from newsreel.catalogue.model import Checksum

_NAMES = {"MD5": "md5", "SHA1": "sha1", "SHA512": "sha512"}
"""What hashlib calls them. The SHA-256 is not here: that one is computed of every file."""


class Digests:
    """Digests of what is read of one object, those that S3 reports of it."""

    def __init__(self, reported: Sequence[Checksum]) -> None:
        self._told = {one.algorithm: one.value for one in reported if one.type == "FULL_OBJECT"}
        self._made = {
            algorithm: hashlib.new(_NAMES[algorithm], usedforsecurity=False)
            for algorithm in self._told.keys() & _NAMES.keys()
        }

    def update(self, data: bytes) -> None:
        """Add bytes."""
        for made in self._made.values():
            made.update(data)

    def agree(self) -> bool:
        """Tell whether they are what S3 reports (base64)."""
        return all(
            base64.b64encode(made.digest()).decode() == self._told[algorithm]
            for algorithm, made in self._made.items()
        )
