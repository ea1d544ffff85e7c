"""Each mend of the local AWS is still needed, and does what AWS does.

When one of the first kind fails, the release behaves: take the mend out of patched_ministack.py.
"""

import io
import json
import secrets
import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest
import requests
from botocore.config import Config

from infra.local.deployment import runtime
from infra.local.paths import PROJECT, RUNTIME, SCRATCH, Stack
from tests.local_stack.released import released
from tests.local_stack.roles import role_of

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_lambda.literals import RuntimeType
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import GetObjectOutputTypeDef

CONTENT = bytes(range(256)) * 16
_NO_ROLE = "arn:aws:iam::000000000000:role/none"


def _client(url: str) -> "S3Client":
    client: S3Client = boto3.client(
        "s3",
        endpoint_url=url,
        region_name="eu-central-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(s3={"addressing_style": "path"}),
    )
    return client


@pytest.fixture(scope="module")
def unmended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The local AWS as it is released, without our launcher: its address."""
    with released(tmp_path_factory.mktemp("unmended"), {}) as url:
        yield url


def _piece_of_a_version(s3: "S3Client", bucket: str) -> "GetObjectOutputTypeDef":
    key = f"mends/{secrets.token_hex(4)}"
    version = s3.put_object(Bucket=bucket, Key=key, Body=CONTENT)["VersionId"]
    s3.put_object(Bucket=bucket, Key=key, Body=b"newer")
    return s3.get_object(
        Bucket=bucket,
        Key=key,
        VersionId=version,
        Range="bytes=10-19",
        ResponseContentDisposition='attachment; filename="a.bin"',
    )


def test_the_release_still_ignores_a_range_of_a_version(unmended: str) -> None:
    s3 = _client(unmended)
    s3.create_bucket(
        Bucket="mends", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    s3.put_bucket_versioning(Bucket="mends", VersioningConfiguration={"Status": "Enabled"})
    answer = _piece_of_a_version(s3, "mends")
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert "ContentDisposition" not in answer


def test_a_version_gives_the_piece_that_was_asked_for(stack: Stack, s3: "S3Client") -> None:
    answer = _piece_of_a_version(s3, stack.media_bucket)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 206
    assert answer["Body"].read() == CONTENT[10:20]
    assert answer["ContentRange"] == f"bytes 10-19/{len(CONTENT)}"
    assert answer["ContentDisposition"] == 'attachment; filename="a.bin"'


def test_a_range_beyond_a_version_is_refused(stack: Stack, s3: "S3Client") -> None:
    key = f"mends/{secrets.token_hex(4)}"
    version = s3.put_object(Bucket=stack.media_bucket, Key=key, Body=CONTENT)["VersionId"]
    with pytest.raises(s3.exceptions.ClientError, match="InvalidRange"):
        s3.get_object(Bucket=stack.media_bucket, Key=key, VersionId=version, Range="bytes=999999-")


def _as_a_page_elsewhere(url: str) -> requests.Response:
    return requests.get(
        f"{url}/2015-03-31/functions", headers={"Origin": "https://evil.example"}, timeout=30
    )


def test_the_release_still_lets_every_web_page_list_functions(unmended: str) -> None:
    answer = _as_a_page_elsewhere(unmended)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_no_web_page_elsewhere_reaches_the_local_aws(stack: Stack) -> None:
    answer = _as_a_page_elsewhere(stack.aws_endpoint_url)
    assert answer.status_code == 403
    assert "Access-Control-Allow-Origin" not in answer.headers


# Says on which Python it runs, what it can import, and where its layer lies.
_WHO_AM_I = """
import importlib.metadata, os, pathlib, sys
def handler(event, context):
    layers = os.environ["_LAMBDA_LAYERS_DIRS"]
    return {
        "prefix": sys.prefix,
        "packages": sorted(found.name for found in importlib.metadata.distributions()),
        "layer": str((pathlib.Path(layers) / "python").resolve()),
        "environment": dict(os.environ),
    }
"""


def _zipped(name: str, text: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, text)
    return packed.getvalue()


def _unmended_lambdas(url: str) -> "LambdaClient":
    client: LambdaClient = boto3.client(
        "lambda",
        endpoint_url=url,
        region_name="eu-central-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    return client


def _ask_a_function(lambdas: "LambdaClient", role: str = _NO_ROLE) -> dict[str, Any]:
    """Make a function with a layer, ask it who it is, and take it away again."""
    name = f"who-am-i-{secrets.token_hex(4)}"
    layer = lambdas.publish_layer_version(
        LayerName=name, Content={"ZipFile": _zipped("python/of_a_layer.py", "HERE = True")}
    )
    lambdas.create_function(
        FunctionName=name,
        Runtime=cast("RuntimeType", runtime()),
        Role=role,
        Handler="app.handler",
        Code={"ZipFile": _zipped("app.py", _WHO_AM_I)},
        Layers=[layer["LayerVersionArn"]],
    )
    try:
        answer = lambdas.invoke(FunctionName=name, Payload=b"{}")
        told: dict[str, Any] = json.loads(answer["Payload"].read())
        assert "FunctionError" not in answer, told
        return told
    finally:
        lambdas.delete_function(FunctionName=name)
        lambdas.delete_layer_version(LayerName=name, VersionNumber=layer["Version"])


def test_the_release_still_shows_functions_the_packages_of_its_own_python(unmended: str) -> None:
    told = _ask_a_function(_unmended_lambdas(unmended))
    assert told["prefix"] == sys.prefix
    assert "ministack" in told["packages"]


def test_the_release_still_unpacks_each_layer_for_each_worker(unmended: str) -> None:
    assert "ministack-lambda-" in _ask_a_function(_unmended_lambdas(unmended))["layer"]


def test_a_function_sees_what_lambda_holds_and_nothing_else(lambdas: "LambdaClient") -> None:
    told = _ask_a_function(lambdas, role_of(lambdas, "Newsletter"))
    assert told["prefix"] == str(RUNTIME)
    assert set(told["packages"]) == {
        "boto3",
        "botocore",
        "jmespath",
        "python-dateutil",
        "s3transfer",
        "six",
        "urllib3",
    }


def test_workers_share_one_copy_of_a_layer(lambdas: "LambdaClient") -> None:
    role = role_of(lambdas, "Newsletter")
    layer = _ask_a_function(lambdas, role)["layer"]
    assert Path(layer).is_relative_to(SCRATCH / "unpacked")
    assert layer == _ask_a_function(lambdas, role)["layer"]


def test_the_distribution_reads_buckets_whose_policy_wants_tls(stack: Stack) -> None:
    for path in ("/", "/.well-known/account-policy.json"):
        with urllib.request.urlopen(stack.site_url + path, timeout=30) as answer:
            assert answer.status == 200


def test_the_release_still_stops_at_a_parallelism_that_a_parameter_gives() -> None:
    script = (
        "from ministack.services import lambda_svc\n"
        "from infra.local.patched_ministack import mend_concurrency\n"
        "mapping = {'ScalingConfig': {'MaximumConcurrency': '2'}}\n"
        "limit = lambda_svc._sqs_esm_concurrency\n"
        "print(repr(limit(mapping, None, {}, {})), mend_concurrency(limit)(mapping, None, {}, {}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=PROJECT
    )
    assert done.stdout.splitlines()[-1] == "'2' 2"


def test_the_release_still_ignores_the_batching_window_of_a_queues_source() -> None:
    script = (
        "import time\n"
        "from ministack.services import lambda_svc, sqs\n"
        "from infra.local.ministack_patches.batching_window import gathering\n"
        "queue = {'attributes': {'QueueArn': 'arn:q', 'VisibilityTimeout': '30'}}\n"
        "queue['messages'] = [{'visible_at': time.time()}]\n"
        "sqs._queues['q'] = queue\n"
        "lambda_svc._esms['e'] = "
        "{'EventSourceArn': 'arn:q', 'MaximumBatchingWindowInSeconds': 5}\n"
        "sqs._get_q = lambda url: queue\n"
        "sqs._expire_retained = sqs._dlq_sweep = lambda queue: None\n"
        "sqs._collect_msgs = lambda queue, most, hidden: queue['messages']\n"
        "receive = sqs._receive_messages_for_esm\n"
        "print(len(receive('q', 10)), len(gathering(receive)('q', 10)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=PROJECT
    )
    assert done.stdout.splitlines()[-1] == "1 0"


def test_the_release_still_asks_for_rights_to_batches_that_iam_does_not_know() -> None:
    script = (
        "from ministack.core import iam_actions\n"
        "from infra.local.ministack_patches.batch_rights import naming\n"
        "name = iam_actions.extract_iam_action\n"
        "for operation in ('SendMessageBatch', 'SendMessage', 'ChangeMessageVisibilityBatch'):\n"
        "    headers = {'x-amz-target': f'AmazonSQS.{operation}'}\n"
        "    asked = ('sqs', 'POST', '/', headers, b'{}', {})\n"
        "    print(name(*asked), naming(name)(*asked))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=PROJECT
    )
    assert done.stdout.splitlines() == [
        "sqs:SendMessageBatch sqs:SendMessage",
        "sqs:SendMessage sqs:SendMessage",
        "sqs:ChangeMessageVisibilityBatch sqs:ChangeMessageVisibility",
    ]
