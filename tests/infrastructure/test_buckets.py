"""The buckets: private, encrypted, versioned, over TLS only."""

from typing import Any

import pytest

from tests.support.template import functions, resources

BUCKETS = resources("AWS::S3::Bucket")


def statements(bucket: str) -> list[dict[str, Any]]:
    policies: list[dict[str, Any]] = []
    for policy in resources("AWS::S3::BucketPolicy").values():
        if policy["Properties"]["Bucket"] == {"Ref": bucket}:
            policies += policy["Properties"]["PolicyDocument"]["Statement"]
    return policies


def test_there_are_three_buckets() -> None:
    assert set(BUCKETS) == {"MediaBucket", "PublicBucket", "SiteBucket"}


@pytest.mark.parametrize("name", BUCKETS)
def test_a_bucket_is_private(name: str) -> None:
    settings = BUCKETS[name]["Properties"]
    block = settings["PublicAccessBlockConfiguration"]
    assert len(block) == 4
    assert all(value is True for value in block.values())
    ownership = settings["OwnershipControls"]["Rules"]
    assert ownership == [{"ObjectOwnership": "BucketOwnerEnforced"}]  # no access lists at all


@pytest.mark.parametrize("name", BUCKETS)
def test_a_bucket_is_encrypted_and_versioned(name: str) -> None:
    settings = BUCKETS[name]["Properties"]
    (rule,) = settings["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    assert settings["VersioningConfiguration"] == {"Status": "Enabled"}


@pytest.mark.parametrize("name", BUCKETS)
def test_a_bucket_answers_over_tls_alone(name: str) -> None:
    (denial,) = [statement for statement in statements(name) if statement["Effect"] == "Deny"]
    assert denial["Principal"] == "*"
    assert denial["Action"] == "s3:*"
    assert denial["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert denial["Resource"] == [
        {"Fn::GetAtt": [name, "Arn"]},
        {"Fn::Sub": f"${{{name}.Arn}}/*"},
    ]


@pytest.mark.parametrize("name", BUCKETS)
def test_a_bucket_allows_this_distribution_or_nobody(name: str) -> None:
    allowed = [statement for statement in statements(name) if statement["Effect"] == "Allow"]
    if name == "MediaBucket":
        assert allowed == []
    for statement in allowed:
        assert statement["Principal"] == {"Service": "cloudfront.amazonaws.com"}
        source = statement["Condition"]["StringEquals"]["aws:SourceArn"]["Fn::Sub"]
        assert source.endswith(":distribution/${Distribution}")


@pytest.mark.parametrize("name", BUCKETS)
def test_a_bucket_keeps_no_server_logs_and_forgets_broken_uploads(name: str) -> None:
    settings = BUCKETS[name]["Properties"]
    assert "LoggingConfiguration" not in settings  # they would contain presigned URLs
    rules = settings["LifecycleConfiguration"]["Rules"]
    assert any("AbortIncompleteMultipartUpload" in rule for rule in rules)
    assert any("NoncurrentVersionExpiration" in rule for rule in rules)


@pytest.mark.parametrize("name", BUCKETS)
def test_a_buckets_name_is_computed(name: str) -> None:
    assert set(BUCKETS[name]["Properties"]["BucketName"]) == {"Fn::Sub"}


@pytest.mark.parametrize(
    ("folder", "variable", "bucket"),
    [
        ("catalogue", "SITE_BUCKET", "SiteBucket"),
        ("downloads", "MEDIA_BUCKET", "MediaBucket"),
        ("ingest", "MEDIA_BUCKET", "MediaBucket"),
        ("ingest", "PUBLIC_BUCKET", "PublicBucket"),
    ],
)
def test_a_function_names_a_bucket_as_the_bucket_names_itself(
    folder: str, variable: str, bucket: str
) -> None:
    name = BUCKETS[bucket]["Properties"]["BucketName"]
    assert functions()[folder].environment[variable] == name


def test_policies_on_s3_name_buckets_that_exist() -> None:
    names = [bucket["Properties"]["BucketName"]["Fn::Sub"] for bucket in BUCKETS.values()]
    touched = [
        resource
        for function in functions().values()
        for statement in function.statements
        for resource in (
            statement["Resource"]
            if isinstance(statement["Resource"], list)
            else [statement["Resource"]]
        )
        if ":s3:::" in str(resource)
    ]
    assert touched
    for resource in touched:
        bucket = resource["Fn::Sub"].removeprefix("arn:${AWS::Partition}:s3:::").partition("/")[0]
        assert bucket in names
