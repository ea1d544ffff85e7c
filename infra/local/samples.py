"""Brings the sample media into the catalogue the way a press office does: by uploading them."""

import hashlib
import json
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError

from infra.local import clean_environment
from infra.local.paths import MEDIA, Ports, Stack
from infra.local.processes import NotStartedError, Recorded, start
from infra.local.progress import moving_bytes, step

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MAKER = "sample-media"
# One part at a time: parts of several files at once would be several files in memory.
_ONE_AFTER_ANOTHER = TransferConfig(use_threads=False)
_WAIT_FOR_CATALOGUE = 120.0


def start_making(ports: Ports) -> Recorded:
    """Make the sample media in the background, while other things are built."""
    command = [sys.executable, "-m", "tools.sample_media", "--into", str(MEDIA)]
    return start(MAKER, command, clean_environment.closed(ports))


def await_made(maker: Recorded) -> None:
    """Wait until the sample media are made."""
    with step("Making the sample media"):
        while maker.is_running():
            time.sleep(0.2)
    if not any(MEDIA.glob("*/*")):
        raise NotStartedError(f"No sample media were made; see .local/logs/{MAKER}.log.")


def upload(stack: Stack) -> list[str]:
    """Upload every sample folder, one file after another; return the video ids."""
    s3: S3Client = boto3.client(
        "s3", endpoint_url=clean_environment.assert_loopback(stack.aws_endpoint_url)
    )
    folders = sorted(folder for folder in MEDIA.iterdir() if folder.is_dir())
    files = [file for folder in folders for file in sorted(folder.iterdir()) if file.is_file()]
    total = sum(file.stat().st_size for file in files)
    what = f"Uploading {len(files)} files of sample media, {total / 1e6:.0f} MB"
    with moving_bytes(what, total) as moved:
        for file in files:
            _upload(s3, stack.media_bucket, file, moved)
    return [folder.name for folder in folders]


def _upload(s3: "S3Client", bucket: str, file: Path, moved: Callable[[int], None]) -> None:
    key = f"incoming/{file.parent.name}/{file.name}"
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    try:
        if s3.head_object(Bucket=bucket, Key=key)["Metadata"].get("sha256") == digest:
            moved(file.stat().st_size)
            return
    except ClientError as refused:
        if refused.response["ResponseMetadata"]["HTTPStatusCode"] != 404:  # noqa: PLR2004
            raise
    extra = {"Metadata": {"sha256": digest}}
    s3.upload_file(
        str(file), bucket, key, ExtraArgs=extra, Callback=moved, Config=_ONE_AFTER_ANOTHER
    )


def await_catalogue(stack: Stack, video_ids: list[str]) -> None:
    """Wait until every uploaded video is in the catalogue; says which are missing, if any."""
    missing = set(video_ids)
    with step("Waiting until the catalogue has them"):
        last = time.monotonic() + _WAIT_FOR_CATALOGUE
        while missing and time.monotonic() < last:
            missing = set(video_ids) - _listed(stack)
            if missing:
                time.sleep(0.5)
    if missing:
        raise NotStartedError(
            f"These videos did not reach the catalogue: {', '.join(sorted(missing))}. Their "
            f"receipts are in s3://{stack.media_bucket}/receipts/, what ingest says in `make logs`."
        )


def _listed(stack: Stack) -> set[str]:
    try:
        url = clean_environment.assert_loopback(f"{stack.api_url}/videos?limit=100")
        with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 (loopback)
            return {item["video_id"] for item in json.load(answer)["items"]}
    except (OSError, ValueError, KeyError):
        return set()
