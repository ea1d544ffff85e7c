"""Libraries lose what only a debugger reads, and still load."""

import ctypes
import shutil
from pathlib import Path

import nacl
import pytest

from layers.drop_symbols import cut

LIBRARY = next(Path(nacl.__file__).parent.glob("_sodium*.so"))


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return Path(shutil.copy(LIBRARY, tmp_path / "library.so"))


def test_a_library_is_smaller_and_loads(library: Path) -> None:
    before = library.stat().st_size
    cut(library)
    assert library.stat().st_size < before
    assert ctypes.CDLL(str(library)).PyInit__sodium


def test_a_library_that_was_cut_stays_as_it_is(library: Path) -> None:
    cut(library)
    once = library.read_bytes()
    cut(library)
    assert library.read_bytes() == once


@pytest.mark.parametrize("data", [b"", b"!<arch>\n", b"\x7fELF\x01\x01" + bytes(60)])
def test_anything_else_stays_as_it_is(tmp_path: Path, data: bytes) -> None:
    other = tmp_path / "other.so"
    other.write_bytes(data)
    cut(other)
    assert other.read_bytes() == data
