"""Builds everything that is measured as it is deployed: layers, functions, a Python with boto3.

The build is for this machine's Python and processor, by the layers' own Makefiles, in
`.local/bench`.
"""

import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.support.template import ROOT, Function, resources

PLACE = ROOT / ".local" / "bench"
_RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"
_ARCHITECTURE = "arm64" if platform.machine() in {"aarch64", "arm64"} else "x86_64"
_UV = Path(sys.executable).parent / "uv"
# The packages that Lambda's own Python includes, in the versions of our lock.
_RUNTIMES_OWN = ("boto3", "botocore")


@dataclass(frozen=True, slots=True)
class Built:
    """The finished build: `python` is the bare runtime's interpreter."""

    python: Path
    place: Path = PLACE

    def layers(self, function: Function) -> list[Path]:
        """Return the function's layers; on Lambda they are under `/opt`."""
        return [self.place / "layers" / name for name in function.layers]

    def code(self, function: Function) -> Path:
        """Return the folder with the function's `app.py`."""
        return self.place / "functions" / function.folder

    def megabytes(self, function: Function) -> float:
        """Return the unzipped size of a function with its layers, in 10^6 bytes."""
        return sum(size(folder) for folder in [*self.layers(function), self.code(function)]) / 1e6


def size(folder: Path) -> int:
    """Return the bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def build(tree: Path = ROOT, place: Path = PLACE) -> Built:
    """Build everything of a tree again; keep the runtime while its versions match the lock."""
    for name in ("layers", "functions"):
        shutil.rmtree(place / name, ignore_errors=True)
    # Copies without bytecode, because Lambda gets no bytecode of a function's own file either.
    shutil.copytree(
        tree / "functions", place / "functions", ignore=shutil.ignore_patterns("__pycache__")
    )
    for name, layer in resources("AWS::Serverless::LayerVersion").items():
        folder = tree / str(layer["Properties"]["ContentUri"])
        if not folder.exists():
            continue  # the commit is older than this layer
        artifacts = place / "layers" / name
        artifacts.mkdir(parents=True)
        shell = {
            **os.environ,
            "PATH": f"{_UV.parent}:{os.environ['PATH']}",
            "ARTIFACTS_DIR": str(artifacts),
            "PYTHON_RUNTIME": _RUNTIME,
            "ARCHITECTURE": _ARCHITECTURE,
        }
        subprocess.run(["make", "-s", f"build-{name}"], cwd=folder, env=shell, check=True)
    return Built(_runtime(), place)


def _runtime() -> Path:
    folder = PLACE / "runtime"
    python = folder / "bin" / "python"
    requirements = [f"{name}=={importlib.metadata.version(name)}" for name in _RUNTIMES_OWN]
    record = folder / "wanted"
    if not record.exists() or record.read_text(encoding="utf-8") != " ".join(requirements):
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([_UV, "venv", "-q", "--python", sys.executable, folder], check=True)
        install = [_UV, "pip", "install", "-q", "--compile-bytecode", "--python", python]
        subprocess.run([str(part) for part in (*install, *requirements)], check=True)
        record.write_text(" ".join(requirements), encoding="utf-8")
    return python
