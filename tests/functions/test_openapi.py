"""The API's description is what the code does, what the template deploys, and valid OpenAPI 3.1."""

import json
import re
from collections.abc import Iterator
from typing import Any

import openapi_spec_validator
import pytest
import schemathesis
from newsreel.http.api import Access
from newsreel.http.problems import CONTENT_TYPE, KINDS
from newsreel.refusals import CODES
from newsreel.texts import messages

from functions.catalogue import app as catalogue_app
from functions.password_reset import app as reset_app
from functions.registration import app as registration_app
from tests.support import template
from tests.support.accounts import PASSWORD, call
from tests.support.cloud import Cloud
from tests.support.description import DOCUMENT, OPERATIONS, codes_of, resolved
from tools.api_document import document
from tools.api_document.routes import declared_routes


@pytest.mark.thorough
def test_the_file_is_what_the_code_says() -> None:
    assert json.loads(json.dumps(document.document())) == DOCUMENT, (
        "run python -m tools.api_document and commit what it writes"
    )


def test_it_describes_exactly_the_routes_that_the_template_deploys() -> None:
    routes = {route for function in template.functions().values() for route in function.routes}
    deployed = {(method, path) for method, path in routes if "+" not in path}
    assert {(method, path) for method, path, _ in OPERATIONS} == deployed


@pytest.mark.thorough
def test_it_is_valid_openapi() -> None:
    assert DOCUMENT["openapi"].startswith("3.1")
    openapi_spec_validator.validate(DOCUMENT, cls=openapi_spec_validator.OpenAPIV31SpecValidator)
    schema = schemathesis.openapi.from_dict(DOCUMENT)
    schema.validate()
    # Every reference resolves; otherwise schemathesis could not build an operation from it.
    built = [result.ok() for result in schema.get_all_operations()]  # type: ignore[union-attr]
    assert len(built) == len(OPERATIONS)


def test_every_refusal_is_described_where_it_can_happen_and_nowhere_else() -> None:
    described: set[str] = set()
    for method, path, operation in OPERATIONS:
        for status, answer in operation["responses"].items():
            codes = codes_of(answer)
            assert {KINDS[code].status for code in codes} <= {int(status)}, f"{method} {path}"  # type: ignore[index]
            is_problem = CONTENT_TYPE in answer.get("content", {})
            # People open pages: what those refuse is a page, too.
            assert is_problem == (bool(codes) and not path.startswith("/pages/")), path
            described |= codes
    assert described == set(CODES)
    problem = DOCUMENT["components"]["schemas"]["Problem"]["properties"]
    assert problem["code"]["enum"] == sorted(CODES)


def test_every_refusal_has_a_text_in_every_language() -> None:
    for language in messages.LANGUAGES:
        texts = messages.catalogue(language, "problems")
        assert {f"{code}.{part}" for code in CODES for part in ("title", "detail")} <= texts.keys()


def test_a_refusal_that_requires_waiting_says_how_long() -> None:
    for _, _, operation in OPERATIONS:
        for status in ("429", "503"):
            header = operation["responses"][status]["headers"]["Retry-After"]
            assert resolved(header)["required"] is True


def test_every_answer_says_whether_it_may_be_cached_and_refusals_may_not() -> None:
    for method, path, operation in OPERATIONS:
        for status, answer in operation["responses"].items():
            header = resolved(answer["headers"]["Cache-Control"])
            assert header["required"] is True
            is_refusal = codes_of(answer) and "A page" not in answer["description"]
            if is_refusal or path.startswith(("/account", "/registrations", "/password-resets")):
                assert header["schema"]["const"] == "no-store", f"{method} {path} {status}"


REPEATABLE = {
    "/registrations",
    "/account/email-changes",
    "/password-resets",
    "/password-resets/{reset_id}/verify",
}


def test_every_changing_operation_documents_origin_and_repeats() -> None:
    for method, path, operation in OPERATIONS:
        names = {resolved(parameter)["name"] for parameter in operation["parameters"]}
        assert "Accept-Language" in names, path
        from_anywhere = path == "/newsletter/unsubscribe/{token}"  # it can only end something
        assert ("Origin" in names) == (method not in {"GET", "HEAD"} and not from_anywhere), path
        assert ("Idempotency-Key" in names) == (method == "POST" and path in REPEATABLE), path


def _fields(schema: Any, name: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every schema of a text inside another, with the name of its field."""
    if isinstance(schema, dict):
        if schema.get("type") == "string":
            yield name, schema
        for key, inner in schema.items():
            for field, shape in inner.items() if key == "properties" else [(name, inner)]:
                yield from _fields(shape, field)
    elif isinstance(schema, list):
        for inner in schema:
            yield from _fields(inner, name)


def test_times_and_addresses_are_said_to_be_such() -> None:
    fields = dict(_fields(DOCUMENT["components"]["schemas"]))
    assert fields["expires_at"]["format"] == fields["published_at"]["format"] == "date-time"
    assert fields["download_url"]["format"] == fields["preview_url"]["format"] == "uri-reference"
    for name, schema in _fields(DOCUMENT["components"]["schemas"]):
        if name.endswith(("_at", "_after", "_url")):
            assert "format" in schema, name


def test_bodies_are_closed_and_answers_may_gain_fields() -> None:
    bodies = {
        operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        for _, _, operation in OPERATIONS
        if "requestBody" in operation
    }
    for name, schema in DOCUMENT["components"]["schemas"].items():
        if "properties" in schema:
            assert (schema.get("additionalProperties") is False) == (name in bodies), name


def test_private_routes_name_the_session_and_public_ones_do_not() -> None:
    private = {
        (method, path)
        for method, path, one in OPERATIONS
        if {"session": []} in one.get("security", [])
    }
    declared = {
        (route.method, route.path)
        for route, _ in declared_routes()
        if route.access is Access.SESSION
    }
    assert private == declared
    assert ("GET", "/account") in private


def test_routes_that_take_an_access_key_say_so() -> None:
    described = {
        (method, path)
        for method, path, one in OPERATIONS
        if {"accessKey": []} in one.get("security", [])
    }
    declared = {(route.method, route.path) for route, _ in declared_routes() if route.scope}
    assert described == declared
    assert ("POST", "/videos/{video_id}/downloads") in described
    assert not [path for _, path in described if path.startswith("/account")]


def test_every_operation_has_a_unique_id_and_a_sentence() -> None:
    ids = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(ids) == len(set(ids))
    for _, _, operation in OPERATIONS:
        assert re.fullmatch(r"[A-Z].+[.?]", operation["summary"])
        assert re.search(
            r"(For everybody|With a session)(, with HEAD too)?\.$", operation["description"]
        )


def test_a_default_makes_no_field_one_that_must_be_sent() -> None:
    # openapi-typescript takes a field of a body that has a default for one that is always there.
    for name, schema in DOCUMENT["components"]["schemas"].items():
        for field, shape in schema.get("properties", {}).items():
            assert "default" not in shape, f"{name}.{field}"
    keep = DOCUMENT["components"]["schemas"]["LogIn"]["properties"]["keep"]
    assert keep["description"].endswith("Without it: `false`.")


def test_an_answer_has_one_media_type_beside_the_problem() -> None:
    # Caches know an answer by its address alone, and generators read the first type of several.
    for method, path, operation in OPERATIONS:
        if path.endswith("/{page}"):  # for browsers: the page's own name says which it is
            continue
        medias = {
            media
            for status, answer in operation["responses"].items()
            for media in answer.get("content", {})
            if media != CONTENT_TYPE
        }
        assert len(medias) <= 1, f"{method} {path}"
        successes = [status for status in operation["responses"] if status < "400"]
        assert successes, f"{method} {path}"


def test_the_shortest_key_that_is_described_is_the_shortest_that_is_taken(cloud: Cloud) -> None:
    for app, path, body in (
        (registration_app, "/registrations", {"email": "a@example.org", "password": PASSWORD}),
        (reset_app, "/password-resets", {"email": "a@example.org"}),
    ):
        described = [
            DOCUMENT["components"]["parameters"][parameter["$ref"].rpartition("/")[2]]
            for parameter in DOCUMENT["paths"][path]["post"]["parameters"]
        ]
        (key,) = [
            parameter["schema"] for parameter in described if parameter["name"] == "Idempotency-Key"
        ]
        for length, status in ((key["minLength"], 202), (key["minLength"] - 1, 422)):
            headers = {"Idempotency-Key": "k" * length}
            assert call(app, "POST", path, body=body, headers=headers).status == status


def test_the_catalogue_serves_it() -> None:
    reply = call(catalogue_app, "GET", "/openapi.json")
    assert (reply.status, reply.json) == (200, DOCUMENT)


def test_a_path_value_that_no_route_takes_is_refused_in_the_readers_language() -> None:
    titles = []
    for language in messages.LANGUAGES:
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
        messages.text(language, "problems", "no_such_route.title")
        for language in messages.LANGUAGES
    ]
    assert len(set(titles)) == len(titles)
