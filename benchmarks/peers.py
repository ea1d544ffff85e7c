"""Measures the cost of the same requests in a Django service, which `django_peer.py` contains.

The peer runs in a separate Python, made from the lock's group `bench` in `.local/bench/peers`,
because neither the project's environment nor its types include Django.
"""

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from benchmarks.built import PLACE
from tests.support.template import ROOT

_UV = Path(sys.executable).parent / "uv"
_SCRIPT = Path(__file__).with_name("django_peer.py")
_REQUESTS = 40


def measure(rounds: int) -> dict[str, float]:
    """Return the microseconds of processor time of each of the peer's routes; medians."""
    folder = PLACE / "peers"
    install = [str(_UV), "sync", "--frozen", "--quiet", "--only-group", "bench"]
    subprocess.run(
        [*install, "--python", sys.executable],
        cwd=ROOT,
        env={**os.environ, "UV_PROJECT_ENVIRONMENT": str(folder)},
        check=True,
    )
    done = subprocess.run(
        [folder / "bin" / "python", _SCRIPT, str(rounds), str(_REQUESTS)],
        stdout=subprocess.PIPE,
        check=True,
    )
    taken: dict[str, list[float]] = json.loads(done.stdout)
    return {name: statistics.median(rounds_of) for name, rounds_of in taken.items()}
