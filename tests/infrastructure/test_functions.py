"""The functions: settings, routes, layers, logs and size."""

import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.infrastructure.conftest import Build
from tests.support.template import ROOT, Function, functions, load, resources
from tools.function_settings import variables_of

FUNCTIONS = functions()
SETTINGS = {
    "AWS_REGION": "eu-central-1",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "POWERTOOLS_LOG_LEVEL": "INFO",
}
RUNTIMES_OWN = ("boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3")
# The routes without a session, by contract; compared with the code's declarations.
PRIVATE = {
    ("DELETE", "/sessions/current"),
    ("GET", "/account"),
    ("PATCH", "/account"),
    ("GET", "/account/sessions"),
    ("DELETE", "/account/sessions/others"),
    ("DELETE", "/account/sessions/{session_id}"),
    ("DELETE", "/account/sessions/others"),
    ("GET", "/account/downloads"),
    ("DELETE", "/account/downloads"),
    ("GET", "/account/journal"),
    ("GET", "/account/export"),
    ("POST", "/account/deletion"),
    ("PUT", "/account/newsletter"),
    ("DELETE", "/account/newsletter"),
    ("PUT", "/account/terms"),
    ("PUT", "/account/password"),
    ("POST", "/account/keys"),
    ("GET", "/account/keys"),
    ("DELETE", "/account/keys/{key_id}"),
    ("POST", "/account/email-changes"),
    ("GET", "/account/email-changes/{change_id}"),
    ("POST", "/account/email-changes/{change_id}/code"),
    ("POST", "/account/email-changes/{change_id}/confirm"),
    ("POST", "/videos/{video_id}/downloads"),
}


@pytest.fixture(scope="session")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages of Lambda's own Python beside the standard library: boto3."""
    folder_path = tmp_path_factory.mktemp("runtime")
    for name in RUNTIMES_OWN:
        spec = importlib.util.find_spec(name)
        origin = Path(str(spec.origin if spec else None))
        source = origin.parent if origin.name == "__init__.py" else origin
        (folder_path / source.name).symlink_to(source)
    return folder_path


class Starter:
    """Starts built functions, each in a process of its own, and reads which routes they declare."""

    def __init__(self, build: Build, runtime: Path, process: "subprocess.Popen[str]") -> None:
        self._build, self._runtime, self._process = build, runtime, process
        self._declared: dict[str, list[tuple[str, str, str]]] = {}

    def routes(self, function: Function) -> list[tuple[str, str, str]]:
        """Return the routes of a function: method, path, access."""
        if function.folder not in self._declared:
            self._declared[function.folder] = self._start(function)
        return self._declared[function.folder]

    def _start(self, function: Function) -> list[tuple[str, str, str]]:
        kinds = variables_of(function.folder)
        values = {name: "1" if kinds.get(name) is int else "x" for name in function.environment}
        wanted = {
            "app": str(self._build.folder / function.built / "app.py"),
            "entries": [*paths(self._build, function.layers), str(self._runtime)],
            "environment": {**values, **SETTINGS},
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(wanted), file=self._process.stdin, flush=True)
        told = json.loads(self._process.stdout.readline())
        assert "error" not in told, told["error"]
        return [(method, path, access) for method, path, access in told["routes"]]


def paths(build: Build, layers: Sequence[str]) -> list[str]:
    return [str(build.layer(name) / "python") for name in layers]


@pytest.fixture(scope="session")
def starter(here: Build, runtime: Path) -> Iterator[Starter]:
    shared = [layer["Ref"] for layer in load()["Globals"]["Function"]["Layers"]]
    script = str(Path(__file__).with_name("list_routes.py"))
    command = [sys.executable, "-I", "-S", script, *paths(here, shared), str(runtime)]
    with subprocess.Popen(
        command, env=SETTINGS, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Starter(here, runtime, process)


@pytest.mark.parametrize("folder", FUNCTIONS)
def test_a_functions_variables_are_its_settings(folder: str) -> None:
    declared = set(variables_of(folder))
    assert set(FUNCTIONS[folder].environment) == declared


@pytest.mark.parametrize("folder", FUNCTIONS)
def test_a_function_starts_with_its_layers_alone_and_declares_its_routes(
    folder: str, starter: Starter
) -> None:
    function = FUNCTIONS[folder]
    routes = starter.routes(function)
    assert len(routes) == len({(method, path) for method, path, _ in routes})
    assert {(method, path) for method, path, _ in routes} == function.routes
    # ANY lets HEAD through without a statement more in the function's policy.
    public = {path for method, path, access in routes if method == "GET" and access != "session"}
    assert function.open_reads == public, "a GET for everybody is Method: ANY, and nothing else is"


def test_a_route_is_private_unless_it_is_meant_to_be_public(starter: Starter) -> None:
    private = {
        (method, path)
        for function in FUNCTIONS.values()
        for method, path, access in starter.routes(function)
        if access == "session"
    }
    assert private == PRIVATE


def test_every_module_of_the_package_is_importable_with_the_layers_alone(
    here: Build, runtime: Path
) -> None:
    layers = ("CodeLayer", "DependenciesLayer", "SealingLayer", "MediaLayer", "ChecksumsLayer")
    entries = [*(str(here.layer(name) / "python") for name in layers), str(runtime)]
    script = (
        "import importlib, pkgutil, sys\n"
        "sys.path[:0] = sys.argv[1:]\n"
        "import newsreel\n"
        "for found in pkgutil.walk_packages(newsreel.__path__, 'newsreel.'):\n"
        "    importlib.import_module(found.name)\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", script, *entries],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("folder", FUNCTIONS)
def test_a_functions_folder_holds_one_file_and_its_events(folder: str) -> None:
    folder_path = ROOT / "functions" / folder
    held = {path.name for path in folder_path.iterdir() if path.name != "__pycache__"}
    assert held == {"app.py", "events"}
    assert {path.suffix for path in (folder_path / "events").iterdir()} == {".json"}
    assert FUNCTIONS[folder].shared["Handler"] == "app.handler"


@pytest.mark.parametrize("folder", FUNCTIONS)
def test_functions_share_the_same_settings_in_every_stack(folder: str) -> None:
    assert FUNCTIONS[folder].shared == load()["Globals"]["Function"]


def test_the_functions_behind_the_api_are_in_the_template_and_no_others() -> None:
    # CloudFormation may cut a name in a nested stack short: functions there have one of their own.
    for folder, function in FUNCTIONS.items():
        assert bool(function.routes) == (not function.stack), folder
        named = {"Fn::Sub": f"${{AWS::StackName}}-{folder}"} if function.stack else None
        assert function.properties.get("FunctionName") == named


def test_all_functions_log_to_one_group() -> None:
    for name, function in FUNCTIONS.items():
        assert function.shared["LoggingConfig"]["LogGroup"] == {"Ref": "FunctionLogs"}, name
        assert "LoggingConfig" not in function.properties, name
    group = resources("AWS::Logs::LogGroup")["FunctionLogs"]["Properties"]
    assert group["LogGroupName"] == {"Fn::Sub": "/newsreel/${AWS::StackName}/functions"}


def test_no_level_can_be_chosen_at_which_lambda_drops_errors() -> None:
    # Lambda counts a line whose timestamp it cannot read as INFO ("Log-level filtering" of its
    # developer guide), and failures before a handler runs are written without a level.
    assert load()["Parameters"]["LogLevel"]["AllowedValues"] == ["DEBUG", "INFO"]


@pytest.mark.parametrize(
    ("layer", "folders"),
    [
        ("MediaLayer", ["ingest"]),
        ("SealingLayer", ["downloads"]),
        ("ChecksumsLayer", ["hashes", "ingest"]),
    ],
)
def test_a_layer_for_some_functions_is_used_by_no_other(layer: str, folders: list[str]) -> None:
    assert sorted(name for name, one in FUNCTIONS.items() if layer in one.layers) == folders


def test_awss_checksums_come_without_a_client_of_their_own(here: Build, runtime: Path) -> None:
    # With the rest of that library botocore would sign and send by other ways than it is tested.
    layer = here.layer("ChecksumsLayer") / "python"
    assert {path.stem for path in (layer / "awscrt").iterdir()} == {"__init__", "checksums"}
    script = (
        "import sys; sys.path[:0] = sys.argv[1:]\n"
        "from awscrt import checksums; import botocore.compat\n"
        "print(hex(checksums.crc64nvme(b'123456789')), botocore.compat.HAS_CRT)"
    )
    command = [sys.executable, "-I", "-S", "-c", script, str(layer), str(runtime)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert printed.split() == ["0xae8b14860a799888", "False"]


def test_functions_that_hash_passwords_have_a_whole_processor() -> None:
    # 1,769 MB is one vCPU (Lambda developer guide, "Configure Lambda function memory").
    for folder in ("registration", "password_reset", "sessions", "credentials"):
        assert FUNCTIONS[folder].properties["MemorySize"] == 1769


def test_reserved_concurrency_is_unset_unless_asked_for() -> None:
    for function in FUNCTIONS.values():
        reserved = function.properties.get("ReservedConcurrentExecutions")
        assert reserved is None or reserved["Fn::If"][2] == {"Ref": "AWS::NoValue"}
    for name in ("HashingConcurrency", "IngestConcurrency"):
        assert load()["Parameters"][name]["Default"] == 0
