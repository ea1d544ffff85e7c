"""A large file that breaks off is finished, by itself or by the same command again.

Each tool, within the life of its presigned URL and past it, stopped by somebody and cut off by the
line: the right checksum, and no byte fetched twice.
"""

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from infra.local.paths import Stack
from tests.local_stack.client import TERMS, Person
from tests.local_stack.roles import deployed
from tests.local_stack.tools import TOOLS, DownloadDeps, Tool
from tests.support.cuttable_proxy import Line, lay_line

if TYPE_CHECKING:
    import subprocess

    from mypy_boto3_lambda import LambdaClient

LARGE = 64 * 1024 * 1024
HELD = LARGE // 2
IN_HAND = 64 * 1024
SHORT_LIFE = 4
PATIENCE = 60.0


@pytest.fixture(scope="module")
def large_file(stack: Stack, member: Person) -> dict[str, Any]:
    """A rendition of 64 MiB or more, with its SHA-256, and a stable link to it."""
    for video in requests.get(f"{stack.api_url}/videos", timeout=30).json()["items"]:
        url = f"{stack.api_url}/videos/{video['video_id']}"
        for rendition in requests.get(url, timeout=30).json()["renditions"]:
            if rendition["size_bytes"] >= LARGE:
                return {"video_id": video["video_id"], **rendition}
    pytest.fail("no sample file has 64 MiB")


def _link(member: Person, file: dict[str, Any]) -> str:
    path = f"/api/videos/{file['video_id']}/downloads"
    answer = member.client.post(path, {"rendition": file["rendition_id"], "terms_version": TERMS})
    assert answer.status_code == 201, answer.text
    link: str = answer.json()["download_url"]
    return link


def _sha256(file: dict[str, Any]) -> str:
    (value,) = [c["value"] for c in file["checksums"] if c["algorithm"] == "SHA256"]
    digest: str = value
    return digest


@contextmanager
def _presigned_for(seconds: int, lambdas: "LambdaClient") -> Iterator[None]:
    """Let presigned URLs live for some seconds only."""
    name = deployed(lambdas, "Downloads")["FunctionName"]
    before = lambdas.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    changed = {**before, "PRESIGNED_SECONDS": str(seconds)}
    lambdas.update_function_configuration(FunctionName=name, Environment={"Variables": changed})
    try:
        yield
    finally:
        lambdas.update_function_configuration(FunctionName=name, Environment={"Variables": before})


@pytest.fixture(scope="module", params=["within", "past"])
def life(request: pytest.FixtureRequest, lambdas: "LambdaClient") -> Iterator[str]:
    """Whether a download is finished within the life of its presigned URL, or past it."""
    with nullcontext() if request.param == "within" else _presigned_for(SHORT_LIFE, lambdas):
        yield str(request.param)


@pytest.fixture
def line(stack: Stack) -> Iterator[Line]:
    """A line that downloads are held and broken off on."""
    with lay_line(stack.site_url) as line:
        yield line


@dataclass(frozen=True)
class _Download:
    """One file on its way to one person's folder, with one tool."""

    tool: Tool
    link: str
    file: dict[str, Any]
    deps: DownloadDeps
    line: Line

    @property
    def target(self) -> Path:
        return self.deps.folder / str(self.file["file_name"])

    @contextmanager
    def held(self) -> Iterator["subprocess.Popen[bytes]"]:
        """Start it, and go on when so much of the file is here and nothing more comes."""
        self.line.hold_each_at(HELD // self.tool.connections)
        with self.deps.start(self.tool, self.link, self.target.name) as process:
            try:
                self.line.wait_until_held(self.tool.connections)
                # Several connections write into a file of full size, in their own time.
                _wait(lambda: self.tool.connections > 1 or self._size() > HELD - IN_HAND)
                assert process.poll() is None, "the download ended before it could break off"
                yield process
            finally:
                process.kill()

    def _size(self) -> int:
        return self.target.stat().st_size if self.target.exists() else 0

    def run(self) -> int:
        return self.deps.run(self.tool, self.link, self.target.name)

    def outlive_urls(self) -> None:
        """Wait until every presigned URL that the tool has used is dead."""
        _wait(lambda: not any(_is_alive(request.url) for request in self.line.for_bytes))

    def assert_whole(self) -> None:
        """It is the right file, and what had come once did not come again, but for a remainder.

        A program that dies loses what it has not written yet; aria2 takes pieces again that were
        half here, and reads ahead of what it asks for.
        """
        assert self.target.stat().st_size == self.file["size_bytes"]
        with self.target.open("rb") as content:
            assert hashlib.file_digest(content, "sha256").hexdigest() == _sha256(self.file)
        twice = self.line.passed - self.file["size_bytes"]
        assert 0 <= twice < (IN_HAND if self.tool.connections == 1 else HELD // 2)


@pytest.fixture(params=TOOLS, ids=lambda tool: tool.name)
def download(
    request: pytest.FixtureRequest,
    life: str,
    member: Person,
    large_file: dict[str, Any],
    tmp_path: Path,
    line: Line,
) -> _Download:
    """A download with each tool, not yet begun."""
    link = _link(member, large_file)
    return _Download(request.param, link, large_file, DownloadDeps(tmp_path, line), line)


def _wait(until: Callable[[], bool]) -> None:
    last = time.monotonic() + PATIENCE
    while not until():
        assert time.monotonic() < last, "it never came to that"
        time.sleep(0.1)


def _is_alive(url: str) -> bool:
    answer = requests.get(url, headers={"Range": "bytes=0-0"}, timeout=30)
    assert answer.status_code in {206, 403}
    return answer.status_code == 206


def test_a_download_that_was_stopped_is_finished_by_the_same_command(
    download: _Download, life: str
) -> None:
    with download.held() as process:
        process.send_signal(download.tool.breaks_by)
        assert process.wait(PATIENCE) != 0
    download.line.cut()
    there, before = download.target.stat().st_size, len(download.line.for_bytes)
    if life == "past":
        download.outlive_urls()
    assert download.run() == 0
    download.assert_whole()
    if download.tool.connections == 1:
        assert [one.range for one in download.line.for_bytes[before:]] == [f"bytes={there}-"]
    assert _is_alive(download.line.for_bytes[0].url) == (life == "within")


BY_ITSELF = {("wget", "within"), ("aria2c", "within"), ("aria2c", "past")}
"""Which tools finish in the same run after their line was cut; curl gives up, and wget does when it
is refused at a presigned URL. aria2 comes back to the link."""


def test_a_download_whose_line_was_cut_is_finished_in_the_same_run_or_the_next(
    download: _Download, life: str
) -> None:
    with download.held() as process:
        if life == "past":
            download.outlive_urls()
        download.line.cut()
        ended_well = process.wait(PATIENCE) == 0
    assert ended_well == ((download.tool.name, life) in BY_ITSELF)
    if not ended_well:
        assert download.run() == 0
    download.assert_whole()
    assert _is_alive(download.line.for_bytes[0].url) == (life == "within")


def test_a_link_sends_a_client_on_and_keeps_no_copy(
    member: Person, large_file: dict[str, Any]
) -> None:
    link = _link(member, large_file)
    answer = requests.get(link, allow_redirects=False, timeout=30)
    assert answer.status_code == 302
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    first = requests.get(answer.headers["Location"], headers={"Range": "bytes=0-9"}, timeout=30)
    assert (first.status_code, len(first.content)) == (206, 10)
    assert large_file["file_name"] in first.headers["Content-Disposition"]


def test_head_on_a_link_tells_the_size(member: Person, large_file: dict[str, Any]) -> None:
    answer = requests.head(_link(member, large_file), allow_redirects=True, timeout=30)
    assert answer.status_code == 200
    assert int(answer.headers["Content-Length"]) == large_file["size_bytes"]


def test_a_link_asks_for_an_account(stack: Stack, large_file: dict[str, Any]) -> None:
    url = f"{stack.api_url}/videos/{large_file['video_id']}/downloads"
    body = {"rendition": large_file["rendition_id"], "terms_version": TERMS}
    answer = requests.post(url, json=body, headers={"Origin": stack.site_url}, timeout=30)
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
