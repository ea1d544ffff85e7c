"""A browser without a screen, over real HTTP to the local stack, and the inbox beside it."""

import re
import secrets
import time
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any

import requests
from newsreel import terms

from infra.local.paths import Stack

TERMS = terms.VERSIONS[-1].version
PASSWORD = "Blue-Harbour-42!walks"
_MAIL_WITHIN = 30.0
_CODE = re.compile(r"\b(\d{3}) ?(\d{3})\b")


@dataclass
class Client:
    """Sends cookies itself: Python's jar never returns Secure cookies over plain http."""

    stack: Stack
    cookies: dict[str, str] = field(default_factory=dict)
    session: requests.Session = field(default_factory=requests.Session)

    def send(self, method: str, path: str, **options: Any) -> requests.Response:
        """Send one request to a path of the site, follow nothing, keep the cookies it sets."""
        self.session.trust_env = False
        headers = {"Origin": self.stack.site_url, **options.pop("headers", {})}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        options = {"allow_redirects": False, "timeout": 60, **options}
        answer = self.session.request(
            method, self.stack.site_url + path, headers=headers, **options
        )
        self.session.cookies.clear()
        self._keep_cookies(answer)
        return answer

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.send("GET", path, **options)

    def post(self, path: str, body: object = None, **options: Any) -> requests.Response:
        return self.send("POST", path, json=body, **options)

    def delete(self, path: str, **options: Any) -> requests.Response:
        return self.send("DELETE", path, **options)

    def _keep_cookies(self, answer: requests.Response) -> None:
        for line in answer.raw.headers.getlist("Set-Cookie"):
            for name, morsel in SimpleCookie(line).items():
                if morsel["max-age"] == "0" or not morsel.value:
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value


@dataclass(frozen=True)
class Inbox:
    """The mails of one address in the local mailbox."""

    stack: Stack
    address: str

    def mails(self) -> list[dict[str, Any]]:
        """Return the mails so far, the oldest first."""
        url = f"{self.stack.mailbox_url}/messages.json"
        answer = requests.get(url, params={"to": self.address}, timeout=30)
        answer.raise_for_status()
        return list(reversed(answer.json()))

    def wait_for(self, count: int = 1) -> list[dict[str, Any]]:
        """Return the mails as soon as there are `count`; fail when they do not come."""
        last = time.monotonic() + _MAIL_WITHIN
        while time.monotonic() < last:
            if len(found := self.mails()) >= count:
                return found
            time.sleep(0.1)
        raise AssertionError(f"mail {count} did not arrive; {len(self.mails())} did")

    def code(self, count: int = 1) -> str:
        """Return the six digits of the newest mail once `count` mails are there."""
        found = _CODE.search(self.wait_for(count)[-1]["subject"])
        assert found, "there is no code in this mail"
        return found[1] + found[2]


@dataclass(frozen=True)
class Person:
    """Somebody with an address of their own, a browser and an inbox."""

    email: str
    client: Client
    inbox: Inbox
    password: str = PASSWORD

    @classmethod
    def new(cls, stack: Stack) -> "Person":
        email = f"{secrets.token_hex(6)}@newsroom.example"
        return cls(email, Client(stack), Inbox(stack, email))

    def start(self) -> dict[str, Any]:
        """Start a registration and return the flow."""
        body = {"email": self.email, "password": self.password}
        answer = self.client.post("/api/registrations", body)
        assert answer.status_code == 202, answer.text
        flow: dict[str, Any] = answer.json()
        return flow

    def register(self) -> dict[str, Any]:
        """Open an account: start, read the code, confirm; return the account."""
        flow = self.start()
        path = f"/api/registrations/{flow['registration_id']}/confirm"
        answer = self.client.post(path, {"code": self.inbox.code()})
        assert answer.status_code == 201, answer.text
        account: dict[str, Any] = answer.json()["account"]
        return account

    def log_in(self, client: Client | None = None) -> requests.Response:
        body = {"email": self.email, "password": self.password}
        return (client or self.client).post("/api/sessions", body)
