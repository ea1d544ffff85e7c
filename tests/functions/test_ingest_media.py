"""Ingest, and media files that can't be read, never end, or are told in more words than before."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from newsreel.aws import clients
from newsreel.media import worker
from newsreel.media.worker import Limits
from PIL import Image

from tests.support import media_files
from tests.support.cloud import Cloud
from tests.support.media_files import make
from tests.support.uploads import PUBLIC, describe, finding_codes, publish, put, read, receipt
from tests.unit.test_media_worker import endless_jpeg

DENIAL = b"<Error><Code>AccessDenied</Code><Message>no kms:Decrypt</Message></Error>"


@contextmanager
def denied(name: str, *operations: str) -> Iterator[None]:
    """Have S3 refuse one object, as it does when another party's KMS key encrypts it."""

    def refuse(request: AWSPreparedRequest, **_: object) -> Any:
        if not request.url.partition("?")[0].endswith(f"/{name}"):
            return None
        body = b"" if request.method == "HEAD" else DENIAL
        return AWSResponse(request.url, 403, HTTPHeaders(), _Raw(body))

    events = clients.bulk_s3().meta.events
    for operation in operations:
        events.register(f"before-send.s3.{operation}", refuse)
    try:
        yield
    finally:
        for operation in operations:
            events.unregister(f"before-send.s3.{operation}", refuse)


class _Raw(io.BytesIO):
    def stream(self, **_: object) -> Iterator[bytes]:
        yield self.read()


@pytest.mark.thorough
@pytest.mark.parametrize(
    "operations", [("HeadObject", "GetObject"), ("GetObject",)], ids=["head", "get alone"]
)
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("master.mxf", lambda: make(media_files.XDCAM)),
        ("poster.jpg", lambda: b"\xff\xd8\xff\xd9"),
        ("transcript.txt", lambda: b"Mark Rutte\n\nHello.\n"),
    ],
)
def test_a_file_that_may_not_be_read_is_told_and_keeps_nothing_else_waiting(
    cloud: Cloud, name: str, data: Callable[[], bytes], operations: tuple[str, ...]
) -> None:
    put(name, data())
    with denied(name, *operations):
        publish()
    assert finding_codes(name) == ["not_readable"]
    assert receipt()["state"] == "published"
    assert [file["file_name"] for file in read().json["renditions"]] == ["preview.mp4"]


def test_a_metadata_file_that_may_not_be_read_is_told(cloud: Cloud) -> None:
    put("preview.mp4", make(media_files.PREVIEW))
    with denied("metadata.json", "GetObject"):
        describe()
    assert finding_codes("metadata.json") == ["not_readable"]


@pytest.mark.thorough
def test_a_poster_that_never_ends_costs_the_folder_nothing(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = partial(worker.poster_from_jpeg, limits=Limits(processor_seconds=1))
    monkeypatch.setattr(worker, "poster_from_jpeg", look)
    put("poster.jpg", endless_jpeg())
    publish()
    assert finding_codes("poster.jpg") == ["took_too_long"]
    assert receipt()["state"] == "published"
    assert read().json["posters"] is not None  # from the video


@pytest.mark.thorough
def test_a_preview_whose_sound_no_browser_plays_is_told_and_not_shown(cloud: Cloud) -> None:
    put("a.mp4", make(replace(media_files.PREVIEW, sound="ac3")))
    describe()
    assert finding_codes("a.mp4") == ["preview_sound"]
    video = read().json
    assert video["preview_url"] is None
    assert video["renditions"][0]["kind"] == "web"


def test_what_is_told_of_a_picture_has_its_shape_and_its_colours(cloud: Cloud) -> None:
    publish()
    video = read().json["renditions"][0]["video"]
    assert (video["rotation"], video["pixel_aspect"], video["display_aspect"]) == (0, "1:1", "16:9")
    assert (video["transfer"], video["primaries"]) == (None, None)


@pytest.mark.thorough
def test_a_poster_in_the_orientation_of_a_telephone_is_upright(cloud: Cloud) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = io.BytesIO()
    Image.new("RGB", (400, 200), "grey").save(data, "JPEG", exif=exif)
    put("poster.jpg", data.getvalue())
    publish()
    key = read().json["posters"]["320"].lstrip("/")
    shown = clients.s3().get_object(Bucket=PUBLIC, Key=key)["Body"].read()
    assert Image.open(io.BytesIO(shown)).size == (320, 640)
