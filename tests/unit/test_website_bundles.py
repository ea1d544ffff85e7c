"""Scripts are bundled by page: few files, whose maps lead to the modules that were written."""

import json
import posixpath
import re

import pytest

from tools import website_bundles
from tools.publish_website import Release, build_release
from tools.website_bundles import Bundle, BundlingError
from tools.website_pages import PAGES, SCRIPTS

MOST_REQUESTS = 15
"""Of a first view, without posters, with what the dialogs need."""
BESIDES = ("icon", "the page itself")


@pytest.fixture(scope="module")
def release() -> Release:
    return build_release("NATO", "https://media.example.org")


@pytest.fixture(scope="module")
def bundles() -> dict[str, Bundle]:
    return website_bundles.bundle(SCRIPTS)


@pytest.mark.thorough
@pytest.mark.parametrize("page", [page.name for page in PAGES])
def test_a_first_view_is_few_requests_with_its_dialogs(release: Release, page: str) -> None:
    html = release.files[f"pages/en/{page}.html"].decode()
    if page == "account":  # whoever is logged in needs no dialog, so none is loaded
        html = re.sub(r'data-modules="[^"]*"', "", html)
    asked = set(re.findall(rf"/assets/{release.name}/[^\" ]+", html)) | set(BESIDES)
    assert len(BESIDES) < len(asked) <= MOST_REQUESTS


@pytest.mark.thorough
@pytest.mark.parametrize("script", SCRIPTS)
def test_a_pages_scripts_are_a_file_or_a_few(bundles: dict[str, Bundle], script: str) -> None:
    bundle = bundles[script]
    assert len({bundle.entry, *bundle.imports}) <= 4
    # The parts of the account share more with the dialogs than other pages do.
    assert len(bundle.dialogs) <= (6 if script == "account" else 3)


def test_a_bundle_names_only_files_of_its_release(release: Release) -> None:
    for path, content in release.files.items():
        if not (path.startswith("bundles/") and path.endswith(".js")):
            continue
        for name in re.findall(r"(?:from|import)\(?\"(\.[^\"]+)\"", content.decode()):
            assert posixpath.normpath(f"bundles/{name}") in release.files, path


def test_every_bundle_has_a_map_to_modules_that_are_published(release: Release) -> None:
    maps = [path for path in release.files if path.startswith("bundles/") and path.endswith(".map")]
    scripts = [path for path in release.files if re.fullmatch(r"bundles/.*\.js", path)]
    assert len(maps) == len(scripts) > len(SCRIPTS)
    for path in maps:
        told = json.loads(release.files[path])
        assert "sourcesContent" not in told
        assert told["sources"], path
        for source in told["sources"]:
            assert posixpath.normpath(f"bundles/{source}") in release.files, path


def test_texts_of_one_language_alone_are_asked_for(release: Release) -> None:
    html = release.files["pages/fr/help.html"].decode()
    assert "texts/fr.js" in html
    assert "texts/en.js" not in html
    assert not [path for path in release.files if path.startswith("bundles/en")]


def test_a_script_that_imports_nothing_real_stops_the_publishing(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripts = tmp_path_factory.mktemp("scripts")
    (scripts / "site.js").write_text('import "./nothing.js";\n')
    monkeypatch.setattr(website_bundles, "_SCRIPTS", scripts)
    with pytest.raises(BundlingError, match=r"site\.js.*nothing"):
        website_bundles.bundle(["site"])
