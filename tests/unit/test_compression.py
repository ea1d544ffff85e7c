"""The front door compresses the same answers as CloudFront, and no others."""

import pytest
from multidict import CIMultiDict

from infra.local.compression import compresses, note
from tests.support.template import resources

ASKED = CIMultiDict({"accept-encoding": "gzip, deflate, br"})
PAGE = {"Content-Type": "text/html; charset=utf-8", "Content-Length": "12446"}


def _travels_compressed(path: str = "/", **headers: str) -> bool:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return compresses(path, ASKED, CIMultiDict({**PAGE, **named}))


@pytest.mark.parametrize("kind", ["text/css", "text/javascript; charset=utf-8", "image/svg+xml"])
def test_text_is_compressed(kind: str) -> None:
    assert _travels_compressed(Content_Type=kind)


@pytest.mark.parametrize("kind", ["font/woff2", "image/jpeg", "video/mp4"])
def test_what_is_compressed_already_stays(kind: str) -> None:
    assert not _travels_compressed(Content_Type=kind)
    assert not _travels_compressed(Content_Encoding="br")


@pytest.mark.parametrize(("size", "compressed"), [(999, False), (1000, True), (10_000_001, False)])
def test_small_and_huge_answers_stay(size: int, compressed: bool) -> None:
    assert _travels_compressed(Content_Length=str(size)) is compressed


def test_a_piece_of_a_file_stays() -> None:
    assert not _travels_compressed(Content_Range="bytes 0-4999/12446")


def test_a_client_that_takes_no_gzip_gets_none() -> None:
    assert not compresses("/", CIMultiDict[str](), CIMultiDict(PAGE))


def test_the_api_alone_has_no_compression_in_the_template() -> None:
    (distribution,) = resources("AWS::CloudFront::Distribution").values()
    config = distribution["Properties"]["DistributionConfig"]
    plain = [
        behaviour["PathPattern"]
        for behaviour in config["CacheBehaviors"]
        if not behaviour.get("Compress")
    ]
    assert "/api/*" in plain
    assert [path for path in plain if not path.startswith("/api/")] == []
    assert config["DefaultCacheBehavior"]["Compress"] is True
    assert not _travels_compressed("/api/videos", Content_Type="application/json")


def test_headers_say_that_the_bytes_are_others() -> None:
    headers = CIMultiDict({"content-length": "12446", "accept-ranges": "bytes", "etag": '"abc"'})
    note(headers)
    assert headers == CIMultiDict({"ETag": 'W/"abc"', "Vary": "Accept-Encoding"})
