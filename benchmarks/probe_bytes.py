"""Measures how many bytes of a media file ingest reads to probe it, and how many ffprobe reads.

Ingest's bytes are counted where it asks S3 for ranges. ffprobe requests everything from some offset
on from a web server on loopback, and disconnects when it has enough. Counted are the bytes that the
server has sent by then (with the small buffers of a fast network), and the bytes that ffprobe
reports. Posters and checksums read more, later.
"""

import re
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from newsreel.media.probe import probe
from newsreel.media.ranged_file import RangedFile

from tests.support.long_media import SIX_HOURS, THIRTY_MINUTES
from tests.support.template import ROOT
from tools.sample_media.__main__ import main as make_samples

SAMPLES = ROOT / ".local" / "media"
_SERVED = ROOT / ".local"
_SUFFIXES = {".mxf", ".mov", ".mp4", ".wav"}
_PIECE = 16 * 1024
_BUFFER = 64 * 1024


@dataclass(frozen=True, slots=True)
class ProbeBytes:
    """Bytes of one file: its size, what ingest read in how many requests, what ffprobe had sent.

    ``taken`` is the part of it that ffprobe reports to have read.
    """

    name: str
    size: int
    ours: int
    requests: int
    sent: int
    taken: int


def measure() -> list[ProbeBytes]:
    """Probe every sample and two long files; makes missing ones first."""
    make_samples(["--into", str(SAMPLES)])
    samples = sorted(path for path in SAMPLES.glob("*/*") if path.suffix in _SUFFIXES)
    samples += [long.path() for long in (SIX_HOURS, THIRTY_MINUTES)]
    with _served() as (address, sent):
        return [_measure(path, address, sent) for path in samples]


def _measure(path: Path, address: str, sent: list[int]) -> ProbeBytes:
    ours, requests = _ours(path)
    sent.clear()
    url = f"{address}/{path.relative_to(_SERVED)}"
    command = ["ffprobe", "-v", "debug", "-show_format", "-show_streams", url]
    log = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    taken = sum(int(number) for number in re.findall(r"Statistics: (\d+) bytes read", log))
    return ProbeBytes(path.name, path.stat().st_size, ours, requests, sum(sent), taken)


def _ours(path: Path) -> tuple[int, int]:
    requests = 0
    with path.open("rb") as content:

        def read_range(start: int, length: int) -> bytes:
            nonlocal requests
            requests += 1
            content.seek(start)
            return content.read(length)

        file = RangedFile(read_range, path.stat().st_size)
        probe(file)
    return file.bytes_read, requests


@contextmanager
def _served() -> Iterator[tuple[str, list[int]]]:
    sent: list[int] = []

    class Samples(BaseHTTPRequestHandler):
        """Serves a sample from the requested offset on."""

        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = _SERVED / self.path.lstrip("/")
            size = path.stat().st_size
            start = int(self.headers.get("Range", "bytes=0-")[6:].partition("-")[0])
            self.send_response(206)
            self.send_header("Accept-Ranges", "bytes")
            self.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
            self.send_header("Content-Length", str(size - start))
            self.end_headers()
            self._send(path, start)

        def _send(self, path: Path, start: int) -> None:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
            with path.open("rb") as content:
                content.seek(start)
                while piece := content.read(_PIECE):
                    try:
                        self.wfile.write(piece)
                    except OSError:  # ffprobe has enough and disconnected
                        self.close_connection = True
                        return
                    sent.append(len(piece))

        def log_message(self, *_values: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Samples)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", sent
    finally:
        server.shutdown()
        server.server_close()
