"""A function's routes are prepared when they are asked for, and answer in any order."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from unittest.mock import patch

import pytest
from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from newsreel.http.api import Access, Api, Response
from newsreel.http.request import Request
from newsreel.http.viewer import Door

from tests.support.events import api_event

VIDEO, CHANGES = "/videos/{video_id}", "/videos/changes"


@pytest.fixture
def api() -> Api:
    made = Api(Door("unused", direct=True))

    def name(request: Request) -> Response:
        return Response(200, request.path["video_id"], "text/plain")

    def changes(_request: Request) -> Response:
        return Response(200, "the changes", "text/plain")

    made.route("GET", VIDEO, access=Access.ANYWHERE, any_door=True)(name)
    made.route("GET", CHANGES, access=Access.ANYWHERE, any_door=True)(changes)
    return made


def ask(api: Api, resource: str, **more: Any) -> str:
    event = api_event("GET", resource, **more)
    return str(api.answer(event, None)["body"])  # type: ignore[arg-type]


def test_a_general_route_asked_first_does_not_hide_a_special_one(api: Api) -> None:
    assert ask(api, VIDEO, path={"video_id": "munich"}) == "munich"
    assert ask(api, CHANGES) == "the changes"


def test_a_start_compiles_no_expression_and_a_request_its_own_alone(api: Api) -> None:
    compiled = APIGatewayRestResolver._compile_regex
    with patch.object(APIGatewayRestResolver, "_compile_regex", side_effect=compiled) as made:
        for _ in range(2):
            ask(api, VIDEO, path={"video_id": "munich"})
    # Once for GET and once for HEAD.
    assert [call.args[0] for call in made.call_args_list] == ["/videos/<video_id>"] * 2


def test_first_requests_at_once_all_find_their_route(api: Api) -> None:
    together = Barrier(8)

    def first(_number: int) -> str:
        together.wait()
        return ask(api, CHANGES)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(first, range(8))) == {"the changes"}
