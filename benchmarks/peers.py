"""Measures what the same request costs a Django service, as `django_peer.py` answers it.

In a Python of its own, made from the lock's group `bench` into `.local/bench/peers`: neither the
project's environment nor its types know Django.
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
    place = PLACE / "peers"
    install = [str(_UV), "sync", "--frozen", "--quiet", "--only-group", "bench"]
    subprocess.run(
        [*install, "--python", sys.executable],
        cwd=ROOT,
        env={**os.environ, "UV_PROJECT_ENVIRONMENT": str(place)},
        check=True,
    )
    done = subprocess.run(
        [place / "bin" / "python", _SCRIPT, str(rounds), str(_REQUESTS)],
        stdout=subprocess.PIPE,
        check=True,
    )
    taken: dict[str, list[float]] = json.loads(done.stdout)
    return {name: statistics.median(rounds_of) for name, rounds_of in taken.items()}
