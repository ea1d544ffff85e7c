"""Publishing: a release never changes, the previous one can be restored, three are kept."""

import io
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws
from PIL import Image

from tests.support import quick_moto
from tools import publish_website, website_address, website_pages
from tools.publish_website import Release, Site, build_release

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BUCKET = "site"
SITE_URL = "https://media.example.org"
quick_moto.install()


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator["S3Client"]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket=BUCKET)
        yield client


@pytest.fixture(scope="module")
def release() -> Release:
    return build_release("NATO", SITE_URL)


@pytest.fixture(scope="module")
def small(release: Release) -> Release:
    """The release with no files but those that stand at fixed addresses, and one script.

    Uploading each of the others takes the same way, and most of the time.
    """
    kept = {*website_pages.page_paths(), *website_pages.fixed_paths(), "scripts/site.js"}
    files = {path: content for path, content in release.files.items() if path in kept}
    assert files.keys() == kept
    return Release(release.name, files)


def test_the_edge_lets_every_file_of_a_release_through(release: Release) -> None:
    code = (Path(__file__).parents[2] / "infra" / "site.yaml").read_text(encoding="utf-8")
    [shape] = re.findall(r"var FILE = /(.*)/;", code)
    keys = [f"/assets/{release.name}/{path}" for path in release.files]
    assert [key for key in keys if not re.match(shape, key)] == []


def _named(release: Release, name: str) -> Release:
    return Release(name, {**release.files, "name.txt": name.encode()})


def _text(s3: "S3Client", key: str) -> str:
    return s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode()


def _releases(s3: "S3Client") -> set[str]:
    objects = s3.list_objects_v2(Bucket=BUCKET, Prefix="assets/")["Contents"]
    return {entry["Key"].split("/")[1] for entry in objects}


@pytest.mark.thorough
def test_the_same_content_has_the_same_name(release: Release) -> None:
    assert build_release("NATO", SITE_URL).name == release.name
    assert build_release("Another", SITE_URL).name != release.name
    assert build_release("NATO", "https://other.example.org").name != release.name


@pytest.mark.thorough
def test_assets_never_change_and_pages_are_asked_for_again(s3: "S3Client", small: Release) -> None:
    Site(s3, BUCKET).publish(small)
    asset = s3.head_object(Bucket=BUCKET, Key=f"assets/{small.name}/scripts/site.js")
    assert asset["CacheControl"] == "public, max-age=31536000, immutable"
    assert asset["ContentType"] == "text/javascript; charset=utf-8"
    page = s3.head_object(Bucket=BUCKET, Key="help/index.html")
    assert page["CacheControl"] == "no-cache"
    assert page["ContentType"] == "text/html; charset=utf-8"


@pytest.mark.thorough
def test_every_asset_that_a_page_names_is_published(s3: "S3Client", release: Release) -> None:
    Site(s3, BUCKET).publish(release)
    for key in ("help/index.html", "shells/en/catalogue.html", "shells/en/video.html"):
        # The modules of the dialogs stand in one attribute.
        for part in re.split(r'[" ]', _text(s3, key)):
            if part.startswith("/assets/"):
                s3.head_object(Bucket=BUCKET, Key=part.removeprefix("/"))


@pytest.mark.thorough
def test_the_shell_leaves_room_for_the_video(s3: "S3Client", small: Release) -> None:
    Site(s3, BUCKET).publish(small)
    shell = _text(s3, "shells/en/video.html")
    for part in ("head", "skips", "main"):
        assert shell.count(f"<!-- newsreel:{part} -->") == 1


def test_the_home_pages_shell_leaves_room_for_the_list(release: Release) -> None:
    for language in ("en", "fr"):
        shell = release.files[f"pages/{language}/catalogue.html"].decode()
        for part in ("head", "list"):
            assert shell.count(f"<!-- newsreel:{part} -->") == 1


@pytest.mark.thorough
def test_the_policy_that_the_code_obeys_is_published(s3: "S3Client", small: Release) -> None:
    Site(s3, BUCKET).publish(small)
    policy = json.loads(_text(s3, ".well-known/account-policy.json"))
    assert policy["password"]["minimum_length"] == 12
    assert policy["code"]["tries"] == 5


def test_client_words_hold_the_organisation_and_no_shell_words(release: Release) -> None:
    spoken = json.loads(release.files["texts/en.js"].decode()[len("export default ") : -2])
    assert not [key for key in spoken if key.startswith("shell.")]
    html = release.files["pages/en/catalogue.html"].decode()
    assert "NATO MULTIMEDIA ACCOUNT" in html
    assert "{organisation}" not in html


def test_the_footer_of_every_page_says_the_version_of_the_project(release: Release) -> None:
    project = tomllib.loads((publish_website.ROOT / "pyproject.toml").read_text())["project"]
    pages = [path for path in release.files if path.startswith("pages/")]
    assert {path.split("/")[1] for path in pages} == {"en", "fr"}
    for path in pages:
        footer = release.files[path].decode().partition("<footer>")[2].partition("</footer>")[0]
        assert f">Newsreel {project['version']}<" in footer, path


@pytest.mark.parametrize(("page", "path"), [("catalogue", ""), ("help", "help")])
def test_search_engines_get_whole_addresses(release: Release, page: str, path: str) -> None:
    english, french = f"{SITE_URL}/{path}", f"{SITE_URL}/fr/{path}"
    html = release.files[f"pages/fr/{page}.html"].decode()
    assert f'<link rel="canonical" href="{french}">' in html
    for language, address in (("en", english), ("fr", french), ("x-default", english)):
        assert f'<link rel="alternate" hreflang="{language}" href="{address}">' in html


@pytest.mark.parametrize(
    ("given", "is_taken"),
    [
        ("https://media.example.org", True),
        ("https://media.example.org/", True),
        ("http://localhost:8080", True),
        ("http://media.example.org", False),
        ("media.example.org", False),
        ("https://media.example.org/fr", False),
        ("https://", False),
        ("", False),
    ],
)
def test_only_an_address_that_people_can_open_gets_into_the_pages(
    given: str, is_taken: bool
) -> None:
    assert website_address.is_site_url(given) is is_taken


def test_every_page_has_a_picture_for_link_previews_and_names_the_feed(release: Release) -> None:
    pages = [path for path in release.files if path.startswith("pages/")]
    for path in pages:
        html, home = release.files[path].decode(), "/" if "/en/" in path else "/fr/"
        feed = '<link rel="alternate" type="application/atom+xml" title="NATO Multimedia" href="'
        assert f'{feed}{SITE_URL}{home}feed.atom">' in html, path
        if not path.endswith("/video.html"):  # a function writes those of a video's page
            assert f'<meta property="og:image" content="{SITE_URL}/share.png">' in html, path
            description = re.search(r'<meta name="description" content="([^"]+)">', html)
            assert description, path


def test_the_script_of_every_page_brings_what_all_pages_have() -> None:
    for page in website_pages.PAGES:
        name = page.script
        script = (website_pages.WEBSITE / "scripts" / f"{name}.js").read_text(encoding="utf-8")
        first = re.search(r"^import .*", script, re.MULTILINE)
        assert name == website_pages.EVERYWHERE or (first and first[0] == 'import "./site.js";'), (
            name
        )


def test_pages_that_say_nothing_by_themselves_are_not_for_search_engines(release: Release) -> None:
    hidden = {
        page.name
        for page in website_pages.PAGES
        if "noindex" in release.files[f"pages/en/{page.name}.html"].decode()
    }
    assert hidden == {page.name for page in website_pages.PAGES if not page.listed}
    assert hidden >= {"account", "unsubscribe", "link"}


@pytest.mark.thorough
def test_files_at_fixed_addresses_are_those_of_the_live_release(
    s3: "S3Client", release: Release
) -> None:
    site = Site(s3, BUCKET)
    site.publish(release)
    for name in (*website_pages.COPIED_FILES, *website_pages.WRITTEN_FILES):
        head = s3.head_object(Bucket=BUCKET, Key=name)
        assert head["CacheControl"] == "public, max-age=300", name
    assert _text(s3, "robots.txt").splitlines()[-1] == f"Sitemap: {SITE_URL}/sitemap.xml"
    for style in re.findall(r'url\("/([^"]+)"\)', _text(s3, "not-found.css")):
        s3.head_object(Bucket=BUCKET, Key=style)
    site.publish(_named(release, "new"))
    assert site.roll_back() == release.name
    assert f"/assets/{release.name}/" in _text(s3, "not-found.css")


@pytest.mark.thorough
def test_a_release_from_before_there_were_such_files_can_be_put_back(
    s3: "S3Client", small: Release
) -> None:
    site = Site(s3, BUCKET)
    fixed = website_pages.fixed_paths()
    old = {path: content for path, content in small.files.items() if path not in fixed}
    site.publish(Release("old", old))
    site.publish(small)
    assert site.roll_back() == "old"
    assert "Sitemap:" in _text(s3, "robots.txt")


def test_pictures_have_the_sizes_that_their_readers_want(release: Release) -> None:
    sizes = {"favicon.ico": (48, 48), "apple-touch-icon.png": (180, 180), "share.png": (1200, 630)}
    for name, size in sizes.items():
        with Image.open(io.BytesIO(release.files[name])) as picture:
            assert picture.size == size, name


@pytest.mark.thorough
def test_three_releases_are_kept(s3: "S3Client", small: Release) -> None:
    site = Site(s3, BUCKET)
    for name in ("one", "two", "three", "four"):
        site.publish(_named(small, name))
    assert _releases(s3) == {"two", "three", "four"}


@pytest.mark.thorough
def test_the_release_before_comes_back_with_its_own_pages(s3: "S3Client", small: Release) -> None:
    site = Site(s3, BUCKET)
    old = _named(small, "old")
    old.files["pages/en/help.html"] = b"the old page"
    site.publish(old)
    site.publish(_named(small, "new"))
    assert _text(s3, "help/index.html") != "the old page"
    assert site.roll_back() == "old"
    assert _text(s3, "help/index.html") == "the old page"
    assert _releases(s3) == {"old", "new"}


@pytest.mark.thorough
def test_a_rollback_without_an_older_release_is_refused_in_one_sentence(
    s3: "S3Client", small: Release
) -> None:
    site = Site(s3, BUCKET)
    site.publish(small)
    with pytest.raises(SystemExit, match="no older release"):
        site.roll_back()


@pytest.mark.thorough
def test_a_release_that_lacks_a_page_is_not_put_back_in_part(
    s3: "S3Client", small: Release
) -> None:
    site = Site(s3, BUCKET)
    old = _named(small, "old")
    old.files["pages/en/help.html"] = b"the old page"
    site.publish(old)
    site.publish(_named(small, "new"))
    s3.delete_object(Bucket=BUCKET, Key="assets/old/pages/fr/link.html")
    with pytest.raises(SystemExit, match=r"old has no pages/fr/link.html"):
        site.roll_back()
    assert _text(s3, "help/index.html") != "the old page"


def test_the_font_carries_its_licence() -> None:
    fonts = website_pages.WEBSITE / "fonts"
    assert "SIL Open Font License" in (fonts / "OFL.txt").read_text()
    assert {path.suffix for path in Path(fonts).iterdir()} == {".woff2", ".txt"}


def test_programs_that_generate_passwords_are_told_the_rule_by_the_page_itself(
    release: Release,
) -> None:
    page = release.files["pages/en/account.html"].decode()
    fields = re.findall(r'<input[^>]*autocomplete="new-password"[^>]*>', page)
    assert fields
    for field in fields:
        assert "minlength: 12; maxlength: 256; required: lower; required: upper;" in field
        assert "required: digit; required: special;" in field


@pytest.mark.parametrize("kind", ["password", "email"])
def test_no_keyboard_capitalises_corrects_or_spells_what_is_typed_secretly_or_exactly(
    release: Release, kind: str
) -> None:
    """A password that is shown is ordinary text to a phone's keyboard."""
    for path in ("pages/en/account.html", "pages/fr/help.html"):
        fields = re.findall(rf'<input [^>]*type="{kind}"[^>]*>', release.files[path].decode())
        assert fields
        for field in fields:
            assert 'autocapitalize="none"' in field
            assert 'spellcheck="false"' in field
            assert kind == "email" or 'autocorrect="off"' in field


def test_no_style_gives_two_animations_one_name(release: Release) -> None:
    """The later one would take the place of the earlier, which then does nothing."""
    styles = [text.decode() for path, text in release.files.items() if path.endswith(".css")]
    named = [re.findall(r"@keyframes ([\w-]+)", style) for style in styles]
    assert any(named)
    assert [names for names in named if len(set(names)) < len(names)] == []
