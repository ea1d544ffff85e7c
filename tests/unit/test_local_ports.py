"""Commands for a local stack that is up are about that one, whatever ports the shell names."""

import json
from pathlib import Path

import pytest

from infra.local import __main__ as local
from infra.local import paths
from infra.local.paths import Ports, Stack

UP = Stack(
    site_url="http://localhost:8090",
    api_url="http://localhost:8090/api",
    mailbox_url="http://localhost:8090/mailbox",
    smtp_url="smtp://127.0.0.1:2590",
    media_bucket="media",
    aws_endpoint_url="http://127.0.0.1:4590",
    region="eu-central-1",
    stack_name="newsreel-local",
    outputs={},
)


@pytest.fixture(autouse=True)
def stack_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("NEWSREEL_PORT", "NEWSREEL_AWS_PORT", "NEWSREEL_MAIL_PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("NEWSREEL_INBOUND_PORT", raising=False)
    monkeypatch.setattr(paths, "STACK_FILE", tmp_path / "stack.json")
    return tmp_path / "stack.json"


def test_ports_in_use_are_those_of_the_stack_that_is_up() -> None:
    UP.write()
    assert Ports.in_use() == Ports(site=8090, aws=4590, mail=1025, inbound=2590)


def test_without_a_stack_the_chosen_ports_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSREEL_PORT", "8070")
    assert Ports.in_use() == Ports(site=8070, aws=4566, mail=1025, inbound=2525)


@pytest.mark.parametrize(("command", "site"), [("functions", 8090), ("up", 8080)])
def test_functions_go_to_the_stack_that_is_up(
    command: str, site: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    UP.write()
    used: list[Ports] = []
    monkeypatch.setattr("infra.local.clean_environment.enter", lambda _ports: {})
    monkeypatch.setattr(
        f"infra.local.commands.{command}", lambda ports, _fetching: used.append(ports)
    )
    monkeypatch.setattr("sys.argv", ["local", command])
    assert local.main() == 0
    assert [ports.site for ports in used] == [site]


def test_a_stack_file_of_another_kind_is_named(stack_file: Path) -> None:
    UP.write()
    there = json.loads(stack_file.read_text(encoding="utf-8"))
    there["site_url"] = "http://localhost"
    stack_file.write_text(json.dumps(there), encoding="utf-8")
    with pytest.raises(ValueError, match=r"stack\.json names an address without a port"):
        Ports.in_use()
