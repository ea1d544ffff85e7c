"""Pages are the same whether their templates were compiled by the layer's build or not."""

import runpy
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from newsreel.aws import clients
from newsreel.catalogue.model import Transcript, Turn
from newsreel.pages import render, templating

from functions.catalogue import app
from tests.support.accounts import Reply
from tests.support.cloud import Cloud
from tests.support.published import keep
from tests.support.uploads import SITE, document, missing, page

SCRIPT = Path(templating.__file__).parents[3] / "compile_templates.py"
SHOWN: dict[str, Callable[[], Reply]] = {
    "home.html": lambda: document("home"),
    "feed.xml": lambda: document("feed.atom"),
    "sitemap.xml": lambda: document("sitemap.xml"),
    "video.html": lambda: page("shown"),
    "withdrawn.html": lambda: page("gone"),
    "missing.html": missing,
}
"""`languages.html` is a part of others."""


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compile the templates of a copy of the package, as the layer's build does."""
    package = tmp_path_factory.mktemp("python")
    shutil.copytree(SCRIPT.parent / "code" / "newsreel", package / "newsreel")
    subprocess.run([sys.executable, str(SCRIPT), str(package)], check=True)
    return package / "newsreel" / "pages" / "templates" / "compiled"


@pytest.fixture(autouse=True)
def videos(cloud: Cloud) -> Iterator[None]:
    app.shells._kept.clear()
    for name, parts in (("catalogue", ("head", "list")), ("video", render.PARTS)):
        shell = "".join(f"<!-- newsreel:{part} -->" for part in parts)
        clients.s3().put_object(Bucket=SITE, Key=f"shells/en/{name}.html", Body=shell.encode())
    turns = [Turn(number=1, kind="question", text=["Why?"])]
    words = Transcript(video_id="shown", state="checked", timed=False, version=1, turns=turns)
    keep("shown", transcript=words)
    keep("gone", state="withdrawn", withdrawn_at="2026-02-14T01:00:00Z")
    templating.templates.cache_clear()
    yield
    templating.templates.cache_clear()


def test_every_template_is_shown_here() -> None:
    names = {path.name for path in templating.FOLDER.iterdir() if path.is_file()}
    assert names - {"languages.html"} == SHOWN.keys()


@pytest.mark.parametrize("name", SHOWN)
def test_a_page_is_the_same_from_a_module_and_from_its_source(
    name: str, compiled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, files = [], []
    for folder in (compiled, compiled / "nothing"):
        monkeypatch.setattr(templating, "COMPILED", folder)
        templating.templates.cache_clear()
        answers.append(SHOWN[name]().text)
        root = templating.templates().get_template(name).root_render_func
        files.append(Path(root.__code__.co_filename).parent)
    assert answers[0] == answers[1]
    assert files == [compiled, templating.FOLDER]


def test_a_builder_without_jinja2_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    monkeypatch.setattr(sys, "argv", ["compile_templates.py", str(tmp_path)])
    runpy.run_path(str(SCRIPT), run_name="__main__")
    assert list(tmp_path.iterdir()) == []
