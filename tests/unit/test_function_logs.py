"""`make logs` names the function of each line, although all write to one log group."""

import json
from typing import TYPE_CHECKING

import pytest

from infra.local import administrator, function_logs
from infra.local.function_logs import with_sources
from infra.local.paths import Stack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_logs.type_defs import FilteredLogEventTypeDef

GROUP = "/newsreel/newsreel-local/functions"


def event(message: str, stream: str = "one") -> "FilteredLogEventTypeDef":
    return {"logStreamName": stream, "timestamp": 1_771_034_640_000, "message": message}


def sources(*events: "FilteredLogEventTypeDef", group: str = GROUP) -> list[str]:
    return [line.source for line in with_sources(group, events)]


@pytest.mark.parametrize(
    ("function_name", "source"),
    [
        ("newsreel-local-SessionsFunction-1A2B3C", "sessions"),
        ("newsreel-local-PasswordResetFunction-1A2B3C", "password_reset"),
        ("newsreel-local-ingest", "ingest"),
        ("newsreel-local-code_issuance", "code_issuance"),
        ("another", "another"),
    ],
)
def test_a_line_belongs_to_the_function_that_it_names(function_name: str, source: str) -> None:
    assert sources(event(json.dumps({"function_name": function_name}))) == [source]


def test_a_line_without_a_name_belongs_to_the_function_of_its_stream() -> None:
    named = event(json.dumps({"function_name": "newsreel-local-IngestFunction-1"}))
    events = (event("START RequestId: 1"), named, event("Traceback"), event("else", "two"))
    assert sources(*events) == ["ingest", "ingest", "ingest", "functions"]


@pytest.mark.parametrize("message", ["plain", "[1]", '"text"', '{"function_name": 7}', "{}"])
def test_a_line_that_names_no_function_is_shown_under_its_group(message: str) -> None:
    assert sources(event(message), group="/newsreel/newsreel-local/api") == ["api"]


class Growing:
    """A log in which a stream with an early name begins while its streams are listed."""

    def client(self, *_service: str, **_options: str) -> "Growing":
        return self

    def get_paginator(self, operation: str) -> "Paginator":
        return Paginator(operation)


class Paginator:
    def __init__(self, operation: str) -> None:
        self._operation = operation

    def paginate(
        self,
        *,
        logGroupName: str = "",  # noqa: N803
        logStreamNames: "Sequence[str]" = (),  # noqa: N803
    ) -> "list[dict[str, object]]":
        if self._operation == "describe_log_groups":
            return [{"logGroups": [{"logGroupName": GROUP}]}]
        if self._operation == "describe_log_streams":
            return [{"logStreams": [{"logStreamName": name}]} for name in ("b", "b", "c")]
        assert logGroupName == GROUP
        return [{"events": [event(name, name) for name in logStreamNames]}]


def test_a_line_is_shown_once_though_its_stream_is_listed_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(administrator, "session", Growing)
    stack = Stack("", "", "", "", "", "http://127.0.0.1:1", "", "", {})
    assert [line.message for line in function_logs.logged(stack)] == ["b", "c"]
