"""AWS's limits, which the local AWS does not know: a deployment would end at one of them.

Numbers are those of AWS's guides ("quotas"); of those that can be raised, the first one.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.permissions import listed
from tests.support.template import ROOT, functions, load, nested
from tests.support.transformed import transformed

TEMPLATES = [ROOT / "template.yaml", *sorted((ROOT / "infra").glob("*.yaml"))]
SENT_WITHOUT_A_BUCKET = sorted({*TEMPLATES[1:]} - {*nested()})
LONGEST_STACK_NAME = "newsreel-" + "s" * 12
"""A stage has twelve letters at most, by its parameter."""
LONGEST_REGION = "ap-southeast-7"


def of_type(kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the resources of a type in all templates, as CloudFormation gets them."""
    for path in TEMPLATES:
        for name, resource in transformed(path).items():
            if resource["Type"] == kind:
                yield name, resource["Properties"]


def in_characters(document: Any) -> int:
    """Return the length of a policy as IAM counts it, each reference as long as it may become."""
    text = json.dumps(document, separators=(",", ":"))
    return len(text) + 40 * (text.count('"Ref"') + text.count("Fn::GetAtt") + text.count("${"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_is_within_what_cloudformation_takes(path: Path) -> None:
    template = load(path)
    assert len(json.dumps({**template, "Resources": transformed(path)})) < 1_000_000
    assert len(transformed(path)) <= 500
    assert len(template.get("Parameters", {})) <= 200
    assert len(template.get("Outputs", {})) <= 200
    assert len(template["Description"].encode()) <= 1_024
    for named in (template.get("Parameters", {}), template.get("Outputs", {})):
        for name, one in named.items():
            assert len(name) <= 255
            assert len(one["Description"].encode()) <= 1_024, name


@pytest.mark.parametrize("path", SENT_WITHOUT_A_BUCKET, ids=lambda path: path.name)
def test_a_template_that_is_deployed_by_itself_fits_into_the_request(path: Path) -> None:
    # `aws cloudformation deploy --template-file` without --s3-bucket.
    assert path.stat().st_size <= 51_200


def test_the_rights_of_a_role_are_within_what_iam_takes() -> None:
    for name, role in of_type("AWS::IAM::Role"):
        documents = [policy["PolicyDocument"] for policy in role.get("Policies", [])]
        assert sum(map(in_characters, documents)) <= 10_240, name
        assert in_characters(role["AssumeRolePolicyDocument"]) <= 2_048, name
        assert len(role.get("ManagedPolicyArns", [])) <= 10, name
    for name, policy in of_type("AWS::IAM::ManagedPolicy"):
        assert in_characters(policy["PolicyDocument"]) <= 6_144, name


def test_a_role_that_is_too_long_would_be_found() -> None:
    statement = {"Resource": [{"Ref": "Table"}, {"Fn::Sub": "${Table}/index/*"}]}
    assert in_characters(statement) == len(json.dumps(statement, separators=(",", ":"))) + 2 * 40


@pytest.mark.parametrize("folder", functions())
def test_a_function_is_within_what_lambda_takes(folder: str) -> None:
    function = functions()[folder]
    most = {name: str(value) if isinstance(value, str) else "x" * 150 for name, value in
            function.environment.items()}  # fmt: skip
    assert sum(len(name) + len(value) for name, value in most.items()) <= 4_096
    assert len(function.layers) <= 5
    timeout = function.properties.get("Timeout", function.shared["Timeout"])
    # API Gateway waits for 29 seconds, and then says that it failed.
    assert timeout <= (29 if function.routes else 900)


def test_event_sources_are_within_what_lambda_takes() -> None:
    sources = dict(of_type("AWS::Lambda::EventSourceMapping"))
    assert len(sources) == 8
    for name, source in sources.items():
        window = source.get("MaximumBatchingWindowInSeconds", 0)
        assert source["BatchSize"] <= (10_000 if window else 10), name
        assert 0 <= window <= 300, name
        if "StartingPosition" in source:
            assert 1 <= source["ParallelizationFactor"] <= 10, name
            assert 60 <= source["MaximumRecordAgeInSeconds"] <= 604_800, name
            assert 0 <= source["MaximumRetryAttempts"] <= 10_000, name
        else:
            most = source["ScalingConfig"]["MaximumConcurrency"]
            parameter = load(ROOT / "template.yaml")["Parameters"].get(
                most["Ref"] if isinstance(most, dict) else "", {"MinValue": most, "MaxValue": most}
            )
            assert 2 <= parameter["MinValue"] <= parameter["MaxValue"] <= 1_000, name


def test_queues_are_within_what_sqs_takes() -> None:
    for name, queue in of_type("AWS::SQS::Queue"):
        assert queue.get("VisibilityTimeout", 30) <= 43_200, name
        assert 60 <= queue["MessageRetentionPeriod"] <= 1_209_600, name


def test_names_are_within_what_each_service_takes() -> None:
    most = {
        "AWS::Lambda::Function": ("FunctionName", 64),
        "AWS::S3::Bucket": ("BucketName", 63),
        "AWS::SES::ConfigurationSet": ("Name", 64),
        "AWS::Events::Rule": ("Name", 64),
        "AWS::Logs::LogGroup": ("LogGroupName", 512),
        "AWS::CloudWatch::Alarm": ("AlarmName", 255),
        "AWS::CloudFront::Function": ("Name", 64),
        "AWS::CloudFront::CachePolicy": ("Name", 128),
        "AWS::CloudFront::ResponseHeadersPolicy": ("Name", 128),
    }
    lengths = {
        "${AWS::StackName}": LONGEST_STACK_NAME,
        "${Name}": LONGEST_STACK_NAME,
        "${Stage}": "s" * 12,
        "${AWS::AccountId}": "1" * 12,
        "${AWS::Region}": LONGEST_REGION,
    }
    for kind, (attribute, limit) in most.items():
        for name, properties in of_type(kind):
            value = properties.get(attribute, "")
            text = value.get("Fn::Sub", "") if isinstance(value, dict) else str(value)
            for placeholder, longest in lengths.items():
                text = text.replace(placeholder, longest)
            assert "${" not in text, (name, text)
            assert len(text) <= limit, name


def test_tables_are_within_what_dynamodb_takes() -> None:
    for name, table in of_type("AWS::DynamoDB::Table"):
        indexes = table.get("GlobalSecondaryIndexes", [])
        assert len(indexes) <= 20, name
        projected = [one["Projection"].get("NonKeyAttributes", []) for one in indexes]
        assert sum(map(len, projected)) <= 100, name
        keys = [table["KeySchema"], *(one["KeySchema"] for one in indexes)]
        used = {key["AttributeName"] for schema in keys for key in schema}
        assert used == {one["AttributeName"] for one in table["AttributeDefinitions"]}, name


def test_the_distribution_is_within_what_cloudfront_takes() -> None:
    [(_, properties)] = of_type("AWS::CloudFront::Distribution")
    settings = properties["DistributionConfig"]
    assert len(settings["CacheBehaviors"]) + 1 <= 25
    assert len(settings["Origins"]) <= 25
    for origin in settings["Origins"]:
        assert len(origin.get("OriginCustomHeaders", [])) <= 10
    # Of each kind an account has twenty: `make preflight` counts those that are left.
    assert len([*of_type("AWS::CloudFront::CachePolicy")]) <= 5
    assert len([*of_type("AWS::CloudFront::ResponseHeadersPolicy")]) <= 5


def test_the_api_is_within_what_api_gateway_takes() -> None:
    [(_, api)] = of_type("AWS::ApiGateway::RestApi")
    paths = {"/"}
    for path in api["Body"]["paths"]:
        parts = path.strip("/").split("/")
        paths |= {"/".join(parts[: end + 1]) for end in range(len(parts))}
    assert len(paths) <= 300
    [(_, stage)] = of_type("AWS::ApiGateway::Stage")
    assert len(stage["AccessLogSetting"]["Format"]) <= 3_072


def test_a_bucket_tells_each_event_to_one_place() -> None:
    # S3 refuses two destinations for one kind of event whose prefixes overlap.
    [(_, bucket)] = [
        one for one in of_type("AWS::S3::Bucket") if "NotificationConfiguration" in one[1]
    ]
    told = bucket["NotificationConfiguration"]
    prefixes: dict[str, list[str]] = {}
    for one in told["QueueConfigurations"] + told["LambdaConfigurations"]:
        [rule] = one["Filter"]["S3Key"]["Rules"]
        prefixes.setdefault(one["Event"], []).append(rule["Value"])
    for found in prefixes.values():
        assert not [(a, b) for a in found for b in found if a is not b and a.startswith(b)]


def test_a_secret_with_a_computed_name_is_allowed_with_the_letters_that_aws_adds() -> None:
    named = [
        resource
        for function in functions().values()
        for statement in function.statements
        for resource in listed(statement["Resource"])
        if ":secret:" in str(resource)
    ]
    assert len(named) >= 10
    # Six of them; with a star, a secret whose name begins so would be allowed too.
    assert all(str(one["Fn::Sub"]).endswith("-??????") for one in named)


def test_the_web_acl_is_within_what_waf_takes() -> None:
    [(_, acl)] = of_type("AWS::WAFv2::WebACL")
    for rule in acl["Rules"]:
        rate = rule["Statement"].get("RateBasedStatement", {}).get("Limit", 10)
        least = load(ROOT / "infra/edge.yaml")["Parameters"][rate["Ref"]]["MinValue"] if isinstance(
            rate, dict) else rate  # fmt: skip
        assert 10 <= least <= 2_000_000_000
    assert sum(len(body["Content"]) for body in acl["CustomResponseBodies"].values()) <= 4_096


def test_the_stage_waits_for_the_accounts_role_that_it_logs_by() -> None:
    # A conditional DependsOn is none: a tag of the log group refers to the account's setting.
    resources = transformed(ROOT / "template.yaml")
    [(_, stage)] = of_type("AWS::ApiGateway::Stage")
    group, _ = stage["AccessLogSetting"]["DestinationArn"]["Fn::GetAtt"]
    [tag] = resources[group]["Properties"]["Tags"]
    assert tag["Value"]["Fn::If"][:2] == ["MakesApiGatewayLogRole", {"Ref": "ApiGatewayAccount"}]
    assert resources["ApiGatewayAccount"]["Condition"] == "MakesApiGatewayLogRole"
