"""The REST API: what it logs, how many requests it allows, how it refuses."""

import json
from typing import Any

import pytest
from newsreel.http.problems import CONTENT_TYPE, KINDS
from newsreel.texts import messages

from tests.support.template import ROOT, functions, load, resources

API: dict[str, Any] = resources("AWS::Serverless::Api")["Api"]["Properties"]
RESPONSES: dict[str, Any] = API["GatewayResponses"]

# What hashes a password, requests a mail or tries a code: the account POSTs, and a new password.
COSTLY = {
    (method, path)
    for folder in ("registration", "password_reset", "sessions", "credentials")
    for method, path in functions()[folder].routes
    if method in {"POST", "PUT"}
}


def test_access_logs_carry_the_route_and_never_a_path_or_a_person() -> None:
    form = json.loads(API["AccessLogSetting"]["Format"])
    assert form["route"] == "$context.resourcePath"
    for variable in form.values():
        assert variable in {
            "$context.requestId",
            "$context.httpMethod",
            "$context.resourcePath",
            "$context.status",
            "$context.responseLatency",
            "$context.integrationStatus",
            "$context.error.responseType",
            "$context.requestTimeEpoch",
        }


def test_paths_stay_out_of_traces_and_execution_logs() -> None:
    assert "TracingEnabled" not in API
    for settings in API["MethodSettings"]:
        assert "LoggingLevel" not in settings
        assert "DataTraceEnabled" not in settings


def test_the_distribution_writes_no_log() -> None:
    # The distribution's access logs hold whole addresses, in every form in which it delivers them.
    [distribution] = resources("AWS::CloudFront::Distribution").values()
    assert "Logging" not in distribution["Properties"]["DistributionConfig"]
    for behaviour in distribution["Properties"]["DistributionConfig"].get("CacheBehaviors", []):
        assert "RealtimeLogConfigArn" not in behaviour
    assert not resources("AWS::Logs::DeliverySource")


def test_functions_write_a_log_and_nothing_else() -> None:
    written = [
        line
        for folder in ("functions", "layers/code/newsreel")
        for file in sorted((ROOT / folder).rglob("*.py"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    assert any("import Logger" in line for line in written)
    # Metrics, and segments with annotations, would be further places to search for secrets.
    for other in ("aws_xray_sdk", "powertools.tracing", "powertools.metrics", "Tracer", "Metrics"):
        assert not [line for line in written if other in line]


def test_no_variable_has_events_printed() -> None:
    # POWERTOOLS_LOGGER_LOG_EVENT and POWERTOOLS_DEBUG print whole events.
    variables = {
        name
        for function in functions().values()
        for name in function.properties["Environment"]["Variables"]
    } | set(load()["Globals"]["Function"]["Environment"]["Variables"])
    assert {name for name in variables if name.startswith("POWERTOOLS_")} == {
        "POWERTOOLS_SERVICE_NAME",
        "POWERTOOLS_LOG_LEVEL",
    }


def test_the_stage_is_named_api_so_that_no_path_is_rewritten() -> None:
    assert (API["StageName"], API["EndpointConfiguration"]) == ("api", "REGIONAL")


def test_routes_are_spelled_out() -> None:
    routes = [route for function in functions().values() for route in function.routes]
    assert len(routes) == len(set(routes))
    assert not [path for _, path in routes if "+" in path]


def test_every_costly_account_route_is_throttled_below_the_rest() -> None:
    # CloudFormation needs ~1 for each slash of the path, after a first slash; else nothing matches.
    limits = {
        (entry["HttpMethod"], entry["ResourcePath"][1:].replace("~1", "/")): entry[
            "ThrottlingRateLimit"
        ]
        for entry in API["MethodSettings"]
        if entry["HttpMethod"] != "*"
    }
    assert set(limits) == COSTLY
    (rest,) = [entry for entry in API["MethodSettings"] if entry["HttpMethod"] == "*"]
    assert max(limits.values()) < rest["ThrottlingRateLimit"]


@pytest.mark.parametrize("kind", RESPONSES)
def test_the_gateways_own_refusals_look_like_ours(kind: str) -> None:
    response = RESPONSES[kind]
    headers = response["ResponseParameters"]["Headers"]
    assert headers["Content-Type"] == f"'{CONTENT_TYPE}'"
    assert headers["Cache-Control"] == "'no-store'"
    problem = json.loads(response["ResponseTemplates"]["application/json"])
    code = problem["code"]
    assert (problem["status"], problem["next"]) == (KINDS[code].status, KINDS[code].next)
    assert response["StatusCode"] == problem["status"]
    assert problem["type"] == f"urn:newsreel:problem:{code}"
    assert problem["title"] == messages.text("en", "problems", f"{code}.title")
    values = {"reference": "$context.requestId"} if code == "fault" else {}
    assert problem["detail"] == messages.text("en", "problems", f"{code}.detail", **values)


def test_a_throttled_client_learns_how_long_to_wait() -> None:
    problem = json.loads(RESPONSES["THROTTLED"]["ResponseTemplates"]["application/json"])
    headers = RESPONSES["THROTTLED"]["ResponseParameters"]["Headers"]
    assert headers["Retry-After"] == f"'{problem['retry_in']}'"
