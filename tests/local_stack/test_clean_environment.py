"""Nothing of the local stack is reachable from elsewhere, and it reaches nothing elsewhere."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from infra.local import clean_environment, services
from infra.local.paths import PROJECT, RUNTIME, Ports, Stack
from infra.local.processes import Recorded, recorded

_LOOPBACK = {"0100007F", "00000000000000000000000001000000"}
_LISTENING = "0A"

# What a developer's shell may hold; each would lead a careless tool to a real account.
_SOMEBODYS_KEY = "AKIA" + "Z7NOTAREALKEY42Q"
_ELSEWHERE = "http://192.0.2.1:9"  # RFC 5737: nobody's address


def _processes() -> Iterator[Recorded]:
    for name in (services.AWS, services.DOOR):
        found = recorded(name)
        assert found, f"{name} does not run"
        yield found


def _session_of(leader: int) -> set[int]:
    """Return every process of a session, the functions' workers included."""
    members = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if os.getsid(int(entry.name)) == leader:
                    members.add(int(entry.name))
            except ProcessLookupError:
                continue
    return members


def _sockets_of(pid: int) -> set[str]:
    """Return the sockets of a process; none when it has ended, as idle workers do."""
    found = set()
    with suppress(FileNotFoundError):
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(FileNotFoundError):
                found.add(descriptor.readlink().name)
    return {
        name.removeprefix("socket:[").removesuffix("]")
        for name in found
        if name.startswith("socket:[")
    }


def _listeners() -> Iterator[tuple[str, int, str]]:
    """Yield address, port and socket of everything that listens on this machine (proc_net_tcp)."""
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text(encoding="ascii").splitlines()[1:]:
            fields = line.split()
            if fields[3] == _LISTENING:
                address, _, port = fields[1].partition(":")
                yield address, int(port, 16), fields[9]


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="reads Linux's /proc")
def test_everything_that_listens_listens_on_loopback_and_is_named(stack: Stack) -> None:
    ours = {s for p in _processes() for pid in _session_of(p.pid) for s in _sockets_of(pid)}
    listening = [(address, port) for address, port, socket in _listeners() if socket in ours]
    assert {address for address, _ in listening} <= _LOOPBACK
    assert {port for _, port in listening} == {
        int(stack.site_url.rpartition(":")[2]),
        int(stack.aws_endpoint_url.rpartition(":")[2]),
        Ports.chosen().mail,
    }


@pytest.mark.skipif(not Path("/proc").exists(), reason="reads Linux's /proc")
def test_functions_inherit_only_dummies_and_the_bare_python() -> None:
    aws = recorded(services.AWS)
    assert aws
    raw = Path(f"/proc/{aws.pid}/environ").read_bytes().decode()
    environment = dict(entry.split("=", 1) for entry in raw.split("\0") if entry)
    assert environment["AWS_ACCESS_KEY_ID"] == environment["AWS_SECRET_ACCESS_KEY"] == "test"
    assert environment["AWS_CONFIG_FILE"] == os.devnull
    assert environment["PATH"].split(os.pathsep)[0] == str(RUNTIME / "bin")
    assert not {name for name in environment if name.upper().endswith("_PROXY")} - {"NO_PROXY"}
    assert "AWS_PROFILE" not in environment


@pytest.mark.parametrize(
    "url",
    [
        "https://dynamodb.eu-central-1.amazonaws.com",
        "http://192.0.2.1:4566",
        "http://localhost.evil.example:4566",
        "http://127.0.0.1@evil.example/",
        "http://[2001:db8::1]:4566",
        "",
    ],
)
def test_an_endpoint_elsewhere_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="only ever talks to this machine"):
        clean_environment.assert_loopback(url)


@pytest.fixture
def hostile_shell(tmp_path: Path) -> dict[str, str]:
    """An environment in which a plain `aws` or boto3 would act on somebody's real account."""
    config = tmp_path / "config"
    config.write_text(
        f"[default]\nregion = us-east-1\nendpoint_url = {_ELSEWHERE}\n"
        f"[profile production]\nrole_arn = arn:aws:iam::123456789012:role/Admin\n"
        f"source_profile = default\n",
        encoding="utf-8",
    )
    credentials = tmp_path / "credentials"
    credentials.write_text(
        f"[default]\naws_access_key_id = {_SOMEBODYS_KEY}\naws_secret_access_key = hostile\n",
        encoding="utf-8",
    )
    home = tmp_path / "home"
    (home / ".aws").mkdir(parents=True)
    (home / ".aws" / "config").write_bytes(config.read_bytes())
    (home / ".aws" / "credentials").write_bytes(credentials.read_bytes())
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "AWS_PROFILE": "production",
        "AWS_DEFAULT_PROFILE": "production",
        "AWS_ACCESS_KEY_ID": _SOMEBODYS_KEY,
        "AWS_SECRET_ACCESS_KEY": "hostile",
        "AWS_SESSION_TOKEN": "hostile-session",
        "AWS_SECURITY_TOKEN": "hostile-session",
        "AWS_CONFIG_FILE": str(config),
        "AWS_SHARED_CREDENTIALS_FILE": str(credentials),
        "AWS_ENDPOINT_URL": _ELSEWHERE,
        "AWS_ENDPOINT_URL_S3": _ELSEWHERE,
        "AWS_ENDPOINT_URL_CLOUDFORMATION": _ELSEWHERE,
        "AWS_REGION": "us-east-1",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": _ELSEWHERE,
        "AWS_WEB_IDENTITY_TOKEN_FILE": str(config),
        "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/Admin",
        "HTTP_PROXY": _ELSEWHERE,
        "HTTPS_PROXY": _ELSEWHERE,
        "http_proxy": _ELSEWHERE,
        "https_proxy": _ELSEWHERE,
        "SAM_CLI_CONFIG": str(config),
        "PYTHONPATH": str(tmp_path / "not-ours"),
    }


# Runs first in every Python below: writes down each address it connects to, and what it was given.
_WITNESS = """
import json, os, socket
def note(kind, value):
    with open({log!r}, "a", encoding="utf-8") as out:
        out.write(json.dumps([kind, value]) + "\\n")
note("environment", dict(os.environ))
def noted(connect):
    def connecting(self, address):
        if self.family != socket.AF_UNIX:
            note("connect", str(address[0]))
        return connect(self, address)
    return connecting
socket.socket.connect = noted(socket.socket.connect)
socket.socket.connect_ex = noted(socket.socket.connect_ex)
"""

# The commands themselves, with the witness smuggled into each tool that they run.
_DRIVER = """
import sys
sys.path.insert(0, {project!r})
from infra.local import clean_environment, commands, deployment, progress
from infra.local.paths import Ports
ports = Ports.chosen()
fetching = clean_environment.enter(ports)
exec(open({witness!r}).read())
plain = progress.run
def watched(name, command, environment):
    plain(name, command, {{**environment, "PYTHONPATH": {site!r}}})
deployment.run = commands.run = watched
commands.site(commands.running(), fetching)
deployment.deploy(ports)
"""


def test_no_tool_reaches_a_real_account_whatever_the_shell_holds(
    tmp_path: Path,
    hostile_shell: dict[str, str],
    stack: Stack,
) -> None:
    seen, site = tmp_path / "seen", tmp_path / "site"
    site.mkdir()
    witness = site / "sitecustomize.py"
    witness.write_text(_WITNESS.format(log=str(seen)), encoding="utf-8")
    driver = tmp_path / "driver.py"
    places = {"project": str(PROJECT), "witness": str(witness), "site": str(site)}
    driver.write_text(_DRIVER.format(**places), encoding="utf-8")
    ports = {"NEWSREEL_PORT": stack.site_url, "NEWSREEL_AWS_PORT": stack.aws_endpoint_url}
    own = {name: url.rpartition(":")[2] for name, url in ports.items()}

    ended = subprocess.run(
        [sys.executable, str(driver)],
        env={**hostile_shell, **own},
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 0, ended.stdout + ended.stderr
    noted = [json.loads(line) for line in seen.read_text(encoding="utf-8").splitlines()]
    reached = {value for kind, value in noted if kind == "connect"}
    assert reached <= {"127.0.0.1", "localhost", "::1"}
    assert "127.0.0.1" in reached
    given = [value for kind, value in noted if kind == "environment"]
    assert len(given) >= 3  # ourselves, the website's publisher, sam
    for environment in given:
        assert _SOMEBODYS_KEY not in environment.values()
        assert _ELSEWHERE not in environment.values()
        assert "AWS_PROFILE" not in environment
        assert environment["AWS_ENDPOINT_URL"] == stack.aws_endpoint_url
