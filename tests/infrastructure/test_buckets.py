"""The buckets: private, encrypted, versioned, over TLS only."""

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.template import functions, resources

if TYPE_CHECKING:
    from collections.abc import Callable

# Raw mails have promises of their own: test_inbound_mail.py.
BUCKETS = {
    name: one for name, one in resources("AWS::S3::Bucket").items() if name != "InboundBucket"
}


def statements(bucket: str) -> list[dict[str, Any]]:
    policies: list[dict[str, Any]] = []
    for policy in resources("AWS::S3::BucketPolicy").values():
        if policy["Properties"]["Bucket"] == {"Ref": bucket}:
            policies += policy["Properties"]["PolicyDocument"]["Statement"]
    return policies


def denials(bucket: str) -> list[dict[str, Any]]:
    return [statement for statement in statements(bucket) if statement["Effect"] == "Deny"]


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
    (denial,) = [one for one in denials(name) if one["Action"] == "s3:*"]
    assert denial["Principal"] == "*"
    assert denial["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert denial["Resource"] == [
        {"Fn::GetAtt": [name, "Arn"]},
        {"Fn::Sub": f"${{{name}.Arn}}/*"},
    ]


def refuses(statement: dict[str, Any], request: dict[str, str]) -> bool:
    """Tell whether a denial's condition holds for a request with these condition keys.

    A negated operator holds for a key that the request lacks (IAM user guide, "Condition
    operators"), and all operators must hold.
    """
    operators: dict[str, Callable[[str | None, str], bool]] = {
        "Null": lambda given, wanted: (given is None) == (wanted == "true"),
        "StringNotEquals": lambda given, wanted: given != wanted,
    }
    return all(
        operators[operator](request.get(key), value)
        for operator, keys in statement["Condition"].items()
        for key, value in keys.items()
    )


ENCRYPTION = "s3:x-amz-server-side-encryption"


@pytest.mark.parametrize(
    ("request_keys", "refused"),
    [
        ({}, False),
        ({ENCRYPTION: "AES256"}, False),
        ({ENCRYPTION: "aws:kms"}, True),
        ({ENCRYPTION: "aws:kms:dsse"}, True),
        ({f"{ENCRYPTION}-customer-algorithm": "AES256"}, True),
    ],
    ids=["bucket's own", "AES256", "KMS", "KMS twice", "customer's key"],
)
def test_uploads_may_not_be_encrypted_with_keys_that_we_may_not_use(
    request_keys: dict[str, str], refused: bool
) -> None:
    on_uploads = [one for one in denials("MediaBucket") if one["Action"] == "s3:PutObject"]
    assert [one["Resource"] for one in on_uploads] == [{"Fn::Sub": "${MediaBucket.Arn}/*"}] * 2
    assert all(one["Principal"] == "*" for one in on_uploads)
    assert any(refuses(one, request_keys) for one in on_uploads) == refused


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
        ("ingest", "MEDIA_BUCKET", "MediaBucket"),
        ("ingest", "PUBLIC_BUCKET", "PublicBucket"),
    ],
)
def test_a_function_names_a_bucket_as_the_bucket_names_itself(
    folder: str, variable: str, bucket: str
) -> None:
    name = BUCKETS[bucket]["Properties"]["BucketName"]
    assert functions()[folder].environment[variable] == name


def test_presigned_urls_are_for_the_bucket_in_its_region_or_at_an_endpoint_of_its_own() -> None:
    name = BUCKETS["MediaBucket"]["Properties"]["BucketName"]["Fn::Sub"]
    (_, own, regional) = functions()["downloads"].environment["MEDIA_URL"]["Fn::If"]
    assert own == {"Fn::Sub": f"${{MediaEndpointUrl}}/{name}"}
    assert regional == {"Fn::Sub": f"https://{name}.s3.${{AWS::Region}}.${{AWS::URLSuffix}}"}


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
        if ":s3:::" in str(resource)  # inbound_mail's bucket has no computed name
    ]
    assert touched
    for resource in touched:
        bucket = resource["Fn::Sub"].removeprefix("arn:${AWS::Partition}:s3:::").partition("/")[0]
        assert bucket in names
