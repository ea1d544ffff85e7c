"""What the gateway answers by itself, through the front door: as the template says."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
import requests
from newsreel.http.problems import CONTENT_TYPE, KINDS

from tests.local_stack.client import Client
from tests.local_stack.roles import deployed

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


def _code(answer: requests.Response) -> str:
    problem = answer.json()
    kind = KINDS[problem["code"]]
    assert (answer.status_code, problem["next"]) == (kind.status, kind.next)
    assert answer.headers["Content-Type"] == CONTENT_TYPE
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" in answer.headers, "the distribution adds its headers"
    return str(problem["code"])


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/nothing"),
        ("GET", "/api/videos/a/b/c"),
        ("HEAD", "/api/account"),
        ("PUT", "/api/registrations"),
        ("DELETE", "/api/videos"),
        ("OPTIONS", "/api/sessions"),
    ],
)
def test_an_unknown_route_or_method_is_a_problem_like_any_other(
    visitor: Client, method: str, path: str
) -> None:
    answer = visitor.send(method, path)
    if method == "HEAD":
        assert (answer.status_code, answer.headers["Content-Type"]) == (404, CONTENT_TYPE)
    else:
        assert _code(answer) == "no_such_route"


def test_the_apis_address_without_a_route_leads_people_to_help(visitor: Client) -> None:
    for path in ("/api", "/api/"):
        led = visitor.get(path)
        assert (led.status_code // 100, led.headers["Location"]) == (3, "/help"), path
    assert visitor.get("/help").status_code == 200


def test_an_authorization_is_looked_at_where_there_is_no_route(visitor: Client) -> None:
    headers = {"Authorization": "Bearer x"}
    assert _code(visitor.get("/api/nothing", headers=headers)) == "bad_request"
    assert visitor.get("/api/terms", headers=headers).status_code == 200


@pytest.fixture
def out_of_capacity(lambdas: "LambdaClient") -> Iterator[None]:
    """No execution is left for the function that answers `/terms`."""
    name = deployed(lambdas, "Account")["FunctionName"]
    lambdas.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    yield
    lambdas.delete_function_concurrency(FunctionName=name)


def test_a_throttled_function_is_busy_and_says_when_to_try_again(
    visitor: Client, out_of_capacity: None
) -> None:
    answer = visitor.get("/api/terms")
    assert (_code(answer), answer.headers["Retry-After"]) == ("busy", "1")
    assert "TooManyRequests" not in json.dumps(answer.json())


def test_it_answers_again_when_there_is_capacity(visitor: Client) -> None:
    assert visitor.get("/api/terms").status_code == 200
