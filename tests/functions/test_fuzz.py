"""Whatever is sent to a route, the answer is one that the API's description holds, and no fault.

schemathesis makes requests that fit the description and requests that do not; a third kind is made
of plain noise. Every route gets its share, in a world where there is something to find: an
account, a session, open flows, a video, a link. Ids, codes and tokens of that world are mixed in.

400 cases by default, always the same; ``FUZZ_CASES=10000`` makes as many, other ones each time.
"""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from argon2 import PasswordHasher
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from newsreel.accounts import passwords
from newsreel.http.problems import CONTENT_TYPE
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks
from werkzeug.test import Client

from tests.functions import uploads
from tests.functions.accounts import deliver, newest_code, open_account, register
from tests.functions.conftest import empty_account
from tests.functions.gateway import STAGE, gateway
from tests.functions.invariants import memory
from tests.functions.scenarios import ADDRESS, TERMS, publish, verify
from tests.functions.test_openapi import DOCUMENT, codes_of

CASES = int(os.environ.get("FUZZ_CASES", "400"))
OTHER = "joe@example.org"
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
SCHEMA.app = gateway
OPERATIONS = {result.ok().label: result.ok() for result in SCHEMA.get_all_operations()}  # type: ignore[union-attr]
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
MANY = 2**32
"""Choices are bits of a number; a route without parameters gets different cases by the rest."""
sent: Counter[str] = Counter()


@dataclass(frozen=True)
class World:
    """What there is to find, and how it comes back after a request that changed it."""

    cookie: str
    known: dict[str, str]
    bring_back: Callable[[], None]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Make the world once for all cases."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patched, empty_account() as cloud:
        patched.setattr(passwords, "_hasher", quick)
        publish()
        cookie = open_account(cloud.dynamodb, ADDRESS).cookie
        url = uploads.make_link(cookie).json["download_url"]
        token, _, file_name = url.partition("/downloads/")[2].partition("/")
        reset = _start_reset()
        deliver(cloud.dynamodb)
        reset_token = verify(reset).json["reset_token"]
        registration = register(OTHER).json["registration_id"]
        deliver(cloud.dynamodb)
        known = {
            "registration_id": registration,
            "reset_id": reset,
            "video_id": uploads.VIDEO,
            "token": token,
            "file_name": file_name,
            "email": ADDRESS,
            "code": newest_code(OTHER),
            "reset_token": reset_token,
            "rendition": "preview-mp4",
            "terms_version": TERMS,
            "version": TERMS,
            "text_version": "2026-01",
        }
        yield World(cookie, known, memory())
    print(f"\n{sum(sent.values())} cases: {dict(sorted(sent.items()))}")  # noqa: T201


def _start_reset() -> str:
    client = Client(gateway)
    reply = client.post(f"{STAGE}/password-resets", json={"email": ADDRESS})
    return str(json.loads(reply.text)["reset_id"])


def in_turn(cases: int) -> settings:
    """Return how hypothesis goes through so many cases."""
    return settings(
        max_examples=cases,
        # The same ones each time by default: a suite that sometimes fails is soon ignored.
        derandomize=CASES <= 400,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )


def can_be_negated(operation: Any) -> bool:
    """Tell whether there is anything in a request that can be wrong by the description."""
    return bool(operation.body or operation.query or operation.headers or operation.cookies)


def share() -> int:
    """Return how many cases of each kind a route gets, so that all of them make ``CASES``."""
    shares = 2 * len(OPERATIONS) + sum(map(can_be_negated, OPERATIONS.values()))
    return -(-CASES // shares)


def mixed(case: Any, world: World, choice: int) -> dict[str, str]:
    """Put what exists into a case, as far as the choice says; return its headers."""
    if choice & 1 and case.path_parameters:
        for name in case.path_parameters:
            case.path_parameters[name] = world.known.get(name, case.path_parameters[name])
    if choice & 2 and isinstance(case.body, dict):
        case.body = {name: world.known.get(name, value) for name, value in case.body.items()}
    if choice & 4:
        case.cookies = dict(pair.split("=", 1) for pair in world.cookie.split("; "))
        return {"Sec-Fetch-Site": "same-origin"}
    return {}


def hold(operation: Any, status: int, headers: Any, text: str) -> None:
    """Hold an answer to what the description says beyond its schema."""
    label = operation.label
    sent[f"{status}"] += 1
    assert "Traceback" not in text, label
    assert 'File "' not in text, label
    described = operation.definition.raw["responses"].get(str(status))
    assert described is not None, f"{label}: {status} is not described"
    if headers.get("Content-Type") == CONTENT_TYPE and text:
        problem = json.loads(text)
        assert problem["code"] in codes_of(described), f"{label}: {problem['code']} at {status}"
        assert problem["status"] == status
        assert headers["Cache-Control"] == "no-store"
    assert status < 500, label


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("label", OPERATIONS)
def test_a_request_gets_an_answer_that_is_described(
    world: World, label: str, mode: GenerationMode
) -> None:
    operation = OPERATIONS[label]
    if mode is GenerationMode.NEGATIVE and not can_be_negated(operation):
        return  # nothing in it can be wrong

    @in_turn(share())
    @given(
        case=operation.as_strategy(generation_mode=mode),
        choice=st.integers(min_value=0, max_value=MANY),
    )
    def send(case: Any, choice: int) -> None:
        response = case.call(headers=mixed(case, world, choice))
        hold(operation, response.status_code, _plain(response.headers), response.text)
        case.validate_response(response, checks=CHECKS)
        if operation.method != "get":
            world.bring_back()

    send()


def _plain(headers: Any) -> dict[str, str]:
    return {name.title(): values[0] for name, values in headers.items()}


def _quoted(part: str) -> str:
    # A part of nothing but dots would be another path, as in every client.
    return quote(part, safe="") if part.strip(".") else "x"


NOISE = st.text() | st.binary().map(lambda held: held.decode("latin-1"))
WORDS = st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=40)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
TYPES = st.sampled_from(
    [
        "application/json",
        "application/json; charset=utf-16",
        "text/plain",
        "",
        "multipart/form-data",
    ]
)
HEADERS = st.dictionaries(
    st.sampled_from(
        [
            "Accept",
            "Accept-Language",
            "Authorization",
            "Cookie",
            "Idempotency-Key",
            "Origin",
            "Sec-Fetch-Dest",
            "Sec-Fetch-Site",
            "User-Agent",
            "X-Forwarded-For",
            "X-Origin-Secret",
            "X-Viewer-Address",
        ]
    ),
    WORDS,
    max_size=5,
)


@pytest.mark.parametrize("label", OPERATIONS)
def test_noise_gets_an_answer_that_is_described(world: World, label: str) -> None:
    operation = OPERATIONS[label]
    client = Client(gateway)

    @in_turn(share())
    @given(
        parts=st.lists(WORDS.filter(bool), min_size=2, max_size=2),
        query=st.dictionaries(WORDS, WORDS, max_size=3),
        headers=HEADERS,
        body=NOISE | JSON.map(json.dumps) | st.just("x" * 20_000),
        kind=TYPES,
        choice=st.integers(min_value=0, max_value=MANY),
    )
    def send(parts: list[str], choice: int, **more: Any) -> None:
        path = operation.path
        for name, part in zip(operation.path_parameters or (), parts, strict=False):
            known = world.known.get(name.name) if choice & 1 else None
            path = path.replace(f"{{{name.name}}}", known or _quoted(part))
        headers = {
            name: value.encode().decode("latin-1") for name, value in more["headers"].items()
        }
        if choice & 4:
            headers |= {"Cookie": world.cookie, "Sec-Fetch-Site": "same-origin"}
        response = client.open(
            f"{STAGE}{path}",
            method=operation.method.upper(),
            headers=headers,
            query_string=more["query"],
            data=more["body"].encode("utf-8", "surrogatepass"),
            content_type=more["kind"],
        )
        hold(operation, response.status_code, dict(response.headers), response.text)
        if operation.method != "get":
            world.bring_back()

    send()
