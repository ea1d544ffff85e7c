"""Decides which files the scripts of a page are bundled into, so that a first view is few requests.

esbuild comes from npm by the lock in ``tools/bundling/``. Each page gets one file, and one or two
more for what its dialogs need too. The modules are published beside them, where the source maps
name them.
"""

import json
import posixpath
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TypedDict

from infra.local.node import NODE, install

ROOT = Path(__file__).resolve().parent.parent
_SCRIPTS = ROOT / "website" / "scripts"
_PACKAGE = ROOT / "tools" / "bundling"
_MODULES = _PACKAGE / "node_modules"
_FOLDER = "bundles"
_DIALOGS = "scripts/dialogs/dialog.js"
_PARTS = "scripts/account/"
_OPTIONS = (
    "--bundle",
    "--splitting",
    "--format=esm",
    "--minify",
    "--sourcemap",
    "--sources-content=false",
    "--target=es2022",
    f"--outdir={_FOLDER}",
    "--entry-names=[name]",
    "--metafile=meta.json",
    "--log-level=warning",
    "--log-override:unsupported-dynamic-import=silent",
)


class BundlingError(RuntimeError):
    """esbuild refused the scripts; the text says what it said."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """The files of one script by their path in a release, and which a page asks for when.

    ``entry`` is the page's own, ``imports`` come with it, ``dialogs`` once somebody opens a dialog,
    and of ``parts`` those of the part that is shown, by its name.
    """

    entry: str
    imports: tuple[str, ...]
    dialogs: tuple[str, ...]
    parts: Mapping[str, tuple[str, ...]]
    files: Mapping[str, bytes]


class _Import(TypedDict):
    path: str
    kind: str


class _Output(TypedDict, total=False):
    imports: list[_Import]
    entryPoint: str


def fetch(environment: Mapping[str, str] | None = None) -> None:
    """Install what the lock names, unless that is installed already.

    Raises:
        NotFetchedError: npm could not fetch it.
    """
    install(_PACKAGE, environment)


def bundle(scripts: Sequence[str]) -> dict[str, Bundle]:
    """Bundle each of the site's scripts, named without folder and suffix, with what it imports.

    Raises:
        NotFetchedError: npm could not fetch esbuild.
        BundlingError: a script imports what does not exist, or is no JavaScript.
    """
    fetch()
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        # In a release the modules stand beside the bundles, so the maps name them by these paths.
        shutil.copytree(_SCRIPTS, place / "scripts")
        return {script: _bundle_one(script, place) for script in scripts}


def _bundle_one(script: str, place: Path) -> Bundle:
    command = [str(NODE), str(_MODULES / "esbuild" / "bin" / "esbuild"), f"scripts/{script}.js"]
    # Chunks of different pages have different content under one name, but for the hash.
    command += [*_OPTIONS, f"--chunk-names={script}-[name]-[hash]"]
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
    if done.returncode or done.stderr:
        raise BundlingError(f"esbuild refused scripts/{script}.js: {done.stderr[:1000]}")
    outputs: dict[str, _Output] = json.loads((place / "meta.json").read_text())["outputs"]
    entry = f"{_FOLDER}/{script}.js"
    imports = _imported_by(entry, outputs)
    own = {one["entryPoint"]: path for path, one in outputs.items() if "entryPoint" in one}
    later = {
        source: tuple(one for one in (path, *_imported_by(path, outputs)) if one not in imports)
        for source, path in own.items()
    }
    parts = (source for source in later if source.startswith(_PARTS))
    return Bundle(
        entry,
        tuple(imports),
        later.get(_DIALOGS, ()),
        {PurePosixPath(source).stem: later[source] for source in parts},
        {path: (place / path).read_bytes() for path in sorted(outputs)},
    )


def _imported_by(path: str, outputs: Mapping[str, _Output]) -> list[str]:
    """Return all files that come with one, by static imports."""
    found = [path]
    for one in found:
        for imported in outputs[one].get("imports", []):
            known = posixpath.normpath(imported["path"])
            if imported["kind"] == "import-statement" and known not in found:
                found.append(known)
    return found[1:]
