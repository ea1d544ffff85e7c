"""`make preflight STAGE=local` looks at the stack that is up, and finds nothing that stops it."""

import subprocess
import sys

from infra.local.paths import PROJECT, Stack


def test_the_stack_that_is_up_is_looked_at(stack: Stack) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tools.preflight", "local"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (
        f"Before deploying newsreel-local to eu-central-1 at {stack.aws_endpoint_url}"
        in done.stdout
    )
    for found in ("CREATE_COMPLETE", "this stack makes it", "newsreel-local is active"):
        assert found in done.stdout.replace("UPDATE_COMPLETE", "CREATE_COMPLETE")
    assert "STOP" not in done.stdout
