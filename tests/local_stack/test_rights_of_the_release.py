"""Each mend of the local AWS's rights is still needed (infra/local/rights.py, whole_logs.py).

When one of these fails, the release behaves as AWS does: take the mend out. That the mended one
behaves is shown by test_rights.py and test_presigned.py.
"""

import inspect
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

import boto3
import pytest
import requests
from botocore.exceptions import ClientError

from tests.local_stack.released import released

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_ses import SESClient
    from mypy_boto3_sts import STSClient

Service = Literal["cloudformation", "dynamodb", "iam", "s3", "ses", "sts"]
REGION = "eu-central-1"
ACCOUNT = "000000000000"


@dataclass(frozen=True)
class Release:
    """The released local AWS, with its check of rights switched on."""

    url: str

    def client(self, service: Service, key: str = "test", secret: str = "not checked") -> Any:
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
        )

    def user(self, service: Service, *statements: dict[str, Any]) -> Any:
        """Return a client of a new user who has these rights."""
        iam: IAMClient = self.client("iam")
        name = f"user-{secrets.token_hex(4)}"
        iam.create_user(UserName=name)
        policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
        iam.put_user_policy(UserName=name, PolicyName="rights", PolicyDocument=policy)
        made = iam.create_access_key(UserName=name)["AccessKey"]
        return self.client(service, made["AccessKeyId"], made["SecretAccessKey"])


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Release]:
    with released(tmp_path_factory.mktemp("released"), {"AUTH": "true"}) as url:
        yield Release(url)


@pytest.mark.parametrize("name", ["test", ACCOUNT])
def test_the_release_still_trusts_a_known_name_without_a_signature(
    release: Release, name: str
) -> None:
    s3: S3Client = release.client("s3", name, "wrong")
    assert s3.list_buckets()["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_the_release_still_trusts_who_names_no_key(release: Release) -> None:
    headers = {"Authorization": "Bearer x", "X-Amz-Target": "DynamoDB_20120810.ListTables"}
    assert requests.post(release.url, headers=headers, json={}, timeout=30).status_code == 200


def test_the_release_still_opens_any_key_to_a_url_that_says_test(release: Release) -> None:
    s3: S3Client = release.client("s3")
    s3.create_bucket(
        Bucket="opened", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    s3.put_object(Bucket="opened", Key="embargoed", Body=b"x")
    claimed = {"X-Amz-Credential": f"test/20260101/{REGION}/s3/aws4_request"}
    answer = requests.get(
        f"{release.url}/opened/embargoed", {**claimed, "X-Amz-Signature": "x"}, timeout=30
    )
    assert (answer.status_code, answer.content) == (200, b"x")


def test_the_release_still_gives_a_secrets_name_for_its_ref(release: Release) -> None:
    cloudformation: CloudFormationClient = release.client("cloudformation")
    template = {
        "Resources": {"Keys": {"Type": "AWS::SecretsManager::Secret", "Properties": {}}},
        "Outputs": {"Keys": {"Value": {"Ref": "Keys"}}},
    }
    cloudformation.create_stack(StackName="secrets", TemplateBody=json.dumps(template))
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName="secrets", WaiterConfig={"Delay": 1}
    )
    (stack,) = cloudformation.describe_stacks(StackName="secrets")["Stacks"]
    assert not stack["Outputs"][0]["OutputValue"].startswith("arn:")


def _allow(action: str, resource: str, **condition: dict[str, Any]) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, "Condition": condition}


def test_the_release_still_takes_every_request_for_unencrypted(release: Release) -> None:
    s3: S3Client = release.client("s3")
    bucket = "tls-only"
    s3.create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    s3.put_object(Bucket=bucket, Key="a", Body=b"x")
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": f"arn:aws:s3:::{bucket}/*",
    }
    deny["Condition"] = cast("Any", {"Bool": {"aws:SecureTransport": "false"}})
    s3.put_bucket_policy(
        Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    )
    reader: S3Client = release.user("s3", _allow("s3:GetObject", "*"))
    with pytest.raises(ClientError, match="AccessDenied"):
        reader.get_object(Bucket=bucket, Key="a")


@pytest.fixture(scope="module")
def table(release: Release) -> str:
    dynamodb: DynamoDBClient = release.client("dynamodb")
    dynamodb.create_table(
        TableName="rights",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return "rights"


def test_the_release_still_reads_partitions_that_a_policy_does_not_name(
    release: Release, table: str
) -> None:
    named = {"dynamodb:LeadingKeys": ["ACCOUNT#*"]}
    allowed = _allow("dynamodb:GetItem", "*", **{"ForAllValues:StringLike": named})
    reader: DynamoDBClient = release.user("dynamodb", allowed)
    reader.get_item(TableName=table, Key={"pk": {"S": "EMAIL#x"}})


def test_the_release_still_writes_attributes_that_a_policy_forbids(
    release: Release, table: str
) -> None:
    named = {"dynamodb:Attributes": ["password_hash"]}
    allowed = _allow("dynamodb:PutItem", "*", **{"ForAllValues:StringNotEquals": named})
    writer: DynamoDBClient = release.user("dynamodb", allowed)
    writer.put_item(TableName=table, Item={"pk": {"S": "x"}, "password_hash": {"S": "x"}})


def test_the_release_still_sends_nothing_for_who_may_send_from_one_address(
    release: Release,
) -> None:
    ses: SESClient = release.client("ses")
    ses.verify_email_identity(EmailAddress="codes@newsreel.test")
    identity = f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/codes@newsreel.test"
    sender: SESClient = release.user("ses", _allow("ses:SendRawEmail", identity))
    with pytest.raises(ClientError, match="AccessDenied"):
        sender.send_raw_email(
            Source="codes@newsreel.test",
            Destinations=["a@newsroom.example"],
            RawMessage={"Data": b"Subject: x\r\n\r\nx"},
        )


def test_the_release_still_wants_more_than_to_be_named_by_a_role(release: Release) -> None:
    iam: IAMClient = release.client("iam")
    sts: STSClient = release.user("sts", _allow("s3:GetObject", "*"))
    trusted = sts.get_caller_identity()["Arn"]
    trust = {"Effect": "Allow", "Principal": {"AWS": trusted}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = iam.create_role(RoleName="signer", AssumeRolePolicyDocument=document)["Role"]
    with pytest.raises(ClientError, match="AccessDenied"):
        sts.assume_role(RoleArn=role["Arn"], RoleSessionName="me")


def test_the_release_still_waits_for_lines_that_may_never_come() -> None:
    from ministack.core.lambda_runtime import Worker  # noqa: PLC0415 (its import starts threads)

    waits = inspect.signature(Worker._drain_stderr_bounded).parameters
    assert waits["first_line_wait"].default == 0.05
