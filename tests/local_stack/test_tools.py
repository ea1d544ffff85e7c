"""Whatever a newsroom's tools do with a link, no file ends up wrong without somebody being told."""

import dataclasses
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest
import requests

from infra.local.paths import Stack
from tests.local_stack.client import TERMS, Person
from tests.local_stack.tools import ARIA2, CURL, TOOLS, WGET, DownloadDeps, Tool
from tests.local_stack.upload import Folder
from tests.support import media_files
from tests.support.cuttable_proxy import lay_line

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

CONTENT = media_files.make(media_files.PREVIEW)
LATER = media_files.make(dataclasses.replace(media_files.PREVIEW, frames=40))
PLAIN = "Doorstep (clean feed) take 1+2.mp4"
ACCENTED = "Été à Munich – n°1 🎥.mp4"
NAMES = (PLAIN, ACCENTED, "whole.mp4", "later.mp4")
Published = tuple[Folder, dict[str, str]]


@pytest.fixture
def folder(stack: Stack, s3: "S3Client", dynamodb: "DynamoDBClient") -> Iterator[Folder]:
    folder = Folder(stack, s3, f"2026-11-22-test-{secrets.token_hex(4)}")
    folder.put_metadata()
    yield folder
    folder.forget(dynamodb)


@pytest.fixture(scope="module")
def published(stack: Stack, s3: "S3Client", dynamodb: "DynamoDBClient") -> Iterator[Published]:
    """A video with a file of each name, and their renditions; for tests that change none of it."""
    folder = Folder(stack, s3, f"2026-11-22-test-{secrets.token_hex(4)}")
    folder.put_metadata()
    for name in NAMES:
        folder.put(name, CONTENT)
    video = folder.video(lambda answer: len(_sizes(answer)) == len(NAMES)).json()
    yield folder, {one["file_name"]: one["rendition_id"] for one in video["renditions"]}
    folder.forget(dynamodb)


@pytest.fixture
def deps(tmp_path: Path) -> DownloadDeps:
    """An empty folder to download into."""
    return DownloadDeps(tmp_path)


def _link(member: Person, folder: Folder, name: str, content: bytes = CONTENT) -> str:
    """Publish a file and return a link to it."""
    folder.put(name, content)
    video = folder.video(lambda answer: _sizes(answer) == [len(content)]).json()
    return _link_to(member, folder, video["renditions"][0]["rendition_id"])


def _link_to(member: Person, folder: Folder, rendition_id: str) -> str:
    wanted = {"rendition": rendition_id, "terms_version": TERMS}
    answer = member.client.post(f"/api/videos/{folder.video_id}/downloads", wanted)
    assert answer.status_code == 201, answer.text
    link: str = answer.json()["download_url"]
    return link


def _sizes(answer: requests.Response) -> list[Any]:
    if not answer.ok:
        return []
    return [rendition["size_bytes"] for rendition in answer.json()["renditions"]]


@pytest.fixture(params=TOOLS, ids=lambda tool: tool.name)
def tool(request: pytest.FixtureRequest) -> Tool:
    found: Tool = request.param
    return found


def test_a_file_with_spaces_is_saved_under_its_name_by_a_job_without_a_locale(
    tool: Tool, member: Person, published: Published, deps: DownloadDeps
) -> None:
    deps = dataclasses.replace(deps, locale="C")
    assert deps.run(tool, _link_to(member, published[0], published[1][PLAIN]), PLAIN) == 0
    assert deps.files() == {PLAIN: CONTENT}


def test_a_file_with_accents_is_saved_under_its_name_or_the_links(
    tool: Tool, member: Person, published: Published, deps: DownloadDeps
) -> None:
    link = _link_to(member, published[0], published[1][ACCENTED])
    assert deps.run(tool, link, ACCENTED) == 0
    name = unquote(link.rpartition("/")[2]) if tool is WGET else ACCENTED
    assert deps.files() == {name: CONTENT}


def test_a_whole_file_is_left_as_it_is(
    tool: Tool, member: Person, published: Published, deps: DownloadDeps, stack: Stack
) -> None:
    link = _link_to(member, published[0], published[1]["whole.mp4"])
    assert deps.run(tool, link, "whole.mp4") == 0
    with lay_line(stack.site_url) as line:
        ended = dataclasses.replace(deps, line=line).run(tool, link, "whole.mp4")
    assert deps.files()["whole.mp4"] == CONTENT
    if tool is ARIA2:
        # It looks at nothing that it has not begun, and begins beside it.
        assert (ended, set(deps.files())) == (0, {"whole.mp4", "whole.1.mp4"})
    else:
        # curl calls it an error (416) that there is nothing left to fetch.
        assert ended == (22 if tool is CURL else 0)
        assert (line.for_bytes[-1].status, line.passed) == (416, 0)


def test_a_refusal_is_never_saved_as_the_beginning_of_a_file(
    tool: Tool, member: Person, published: Published, deps: DownloadDeps
) -> None:
    link = _link_to(member, published[0], published[1]["later.mp4"])
    changed = link.replace("/downloads/k1.", "/downloads/k1.AAAA")
    assert deps.run(tool, changed, "later.mp4") != 0
    assert deps.run(tool, link, "later.mp4") == 0
    assert deps.files() == {"later.mp4": CONTENT}


def test_a_file_that_was_replaced_meanwhile_is_not_mixed_with_the_new_one(
    tool: Tool, member: Person, folder: Folder, deps: DownloadDeps, stack: Stack
) -> None:
    link = _link(member, folder, "news.mp4")
    with lay_line(stack.site_url) as line:
        line.hold_each_at(0)
        with dataclasses.replace(deps, line=line).start(tool, link, "news.mp4") as process:
            line.wait_until_held()
            _link(member, folder, "news.mp4", LATER)
            process.send_signal(tool.breaks_by)
    (deps.folder / "news.mp4").write_bytes(CONTENT[:1000])
    before = deps.files()
    assert deps.run(tool, link, "news.mp4") != 0
    assert deps.files() == before
    assert requests.get(link, timeout=30).json()["reason"] == "replaced"
