"""Links over real HTTP: what programs and browsers are told, under which name a file is saved."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import pytest
import requests

from infra.local.paths import Stack
from tests.local_stack.client import TERMS, Client, Person
from tests.local_stack.upload import Folder
from tests.support import media_files

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

NAME = "héllo wörld+1 %2B.MP4"


@pytest.fixture(scope="module")
def link(
    stack: Stack, s3: "S3Client", dynamodb: "DynamoDBClient", member: Person
) -> Iterator[dict[str, Any]]:
    """A link to a file with a difficult name."""
    folder = Folder(stack, s3, "2026-11-21-test-difficult-name")
    folder.put_metadata()
    folder.put(NAME, media_files.make(media_files.PREVIEW))
    video = folder.video(lambda reply: bool(reply.ok and reply.json()["renditions"])).json()
    wanted = {
        "rendition": video["renditions"][0]["rendition_id"],
        "terms_version": TERMS,
    }
    answer = member.client.post(f"/api/videos/{folder.video_id}/downloads", wanted)
    assert answer.status_code == 201, answer.text
    yield answer.json()
    folder.forget(dynamodb)


def test_a_file_is_saved_under_its_own_name(link: dict[str, Any]) -> None:
    assert link["file_name"] == NAME
    fetched = requests.get(link["download_url"], timeout=30)
    assert fetched.content == media_files.make(media_files.PREVIEW)
    disposition = fetched.headers["Content-Disposition"]
    assert unquote(disposition.partition("filename*=UTF-8''")[2]) == NAME


def test_a_program_may_ask_for_the_url_and_fetch_a_range_of_it(
    stack: Stack, visitor: Client, link: dict[str, Any]
) -> None:
    path = urlsplit(link["download_url"]).path
    answer = visitor.get(f"{path}?redirect=false")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    url = answer.json()["url"]
    assert url.startswith(f"{stack.site_url}/{stack.media_bucket}/incoming/")
    piece = requests.get(url, headers={"Range": "bytes=10-19"}, timeout=30)
    assert (piece.status_code, piece.content) == (206, media_files.make(media_files.PREVIEW)[10:20])


def test_a_changed_link_is_refused_to_a_program_and_explained_to_a_browser(
    stack: Stack, visitor: Client, link: dict[str, Any]
) -> None:
    path = urlsplit(link["download_url"]).path.replace("/downloads/k1.", "/downloads/k1.AAAA")
    refused = visitor.get(path)
    assert (refused.status_code, refused.json()["code"]) == (410, "link_refused")
    page = visitor.get(path, headers={"Accept": "text/html"})
    assert page.status_code == 303
    assert page.headers["Location"] == f"{stack.site_url}/link?reason=invalid"
