"""Decides which checksums of a file are told, and how they are written."""

import base64
import binascii
from collections.abc import Mapping

from newsreel.catalogue.model import Checksum

LARGEST_WHOLE = 50 * 1024**3
"""Bytes up to which the whole file's SHA-256 is computed in one invocation."""

AT_ONCE = 512 * 1024**2
"""Bytes of a folder that are hashed before it is published; more are hashed after."""

SLOWEST = 40 * 1024**2
"""Bytes a second that one invocation hashes at least: what would not fit is not begun."""

_ALGORITHMS = ("CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256")


def reported_checksums(head: Mapping[str, object]) -> tuple[Checksum, ...]:
    """Return what S3 reports of an object (HeadObject with ``ChecksumMode``).

    A full-object SHA-256 is turned from base64 into what ``sha256sum`` prints.
    """
    kind = "COMPOSITE" if head.get("ChecksumType") == "COMPOSITE" else "FULL_OBJECT"
    found: list[Checksum] = []
    for algorithm in _ALGORITHMS:
        value = head.get(f"Checksum{algorithm}")
        if not isinstance(value, str) or not value:
            continue
        if "-" in value or kind == "COMPOSITE":
            found.append(
                Checksum(algorithm=algorithm, value=value, type="COMPOSITE", encoding="base64")
            )
        elif algorithm == "SHA256":
            try:
                found.append(whole_file(base64.b64decode(value, validate=True).hex()))
            except binascii.Error:
                continue
        else:
            found.append(
                Checksum(algorithm=algorithm, value=value, type="FULL_OBJECT", encoding="base64")
            )
    return tuple(found)


def whole_file(sha256: str) -> Checksum:
    """Return the checksum that a person verifies with ``sha256sum``."""
    return Checksum(algorithm="SHA256", value=sha256, type="FULL_OBJECT", encoding="hex")


def has_whole_file(checksums: "list[Checksum] | tuple[Checksum, ...]") -> bool:
    """Tell whether the whole file's SHA-256 is among them."""
    return any(c.algorithm == "SHA256" and c.type == "FULL_OBJECT" for c in checksums)
