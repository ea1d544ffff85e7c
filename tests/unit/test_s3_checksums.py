"""What S3 tells of a whole object is compared, and what nobody can check is not shown."""

import base64
import sys
import zlib
from collections.abc import Iterator
from types import ModuleType

import botocore.session
import pytest
from awscrt import checksums
from hypothesis import given
from hypothesis import strategies as st
from newsreel.catalogue.model import Checksum
from newsreel.media import crcs
from newsreel.media.checksums import reported_checksums

# Of the nine bytes that every catalogue of CRCs gives (reveng).
KNOWN = {"CRC32": "cbf43926", "CRC32C": "e3069283", "CRC64NVME": "ae8b14860a799888"}
NINE = b"123456789"
SHA256 = "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225"


def head(algorithm: str, value: str, kind: str = "FULL_OBJECT") -> dict[str, object]:
    """Return what HeadObject answers with ``ChecksumMode``."""
    return {
        "ETag": '"0123456789abcdef0123456789abcdef-3"',
        "VersionId": "v1",
        f"Checksum{algorithm}": value,
        "ChecksumType": kind,
    }


def base64_of(number: str) -> str:
    return base64.b64encode(bytes.fromhex(number)).decode()


def computed(data: bytes, *reported: Checksum) -> dict[str, int]:
    return crcs.continued(crcs.begun(crcs.computable(reported)), data)


@pytest.fixture
def anew() -> Iterator[None]:
    """Let the library be looked for again, now and afterwards."""
    crcs._kinds.cache_clear()
    yield
    crcs._kinds.cache_clear()


@pytest.mark.parametrize("algorithm", KNOWN)
def test_the_checksum_of_nine_bytes_is_that_of_the_catalogue_of_crcs(algorithm: str) -> None:
    reported = reported_checksums(head(algorithm, base64_of(KNOWN[algorithm])))
    assert crcs.agree(computed(NINE, *reported), SHA256, reported)
    assert not crcs.agree(computed(NINE[:-1], *reported), SHA256, reported)
    assert not crcs.agree(computed(b"", *reported), SHA256, reported)


@given(st.lists(st.binary(max_size=300), max_size=6))
def test_a_checksum_in_parts_is_that_of_the_whole(parts: list[bytes]) -> None:
    sums = crcs.begun(tuple(KNOWN))
    for part in parts:
        sums = crcs.continued(sums, part)
    whole = b"".join(parts)
    assert sums == {
        "CRC32": zlib.crc32(whole),
        "CRC32C": checksums.crc32c(whole),
        "CRC64NVME": checksums.crc64nvme(whole),
    }


@pytest.mark.parametrize("algorithm", [*KNOWN, "SHA256"])
def test_a_composite_checksum_is_neither_shown_nor_compared(algorithm: str) -> None:
    assert reported_checksums(head(algorithm, "AAAAAA==-12", "COMPOSITE")) == ()
    # Objects of before 2024 and other makes of S3 tell no type.
    untold = head(algorithm, "AAAAAA==-12")
    del untold["ChecksumType"]
    assert reported_checksums(untold) == ()


@pytest.mark.parametrize("algorithm", KNOWN)
@pytest.mark.parametrize("value", ["", "AAAA", "no base64!", "AAAAAAAAAAAAAAAAAAAA"])
def test_what_is_no_such_checksum_never_agrees(algorithm: str, value: str) -> None:
    told = Checksum(algorithm=algorithm, value=value, type="FULL_OBJECT", encoding="base64")
    assert not crcs.agree({algorithm: 0}, SHA256, [told])


def test_s3s_sha_256_is_compared() -> None:
    [told] = reported_checksums(head("SHA256", base64_of(SHA256)))
    assert crcs.agree({}, SHA256, [told])
    assert not crcs.agree({}, SHA256[::-1], [told])


def test_every_algorithm_that_s3_computes_over_parts_is_compared() -> None:
    # Whole-object checksums of multipart uploads, which large files are, are CRCs (S3 user guide).
    model = botocore.session.get_session().get_service_model("s3")
    names: list[str] = model.shape_for("ChecksumAlgorithm").metadata["enum"]
    known = {name for name in names if "CRC" in name}
    assert known == KNOWN.keys()
    assert crcs.lacking() == ()


@pytest.mark.usefixtures("anew")
def test_without_awss_library_the_crc_32_alone_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "awscrt", None)
    reported = [
        one for name in KNOWN for one in reported_checksums(head(name, base64_of(KNOWN[name])))
    ]
    assert crcs.computable(reported) == ("CRC32",)
    assert crcs.lacking() == ("CRC32C", "CRC64NVME")
    assert crcs.agree(computed(NINE, *reported), SHA256, reported)


@pytest.mark.usefixtures("anew")
def test_a_library_that_computes_something_else_does_not_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = ModuleType("awscrt.checksums")
    other.__dict__.update(crc32c=zlib.crc32, crc64nvme=lambda data, _before: zlib.crc32(data))
    monkeypatch.setattr("awscrt.checksums", other)
    assert crcs.lacking() == ("CRC32C", "CRC64NVME")
