"""The parameters in samconfig.toml reach AWS unchanged."""

import inspect
import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from samcli.cli.main import cli
from samcli.commands.deploy import command

from infra.local.deployment import as_overrides
from tests.support.template import ROOT, load

SAMCONFIG = (ROOT / "samconfig.toml").read_text(encoding="utf-8")
SamDeploy: TypeAlias = Callable[..., dict[str, str]]
NAMES = [
    "European Press Agency",
    "Conseil de l'Europe",
    'The "Free" Press',
    "Agence 'presse' \"libre\"",
    "Two  spaces, a comma = and é",
    "ends in a quote'",
]


@pytest.fixture
def sam_deploy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SamDeploy:
    """Run SAM's own command, with its own parsing of files and options, up to the call to AWS.

    Returns the parameters that it would send to CloudFormation.
    """
    overrides: list[dict[str, str]] = []
    signature = inspect.signature(command.do_cli)

    def do_cli(*values: Any) -> None:
        overrides.append(signature.bind(*values).arguments["parameter_overrides"])

    def run(samconfig: str, *options: str) -> dict[str, str]:
        (tmp_path / "samconfig.toml").write_text(samconfig, encoding="utf-8")
        with pytest.raises(SystemExit) as ended:
            cli.main(["deploy", *options], prog_name="sam")
        assert ended.value.code == 0
        return overrides.pop()

    monkeypatch.setattr(command, "do_cli", do_cli)
    monkeypatch.setenv("SAM_CLI_TELEMETRY", "0")
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "template.yaml").write_text("Resources: {}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return run


def stages() -> dict[str, dict[str, Any]]:
    loaded = tomllib.loads(SAMCONFIG)
    return {name: loaded[name]["deploy"]["parameters"] for name in ("local", "dev", "prod")}


def test_every_stage_gives_parameters_that_exist() -> None:
    for name, settings in stages().items():
        assert settings["parameter_overrides"]["Stage"] == name
        assert set(settings["parameter_overrides"]) <= set(load()["Parameters"])
        assert settings["resolve_s3"] is True


@pytest.mark.parametrize("stage", stages())
def test_sam_reads_the_parameters_of_a_stage(stage: str, sam_deploy: SamDeploy) -> None:
    written = {key: str(one) for key, one in stages()[stage]["parameter_overrides"].items()}
    assert sam_deploy(SAMCONFIG, "--config-env", stage) == written


@pytest.mark.parametrize("name", NAMES)
def test_a_name_in_samconfig_reaches_aws_whole(name: str, sam_deploy: SamDeploy) -> None:
    quoted = json.dumps(name, ensure_ascii=False)  # a string of JSON is one of TOML too
    changed = SAMCONFIG.replace('Stage = "prod"', f'Stage = "prod"\nOrganisation = {quoted}')
    assert changed != SAMCONFIG
    assert sam_deploy(changed, "--config-env", "prod")["Organisation"] == name


@pytest.mark.parametrize("name", NAMES)
def test_a_name_on_the_command_line_reaches_aws_whole(name: str, sam_deploy: SamDeploy) -> None:
    given = {"Stage": "local", "Organisation": name, "MailDomain": ""}
    options = ["--config-env", "local", "--parameter-overrides", *as_overrides(given)]
    assert sam_deploy(SAMCONFIG, *options) == given
