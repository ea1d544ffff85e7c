"""Speaks to a site as a browser would: own origin, own cookies, redirects seen, ranges asked."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from tools.smoke.trial import StepFailedError

_PATIENCE = 60.0
_MOST = 1024 * 1024
"""Bytes that are read of an answer: a file is never read whole."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; ``body`` is at most a MiB of it."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> dict[str, Any]:
        """Return the body as an object; empty if it is none."""
        try:
            read = json.loads(self.body)
        except ValueError:
            return {}
        return read if isinstance(read, dict) else {}

    def expect(self, *statuses: int) -> "Reply":
        """Return the same answer if it has one of these statuses.

        Raises:
            StepFailedError: it has another; the message has the refusal's own words.
        """
        if self.status in statuses:
            return self
        told = self.json()
        words = told.get("code") or told.get("title") or told.get("message") or ""
        wanted = " or ".join(map(str, statuses))
        raise StepFailedError(f"{self.status} {words} instead of {wanted}".replace("  ", " "))


@dataclass(slots=True)
class Visitor:
    """One browser at a site."""

    site_url: str
    cookies: dict[str, str] = field(default_factory=dict)

    def send(
        self,
        method: str,
        url: str,
        body: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send one request, to a path of the site or to any address, and follow nothing.

        Raises:
            StepFailedError: nobody answers.
        """
        parts = urlsplit(url if "://" in url else self.site_url + url)
        own = f"{parts.scheme}://{parts.netloc}" == self.site_url
        sent = {"User-Agent": "newsreel-smoke", **(headers or {})}
        if own:
            sent |= {"Origin": self.site_url, "Sec-Fetch-Site": "same-origin"}
        if own and self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            sent["Content-Type"] = "application/json"
        make = (
            http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        )
        connection = make(parts.netloc, timeout=_PATIENCE)
        path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        try:
            connection.request(method, path, None if body is None else json.dumps(body), sent)
            answer = connection.getresponse()
            content = answer.read(_MOST)
        except (OSError, http.client.HTTPException) as failed:
            raise StepFailedError(f"no answer ({type(failed).__name__})") from None
        finally:
            connection.close()
        if own:
            self._keep_cookies(answer)
        found = {name.lower(): value for name, value in answer.getheaders()}
        return Reply(answer.status, found, content)

    def _keep_cookies(self, answer: http.client.HTTPResponse) -> None:
        for header in answer.headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(header).items():
                self.cookies[name] = morsel.value
