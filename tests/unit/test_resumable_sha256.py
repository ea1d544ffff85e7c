"""A SHA-256 that is carried from one process to another is the one that hashlib computes."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from newsreel.media import resumable_sha256
from newsreel.media.resumable_sha256 import (
    STATE_BYTES,
    BrokenStateError,
    Memory,
    ResumableSha256,
)

from tests.support.template import ROOT


def begun() -> ResumableSha256:
    made = resumable_sha256.new()
    assert made is not None
    return made


@pytest.mark.thorough
@given(st.lists(st.binary(max_size=300), max_size=8))
def test_a_hash_that_is_carried_over_after_each_part_is_hashlibs(parts: list[bytes]) -> None:
    whole, length = begun(), 0
    for part in parts:
        whole.update(part)
        length += len(part)
        state = whole.state()
        whole = begun()
        whole.resume(state, length)
    assert whole.hexdigest() == hashlib.sha256(b"".join(parts)).hexdigest()


def test_a_state_is_carried_to_another_process() -> None:
    first = begun()
    first.update(b"a" * 1000)
    script = (
        "import sys; from newsreel.media import resumable_sha256 as r\n"
        "made = r.new(); made.resume(bytes.fromhex(sys.argv[1]), 1000)\n"
        "made.update(b'b' * 77); print(made.hexdigest())"
    )
    path = {"PYTHONPATH": str(ROOT / "layers" / "code")}
    command = [sys.executable, "-c", script, first.state().hex()]
    printed = subprocess.run(command, env=path, check=True, capture_output=True, text=True).stdout
    assert printed.strip() == hashlib.sha256(b"a" * 1000 + b"b" * 77).hexdigest()


@pytest.mark.parametrize("place", [34, 104, 108], ids=["count", "filled", "length"])
def test_a_state_that_contradicts_itself_is_refused(place: int) -> None:
    made = begun()
    made.update(b"x" * 1000)
    broken = bytearray(made.state())
    broken[place] ^= 1
    with pytest.raises(BrokenStateError):
        begun().resume(bytes(broken), 1000)


@pytest.mark.parametrize(("cut", "length"), [(0, 0), (STATE_BYTES - 1, 1000), (STATE_BYTES, 999)])
def test_a_state_of_another_length_or_place_is_refused(cut: int, length: int) -> None:
    made = begun()
    made.update(b"x" * 1000)
    with pytest.raises(BrokenStateError):
        begun().resume(made.state()[:cut], length)


class Wrong:
    """A library of another make: ``SHA256_Init`` and the others, with something changed."""

    def __init__(self, *, layout: int = 0, digest: int = 0) -> None:
        found = resumable_sha256.library()
        assert found is not None
        self._library, self._layout, self._digest = found, layout, digest

    def SHA256_Init(self, state: Memory, /) -> int:  # noqa: N802 - OpenSSL's names
        state[self._layout] = 7
        return self._library.SHA256_Init(state)

    def SHA256_Update(self, state: Memory, data: bytes, length: int, /) -> int:  # noqa: N802
        return self._library.SHA256_Update(state, data, length)

    def SHA256_Final(self, digest: Memory, state: Memory, /) -> int:  # noqa: N802
        told = self._library.SHA256_Final(digest, state)
        digest[0] ^= self._digest
        return told


def test_a_library_with_a_larger_struct_or_another_hash_is_not_used() -> None:
    assert resumable_sha256.is_right(Wrong())
    assert not resumable_sha256.is_right(Wrong(layout=STATE_BYTES))
    assert not resumable_sha256.is_right(Wrong(digest=1))


def test_without_a_library_and_under_fips_there_is_no_such_hash(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    on = tmp_path / "fips_enabled"
    on.write_text("1\n")
    monkeypatch.setattr(resumable_sha256, "_FIPS", on)
    resumable_sha256.library.cache_clear()
    assert resumable_sha256.new() is None
    on.write_text("0\n")
    monkeypatch.setattr(resumable_sha256, "_OURS", tmp_path / "none")
    monkeypatch.setattr(resumable_sha256, "_LIBRARIES", ("libnothing.so.9",))
    resumable_sha256.library.cache_clear()
    assert resumable_sha256.new() is None
    resumable_sha256.library.cache_clear()
