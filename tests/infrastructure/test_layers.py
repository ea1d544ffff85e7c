"""The layers: the same bytes each time, for the right Python and processor."""

import hashlib
import importlib.util
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import budgets
from tests.infrastructure.conftest import LAYERS, Build, environment
from tests.support.template import ROOT, functions, load, resources

MACHINES = {"x86_64": 62, "arm64": 183}  # e_machine of an ELF file (ELF gABI)
TAGS = {"x86_64": "x86_64-linux-gnu", "arm64": "aarch64-linux-gnu"}
AMAZON_LINUX_2023_GLIBC = (2, 34)
UV = str(Path(sys.executable).parent / "uv")


def digest(layer: Path) -> str:
    """Return a SHA-256 over the sorted paths and bytes of a built layer."""
    total = hashlib.sha256()
    for path in sorted(path for path in layer.rglob("*") if path.is_file()):
        total.update(str(path.relative_to(layer)).encode() + b"\0")
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def libraries(layer: Path) -> Iterator[Path]:
    return (path for path in layer.rglob("*") if re.search(r"\.so(\.|$)", path.name))


@pytest.mark.parametrize("name", LAYERS)
def test_two_builds_of_a_layer_are_equal(
    name: str, here: Build, sources: Path, tmp_path: Path
) -> None:
    folder = sources / resources("AWS::Serverless::LayerVersion")[name]["Properties"]["ContentUri"]
    shell = environment(
        ARTIFACTS_DIR=str(tmp_path), PYTHON_RUNTIME=here.runtime, ARCHITECTURE=here.architecture
    )
    shell["PYTHONHASHSEED"] = "7"
    subprocess.run(
        ["make", "-s", f"build-{name}"], cwd=folder, env=shell, check=True, capture_output=True
    )
    assert digest(tmp_path) == digest(here.layer(name))


@pytest.mark.parametrize("build", ["here", "there"])
@pytest.mark.parametrize("name", LAYERS)
def test_every_library_is_for_the_runtime_and_processor_of_its_function(
    name: str, build: str, request: pytest.FixtureRequest
) -> None:
    made: Build = request.getfixturevalue(build)
    version = made.runtime.removeprefix("python").replace(".", "")
    suffix = f".cpython-{version}-{TAGS[made.architecture]}.so"
    for path in libraries(made.layer(name)):
        content = path.read_bytes()
        assert int.from_bytes(content[18:20], "little") == MACHINES[made.architecture], path
        is_extension = path.name.endswith(".so") and ".libs" not in path.parent.name
        assert not is_extension or path.name.endswith((suffix, ".abi3.so")), path
        needed = re.findall(rb"\0GLIBC_(\d+)\.(\d+)", content)
        requirements = max(((int(major), int(minor)) for major, minor in needed), default=(0, 0))
        assert requirements <= AMAZON_LINUX_2023_GLIBC, path


def test_the_defaults_of_the_build_are_those_of_the_template(there: Build) -> None:
    parameters = load()["Parameters"]
    assert parameters["PythonRuntime"]["Default"] == there.runtime
    assert parameters["Architecture"]["Default"] == there.architecture
    assert any(libraries(there.layer("DependenciesLayer")))


@pytest.mark.parametrize("name", LAYERS)
def test_every_module_is_compiled_without_traces_of_its_builder(name: str, here: Build) -> None:
    layer = here.layer(name)
    for source in layer.rglob("*.py"):
        assert Path(importlib.util.cache_from_source(str(source))).exists(), source
    for compiled in layer.rglob("*.pyc"):
        content = compiled.read_bytes()
        assert int.from_bytes(content[4:8], "little") == 1, compiled  # PEP 552: unchecked hash
        assert str(here.folder).encode() not in content, compiled


@pytest.mark.parametrize("name", LAYERS)
def test_libraries_are_bytecode_alone_and_our_own_package_keeps_its_source(
    name: str, here: Build
) -> None:
    layer = here.layer(name)
    assert any(layer.rglob("*.pyc"))
    assert any(layer.rglob("*.py")) == (name == "CodeLayer")


def test_a_builder_of_another_python_ships_source_and_no_bytecode_but_the_targets(
    there: Build,
) -> None:
    if there.runtime == f"python{sys.version_info.major}.{sys.version_info.minor}":
        pytest.skip("this machine's Python is the target's")
    for name in LAYERS:
        magics = {path.read_bytes()[:4] for path in there.layer(name).rglob("*.pyc")}
        assert importlib.util.MAGIC_NUMBER not in magics
        assert magics or any(there.layer(name).rglob("*.py"))


def test_the_code_layer_is_the_package_and_nothing_else(here: Build) -> None:
    package = ROOT / "layers" / "code" / "newsreel"
    layer = here.layer("CodeLayer")
    assert [path.name for path in layer.iterdir()] == ["python"]
    assert [path.name for path in (layer / "python").iterdir()] == ["newsreel"]
    built = layer / "python" / "newsreel"
    shipped = {path.relative_to(built) for path in built.rglob("*") if path.is_file()}
    written = {path.relative_to(package) for path in package.rglob("*") if path.is_file()}
    compiled = {path for path in shipped if path.parent.name == "compiled"}
    assert {path for path in shipped - compiled if path.suffix != ".pyc"} == {
        path for path in written if path.suffix != ".pyc"
    }
    # A video's page is read and compiled once here, and not by each new environment.
    templates = [path for path in written if path.parts[:2] == ("pages", "templates")]
    assert len(compiled) == len(templates) > 0


def test_boto3_is_the_runtimes_own(here: Build) -> None:
    for name in LAYERS:
        packages = {path.name for path in (here.layer(name) / "python").iterdir()}
        assert not packages & {"boto3", "botocore"}


@pytest.mark.parametrize(
    ("folder", "groups"),
    [
        ("dependencies", ["--no-default-groups", "--no-emit-project"]),
        ("sealing", ["--only-group", "sealing"]),
        ("media", ["--only-group", "media"]),
        ("checksums", ["--only-group", "checksums"]),
    ],
)
def test_a_layer_holds_the_packages_of_the_lock(folder: str, groups: list[str]) -> None:
    done = subprocess.run(
        [UV, "export", "--frozen", "--no-annotate", "--no-header", "--quiet", *groups],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert (ROOT / "layers" / folder / "requirements.txt").read_text() == done.stdout


def test_make_lock_writes_the_requirements_of_every_layer() -> None:
    planned = subprocess.run(
        ["make", "--dry-run", "lock"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    written = set(re.findall(r"-o (layers/\S+)", planned))
    assert written == {
        str(path.relative_to(ROOT)) for path in (ROOT / "layers").glob("*/requirements.txt")
    }


def test_nothing_makes_sam_install_beside_the_layers() -> None:
    # With a requirements file, `sam build` for a Python other than the builder's fails.
    requirements = [*(ROOT / "functions").rglob("requirements.txt")]
    assert [*requirements, *(ROOT / "layers" / "code").rglob("requirements.txt")] == []


@pytest.mark.parametrize("build", ["here", "there"])
@pytest.mark.parametrize("folder", functions())
def test_a_function_with_its_layers_is_within_its_size_budget(
    folder: str, build: str, request: pytest.FixtureRequest
) -> None:
    made: Build = request.getfixturevalue(build)
    function = functions()[folder]
    places = [made.layer(name) for name in function.layers] + [made.folder / function.built]
    files = [path for place in places for path in place.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) / 1e6 <= budgets.megabytes(folder)
