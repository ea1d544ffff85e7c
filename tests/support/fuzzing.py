"""Generated requests, and the rules that every answer to them must obey.

schemathesis makes requests that fit the API's description and requests that do not; a third kind is
random noise. Some contain the ids, codes and tokens of existing data. The caller decides whether
requests are sent to handlers in this process or over HTTP.
"""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from newsreel.http.problems import CONTENT_TYPE
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from tests.support.description import closed, codes_of, resolved
from tests.support.transport import Response, Transport

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
# Headers that an answer may only have if the description names them.
_TELLING_HEADERS = ("Location", "Retry-After", "Set-Cookie")
_MANY = 2**32
"""Choices are bits of a number; a route without parameters varies by the remaining bits."""

_NOISE = st.text() | st.binary().map(lambda held: held.decode("latin-1"))
_WORDS = st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=40)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
_TYPES = st.sampled_from(
    [
        "application/json",
        "application/json; charset=utf-16",
        "text/plain",
        "",
        "multipart/form-data",
    ]
)
_HEADERS = st.dictionaries(
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
    _WORDS,
    max_size=5,
)


@dataclass(frozen=True)
class World:
    """The existing data, and how it is restored after a request that may have changed it.

    ``bring_back`` receives the request's status.
    """

    door: Transport
    cookie: Callable[[], str]
    known: dict[str, str]
    bring_back: Callable[[int], None]
    statuses: Counter[str] = field(default_factory=Counter)


def operations(document: dict[str, Any], app: Any = None) -> dict[str, Any]:
    """Return the operations of a description by their labels, such as ``GET /videos``."""
    schema = schemathesis.openapi.from_dict(closed(document))
    schema.app = app
    every = [result.ok() for result in schema.get_all_operations()]  # type: ignore[union-attr]
    return {operation.label: operation for operation in every}


def can_be_negated(operation: Any) -> bool:
    """Tell whether a request has any part that can violate the description."""
    rules = operation.definition.raw.get("parameters", [])
    limited = [resolved(rule)["schema"].keys() > {"type"} for rule in rules]
    return "requestBody" in operation.definition.raw or any(limited)


def share(cases: int, every: dict[str, Any]) -> int:
    """Return the number of cases of each kind per route, so that routes get equal totals."""
    return -(-cases // (2 * len(every) + sum(map(can_be_negated, every.values()))))


def in_turn(cases: int, *, same: bool) -> settings:
    """Return hypothesis settings for a number of cases; ``same`` repeats them each time."""
    return settings(
        max_examples=cases,
        derandomize=same,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )


def try_described(world: World, operation: Any, mode: GenerationMode, turns: settings) -> None:
    """Send requests that fit the description, or that violate it."""

    @turns
    @given(
        case=operation.as_strategy(generation_mode=mode),
        choice=st.integers(min_value=0, max_value=_MANY),
    )
    def send(case: Any, choice: int) -> None:
        response = world.door.call(case, _mixed(case, world, choice))
        headers = {name.title(): values[0] for name, values in response.headers.items()}
        hold(operation, Response(response.status_code, headers, response.text))
        case.validate_response(response, checks=CHECKS)
        _restore(world, operation, response.status_code)

    send()


def _mixed(case: Any, world: World, choice: int) -> dict[str, str]:
    """Put existing values into a case, as the choice says; return its headers."""
    if choice & 1 and case.path_parameters:
        for name in case.path_parameters:
            case.path_parameters[name] = world.known.get(name, case.path_parameters[name])
    if choice & 2 and isinstance(case.body, dict):
        case.body = {name: world.known.get(name, value) for name, value in case.body.items()}
    if choice & 4:
        case.cookies = dict(pair.split("=", 1) for pair in world.cookie().split("; "))
        return {"Sec-Fetch-Site": "same-origin"}
    return {}


def _restore(world: World, operation: Any, status: int) -> None:
    world.statuses[str(status)] += 1
    if operation.method != "get":
        world.bring_back(status)


def try_noise(world: World, operation: Any, turns: settings) -> None:
    """Send requests that ignore the description."""

    @turns
    @given(
        parts=st.lists(_WORDS.map(_quoted), min_size=2, max_size=2),
        query=st.dictionaries(_WORDS, _WORDS, max_size=3),
        headers=_HEADERS,
        body=_NOISE | _JSON.map(json.dumps) | st.just("x" * 20_000),
        kind=_TYPES,
        choice=st.integers(min_value=0, max_value=_MANY),
    )
    def send(parts: list[str], choice: int, **more: Any) -> None:
        path = operation.path
        for name, part in zip(operation.path_parameters or (), parts, strict=False):
            known = world.known.get(name.name) if choice & 1 else None
            path = path.replace(f"{{{name.name}}}", known or part)
        headers = more["headers"] | {"Content-Type": more["kind"]}
        if choice & 4:
            headers |= {"Cookie": world.cookie(), "Sec-Fetch-Site": "same-origin"}
        body = more["body"].encode("utf-8", "surrogatepass")
        method = operation.method.upper()
        heard = world.door.open(method, path, query=more["query"], headers=headers, body=body)
        hold(operation, heard)
        _restore(world, operation, heard.status)

    send()


def _quoted(part: str) -> str:
    # An empty value, one of dots only, or one with a slash would change the path.
    return quote(part.replace("/", "x"), safe="") if part.strip(".") else "x"


def hold(operation: Any, answer: Response) -> None:
    """Check an answer against the parts of the description beyond its schema."""
    context = f"{operation.label}: {answer.status} {answer.text[:300]}"
    assert "Traceback" not in answer.text, context
    assert 'File "' not in answer.text, context
    described = operation.definition.raw["responses"].get(str(answer.status))
    assert described is not None, f"{context} is not described"
    for name in _TELLING_HEADERS:
        assert name not in answer.headers or name in described["headers"], f"{context} with {name}"
    if answer.headers.get("Content-Type") == CONTENT_TYPE and answer.text:
        problem = json.loads(answer.text)
        assert problem["code"] in codes_of(described), context
        assert problem["status"] == answer.status, context
    assert answer.status < 500, context
