"""Decides where a request is measured: an AWS account with people and a video, and a browser."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from newsreel.aws import clients, stored_secrets
from newsreel.texts import messages

from tests.support.cloud import (  # first: it sets what functions read at import
    Cloud,
    FakeClock,
)

# isort: split

from functions.catalogue import app as catalogue
from functions.downloads import app as downloads
from tests.support import accounts, uploads
from tests.support.events import api_event
from tests.support.template import ROOT
from tools.publish_website import build_release

_SAMPLE = ROOT / "tools" / "sample_media" / "content" / uploads.VIDEO
# The service reads a browser's headers on every request, so they are part of the cost.
_BROWSER = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Accept-Language": "en-GB,en;q=0.8,fr;q=0.5",
}


@dataclass(frozen=True)
class Prepared:
    """A request and its expected status."""

    app: Any
    event: dict[str, Any]
    status: int | None
    """None where nobody is answered."""

    def send(self) -> None:
        """Have the function answer the request.

        Raises:
            RuntimeError: the status is another one.
        """
        answer = self.app.handler(self.event, None)
        status = answer["statusCode"] if answer else None
        if status != self.status:
            raise RuntimeError(f"{self.event['resource']} answered {status}")


@dataclass
class World:
    """An AWS account with the sample video published in it; makes people on request."""

    cloud: Cloud
    fake_clock: FakeClock
    _people: int = field(default=0)
    _reader: str = field(default="")

    def __post_init__(self) -> None:
        texts = json.loads((_SAMPLE / "metadata.json").read_text(encoding="utf-8"))
        uploads.put("transcript.txt", (_SAMPLE / "transcript.txt").read_bytes())
        uploads.publish(**{**texts, "publish_at": None, "withdraw_at": None})
        release = build_release("NATO", "https://media.example.org").files
        for language in messages.LANGUAGES:
            for page in ("catalogue", "video"):
                shell = release[f"pages/{language}/{page}.html"]
                key = f"shells/{language}/{page}.html"
                clients.s3().put_object(Bucket=uploads.SITE, Key=key, Body=shell)

    def address(self) -> str:
        """Return an address that nobody has used."""
        self._people += 1
        return f"reporter-{self._people}@example.org"

    def person(self) -> tuple[str, str]:
        """Open an account and return its address and cookies."""
        address = self.address()
        cookie = accounts.open_account(self.cloud.dynamodb, address).cookie
        self.fake_clock.forward(minutes=1)
        return address, cookie

    def cookie(self) -> str:
        """Log the usual reader in again; used by every route that does not change the account."""
        if not self._reader:
            self._reader, _cookie = self.person()
        return accounts.log_in(self._reader).cookie

    def code(self, address: str) -> str:
        """Deliver the requested mail and return its code."""
        accounts.deliver(self.cloud.dynamodb)
        return accounts.newest_code(address)

    def forget(self) -> None:
        """Act as a new environment: drop everything that is read once."""
        stored_secrets.forget()
        downloads.signer.forget()
        catalogue.shells._kept.clear()  # noqa: SLF001


Prepare = Callable[[World], Prepared]


def ask(app: Any, method: str, resource: str, status: int = 200, **more: Any) -> Prepared:
    """Return a request as a browser sends it."""
    headers = {**_BROWSER, **more.pop("headers", {})}
    return Prepared(app, api_event(method, resource, headers=headers, **more), status)


def signed_in(
    app: Any, method: str, resource: str, status: int = 200, body: Mapping[str, str] | None = None
) -> Prepare:
    """Return how to ask as the usual reader."""

    def prepare(world: World) -> Prepared:
        return ask(app, method, resource, status, cookie=world.cookie(), body=body)

    return prepare
