"""What holds for every public read without a word in its route: HEAD, and strict query values."""

import importlib
import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

import pytest
from newsreel.http.api import Access, Api, Response
from newsreel.http.query_values import read_query
from newsreel.http.request import Request
from newsreel.http.viewer import Door
from newsreel.models import QueryModel
from newsreel.texts import messages
from werkzeug.test import Client, TestResponse

from functions.downloads.app import FollowQuery
from functions.registration import app as registration_app
from tests.support.accounts import PASSWORD, call
from tests.support.cloud import ENVIRONMENT
from tests.support.description import OPERATIONS
from tests.support.events import api_event
from tests.support.fuzzing import World
from tests.support.gateway import STAGE, gateway
from tests.support.in_process_world import a_world
from tests.support.template import functions
from tools.api_document.routes import declared_routes
from tools.api_document.schemas import query_parameters

OPEN_READS = sorted(path for function in functions().values() for path in function.open_reads)
QUERIES = {route.path: route.query for route, _ in declared_routes() if route.query}


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Make the test data once."""
    with a_world() as made:
        yield made


def ask(
    method: str,
    path: str,
    values: Mapping[str, str],
    query: list[tuple[str, str]] | None = None,
    cookie: str = "",
) -> TestResponse:
    """Send a request to a route; values that are not given lead to nothing."""
    filled = re.sub(r"{(\w+)}", lambda name: values.get(name[1], "x" * 22), path)
    text = "&".join(f"{name}={value}" for name, value in query or [])
    headers = {"Cookie": cookie}
    return Client(gateway, use_cookies=False).open(
        f"{STAGE}{filled}", method=method, query_string=text, headers=headers
    )


def headers_of(answer: TestResponse) -> list[tuple[str, str]]:
    """Return the headers but the length; of a presigned URL, the address alone."""
    return sorted(
        (name, value.partition("?X-Amz-")[0].partition("?versionId")[0])
        for name, value in answer.headers
        if name != "Content-Length"
    )


@pytest.mark.thorough
@pytest.mark.parametrize("known", [True, False], ids=["what is there", "nothing there"])
@pytest.mark.parametrize("path", OPEN_READS)
def test_a_public_read_answers_head_with_the_status_and_the_headers_of_get(
    world: World, path: str, known: bool
) -> None:
    values = world.known if known else {}
    get, head = (ask(method, path, values) for method in ("GET", "HEAD"))
    assert (head.status_code, headers_of(head)) == (get.status_code, headers_of(get))
    assert head.data == b""
    assert get.data or get.status_code in {302, 303}


@pytest.mark.thorough
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_a_public_read_takes_no_other_method(world: World, method: str) -> None:
    others = {path for taken, path, _operation in OPERATIONS if taken == method}
    for path in set(OPEN_READS) - others:
        answer = ask(method, path, world.known)
        assert answer.status_code == 404, path
        assert "no_such_route" in answer.text  # JSON, or a page that holds it


def test_a_private_read_has_no_head() -> None:
    private = [route for route, _ in declared_routes() if route.access is Access.SESSION]
    assert {method for route in private for method in route.methods} >= {"GET", "DELETE"}
    assert not [route.path for route in private if "HEAD" in route.methods]


def test_a_function_answers_head_without_the_body_itself(world: World) -> None:
    # Werkzeug drops the body of HEAD, as the gateway may; the function must not lean on either.
    for function_app in _apps():
        for route in function_app.api.routes:
            if "HEAD" in route.methods:
                names = re.findall(r"{(\w+)}", route.path)
                path = {name: world.known.get(name, "x" * 22) for name in names}
                assert call(function_app, "HEAD", route.path, path=path).text == "", route.path


def _apps() -> list[Any]:
    names = [name for name, function in functions().items() if function.routes]
    return [importlib.import_module(f"functions.{name}.app") for name in names]


WELL = {
    "integer": "3",
    "boolean": "true",
    "date": "2026-02-14",
    "string": "x",
}
OTHER_SPELLINGS = {
    "integer": {
        "number": ["1_0", "5.0", "05", "+5", "%205", "5%20", "5e0", "five", "", "%D9%A5"],
        "out_of_range": ["-1", "0"],
    },
    "date": {
        "date": [
            *("0", "1771027200", "2026-02-14T00:00:00Z", "2026-02-14T12:00:00Z", "20260214"),
            *("2026-2-14", "2026-02-30", "yesterday", "", "2026-02-14T12:00:00%2B01:00"),
        ]
    },
    "boolean": {"wrong_value": ["yes", "1", "TRUE", "no", "on", ""]},
}


def _kind(parameter: Any) -> str:
    schema = parameter["schema"]
    return str(schema.get("format", schema["type"]))


PARAMETERS: list[tuple[str, str, str]] = [
    (path, parameter["name"], _kind(parameter))
    for path, model in QUERIES.items()
    for parameter in cast("Iterator[dict[str, Any]]", query_parameters(model))
]


def test_query_values_are_of_kinds_whose_spelling_is_checked() -> None:
    # Of another kind, read_query could not tell one spelling from the others.
    assert {kind for _, _, kind in PARAMETERS} <= WELL.keys()


@pytest.mark.parametrize(
    ("path", "name", "code", "value"),
    [
        (path, name, code, value)
        for path, name, kind in PARAMETERS
        for code, values in OTHER_SPELLINGS.get(kind, {}).items()
        for value in values
    ],
)
def test_a_value_in_another_spelling_is_refused_and_the_right_one_is_told(
    world: World, path: str, name: str, code: str, value: str
) -> None:
    answer = ask("GET", path, world.known, [(name, value)], world.cookie())
    (error,) = answer.get_json(force=True)["errors"]
    assert (answer.status_code, error["field"], error["code"]) == (422, name, code)
    assert error["message"] == messages.text("en", "problems", f"field.{code}")


@pytest.mark.parametrize(("path", "name"), [(path, name) for path, name, _ in PARAMETERS])
def test_a_value_that_is_given_twice_is_refused_equal_or_not(
    world: World, path: str, name: str
) -> None:
    for values in (("a", "a"), ("1", "2"), ("", "true")):
        query = [(name, value) for value in values]
        answer = ask("GET", path, world.known, query, world.cookie())
        errors = answer.get_json(force=True)["errors"]
        assert [(one["field"], one["code"]) for one in errors] == [(name, "repeated")]


@pytest.mark.parametrize(
    "path", [path for path, model in QUERIES.items() if model is not FollowQuery]
)
def test_a_name_that_no_route_knows_is_refused_once_or_twice(world: World, path: str) -> None:
    for query in ([("format", "vtt")], [("format", "vtt"), ("format", "txt")]):
        answer = ask("GET", path, world.known, query, world.cookie())
        (error,) = answer.get_json(force=True)["errors"]
        assert (error["field"], error["code"]) == ("format", "extra_forbidden")


def test_a_new_route_is_as_strict_without_a_word(world: World) -> None:
    class Query(QueryModel):
        count: int = 1
        exact: bool = False

    api = Api(Door(ENVIRONMENT["ORIGIN_SECRET"], direct=False))

    @api.route("GET", "/new", access=Access.PUBLIC, query=Query)
    def tell(request: Request) -> Response:
        """Tell."""
        return Response(200, str(read_query(request, Query)), "text/plain")

    def status(method: str = "GET", **query: str) -> int:
        answer: Any = api.answer(api_event(method, "/new", query=query), None)  # type: ignore[arg-type]
        return int(answer["statusCode"])

    assert (status(count="5", exact="true"), status("HEAD")) == (200, 200)
    for refused in ({"count": "5.0"}, {"count": "1_0"}, {"exact": "yes"}, {"exact": "1"}):
        assert status(**refused) == 422


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_body_may_begin_with_a_byte_order_mark(world: World, mark: str) -> None:
    body = f'{mark}{{"email": "jane@example.org", "password": "{PASSWORD}"}}'
    assert call(registration_app, "POST", "/registrations", raw_body=body).status == 202


@pytest.mark.parametrize("body", ["\ufeff\ufeff{}", "{\ufeff}", "\ufeff", "{}\ufeff", "\u200b{}"])
def test_a_mark_anywhere_else_is_refused(world: World, body: str) -> None:
    answer = call(registration_app, "POST", "/registrations", raw_body=body)
    assert (answer.status, answer.code) == (400, "malformed")
