"""A large file that breaks off is finished by running the same command again."""

import hashlib
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from infra.local.place import Stack
from tests.local_stack.client import TERMS, Person

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

LARGE = 64 * 1024 * 1024
SHORT_LIFE = 5


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


def _curl(link: str, target: Path, *options: str) -> list[str]:
    command = ["curl", "--silent", "--show-error", "--fail", "--noproxy", "*", "--location"]
    return [*command, *options, "--output", str(target), link]


def _break_off(link: str, target: Path) -> int:
    """Download until some megabytes are there, then pull the plug; return how many bytes are."""
    with subprocess.Popen(_curl(link, target, "--limit-rate", "20M")) as curl:
        while not target.exists() or target.stat().st_size < LARGE // 8:
            assert curl.poll() is None, "the download ended before it could break off"
            time.sleep(0.02)
        curl.kill()
    return target.stat().st_size


def _digest(target: Path) -> str:
    with target.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


@contextmanager
def _presigned_for(seconds: int, lambdas: "LambdaClient") -> Iterator[None]:
    """Let presigned URLs live for some seconds only."""
    (name,) = [
        function["FunctionName"]
        for page in lambdas.get_paginator("list_functions").paginate()
        for function in page["Functions"]
        if "DownloadsFunction" in function["FunctionName"]
    ]
    before = lambdas.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    changed = {**before, "PRESIGNED_SECONDS": str(seconds)}
    lambdas.update_function_configuration(FunctionName=name, Environment={"Variables": changed})
    try:
        yield
    finally:
        lambdas.update_function_configuration(FunctionName=name, Environment={"Variables": before})


def test_curl_finishes_a_download_that_broke_off(
    member: Person, large_file: dict[str, Any], tmp_path: Path
) -> None:
    link, target = _link(member, large_file), tmp_path / large_file["file_name"]
    there = _break_off(link, target)
    assert 0 < there < large_file["size_bytes"]
    subprocess.run(_curl(link, target, "--continue-at", "-"), check=True)
    assert target.stat().st_size == large_file["size_bytes"]
    assert _digest(target) == _sha256(large_file)


def test_curl_finishes_it_even_after_the_presigned_life_has_passed(
    member: Person, large_file: dict[str, Any], tmp_path: Path, lambdas: "LambdaClient"
) -> None:
    target = tmp_path / large_file["file_name"]
    with _presigned_for(SHORT_LIFE, lambdas):
        link = _link(member, large_file)
        told = requests.get(f"{link}?redirect=false", timeout=30).json()
        there = _break_off(link, target)
        last = time.monotonic() + 4 * SHORT_LIFE
        while requests.head(told["url"], timeout=30).status_code != 403 or _is_alive(told["url"]):
            assert time.monotonic() < last, "the presigned URL never died"
            time.sleep(0.5)
        subprocess.run(_curl(link, target, "--continue-at", "-"), check=True)
    assert 0 < there < target.stat().st_size == large_file["size_bytes"]
    assert _digest(target) == _sha256(large_file)


def _is_alive(url: str) -> bool:
    return requests.get(url, headers={"Range": "bytes=0-0"}, timeout=30).status_code == 206


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
