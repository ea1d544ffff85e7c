"""The REST API: what it logs, how many requests it allows, how it refuses, who may call."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from newsreel.http.problems import CONTENT_TYPE, KINDS
from newsreel.texts import messages

from tests.support.template import ROOT, TEMPLATE, functions, load, nested, resources
from tests.support.transformed import transformed

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
        (str(file.relative_to(ROOT)), line)
        for folder in ("functions", "layers/code/newsreel")
        for file in sorted((ROOT / folder).rglob("*.py"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    assert any("import Logger" in line for _, line in written)
    # Segments with annotations, and calls with metrics, would be further places to search for
    # secrets. Metrics are lines of the log too, and one module alone has Powertools write them.
    for other in ("aws_xray_sdk", "powertools.tracing", "Tracer", "put_metric_data"):
        assert not [line for _, line in written if other in line]
    makers = {file for file, line in written if "powertools.metrics" in line}
    assert makers == {"layers/code/newsreel/lambda_runtime/gauges.py"}


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
    # The distribution asks this one for any file that a bucket lacks.
    assert [path for _, path in routes if "+" in path] == ["/pages/missing/{path+}"]


def test_every_costly_account_route_is_throttled_below_the_rest() -> None:
    # CloudFormation needs ~1 for each slash of the path, after a first slash; else nothing matches.
    limits = {
        (entry["HttpMethod"], entry["ResourcePath"][1:].replace("~1", "/")): entry[
            "ThrottlingRateLimit"
        ]
        for entry in API["MethodSettings"]
        if entry["HttpMethod"] != "*"
    }
    redirects = limits.pop(("ANY", "/downloads/{token}/{file_name}"))
    assert set(limits) == COSTLY
    (rest,) = [entry for entry in API["MethodSettings"] if entry["HttpMethod"] == "*"]
    assert max(limits.values()) < rest["ThrottlingRateLimit"] < redirects


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


CAUSES = {
    # What the gateway finds wrong by itself: header bytes, a target or an Authorization that it
    # cannot read.
    "DEFAULT_4XX": "bad_request",
    "DEFAULT_5XX": "fault",
    # No such route or method. Where there is none, a signature is looked at first.
    "MISSING_AUTHENTICATION_TOKEN": "no_such_route",
    "RESOURCE_NOT_FOUND": "no_such_route",
    "INVALID_SIGNATURE": "no_such_route",
    "EXPIRED_TOKEN": "no_such_route",
    # A web ACL of somebody's, or a policy.
    "WAF_FILTERED": "blocked",
    "ACCESS_DENIED": "blocked",
    "REQUEST_TOO_LARGE": "body_too_large",
    "THROTTLED": "too_many_requests",
    # Lambda throttles the function, or it crashed, or it ran into its time-out.
    "INTEGRATION_FAILURE": "busy",
    "INTEGRATION_TIMEOUT": "busy",
}
# What the causes need that have no response of their own: API keys, authorizers, checks of requests
# (BAD_REQUEST_BODY, BAD_REQUEST_PARAMETERS), mapping templates (UNSUPPORTED_MEDIA_TYPE).
NOT_USED = ("security", "x-amazon-apigateway-request-validator", "passthroughBehavior")


def test_each_cause_of_a_refusal_is_told_as_what_it_is() -> None:
    told = {
        kind: json.loads(response["ResponseTemplates"]["application/json"])["code"]
        for kind, response in RESPONSES.items()
    }
    assert told == CAUSES


def test_a_cause_without_a_response_of_its_own_cannot_happen() -> None:
    body = json.dumps(transformed()["Api"]["Properties"]["Body"])
    assert [word for word in NOT_USED if word in body] == []


@pytest.mark.parametrize("kind", ["THROTTLED", "INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT"])
def test_a_client_that_may_try_again_learns_how_long_to_wait(kind: str) -> None:
    problem = json.loads(RESPONSES[kind]["ResponseTemplates"]["application/json"])
    headers = RESPONSES[kind]["ResponseParameters"]["Headers"]
    assert headers["Retry-After"] == f"'{problem['retry_in']}'"


LARGEST_POLICY = 16 * 1024
"""Bytes of a function's resource policy; Lambda takes 20,480, and a deployment beyond fails."""
_LONG = {
    "AWS::AccountId": "123456789012",
    "AWS::Region": "ap-southeast-2",
    "AWS::Partition": "aws",
    "AWS::StackName": "s" * 30,
    "__Stage__": "*",
    "__ApiId__": "a1b2c3d4e5",
}


def _rendered(value: Any) -> str:
    """Return an ARN as CloudFormation renders it, with a long name for what it does not know."""
    text = value if isinstance(value, str) else value.get("Fn::Sub", "x" * 128)
    text = text if isinstance(text, str) else text[0]
    return re.sub(r"\$\{([^}]+)\}", lambda name: _LONG.get(name[1], "x" * 64), text)


def _permissions() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each permission as a statement of its function's policy."""
    for path in (TEMPLATE, *nested()):
        for name, resource in transformed(path).items():
            if resource["Type"] == "AWS::Lambda::Permission":
                given = resource["Properties"]
                function = json.dumps(given["FunctionName"])
                # CloudFormation's names of both: stack, logical id, twelve random letters.
                yield (
                    function,
                    {
                        "Sid": f"{_LONG['AWS::StackName']}-{name}-{'x' * 12}",
                        "Effect": "Allow",
                        "Principal": {"Service": given["Principal"]},
                        "Action": "lambda:InvokeFunction",
                        "Resource": "arn:aws:lambda:ap-southeast-2:123456789012:function:"
                        + "x" * 64,
                        "Condition": {"ArnLike": {"AWS:SourceArn": _rendered(given["SourceArn"])}},
                    },
                )


def test_the_policy_of_each_function_stays_far_below_what_lambda_takes() -> None:
    statements: dict[str, list[dict[str, Any]]] = {}
    for function, statement in _permissions():
        statements.setdefault(function, []).append(statement)
    routes = sum(len(function.declared) for function in functions().values())
    assert sum(map(len, statements.values())) >= routes
    for function, given in statements.items():
        policy = {"Version": "2012-10-17", "Id": "default", "Statement": given}
        size = len(json.dumps(policy, separators=(",", ":")))
        assert size < LARGEST_POLICY, f"{function} has {size} bytes"
