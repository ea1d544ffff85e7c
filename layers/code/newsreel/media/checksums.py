"""Decides which checksums of a file are told, and how they are written."""

import base64
import binascii
from collections.abc import Iterable, Mapping
from contextlib import suppress

from newsreel.catalogue.model import Checksum

_ALGORITHMS = ("CRC32", "CRC32C", "CRC64NVME", "MD5", "SHA1", "SHA256", "SHA512")


def reported_checksums(head: Mapping[str, object]) -> tuple[Checksum, ...]:
    """Return what S3 reports of a whole object (HeadObject with ``ChecksumMode``).

    A SHA-256 is turned from base64 into what ``sha256sum`` prints. A composite checksum, of the
    parts' checksums, is left out: who does not know the parts cannot check it, and who compares it
    with a whole file's takes a sound file for a broken one.
    """
    found: list[Checksum] = []
    for algorithm in _ALGORITHMS:
        value = head.get(f"Checksum{algorithm}")
        if not isinstance(value, str) or not value:
            continue
        if "-" in value or head.get("ChecksumType") == "COMPOSITE":
            continue
        if algorithm == "SHA256":
            with suppress(binascii.Error):
                found.append(whole_file(base64.b64decode(value, validate=True).hex()))
        else:
            found.append(
                Checksum(algorithm=algorithm, value=value, type="FULL_OBJECT", encoding="base64")
            )
    return tuple(found)


def whole_file(sha256: str) -> Checksum:
    """Return the checksum that a person verifies with ``sha256sum``."""
    return Checksum(algorithm="SHA256", value=sha256, type="FULL_OBJECT", encoding="hex")


def for_people(checksums: Iterable[Checksum]) -> list[Checksum]:
    """Return those that a reader can check; older records also have composite ones."""
    return [one for one in checksums if one.type != "COMPOSITE"]


def has_whole_file(checksums: "list[Checksum] | tuple[Checksum, ...]") -> bool:
    """Tell whether the whole file's SHA-256 is among them."""
    return any(c.algorithm == "SHA256" and c.type == "FULL_OBJECT" for c in checksums)
