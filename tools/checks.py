"""Checks the whole work tree: style, types, the template, and a deployment of it.

Only a deployment finds a circle of references, so the checks include one
(docs/decisions/0009-no-circles-computed-names.md), to a local AWS beside a running stack.
"""

import os
import socket
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from infra.local import clean_environment, deployment, services
from infra.local.node import NotFetchedError
from infra.local.paths import PROJECT, Ports
from infra.local.processes import NotStartedError, stop, wait_for
from infra.local.progress import console, run, step
from tools import javascript_checks
from tools.second_opinion import environment

_CHECKED_AWS = "checked-aws"
_SIMULATED = "tests/infrastructure/test_simulated_rights.py"
_BIN = PROJECT / ".venv" / "bin"


def _templates() -> list[str]:
    nested = sorted((PROJECT / "infra").glob("*.yaml"))
    return ["template.yaml", *(str(path.relative_to(PROJECT)) for path in nested)]


def _commands() -> dict[str, Sequence[str]]:
    module = [sys.executable, "-m"]
    validate = [str(_BIN / "sam"), "validate", "--template-file", "template.yaml"]
    validate += ["--region", os.environ["AWS_REGION"], "--config-env", "none"]
    return {
        "ruff check": [str(_BIN / "ruff"), "check", "."],
        "ruff format": [str(_BIN / "ruff"), "format", "--check", "."],
        "mypy": [str(_BIN / "mypy")],
        "import contracts": ["env", "PYTHONPATH=layers/code", str(_BIN / "lint-imports")],
        "sam validate": validate,
        "sam validate --lint": [*validate, "--lint"],
        "cfn-lint": [str(_BIN / "cfn-lint"), *_templates()],
        **javascript_checks.commands(),
        "workflows and shell scripts": [*module, "tools.second_opinion.checked_workflows"],
        "rights, by a simulator of IAM": [*module, "pytest", "-q", _SIMULATED],
    }


def _slow() -> dict[str, Sequence[str]]:
    """Return what takes as long as several of the others, and runs beside them."""
    checkov = (sys.executable, "-m", "tools.second_opinion.checked_templates")
    return {"checkov, on what SAM makes of the templates": checkov}


@contextmanager
def _beside() -> Iterator[dict[str, Future[None]]]:
    """Run the slow checks while the block runs the others; gives what will come of each."""
    with ThreadPoolExecutor() as pool:
        yield {name: pool.submit(_check, name, command) for name, command in _slow().items()}


def _check(name: str, command: Sequence[str]) -> None:
    run(f"check-{name.replace(' ', '-')}", command, os.environ)


def _free_ports() -> Ports:
    with socket.socket() as aws, socket.socket() as mail:
        aws.bind(("127.0.0.1", 0))
        mail.bind(("127.0.0.1", 0))
        return Ports(site=0, aws=aws.getsockname()[1], mail=mail.getsockname()[1], inbound=0)


def _deploy() -> None:
    ports = _free_ports()
    fetching = clean_environment.enter(ports)
    with step("Preparing the functions' Python"):
        deployment.make_bare_runtime(fetching)
    with step("sam build"):
        deployment.build(ports, fetching)
    try:
        with step("sam deploy, to a separate local AWS"):
            aws = services.start_local_aws(ports, _CHECKED_AWS)
            wait_for(aws, lambda: services.aws_answers(ports), within=60)
            deployment.deploy(ports)
    finally:
        stop(_CHECKED_AWS)


def main() -> int:
    """Run the checks; at the first that fails, print its output and exit with status 1."""
    try:
        with step("npm ci"):
            javascript_checks.fetch()  # enter() below hides the caller's certificates
        with step("checkov and its like"):
            environment.prepare()
        fetching = clean_environment.enter(Ports.chosen())
        os.environ.update(fetching)
        with _beside() as slow:
            for name, command in _commands().items():
                with step(name):
                    _check(name, command)
            for name, ended in slow.items():
                with step(name):
                    ended.result()
        _deploy()
    except (NotStartedError, NotFetchedError, environment.NotPreparedError) as refused:
        console.print(str(refused), markup=False, style="bold red")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
