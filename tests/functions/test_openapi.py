"""The API's description is what the code does, what the template deploys, and valid OpenAPI 3.1."""

import json
import re
from typing import Any

import schemathesis
from newsreel import words
from newsreel.http.api import Access
from newsreel.http.problems import CONTENT_TYPE, KINDS
from newsreel.refusals import CODES

from functions.catalogue import app as catalogue_app
from infra import write_openapi
from tests import template
from tests.functions.accounts import call

DOCUMENT: dict[str, Any] = json.loads(write_openapi.DOCUMENT.read_text(encoding="utf-8"))
OPERATIONS = [
    (method.upper(), path, operation)
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
]


def codes_of(answer: dict[str, Any]) -> set[str]:
    """Return the refusal codes that an answer's description names."""
    return set(re.findall(r"`(\w+)`", answer["description"]))


def test_the_file_is_what_the_code_says() -> None:
    assert json.loads(json.dumps(write_openapi.document())) == DOCUMENT, (
        "run infra/write_openapi.py and commit what it writes"
    )


def test_it_describes_exactly_the_routes_that_the_template_deploys() -> None:
    deployed = {
        (method.upper(), path)
        for function in template.functions().values()
        for method, path in function.routes
    }
    assert {(method, path) for method, path, _ in OPERATIONS} == deployed


def test_it_is_valid_openapi() -> None:
    assert DOCUMENT["openapi"].startswith("3.1")
    schema = schemathesis.openapi.from_dict(DOCUMENT)
    schema.validate()
    # Every reference leads somewhere, or an operation could not be built from it.
    built = [result.ok() for result in schema.get_all_operations()]  # type: ignore[union-attr]
    assert len(built) == len(OPERATIONS)


def test_every_refusal_is_described_where_it_can_happen_and_nowhere_else() -> None:
    described: set[str] = set()
    for method, path, operation in OPERATIONS:
        for status, answer in operation["responses"].items():
            codes = codes_of(answer)
            assert {KINDS[code].status for code in codes} <= {int(status)}, f"{method} {path}"  # type: ignore[index]
            assert bool(codes) == (CONTENT_TYPE in answer.get("content", {})), f"{method} {path}"
            described |= codes
    assert described == set(CODES)
    problem = DOCUMENT["components"]["schemas"]["Problem"]["properties"]
    assert problem["code"]["enum"] == sorted(CODES)


def test_every_refusal_has_a_text_in_every_language() -> None:
    for language in words.LANGUAGES:
        texts = words.catalogue(language, "problems")
        assert {f"{code}.{part}" for code in CODES for part in ("title", "detail")} <= texts.keys()


def test_whoever_has_to_wait_is_told_how_long() -> None:
    for _, _, operation in OPERATIONS:
        for status in ("429", "503"):
            header = operation["responses"][status]["headers"]["Retry-After"]
            assert header["required"] is True


def test_private_routes_name_the_session_and_public_ones_do_not() -> None:
    private = {(method, path) for method, path, one in OPERATIONS if "security" in one}
    declared = {
        (route.method, route.path)
        for route, _ in write_openapi.declared_routes()
        if route.access is Access.SESSION
    }
    assert private == declared
    assert ("GET", "/account") in private


def test_every_operation_has_an_id_of_its_own_and_a_sentence() -> None:
    ids = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(ids) == len(set(ids))
    for _, _, operation in OPERATIONS:
        assert re.fullmatch(r"[A-Z].+[.?]", operation["summary"])


def test_the_catalogue_serves_it() -> None:
    reply = call(catalogue_app, "GET", "/openapi.json")
    assert (reply.status, reply.json) == (200, DOCUMENT)


def test_a_path_value_that_no_route_takes_is_refused_in_the_readers_language() -> None:
    titles = []
    for language in words.LANGUAGES:
        reply = call(
            catalogue_app,
            "GET",
            "/videos/{video_id}",
            path={"video_id": 'a"b'},
            headers={"Accept-Language": language},
        )
        assert (reply.status, reply.code) == (404, "no_such_route")
        titles.append(reply.json["title"])
    assert titles == [
        words.text(language, "problems", "no_such_route.title") for language in words.LANGUAGES
    ]
    assert len(set(titles)) == len(titles)
