"""What needs the most stack is imported first and by itself, in Lambda alone."""

import os
import subprocess
import sys

import pytest

from tests.support.template import ROOT


def behind(name: str, **environment: str) -> int | None:
    """Return behind how many imports a new process loads a module; None if it does not."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "import newsreel"],
        env={"PYTHONPATH": str(ROOT / "layers/code"), "PATH": os.defpath, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = (line.rpartition("| ")[2] for line in done.stderr.splitlines())
    found = (one for one in loaded if one.strip() == name)
    return next(((len(one) - len(one.lstrip())) // 2 for one in found), None)


@pytest.mark.parametrize("name", ["urllib3", "botocore.session"])
def test_lambda_loads_the_deepest_libraries_behind_the_package_alone(name: str) -> None:
    assert behind(name, AWS_LAMBDA_FUNCTION_NAME="newsreel") == 1


@pytest.mark.parametrize("name", ["urllib3", "botocore.session"])
def test_another_process_does_not_load_them(name: str) -> None:
    assert behind(name) is None
