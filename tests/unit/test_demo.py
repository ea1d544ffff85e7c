"""The demonstration reports a broken promise in one sentence, and ends with an error."""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from infra.local import demo
from infra.local.api_client import ApiClient, Link, RefusedError, UnreachableError
from infra.local.paths import Stack

CONTENT = bytes(range(256)) * 4096
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@dataclass
class Service:
    """The small server's answers; tests change them."""

    served: bytes = CONTENT
    sha256: str = SHA256
    code_subject: str = "482 917 is your verification code (02:04)"
    target: str = "/bucket/a.mxf"
    refusal: dict[str, str] | None = None
    address: str = ""
    signed_in: bool = False
    ranges: list[str | None] = field(default_factory=list)
    origins: set[str | None] = field(default_factory=set)

    def rendition(self) -> dict[str, object]:
        checksum = {"algorithm": "SHA256", "value": self.sha256, "type": "FULL_OBJECT"}
        return {
            "rendition_id": "a-mxf",
            "label": "XDCAM HD422, 1080i50",
            "file_name": "a.mxf",
            "size_bytes": len(CONTENT),
            "checksums": [checksum],
        }


def answer(  # noqa: C901, PLR0911 - one line per route
    service: Service, site: str, method: str, path: str, body: dict[str, str]
) -> tuple[int, object]:
    video = {
        "video_id": "v",
        "title": "A [b]video[/b]",
        "duration": 11.2,
        "formats": ["XDCAM HD422"],
        "transcript": None,
    }
    match (method, path):
        case ("POST", "/api/registrations"):
            service.address = body["email"]
            return 202, {"registration_id": "r", "reference": "7R2"}
        case ("POST", "/api/registrations/r/confirm"):
            service.signed_in = body["code"] == "482917"
            return (201, {}) if service.signed_in else (400, {"detail": "That code is not right."})
        case ("GET", "/mailbox/messages.json"):
            return 200, [{"to": service.address, "subject": service.code_subject}]
        case ("GET", "/api/account"):
            return (200, {"email": service.address}) if service.signed_in else (401, {})
        case ("DELETE", "/api/sessions/current"):
            service.signed_in = False
            return 204, None
        case ("POST", "/api/sessions"):
            service.signed_in = True
            return 201, {}
        case ("GET", "/api/videos"):
            return 200, {"items": [video]}
        case ("GET", "/api/videos/v"):
            return 200, {**video, "renditions": [service.rendition()]}
        case ("POST", "/api/videos/v/downloads") if service.refusal and "terms_version" not in body:
            return 409, service.refusal
        case ("POST", "/api/videos/v/downloads"):
            url = f"{site}/api/downloads/token/a.mxf"
            size = len(CONTENT)
            link: Link = {
                "download_url": url,
                "file_name": "a.mxf",
                "size_bytes": size,
                "expires_at": "2026-02-21T09:00:00Z",
            }
            return 201, link
        case _:
            return 200, {"status": "ok"}


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def site(service: Service) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            body = json.loads(self.rfile.read(length) or b"{}")
            if self.path.startswith("/bucket/"):
                self._serve_file()
                return
            if self.path.startswith("/api/downloads/"):
                target = service.target if "://" in service.target else url + service.target
                self._send(302, b"", {"Location": target})
                return
            service.origins.add(self.headers.get("Origin"))
            status, value = answer(service, url, self.command, self.path, body)
            data = b"" if value is None else json.dumps(value).encode()
            kept = "s" if self.command != "DELETE" else "; Max-Age=0"
            self._send(status, data, {"Set-Cookie": f"__Host-session={kept}; Path=/; Secure"})

        def _serve_file(self) -> None:
            range_header = self.headers.get("Range")
            service.ranges.append(range_header)
            start = int(range_header.removeprefix("bytes=").rstrip("-")) if range_header else 0
            self._send(206 if range_header else 200, service.served[start:], {})

        def _send(self, status: int, data: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(data))}.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                self.wfile.write(data)
            except ConnectionError:
                return  # the demonstration breaks the download off on purpose

        do_GET = do_POST = do_DELETE = _serve  # noqa: N815 - the names that http.server calls

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield url
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def run(
    site: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[], tuple[int, str]]:
    urls = (site, f"{site}/api", f"{site}/mailbox", "smtp://127.0.0.1:2525")
    stack = Stack(*urls, "bucket", site, "eu-central-1", "s", {})
    monkeypatch.setattr(Stack, "read", lambda: stack)
    monkeypatch.setattr(demo, "_FOLDER", tmp_path)
    monkeypatch.setattr(demo, "PROJECT", tmp_path)
    monkeypatch.setattr(demo, "LARGE", len(CONTENT))
    monkeypatch.setattr(demo, "_MAIL_TAKES", 0.5)
    monkeypatch.setattr(demo, "_CHECKSUM_TAKES", 0.0)

    def result() -> tuple[int, str]:
        return demo.main(), capsys.readouterr().out

    return result


def test_the_demonstration_succeeds_against_a_service_that_keeps_its_promises(
    run: Callable[[], tuple[int, str]], service: Service, site: str, tmp_path: Path
) -> None:
    status, shown = run()
    assert status == 0, shown
    assert "All of it held" in shown
    assert "A [b]video[/b]" in shown
    assert (tmp_path / "a.mxf").read_bytes() == CONTENT
    assert service.ranges == [None, f"bytes={len(CONTENT) // 2}-"]
    assert site in service.origins


def test_terms_of_use_are_accepted_with_the_first_download(
    run: Callable[[], tuple[int, str]], service: Service
) -> None:
    service.refusal = {"code": "terms_not_accepted", "terms_version": "2026-01"}
    status, shown = run()
    assert status == 0
    assert "version 2026-01" in shown


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"sha256": "00" * 32}, "The checksum is"),
        ({"served": CONTENT[:-1]}, "The download ended by itself at byte"),
        ({"code_subject": "000 000 is your verification code"}, "That code is not right."),
        ({"code_subject": "Hello"}, "No code arrived"),
        ({"target": "http://127.0.0.2:9/elsewhere"}, "pointed away from"),
        ({"refusal": {"detail": "There is no such video."}}, "There is no such video."),
    ],
)
def test_a_broken_promise_is_one_sentence_and_an_error(
    run: Callable[[], tuple[int, str]],
    service: Service,
    change: dict[str, object],
    sentence: str,
) -> None:
    for name, value in change.items():
        setattr(service, name, value)
    status, shown = run()
    assert status == 1
    assert "All of it held" not in shown
    last = shown.rstrip().rpartition("\n")[2]
    assert sentence in last


def test_a_site_that_does_not_answer_is_reported_as_unreachable() -> None:
    with pytest.raises(UnreachableError):
        ApiClient("http://127.0.0.1:9").ask("GET", "/health")


def test_a_server_that_ignores_the_range_is_refused(site: str, service: Service) -> None:
    service.served = CONTENT
    visitor = ApiClient(site)
    with pytest.raises(RefusedError), visitor.fetch(f"{site}/api/health", 5):
        pass


def test_cookies_that_expire_are_forgotten(site: str) -> None:
    visitor = ApiClient(site, {"__Host-session": "old", "other": "x"})
    visitor.ask("GET", "/health")
    assert visitor.cookies == {"__Host-session": "s", "other": "x"}
    visitor.ask("DELETE", "/sessions/current")
    assert visitor.cookies == {"other": "x"}
