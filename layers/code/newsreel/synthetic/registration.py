"""Decides whether people can register: asks for a code from outside and waits until it arrived.

The addressee is SES's own mailbox simulator, which takes every mail, costs no reputation and works
in the sandbox too (SES developer guide, "Using the mailbox simulator"). Nobody enters the code, so
no account comes of it, and the flow vanishes after a day.
"""

import http.client
import json
import secrets
from collections.abc import Callable, Mapping
from typing import Protocol
from urllib.parse import urlsplit

from newsreel.policy import MINUTE

MAILBOX = "success+{}@simulator.amazonses.com"
LONGEST = 3 * MINUTE
"""Seconds for a mail to be delivered; more is a failure."""
EVERY = 5
"""Seconds between two looks."""
_PATIENCE = 20.0
_STARTED = 202


class CanaryFailedError(Exception):
    """The trial did not come to its end; the message says at which step, and quotes nothing."""


class Site(Protocol):
    """What the trial is made against."""

    def ask(
        self, method: str, path: str, body: Mapping[str, str] | None = None
    ) -> tuple[int, dict[str, object]]:
        """Return the status and the JSON of an answer of the API."""
        ...


class OwnSite:
    """The service at its public address, through the distribution, as browsers reach it."""

    def __init__(self, site_url: str) -> None:
        self._url = urlsplit(site_url)

    def ask(
        self, method: str, path: str, body: Mapping[str, str] | None = None
    ) -> tuple[int, dict[str, object]]:
        """Return the status and the JSON of an answer of the API.

        Raises:
            CanaryFailedError: there is no answer, or it is not JSON.
        """
        secure = self._url.scheme == "https"
        make = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = make(self._url.netloc, timeout=_PATIENCE)
        sent = {"Content-Type": "application/json", "User-Agent": "newsreel-canary"}
        try:
            connection.request(method, f"/api{path}", json.dumps(body) if body else None, sent)
            answer = connection.getresponse()
            content = json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError):
            raise CanaryFailedError("no answer") from None
        finally:
            connection.close()
        return answer.status, content if isinstance(content, dict) else {}


def try_registration(
    site: Site, *, now: Callable[[], float], sleep: Callable[[float], None]
) -> float:
    """Register an address that nobody has; return after how many seconds its mail was delivered.

    Raises:
        CanaryFailedError: no mail was delivered in time.
    """
    began = now()
    email = MAILBOX.format(secrets.token_hex(8))
    password = f"Canary-{secrets.token_urlsafe(24)}-7"
    status, flow = site.ask("POST", "/registrations", {"email": email, "password": password})
    if status != _STARTED:
        raise CanaryFailedError(f"start answered {status}")
    while True:
        _, seen = site.ask("GET", f"/registrations/{flow.get('registration_id')}")
        if seen.get("delivery") == "delivered":
            return now() - began
        if now() - began >= LONGEST:
            raise CanaryFailedError("not delivered in time")
        sleep(EVERY)
