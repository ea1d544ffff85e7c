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
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError
from jinja2 import Environment, FileSystemLoader, StrictUndefined

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "layers" / "code")]

from newsreel.policy import DAY, HOUR, POLICY  # noqa: E402
from newsreel.texts import messages  # noqa: E402

from tools.security_contact import security_text  # noqa: E402 - as newsreel
from tools.website_address import is_site_url  # noqa: E402 - as newsreel
from tools.website_modules import imported_by  # noqa: E402 - as newsreel
from tools.website_texts import TEXT_PAGES, text_page  # noqa: E402 - not installed, only on path

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

WEBSITE = ROOT / "website"
KEPT_RELEASES = 3
INDEX = "releases.json"
IMMUTABLE = "public, max-age=31536000, immutable"
PASSWORD_RULES = (
    f"minlength: {POLICY.password.minimum_length}; maxlength: {POLICY.password.maximum_length};"
    " required: lower; required: upper; required: digit; required: special;"
)
"""For programs that generate passwords: https://developer.apple.com/password-rules/."""
REVALIDATED = "no-cache"
TYPES = {".js": "text/javascript", ".json": "application/json", ".woff2": "font/woff2"}


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the site: its path under a language's home, its style and its script."""

    name: str
    path: str
    style: str
    script: str = ""

    def key(self, language: str) -> str:
        """Return the page's key in the bucket; a video's page is a shell that a function fills."""
        if self.name == "video":
            return f"shells/{language}/video.html"
        folder = f"{messages.home(language)}{self.path}".strip("/")
        return f"{folder}/index.html" if folder else "index.html"


PAGES = (
    Page("catalogue", "", "catalogue", "catalogue"),
    Page("video", "", "video", "video"),
    Page("account", "account", "account", "account"),
    Page("unsubscribe", "unsubscribe", "text", "unsubscribe"),
    Page("not-me", "not-me", "text", "not-me"),
    Page("undo", "undo", "text", "undo"),
    *(Page(name, name, "text", "refused-link" if name == "link" else "") for name in TEXT_PAGES),
)


@dataclass(frozen=True, slots=True)
class Release:
    """The files of one release by their path under ``/assets/<name>/``."""

    name: str
    files: dict[str, bytes]


def site_words(language: str, organisation: str) -> dict[str, str]:
    """Return the site's texts with the organisation's name in them."""
    texts = messages.catalogue(language, "site")
    return {key: text.replace("{organisation}", organisation) for key, text in texts.items()}


def version() -> str:
    """Return the version of the project that the pages are published from."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


def texts_modules(organisation: str) -> dict[str, bytes]:
    """Return a module with each language's texts for scripts; pages contain all other texts."""
    modules = {}
    for language in messages.LANGUAGES:
        texts = site_words(language, organisation)
        used = {key: text for key, text in texts.items() if not key.startswith("shell.")}
        module = f"export default {json.dumps(used, ensure_ascii=False)};\n"
        modules[f"texts/{language}.js"] = module.encode()
    return modules


def page_paths(language: str) -> dict[str, str]:
    """Return the live pages: the path within the release and the key in the bucket of each."""
    return {f"pages/{language}/{page.name}.html": page.key(language) for page in PAGES}


def build_release(organisation: str, site_url: str, contact: str = "") -> Release:
    """Write every page of every language and name the release by its content.

    ``site_url`` has no slash at its end; ``contact`` is the address that people may write to.
    """
    files = {
        path.relative_to(WEBSITE).as_posix(): path.read_bytes()
        for path in sorted(WEBSITE.rglob("*"))
        if path.is_file() and path.suffix != ".html"
    }
    files |= texts_modules(organisation)
    unnamed = files | render_pages("release", organisation, site_url, contact)
    digest = hashlib.sha256()
    for path, content in sorted(unnamed.items()):
        digest.update(path.encode() + b"\0" + hashlib.sha256(content).digest())
    name = digest.hexdigest()[:12]
    return Release(name, files | render_pages(name, organisation, site_url, contact))


def render_pages(
    release: str, organisation: str, site_url: str, contact: str = ""
) -> dict[str, bytes]:
    """Write each page of each language from the one template and the message catalogue."""
    templates = Environment(
        loader=FileSystemLoader(WEBSITE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    shell = templates.get_template("shell.html")
    project_version = version()
    written = {}
    for language in messages.LANGUAGES:
        for page in PAGES:
            html = shell.render(
                assets=f"/assets/{release}",
                site_url=site_url,
                version=project_version,
                **_page_values(page, language, organisation, contact),
            )
            written[f"pages/{language}/{page.name}.html"] = html.encode()
    return written


def _page_values(page: Page, language: str, organisation: str, contact: str) -> dict[str, object]:
    texts = site_words(language, organisation)
    scripts = [PurePosixPath(f"scripts/{name}.js") for name in ("site", page.script) if name]
    modules = {module: None for script in scripts for module in imported_by(script)}
    dialogs = imported_by(PurePosixPath("scripts/dialogs/dialog.js"))
    versions = [
        {
            "language": one,
            "path": messages.home(one) + page.path,
            "name": messages.text(one, "site", "shell.language"),
            "short": messages.text(one, "site", "shell.language_short"),
        }
        for one in messages.LANGUAGES
    ]
    is_text = page.name in TEXT_PAGES
    text = text_page(page.name, language, organisation, contact) if is_text else None
    own_title = page.name in {"account", "unsubscribe", "not-me", "undo"}
    title_key = f"shell.{page.name.replace('-', '_')}_title"
    named = texts[title_key] if own_title else text and text.title
    return {
        "language": language,
        "page": page.name,
        "style": page.style,
        "script": page.script,
        "title": f"{named} · {texts['shell.footer']}" if named else texts["shell.title"],
        "path": messages.home(language) + page.path,
        "description": text.description if text else texts["shell.description"],
        "text": text,
        "journal_months": str(POLICY.retention.journal // (30 * DAY)),
        "password_rules": PASSWORD_RULES,
        "mute_hours": str(POLICY.not_me.mute // HOUR),
        "mute_days": str(POLICY.not_me.long_mute // DAY),
        "home": messages.home(language),
        "alternates": versions,
        "others": [one for one in versions if one["language"] != language],
        "modules": [*modules, f"texts/{language}.js"],
        "dialog_modules": [module for module in dialogs if module not in modules],
        "t": texts.__getitem__,
    }


class Site:
    """The website's bucket."""

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    def releases(self) -> dict[str, list[str] | str]:
        """Return which release is ``live`` and which are ``kept``, newest first."""
        try:
            body = self._s3.get_object(Bucket=self._bucket, Key=INDEX)["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchKey":
                raise
            return {"live": "", "kept": []}
        index: dict[str, list[str] | str] = json.loads(body)
        return index

    def publish(self, release: Release) -> None:
        """Upload a release, make it live, and delete what is older than the kept ones."""
        for path, content in sorted(release.files.items()):
            self._put(f"assets/{release.name}/{path}", content, IMMUTABLE)
        policy = json.dumps(POLICY.as_json(), indent=1).encode()
        self._put(".well-known/account-policy.json", policy, "public, max-age=300")
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
        for language in messages.LANGUAGES:
            for path, key in page_paths(language).items():
                source = f"assets/{name}/{path}"
                content = self._s3.get_object(Bucket=self._bucket, Key=source)["Body"].read()
                self._put(key, content, REVALIDATED)
        self._put(INDEX, json.dumps({"live": name, "kept": kept}).encode(), REVALIDATED)

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
    main()
