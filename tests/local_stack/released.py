"""The local AWS as it is released, without our launcher, to see which mends are still needed."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from infra.local.paths import RUNTIME


@contextmanager
def released(own: Path, settings: Mapping[str, str]) -> Iterator[str]:
    """Run it with these settings and a folder of its own; give its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        "PATH": os.pathsep.join([str(RUNTIME / "bin"), os.environ["PATH"]]),
        "HOME": str(own),
        "TMPDIR": str(own),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": f"unix://{own}/none.sock",
        "LOG_LEVEL": "ERROR",
        **settings,
    }
    command = [sys.executable, "-m", "ministack"]
    with Path(own / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        _await_ready(f"http://127.0.0.1:{port}/_ministack/ready")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def _await_ready(url: str) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the unmended local AWS did not start")
