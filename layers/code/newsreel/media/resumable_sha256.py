"""Decides how a SHA-256 is carried from one process to another: as libcrypto's own state of it.

A file of 1 TB takes hours to read, and no invocation of Lambda lasts that long. hashlib cannot give
its state away, so libcrypto is called by itself. Its ``SHA256_CTX`` has 112 bytes (openssl/sha.h):
eight words of the state, the count of bits in two words, the block that is not full yet, and how
full it is. Whether the library at hand has that struct is tried once, against hashlib.
"""

import ctypes
import hashlib
import re
import struct
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Protocol, TypeAlias, cast

STATE_BYTES = 112

_ROOM = 1024
"""Bytes of memory for a state: a library with a larger struct must not write over anything else."""
_UNTOUCHED = 0xA5
_LAYOUT = struct.Struct("=8I2I64s2I")
_LIBRARIES = ("libcrypto.so.3", "libcrypto.so.1.1", "libcrypto.so")
_FIPS = Path("/proc/sys/crypto/fips_enabled")
_OURS = Path("/proc/self/maps")
_MAPPED = re.compile(r"(/\S*libcrypto\S*\.so\S*)")
_TRIAL = bytes(range(256)) * 3


class BrokenStateError(ValueError):
    """A state is not one of a SHA-256 over so many bytes."""


Memory: TypeAlias = "ctypes.Array[ctypes.c_ubyte]"


class Libcrypto(Protocol):
    """What is called of the library."""

    def SHA256_Init(self, state: Memory, /) -> int:  # noqa: N802 - OpenSSL's names
        """Begin."""

    def SHA256_Update(self, state: Memory, data: bytes, length: int, /) -> int:  # noqa: N802
        """Add bytes."""

    def SHA256_Final(self, digest: Memory, state: Memory, /) -> int:  # noqa: N802
        """Write the hash."""


class ResumableSha256:
    """A SHA-256 whose state can be taken out and given to another process."""

    def __init__(self, library: Libcrypto) -> None:
        self._library = library
        self._memory = (ctypes.c_ubyte * _ROOM)(*[_UNTOUCHED] * _ROOM)
        library.SHA256_Init(self._memory)

    def update(self, data: bytes) -> None:
        """Add bytes."""
        self._library.SHA256_Update(self._memory, data, len(data))

    def state(self) -> bytes:
        """Return the state after what was added so far."""
        return bytes(self._memory[:STATE_BYTES])

    def resume(self, state: bytes, length: int) -> None:
        """Go on from a state that another process had after ``length`` bytes.

        Raises:
            BrokenStateError: it is not such a state.
        """
        if len(state) != STATE_BYTES or counted(state) != length:
            raise BrokenStateError
        self._memory[:STATE_BYTES] = [*state]

    def hexdigest(self) -> str:
        """Return the hash in hexadecimal; nothing can be added afterwards."""
        digest = (ctypes.c_ubyte * 32)()
        self._library.SHA256_Final(digest, self._memory)
        return bytes(digest).hex()

    def is_of_the_known_struct(self, length: int) -> bool:
        """Tell whether the library keeps its state as this module reads it."""
        rest = bytes(self._memory[STATE_BYTES:])
        return counted(self.state()) == length and set(rest) == {_UNTOUCHED}


def new() -> ResumableSha256 | None:
    """Return a new hash, or None where no library can carry one over."""
    found = library()
    return ResumableSha256(found) if found is not None else None


def counted(state: bytes) -> int | None:
    """Return how many bytes a state has seen, or None if it contradicts itself."""
    *_words, low, high, _block, filled, digest_bytes = _LAYOUT.unpack(state)
    length, odd_bits = divmod(high << 32 | low, 8)
    is_sound = not odd_bits and filled == length % 64 and digest_bytes == 32  # noqa: PLR2004
    return length if is_sound else None


@cache
def library() -> Libcrypto | None:
    """Return a libcrypto that hashes as hashlib does and keeps its state as expected, or None.

    None where there is none, where its struct is another one, and under FIPS, where a call to a
    digest by itself may end the process.
    """
    if _is_fips():
        return None
    return next((found for found in _candidates() if is_right(found)), None)


def is_right(found: Libcrypto) -> bool:
    """Try a library: hash, carry the state over in the middle, and compare with hashlib."""
    for cut in (0, 1, 64, 200, 512, len(_TRIAL)):
        first = ResumableSha256(found)
        first.update(_TRIAL[:cut])
        if not first.is_of_the_known_struct(cut):
            return False
        second = ResumableSha256(found)
        second.update(b"something else")
        second.resume(first.state(), cut)
        second.update(_TRIAL[cut:])
        if second.hexdigest() != hashlib.sha256(_TRIAL).hexdigest():
            return False
    return True


def _candidates() -> Iterator[Libcrypto]:
    """Yield what may be libcrypto: first the one that Python itself has loaded."""
    loaded: list[str] = []
    with suppress(OSError):
        loaded = sorted(set(_MAPPED.findall(_OURS.read_text())))
    for name in (*loaded, *_LIBRARIES):
        with suppress(OSError, AttributeError):
            opened = ctypes.CDLL(name)
            pointer, size = ctypes.c_void_p, ctypes.c_size_t
            opened.SHA256_Init.argtypes = [pointer]
            opened.SHA256_Update.argtypes = [pointer, ctypes.c_char_p, size]
            opened.SHA256_Final.argtypes = [pointer, pointer]
            yield cast("Libcrypto", opened)


def _is_fips() -> bool:
    try:
        return _FIPS.read_text().strip() == "1"
    except OSError:
        return False
