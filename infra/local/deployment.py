"""Builds the real template and deploys it to the local AWS, as `sam` does it to a real one."""

import hashlib
import os
import platform
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import boto3

from infra.local import clean_environment
from infra.local.paths import (
    BUILD,
    BUILD_CACHE,
    LOCAL,
    PROJECT,
    REGION,
    RUNTIME,
    STACK_NAME,
    Ports,
    Stack,
)
from infra.local.progress import StepFailedError, run

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_ses import SESClient

SAM = (sys.executable, "-P", str(Path(__file__).with_name("sam.py")))
_UV = str(PROJECT / ".venv" / "bin" / "uv")


@dataclass(frozen=True, slots=True)
class Checkout:
    """The files of a version, and where they are built."""

    root: Path
    build: Path
    cache: Path


THIS = Checkout(PROJECT, BUILD, BUILD_CACHE)


def runtime() -> str:
    """Return this Python as Lambda names it, like `python3.11`."""
    return f"python{sys.version_info.major}.{sys.version_info.minor}"


def architecture() -> str:
    """Return this processor as Lambda names it."""
    return "arm64" if platform.machine().lower() in {"arm64", "aarch64"} else "x86_64"


def parameters(ports: Ports, checkout: Checkout = THIS) -> dict[str, str]:
    """Return what samconfig.toml says of the local stage, and what this machine decides."""
    stages = tomllib.loads((checkout.root / "samconfig.toml").read_text(encoding="utf-8"))
    written = stages["local"]["deploy"]["parameters"]["parameter_overrides"]
    return {
        **{name: str(value) for name, value in written.items()},
        "SiteUrl": ports.site_url,
        "MediaEndpointUrl": ports.site_url,
        "LocalGatewayPort": str(ports.aws),
        "PythonRuntime": runtime(),
        "Architecture": architecture(),
    }


def make_bare_runtime(fetching: Mapping[str, str]) -> None:
    """Make the `python3` that functions run on: what Lambda's runtime holds, and nothing else."""
    stamp = RUNTIME / "made-from"
    wanted = hashlib.sha256((PROJECT / "uv.lock").read_bytes()).hexdigest() + runtime()
    if stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
        return
    LOCAL.mkdir(exist_ok=True)
    command = [_UV, "sync", "--frozen", "--only-group", "runtime", "--python", sys.executable]
    run("runtime", command, {**fetching, "UV_PROJECT_ENVIRONMENT": str(RUNTIME)})
    stamp.write_text(wanted, encoding="ascii")


def build(ports: Ports, fetching: Mapping[str, str], checkout: Checkout = THIS) -> None:
    """Build functions and layers for this machine; unchanged ones come from the cache."""
    command = [*SAM, "build", "--cached", "--parallel"]
    command += ["--template-file", str(checkout.root / "template.yaml")]
    command += ["--build-dir", str(checkout.build), "--cache-dir", str(checkout.cache)]
    command += ["--parameter-overrides", *_overrides(ports, checkout)]
    run(
        "build",
        command,
        {**fetching, "PYTHON_RUNTIME": runtime(), "ARCHITECTURE": architecture()},
    )


def deploy(ports: Ports, checkout: Checkout = THIS) -> Stack:
    """Deploy what was built to the local AWS and return the stack; twice updates it."""
    command = [*SAM, "deploy", "--config-env", "local", "--stack-name", STACK_NAME]
    command += ["--config-file", str(checkout.root / "samconfig.toml")]
    command += ["--template-file", str(checkout.build / "template.yaml"), "--region", REGION]
    command += ["--no-progressbar", "--parameter-overrides", *_overrides(ports, checkout)]
    run("deploy", command, clean_environment.for_administering(ports))
    found = outputs(ports)
    return Stack(
        site_url=ports.site_url,
        api_url=f"{ports.site_url}/api",
        mailbox_url=f"{ports.site_url}/mailbox",
        smtp_url=ports.smtp_url,
        media_bucket=found["MediaBucket"],
        aws_endpoint_url=ports.aws_url,
        region=REGION,
        stack_name=STACK_NAME,
        outputs=found,
    )


def activate_receipt_rules(stack: Stack) -> None:
    """Make the stack's receipt rules the active ones, which CloudFormation cannot do."""
    ses: SESClient = boto3.client(
        "ses", endpoint_url=clean_environment.assert_loopback(stack.aws_endpoint_url)
    )
    ses.set_active_receipt_rule_set(RuleSetName=stack.outputs["ReceiptRuleSet"])


def outputs(ports: Ports) -> dict[str, str]:
    """Return the deployed stack's outputs; StepFailedError when it did not come up."""
    cloudformation: CloudFormationClient = boto3.client(
        "cloudformation", endpoint_url=clean_environment.assert_loopback(ports.aws_url)
    )
    (stack,) = cloudformation.describe_stacks(StackName=STACK_NAME)["Stacks"]
    if not stack["StackStatus"].endswith("_COMPLETE") or "ROLLBACK" in stack["StackStatus"]:
        raise StepFailedError(f"The deployment ended as {stack['StackStatus']}.")
    return {entry["OutputKey"]: entry["OutputValue"] for entry in stack.get("Outputs", [])}


def _overrides(ports: Ports, checkout: Checkout) -> list[str]:
    chosen = parameters(ports, checkout)
    if seconds := os.environ.get("NEWSREEL_PRESIGNED_SECONDS"):
        chosen["PresignedSeconds"] = seconds
    return as_overrides(chosen)


def as_overrides(chosen: Mapping[str, str]) -> list[str]:
    """Return parameters as arguments of `--parameter-overrides`, quoted as sam unquotes them.

    Without quotes sam cuts a value at its first space.
    """
    quoted = {name: value.replace('"', '\\"') for name, value in chosen.items()}
    return [f'{name}="{value}"' for name, value in quoted.items()]
