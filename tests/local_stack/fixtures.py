"""A world of the running stack with something to find, and the way to it through the front door."""

from typing import Any

import requests
from hypothesis import assume

from infra.local.paths import Stack
from tests.local_stack.client import TERMS, Client, Person
from tests.support.fuzzing import World
from tests.support.transport import Response

# A longer one never reaches the service: CloudFront answers it ("Quotas", maximum length of a URL).
LONGEST_URL = 8192


class Http:
    """The way through the front door."""

    def __init__(self, stack: Stack) -> None:
        self._api = f"{stack.site_url}/api"
        self._session = Client(stack).session
        self._session.trust_env = False

    def call(self, case: Any, headers: dict[str, str]) -> Any:
        self._session.cookies.clear()
        sent = case.as_transport_kwargs(base_url=self._api)
        url = requests.Request("GET", sent["url"], params=sent["params"]).prepare().url or ""
        # With a line break in it, the local distribution takes the path for one of the website's.
        assume(len(url) < LONGEST_URL and "%0A" not in url)
        return case.call(base_url=self._api, headers=headers, session=self._session)

    def open(
        self, method: str, path: str, *, query: Any, headers: dict[str, str], body: bytes
    ) -> Response:
        self._session.cookies.clear()
        answer = self._session.request(
            method,
            self._api + path,
            headers={name: _sendable(value) for name, value in headers.items()},
            params=query,
            data=body,
            allow_redirects=False,
            timeout=60,
        )
        told = {name.title(): value for name, value in answer.headers.items()}
        return Response(answer.status_code, told, answer.text)


def _sendable(value: str) -> bytes:
    # Servers refuse control characters in headers before anybody reads them.
    return "".join(letter for letter in value if letter.isprintable()).strip().encode()


def a_world(stack: Stack) -> World:
    """Make persons of its own: nothing that other tests use is there to be lost."""
    person, other = Person.new(stack), Person.new(stack)
    person.register()
    registration = other.start()["registration_id"]
    reset = person.client.post("/api/password-resets", {"email": person.email}).json()["reset_id"]
    video = person.client.get("/api/videos").json()["items"][0]["video_id"]
    rendition = person.client.get(f"/api/videos/{video}").json()["renditions"][0]["rendition_id"]
    wish = {"rendition": rendition, "terms_version": TERMS}
    link = person.client.post(f"/api/videos/{video}/downloads", wish).json()["download_url"]
    token, _, file_name = link.partition("/downloads/")[2].partition("/")
    known = {
        "registration_id": registration,
        "reset_id": reset,
        "video_id": video,
        "token": token,
        "file_name": file_name,
        "page": "home",
        "email": person.email,
        "password": person.password,
        "code": other.inbox.code(),
        "reset_token": _prove(person, reset),
        "rendition": rendition,
        "terms_version": TERMS,
        "version": TERMS,
        "text_version": "2026-01",
    }

    def cookie() -> str:
        return "; ".join(f"{name}={value}" for name, value in person.client.cookies.items())

    def bring_back(status: int) -> None:
        nonlocal person
        if status >= 300 or person.client.get("/api/account").status_code == 200:
            return
        # Logged out; or a reset went through, and nobody knows the new password.
        if person.log_in().status_code != 201:
            person = Person.new(stack)
            person.register()

    return World(Http(stack), cookie, known, bring_back)


def _prove(person: Person, reset: str) -> str:
    """Enter the code of a reset; the welcome may have come before it or after."""
    subjects = [str(mail["subject"]) for mail in person.inbox.wait_for(3)]
    code = [subject for subject in subjects if " is your " in subject][-1][:7].replace(" ", "")
    answer = person.client.post(f"/api/password-resets/{reset}/verify", {"code": code})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["reset_token"])
