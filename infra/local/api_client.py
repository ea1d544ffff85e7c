"""Speaks to the site as a browser would: own origin, own cookies, redirects seen, ranges asked."""

import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import NotRequired, TypeAlias, TypedDict
from urllib.parse import urlsplit

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

_PATIENCE = 60.0
"""Seconds for an answer: the first call of a function starts a process."""


class Problem(TypedDict, total=False):
    """What a refusal says (RFC 9457)."""

    code: str
    title: str
    detail: str
    terms_version: str


class Checksum(TypedDict):
    """A checksum as the catalogue tells it."""

    algorithm: str
    value: str
    type: str


class Rendition(TypedDict):
    """One file of a video, as the catalogue tells it."""

    rendition_id: str
    label: str
    file_name: str
    size_bytes: int
    checksums: list[Checksum]


class Video(TypedDict):
    """A video as the catalogue tells it; renditions only when asked for by its id."""

    video_id: str
    title: str
    duration: float | None
    formats: list[str]
    transcript: dict[str, Json] | None
    renditions: NotRequired[list[Rendition]]


class Link(TypedDict):
    """A download link as the service makes it."""

    download_url: str
    file_name: str
    size_bytes: int
    expires_at: str


class RefusedError(Exception):
    """The service said no: ``problem`` says why, ``status`` is the HTTP status."""

    def __init__(self, method: str, path: str, status: int, problem: Problem) -> None:
        words = problem.get("detail") or problem.get("title") or "no reason given"
        super().__init__(f"{method} {path} was refused with {status}: {words}")
        self.status = status
        self.problem = problem


class UnreachableError(Exception):
    """Nobody answered."""


@dataclass(slots=True)
class ApiClient:
    """One browser. Tools' cookie jars never send ``Secure`` cookies over http, so it has its own.

    ``site_url`` is where it is; whatever it asks for must be on that origin.
    """

    site_url: str
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(
        self, method: str, path: str, body: Mapping[str, str | bool] | None = None
    ) -> tuple[int, Json]:
        """Send JSON to the API, return status and JSON (None if there is no body).

        Raises:
            RefusedError: a status from 400 on.
            UnreachableError: no answer.
        """
        data = None if body is None else json.dumps(body).encode()
        sent = {"Content-Type": "application/json"} if data is not None else {}
        with self._answer(method, f"/api{path}", data, sent) as answer:
            content = answer.read()
        if answer.status >= 400:  # noqa: PLR2004 - from here on HTTP refuses
            raise RefusedError(method, f"/api{path}", answer.status, _problem(content))
        return answer.status, json.loads(content) if content else None

    def follow(self, link: str) -> str:
        """Return where a download link leads at this moment.

        Raises:
            RefusedError: it leads nowhere.
        """
        path = self._own(link)
        with self._answer("GET", path, None, {}) as answer:
            content = answer.read()
        target = answer.headers.get("Location")
        if answer.status != 302 or not target:  # noqa: PLR2004 - found, for this once
            raise RefusedError("GET", path.partition("?")[0], answer.status, _problem(content))
        return target

    @contextmanager
    def fetch(self, url: str, first_byte: int) -> Iterator[http.client.HTTPResponse]:
        """Open a file from a byte on; leaving the block breaks off what is not yet read."""
        wanted = {"Range": f"bytes={first_byte}-"} if first_byte else {}
        with self._answer("GET", self._own(url), None, wanted, with_cookies=False) as answer:
            if answer.status != (206 if first_byte else 200):
                raise RefusedError("GET", urlsplit(url).path, answer.status, {})
            yield answer

    @contextmanager
    def _answer(
        self,
        method: str,
        path: str,
        body: bytes | None,
        headers: Mapping[str, str],
        *,
        with_cookies: bool = True,
    ) -> Iterator[http.client.HTTPResponse]:
        # What a page of the site sends: without one of these two a cookie is not believed.
        sent = {"Origin": self.site_url, "Sec-Fetch-Site": "same-origin", **headers}
        if with_cookies and self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection = http.client.HTTPConnection(urlsplit(self.site_url).netloc, timeout=_PATIENCE)
        try:
            try:
                connection.request(method, path, body, sent)
                answer = connection.getresponse()
            except (OSError, http.client.HTTPException) as error:
                raise UnreachableError(f"No answer from {self.site_url}.") from error
            if with_cookies:
                self._keep_cookies(answer)
            yield answer
        finally:
            connection.close()

    def _keep_cookies(self, answer: http.client.HTTPResponse) -> None:
        for header in answer.headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(header).items():
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value

    def _own(self, url: str) -> str:
        parts = urlsplit(url)
        if f"{parts.scheme}://{parts.netloc}" != self.site_url:
            raise UnreachableError(f"The service pointed away from {self.site_url}.")
        return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _problem(content: bytes) -> Problem:
    try:
        problem: Problem = json.loads(content)
    except ValueError:
        return {}
    return problem
