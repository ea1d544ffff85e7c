"""Decides which release of the website is live: one command publishes a release or restores one.

A release is the content of ``website/`` with the texts of every language, named by its hash. Its
files have keys under ``/assets/<release>/`` and never change. The pages that people open are copied
from there, so restoring a release is a copy too. Three releases are kept.
"""

import argparse
import hashlib
import json
import mimetypes
import secrets
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "layers" / "code")]

from newsreel.policy import POLICY  # noqa: E402
from newsreel.texts import messages  # noqa: E402

from tools.aws_refusals import told_in_words  # noqa: E402 - as newsreel
from tools.security_contact import security_text  # noqa: E402 - as newsreel
from tools.website_address import is_site_url  # noqa: E402 - as newsreel
from tools.website_bundles import bundle  # noqa: E402 - as newsreel
from tools.website_pages import (  # noqa: E402 - not installed, only on path
    SCRIPTS,
    WEBSITE,
    Publisher,
    fixed_paths,
    page_paths,
    render_pages,
    site_words,
)

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

KEPT_RELEASES = 3
INDEX = "releases.json"
IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATED = "no-cache"
SHORTLY = "public, max-age=300"
TYPES = {
    ".js": "text/javascript",
    ".json": "application/json",
    ".map": "application/json",
    ".woff2": "font/woff2",
}


@dataclass(frozen=True, slots=True)
class Release:
    """The files of one release by their path under ``/assets/<name>/``."""

    name: str
    files: dict[str, bytes]


def texts_modules(organisation: str) -> dict[str, bytes]:
    """Return a module with each language's texts for scripts; pages contain all other texts."""
    modules = {}
    for language in messages.LANGUAGES:
        texts = site_words(language, organisation)
        used = {key: text for key, text in texts.items() if not key.startswith("shell.")}
        module = f"export default {json.dumps(used, ensure_ascii=False)};\n"
        modules[f"texts/{language}.js"] = module.encode()
    return modules


def build_release(organisation: str, site_url: str, contact: str = "") -> Release:
    """Write every page of every language and name the release by its content.

    ``site_url`` has no slash at its end; ``contact`` is the address that people may write to.

    Raises:
        NotFetchedError: npm could not fetch what bundles scripts.
        BundlingError: a script is wrong.
    """
    publisher = Publisher(organisation, site_url, contact)
    files = {
        path.relative_to(WEBSITE).as_posix(): path.read_bytes()
        for path in sorted(WEBSITE.rglob("*"))
        if path.is_file() and path.suffix != ".html"
    }
    files |= texts_modules(organisation)
    bundles = bundle(SCRIPTS)
    for one in bundles.values():
        files |= one.files
    unnamed = files | render_pages("release", publisher, bundles)
    digest = hashlib.sha256()
    for path, content in sorted(unnamed.items()):
        digest.update(path.encode() + b"\0" + hashlib.sha256(content).digest())
    name = digest.hexdigest()[:12]
    return Release(name, files | render_pages(name, publisher, bundles))


class Site:
    """The website's bucket."""

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    def releases(self) -> dict[str, list[str] | str]:
        """Return which release is ``live`` and which are ``kept``, newest first."""
        body = self._read(INDEX)
        if body is None:
            return {"live": "", "kept": []}
        index: dict[str, list[str] | str] = json.loads(body)
        return index

    def publish(self, release: Release) -> None:
        """Upload a release, make it live, and delete what is older than the kept ones."""
        for path, content in sorted(release.files.items()):
            self._put(f"assets/{release.name}/{path}", content, IMMUTABLE)
        policy = json.dumps(POLICY.as_json(), indent=1).encode()
        self._put(".well-known/account-policy.json", policy, SHORTLY)
        before = [name for name in self.releases()["kept"] if name != release.name]
        self._go_live(release.name, [release.name, *before][:KEPT_RELEASES])
        for name in before[KEPT_RELEASES - 1 :]:
            self._delete(f"assets/{name}/")

    def publish_security_contact(self, text: str) -> None:
        """Publish whom to tell of a weakness."""
        self._put(".well-known/security.txt", text.encode(), "public, max-age=86400")

    def roll_back(self) -> str:
        """Make the release before the live one live again and return its name."""
        index = self.releases()
        kept = list(index["kept"])
        older = kept[kept.index(str(index["live"])) + 1 :] if index["live"] in kept else []
        if not older:
            raise SystemExit("There is no older release to put back.")
        self._go_live(older[0], kept)
        return older[0]

    def _go_live(self, name: str, kept: list[str]) -> None:
        # All are read before the first one is written: a site of two releases helps nobody.
        pages: dict[str, bytes] = {}
        for path, key in page_paths().items():
            content = self._read(f"assets/{name}/{path}")
            if content is None:
                raise SystemExit(f"Release {name} has no {path}, so it cannot be put back.")
            pages[key] = content
        for key, content in pages.items():
            self._put(key, content, REVALIDATED)
        for path, key in fixed_paths().items():
            fixed = self._read(f"assets/{name}/{path}")
            if fixed is not None:  # older releases have none: the files of before stay
                self._put(key, fixed, SHORTLY)
        self._put(INDEX, json.dumps({"live": name, "kept": kept}).encode(), REVALIDATED)

    def _read(self, key: str) -> bytes | None:
        try:
            return self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchKey":
                raise
            return None

    def _put(self, key: str, content: bytes, cache: str) -> None:
        suffix = PurePosixPath(key).suffix
        kind = TYPES.get(suffix) or mimetypes.guess_type(key)[0] or "text/plain"
        if kind.startswith("text/"):
            kind += "; charset=utf-8"
        self._s3.put_object(
            Bucket=self._bucket, Key=key, Body=content, ContentType=kind, CacheControl=cache
        )

    def _delete(self, prefix: str) -> None:
        pages = self._s3.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=prefix
        )
        for page in pages:
            for entry in page.get("Contents", []):
                self._s3.delete_object(Bucket=self._bucket, Key=entry["Key"])


def main() -> None:
    """Publish the website, or restore an older release."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--bucket", required=True, help="the site bucket (output SiteBucket)")
    parser.add_argument("--site-url", help="where people open it (output SiteUrl); to publish")
    parser.add_argument("--organisation", default="NATO", help="whose website it is")
    parser.add_argument("--contact-email", default="", help="whom people may write to")
    parser.add_argument("--distribution-id", help="CloudFront distribution to tell about it")
    parser.add_argument("--endpoint-url", help="of a local AWS")
    parser.add_argument("--rollback", action="store_true", help="put the release before back")
    options = parser.parse_args()
    if not options.rollback and not is_site_url(options.site_url or ""):
        parser.error("--site-url: give the address that people open, such as https://media.example")
    site = Site(boto3.client("s3", endpoint_url=options.endpoint_url), options.bucket)
    if options.rollback:
        print(f"Live again: release {site.roll_back()}")
    else:
        site_url, contact = options.site_url.rstrip("/"), options.contact_email
        release = build_release(options.organisation, site_url, contact)
        site.publish(release)
        if contact:
            site.publish_security_contact(security_text(contact, site_url, datetime.now(UTC)))
        print(f"Live: release {release.name}, {len(release.files)} files")
    if options.distribution_id:
        # Only pages change in place; everything under /assets/ has its release in its path.
        cloudfront = boto3.client("cloudfront", endpoint_url=options.endpoint_url)
        cloudfront.create_invalidation(
            DistributionId=options.distribution_id,
            InvalidationBatch={
                "Paths": {"Quantity": 1, "Items": ["/*"]},
                "CallerReference": secrets.token_hex(8),
            },
        )


if __name__ == "__main__":
    with told_in_words():
        main()
