"""An AWS on this machine that notes every question and says no to it, as each service says it."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Denying(BaseHTTPRequestHandler):
    """Says no to everything, in the words of each service's protocol."""

    asked: list[str]

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        scope = re.search(r"Credential=[^/]+/\d+/[\w-]+/(\w[\w-]*)/", self.headers["Authorization"])
        assert scope
        self.asked.append(f"{self.command} {scope[1]}")
        xml = scope[1] in {"sts", "cloudformation", "ses", "s3", "cloudfront", "iam", "sns"}
        error = "<Error><Code>AccessDenied</Code><Message>no</Message></Error>"
        body = error if scope[1] == "s3" else f"<ErrorResponse>{error}</ErrorResponse>"
        self.send_response(403)
        if not xml:
            self.send_header("x-amzn-errortype", "AccessDeniedException")
            body = '{"__type": "AccessDeniedException", "message": "no"}'
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode() if self.command != "HEAD" else b"")

    do_GET = do_POST = do_HEAD = do_PUT = do_DELETE = answer  # noqa: N815

    def log_message(self, *_values: object) -> None:
        """Say nothing."""


@contextmanager
def denying() -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []
    handler = type("Handler", (Denying,), {"asked": asked})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
