"""Makes the builds that tests examine, each once: for this machine, and for Lambda's arm64.

Decides in which order the files run, too.
"""

import fcntl
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from infra.local.deployment import SAM
from tests.support.garbage import leave_out_what_stays
from tests.support.order import begin_with
from tests.support.template import ROOT, nested, resources

HOST_RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"
HOST_ARCHITECTURE = {"aarch64": "arm64", "arm64": "arm64"}.get(platform.machine(), "x86_64")
LAYERS = tuple(resources("AWS::Serverless::LayerVersion"))
_LONGEST = ("test_layers", "test_template", "test_simulated_rights", "test_functions")
"""The first makes the builds that the last needs; who needs no build does not wait for one."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest."""
    begin_with(_LONGEST, items)


def pytest_collection_finish() -> None:
    """Leave what stays to the end out of all collections."""
    leave_out_what_stays()


@dataclass(frozen=True)
class Build:
    """The output of `sam build`."""

    folder: Path
    runtime: str
    architecture: str

    def layer(self, name: str) -> Path:
        return self.folder / name


def environment(**more: str) -> dict[str, str]:
    """Return a builder's environment, which may hold any variables; the build must ignore them."""
    kept = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
    kept |= {name: value for name, value in os.environ.items() if name.startswith(("UV_", "SSL_"))}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    telling = {"SAM_CLI_TELEMETRY": "0", "AWS_DEFAULT_REGION": "eu-central-1"}
    return {**kept, **telling, "PATH": path, "PYTHONDONTWRITEBYTECODE": "1", **more}


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this run share."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@contextmanager
def _once(made: Path) -> Iterator[bool]:
    """Say whether the block has to make a folder; processes wait here for the one that does."""
    with made.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = made.with_suffix(".done")
        yield not done.exists()
        done.touch()


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the sources of a deployment, without untracked files of the work tree."""
    copy = tmp_path_factory.mktemp("sources")
    forgotten = shutil.ignore_patterns("__pycache__")
    for name in ("functions", "layers"):
        shutil.copytree(ROOT / name, copy / name, ignore=forgotten)
    (copy / "infra").mkdir()
    for path in nested():
        shutil.copy(path, copy / path.relative_to(ROOT))
    shutil.copy(ROOT / "template.yaml", copy)
    return copy


def sam_build(sources: Path, folder: Path, *options: str, **shell: str) -> None:
    command = [*SAM, "build", "--build-dir", str(folder)]
    done = subprocess.run(
        [*command, *options],
        cwd=sources,
        env=environment(**shell),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]


@pytest.fixture(scope="session")
def here(sources: Path, shared: Path) -> Build:
    """Build for this machine's Python and processor."""
    folder = shared / "here"
    parameters = f"PythonRuntime={HOST_RUNTIME} Architecture={HOST_ARCHITECTURE}"
    with _once(folder) as is_missing:
        if is_missing:
            sam_build(
                sources,
                folder,
                "--parameter-overrides",
                parameters,
                PYTHON_RUNTIME=HOST_RUNTIME,
                ARCHITECTURE=HOST_ARCHITECTURE,
            )
    return Build(folder, HOST_RUNTIME, HOST_ARCHITECTURE)


@pytest.fixture(scope="session")
def there(sources: Path, shared: Path) -> Build:
    """Build with the template's defaults, whatever this machine is."""
    folder = shared / "there"
    with _once(folder) as is_missing:
        if is_missing:
            sam_build(sources, folder)
    return Build(folder, "python3.13", "arm64")
