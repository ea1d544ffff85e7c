"""No value that people enter or receive in a successful journey is ever written.

Every scenario's request carries canaries in its headers and succeeds once; then each of its calls
fails with an error whose text quotes all parameters.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from argon2 import PasswordHasher
from newsreel.accounts import passwords

from tests.support import accounts, events
from tests.support.accounts import Reply
from tests.support.canaries import PUBLIC, SECRET, Canaries, Loader, told
from tests.support.cloud import Cloud, FakeClock, empty_account
from tests.support.credentials import NEW
from tests.support.description import OPERATIONS, resolved
from tests.support.every_scenario import EVERY_SCENARIO
from tests.support.fault_injection import QUOTING, forget, inject_fault
from tests.support.invariants import memory, redrive
from tests.support.log_capture import CapturedOutput
from tests.support.scenarios import ADDRESS, Scenario, publish

pytestmark = pytest.mark.thorough

# An answer shows these to the caller only.
GIVEN = {"change_id", "key", "email", "registration_id", "reset_id", "reset_token"}
GIVEN |= {"download_url", "url"}


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", quick)
    monkeypatch.setattr("newsreel.aws.transactions.time.sleep", lambda _seconds: None)


def test_every_field_and_path_value_is_either_public_or_searched_for() -> None:
    names = set()
    for _, path, operation in OPERATIONS:
        names |= {part.strip("{}") for part in path.split("/") if part.startswith("{")}
        for content in operation.get("requestBody", {}).get("content", {}).values():
            names |= resolved(content["schema"])["properties"].keys()
    assert names == (PUBLIC - {"format"}) | SECRET


class Overheard:
    """Fills the requests of a scenario with canaries and collects the secrets in them."""

    def __init__(self, canaries: Canaries) -> None:
        self.canaries = canaries
        self.secrets: dict[str, str] = {"address": ADDRESS, "new password": NEW}

    def load(self, event: dict[str, Any]) -> dict[str, Any]:
        loader = Loader(self.canaries, event["httpMethod"], event["resource"], {})
        given = event["headers"]
        held = given.get("Cookie", "__Host-device=x")
        headers = loader.headers() | given | {"Cookie": f"{held}; {self.canaries.at('cookie')}=1"}
        event["headers"] = headers
        event["multiValueHeaders"] = {name: [value] for name, value in headers.items()}
        event["requestContext"]["identity"]["userAgent"] = self.canaries.at("agent")
        self._keep(event["pathParameters"] or {})
        self._keep(json.loads(event["body"] or "{}"))
        self._keep_cookies(given.get("Cookie", "").split("; "))
        return event

    def hear(self, reply: Reply) -> None:
        self._keep_cookies(reply.headers.get("Set-Cookie", []))
        location = reply.headers.get("Location", [""])[0]
        self._keep({"signature": location.partition("X-Amz-Signature=")[2][:40]})
        if "json" in reply.headers.get("Content-Type", [""])[0]:
            values = {name: value for name, value in reply.json.items() if name in GIVEN}
            link = str(values.pop("download_url", "")).partition("/downloads/")[2]
            self._keep(values | {"link": link.partition("/")[0]})

    def _keep(self, values: Mapping[str, Any]) -> None:
        texts = {name: value for name, value in values.items() if isinstance(value, str)}
        secrets = {name: text for name, text in texts.items() if name not in PUBLIC}
        self.secrets |= {name: text for name, text in secrets.items() if len(text) >= 6}

    def _keep_cookies(self, cookies: list[str]) -> None:
        for cookie in cookies:
            name, _, value = cookie.partition(";")[0].partition("=")
            # The part behind the dot proves a session; the part before it is the account.
            self._keep({name: value.rpartition(".")[2]})


@pytest.fixture(scope="module")
def stage() -> Iterator[tuple[Cloud, Callable[[], None]]]:
    """Make the test data once for all scenarios."""
    with empty_account() as cloud:
        publish()
        yield cloud, memory()


@pytest.mark.parametrize("kind", EVERY_SCENARIO, ids=lambda kind: kind.__name__)
def test_nothing_of_a_request_that_succeeds_is_written_whichever_call_fails(
    stage: tuple[Cloud, Callable[[], None]],
    fake_clock: FakeClock,
    captured: CapturedOutput,
    monkeypatch: pytest.MonkeyPatch,
    kind: type[Scenario],
) -> None:
    stage[1]()
    scenario = kind(stage[0], fake_clock)
    redrive()
    bring_back, began = memory(), fake_clock.time
    overheard = Overheard(Canaries())

    def load(*values: Any, **more: Any) -> dict[str, Any]:
        return overheard.load(events.api_event(*values, **more))

    monkeypatch.setattr(accounts, "api_event", load)

    def act(**strike: Any) -> tuple[int, int]:
        bring_back()
        fake_clock.time = began
        forget()
        with inject_fault(**strike) as happened:
            reply = scenario.act()
        overheard.hear(reply)
        texts = list(captured.texts())
        assert overheard.canaries.told(texts) == set(), strike
        assert told(texts, overheard.secrets) == set(), strike
        return reply.status, len(happened.calls)

    status, calls = act()
    assert status in scenario.goal
    failed = [act(fault=QUOTING, at=at)[0] for at in range(calls)]
    # The error's text was about to be written: each of these is an unexpected fault.
    assert 500 in failed or not calls
