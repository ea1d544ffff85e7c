"""Builds what is measured as it is deployed: the layers, the functions, a Python with boto3 alone.

For this machine's Python and processor, by the layers' own Makefiles, into `.local/bench`.
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
# What Lambda's own Python holds, in the versions of our lock.
_RUNTIMES_OWN = ("boto3", "botocore")


@dataclass(frozen=True, slots=True)
class Built:
    """What was built: `python` is the bare runtime's interpreter."""

    python: Path

    def layers(self, function: Function) -> list[Path]:
        """Return the function's layers, as they lie under `/opt`."""
        return [PLACE / "layers" / name for name in function.layers]

    def code(self, function: Function) -> Path:
        """Return the folder with the function's `app.py`."""
        return PLACE / "functions" / function.folder

    def megabytes(self, function: Function) -> float:
        """Return what stands behind a function, unzipped, in 10^6 bytes."""
        return sum(size(place) for place in [*self.layers(function), self.code(function)]) / 1e6


def size(place: Path) -> int:
    """Return the bytes of all files in a folder."""
    return sum(path.stat().st_size for path in place.rglob("*") if path.is_file())


def build() -> Built:
    """Build afresh; the runtime is kept while its versions are the lock's."""
    for name in ("layers", "functions"):
        shutil.rmtree(PLACE / name, ignore_errors=True)
    # Copies without bytecode: Lambda gets none of a function's own file either.
    shutil.copytree(
        ROOT / "functions", PLACE / "functions", ignore=shutil.ignore_patterns("__pycache__")
    )
    for name, layer in resources("AWS::Serverless::LayerVersion").items():
        place = PLACE / "layers" / name
        place.mkdir(parents=True)
        shell = {
            **os.environ,
            "PATH": f"{_UV.parent}:{os.environ['PATH']}",
            "ARTIFACTS_DIR": str(place),
            "PYTHON_RUNTIME": _RUNTIME,
            "ARCHITECTURE": _ARCHITECTURE,
        }
        folder = ROOT / str(layer["Properties"]["ContentUri"])
        subprocess.run(["make", "-s", f"build-{name}"], cwd=folder, env=shell, check=True)
    return Built(_runtime())


def _runtime() -> Path:
    place = PLACE / "runtime"
    python = place / "bin" / "python"
    wanted = [f"{name}=={importlib.metadata.version(name)}" for name in _RUNTIMES_OWN]
    record = place / "wanted"
    if not record.exists() or record.read_text(encoding="utf-8") != " ".join(wanted):
        shutil.rmtree(place, ignore_errors=True)
        subprocess.run([_UV, "venv", "-q", "--python", sys.executable, place], check=True)
        install = [_UV, "pip", "install", "-q", "--compile-bytecode", "--python", python]
        subprocess.run([str(one) for one in (*install, *wanted)], check=True)
        record.write_text(" ".join(wanted), encoding="utf-8")
    return python
