"""Runs ``fastapi_peer.py`` in a Python with FastAPI; it gets what AWS answered to our handlers."""

import json
import os
import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

from newsreel import clock

from benchmarks import warm_requests
from benchmarks.built import PLACE
from benchmarks.routes import ROUTES
from tests.support.cloud import ENVIRONMENT, FakeClock
from tests.support.template import ROOT

_UV = Path(sys.executable).parent / "uv"
_SCRIPT = Path(__file__).with_name("fastapi_peer.py")
_ROUTES = ("GET /videos", "GET /videos/{video_id}")


def measure(rounds: int) -> dict[str, dict[str, list[float]]]:
    """Return the microseconds of a request in each round, ours and FastAPI's, by route."""
    folder = PLACE / "fastapi"
    install = [str(_UV), "sync", "--frozen", "--quiet", "--no-default-groups"]
    subprocess.run(
        [*install, "--group", "bench", "--no-install-project", "--python", sys.executable],
        cwd=ROOT,
        env={**os.environ, "UV_PROJECT_ENVIRONMENT": str(folder)},
        check=True,
    )
    fake_clock = FakeClock()
    with patch.object(clock, "now", lambda: fake_clock.time):
        recordings = warm_requests.record(fake_clock, {route: ROUTES[route] for route in _ROUTES})
    given = {
        route: {
            "event": recording.request.event,
            "results": recording.results,
            "time": recording.time.isoformat(),
        }
        for route, recording in recordings.items()
    }
    recorded = PLACE / "recorded.json"
    recorded.write_text(json.dumps(given), encoding="utf-8")
    done = subprocess.run(
        [folder / "bin" / "python", _SCRIPT, recorded, str(rounds), str(warm_requests.LOOPS)],
        stdout=subprocess.PIPE,
        env={**os.environ, **ENVIRONMENT, "PYTHONPATH": f"{ROOT}:{ROOT / 'layers' / 'code'}"},
        check=True,
    )
    runs: dict[str, dict[str, list[float]]] = json.loads(done.stdout.splitlines()[-1])
    return runs
