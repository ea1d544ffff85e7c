"""`make demo` does the main job against the stack that is up."""

import re
import subprocess
import sys

from infra.local.demo import LARGE
from infra.local.paths import LOCAL, PROJECT, Stack


def test_the_demonstration_holds_from_registration_to_checksum(stack: Stack) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "infra.local.demo"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    steps = re.findall(r"^  [✓✂] (\w[\w ]*\w)  ", ended.stdout, re.MULTILINE)
    wanted = ["Register", "Mail", "Verify", "Log out", "Log in", "Catalogue", "Download link"]
    assert [step for step in steps if step != "Terms of use"] == [
        *wanted,
        "Broken off",
        "Resumed",
        "Checksum",
    ]
    assert stack.site_url in ended.stdout
    assert max(file.stat().st_size for file in (LOCAL / "demo").iterdir()) >= LARGE
