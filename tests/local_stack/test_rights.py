"""Every function runs under its own role, and is refused what this role's policy does not give."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest
from botocore.exceptions import ClientError

from infra.local import administrator, services
from infra.local.deployment import parameters
from infra.local.paths import CREDENTIALS, Ports, Stack
from infra.local.processes import recorded
from tests.local_stack.roles import Probe, deployed, probe, role_of

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_secretsmanager import SecretsManagerClient

As = Callable[[str], Probe]
Ended = Literal["stack_create_complete", "stack_update_complete", "stack_delete_complete"]
NAME = "rights-of-secrets"


MAIL_DOMAIN = parameters(Ports.chosen())["MailDomain"]


@pytest.fixture(scope="module")
def as_function(lambdas: "LambdaClient") -> Iterator[As]:
    """Ask the local AWS as one of the deployed functions would."""
    made: dict[str, Probe] = {}
    with ExitStack() as kept:

        def _as(function: str) -> Probe:
            if function not in made:
                role = role_of(lambdas, function)
                made[function] = kept.enter_context(probe(lambdas, role))
            return made[function]

        yield _as


@pytest.fixture(scope="module")
def variables(lambdas: "LambdaClient") -> dict[str, str]:
    """What the deployed functions are told in their environments, of all together."""
    found: dict[str, str] = {}
    for page in lambdas.get_paginator("list_functions").paginate():
        for one in page["Functions"]:
            found |= one.get("Environment", {}).get("Variables", {})
    return found


def test_a_secret_is_known_by_its_arn_as_long_as_it_lives(stack: Stack) -> None:
    cloudformation: CloudFormationClient = administrator.session().client(
        "cloudformation", endpoint_url=stack.aws_endpoint_url
    )
    secrets: SecretsManagerClient = administrator.session().client(
        "secretsmanager", endpoint_url=stack.aws_endpoint_url
    )

    def deployed(description: str) -> str:
        secret = {"Type": "AWS::SecretsManager::Secret", "Properties": {"Description": description}}
        output = {"Value": {"Ref": "Keys"}}
        template = json.dumps({"Resources": {"Keys": secret}, "Outputs": {"Keys": output}})
        if description == "first":
            cloudformation.create_stack(StackName=NAME, TemplateBody=template)
            _await(cloudformation, "stack_create_complete")
        else:
            cloudformation.update_stack(StackName=NAME, TemplateBody=template)
            _await(cloudformation, "stack_update_complete")
        (found,) = cloudformation.describe_stacks(StackName=NAME)["Stacks"]
        return found["Outputs"][0]["OutputValue"]

    first = deployed("first")
    try:
        assert first.startswith("arn:aws:secretsmanager:")
        assert deployed("second") == first
        assert secrets.describe_secret(SecretId=first)["Description"] == "second"
    finally:
        cloudformation.delete_stack(StackName=NAME)
        _await(cloudformation, "stack_delete_complete")
    with pytest.raises(ClientError, match="ResourceNotFound"):
        secrets.describe_secret(SecretId=first)


def _await(cloudformation: "CloudFormationClient", state: Ended) -> None:
    waiter = cloudformation.get_waiter(state)
    waiter.wait(StackName=NAME, WaiterConfig={"Delay": 1})


def _key(partition: str) -> dict[str, dict[str, str]]:
    return {"pk": {"S": partition}, "sk": {"S": "RIGHTS"}}


def _is_denied(answer: Any) -> bool:
    return answer.get("refused") in {"AccessDenied", "AccessDeniedException"}


def test_a_function_is_known_by_its_own_role(as_function: As) -> None:
    newsletter = as_function("Newsletter")
    told = newsletter.ask("sts", "get_caller_identity")["told"]
    role = newsletter.role.rpartition("/")[2]
    assert f":assumed-role/{role}/" in told["Arn"]


def test_no_function_is_given_the_administrators_keys(as_function: As) -> None:
    own = administrator.keys()
    told = as_function("Newsletter").ask("environment")["told"]
    assert not {own.access_key_id, own.secret_access_key} & set(told.values())
    assert told["AWS_SESSION_TOKEN"]


@pytest.mark.skipif(not Path("/proc").exists(), reason="reads Linux's /proc")
def test_the_local_aws_itself_holds_no_keys_in_its_environment() -> None:
    aws = recorded(services.AWS)
    assert aws
    environment = Path(f"/proc/{aws.pid}/environ").read_bytes().decode()
    assert administrator.keys().secret_access_key not in environment


def test_nobody_else_on_this_machine_can_read_the_administrators_keys() -> None:
    assert CREDENTIALS.stat().st_mode & 0o077 == 0
    assert CREDENTIALS.stat().st_uid == os.getuid()


@pytest.mark.parametrize("function", ["Registration", "CodeIssuance", "PasswordReset"])
def test_who_derives_codes_may_read_their_keys(
    as_function: As, variables: dict[str, str], function: str
) -> None:
    wanted = variables["FLOW_KEYS_SECRET"]
    answer = as_function(function).ask("secretsmanager", "get_secret_value", SecretId=wanted)
    assert answer["told"]["ARN"] == wanted


@pytest.mark.parametrize("function", ["Newsletter", "Sessions", "Downloads", "Catalogue", "Ingest"])
def test_who_derives_no_codes_may_not_read_their_keys(
    as_function: As, variables: dict[str, str], function: str
) -> None:
    wanted = variables["FLOW_KEYS_SECRET"]
    assert _is_denied(
        as_function(function).ask("secretsmanager", "get_secret_value", SecretId=wanted)
    )


def test_a_function_reads_the_partitions_of_its_policy_and_no_others(
    as_function: As, stack: Stack
) -> None:
    table = stack.outputs["AccountsTable"]

    def read(partition: str) -> Any:
        wanted = {table: {"Keys": [_key(partition)]}}
        return as_function("Newsletter").ask("dynamodb", "batch_get_item", RequestItems=wanted)

    assert "told" in read("ACCOUNT#rights")
    assert _is_denied(read("EMAIL#rights"))


def test_a_function_may_query_its_own_partitions_alone(as_function: As, stack: Stack) -> None:
    def query(partition: str) -> Any:
        return as_function("Account").ask(
            "dynamodb",
            "query",
            TableName=stack.outputs["AccountsTable"],
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": partition}},
        )

    assert "told" in query("ACCOUNT#rights")
    assert _is_denied(query("REGISTRATION#rights"))


def test_a_function_that_never_reads_an_account_can_not_read_one(
    as_function: As, stack: Stack
) -> None:
    wanted = {"TableName": stack.outputs["AccountsTable"], "Key": _key("ACCOUNT#rights")}
    assert _is_denied(as_function("Registration").ask("dynamodb", "get_item", **wanted))


def test_a_transaction_is_refused_for_one_item_that_is(as_function: As, stack: Stack) -> None:
    def write(*partitions: str) -> Any:
        puts = [
            # Refused by its condition, should it be allowed: nothing of it stays.
            {
                "Put": {
                    "TableName": stack.outputs["AccountsTable"],
                    "Item": _key(partition),
                    "ConditionExpression": "attribute_exists(pk)",
                }
            }
            for partition in partitions
        ]
        asked = as_function("Registration")
        return asked.ask("dynamodb", "transact_write_items", TransactItems=puts)

    allowed = write("ACCOUNT#rights", "EMAIL#rights", "REGISTRATION#rights")
    assert allowed["refused"] == "TransactionCanceledException"
    assert _is_denied(write("ACCOUNT#rights", "LOGIN#rights"))


def test_a_function_can_not_write_what_makes_somebody_an_accounts_owner(
    as_function: As, stack: Stack
) -> None:
    def write(attribute: str) -> Any:
        return as_function("Newsletter").ask(
            "dynamodb",
            "update_item",
            TableName=stack.outputs["AccountsTable"],
            Key=_key("ACCOUNT#rights"),
            UpdateExpression="SET #name = :value",
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeNames={"#name": attribute},
            ExpressionAttributeValues={":value": {"S": "x"}},
        )

    assert write("newsletter")["refused"] == "ConditionalCheckFailedException"
    assert _is_denied(write("password_hash"))


@pytest.mark.parametrize("function", ["Account", "Catalogue", "Ingest"])
def test_no_function_may_scan_a_table(as_function: As, stack: Stack, function: str) -> None:
    for table in ("AccountsTable", "CatalogueTable"):
        answer = as_function(function).ask("dynamodb", "scan", TableName=stack.outputs[table])
        assert _is_denied(answer)


def test_a_list_is_read_by_its_index_and_not_through_the_table(
    as_function: As, stack: Stack
) -> None:
    def query(**further: str) -> Any:
        name = "listing" if further else "pk"
        return as_function("Catalogue").ask(
            "dynamodb",
            "query",
            TableName=stack.outputs["CatalogueTable"],
            KeyConditionExpression=f"{name} = :value",
            ExpressionAttributeValues={":value": {"S": "RECEIPT#rights"}},
            **further,
        )

    assert "told" in query(IndexName="published")
    assert _is_denied(query())


def test_downloads_may_not_read_the_files_that_it_gives_links_to(
    as_function: As, stack: Stack
) -> None:
    wanted = {"Bucket": stack.media_bucket, "Key": "incoming/a/b"}
    assert _is_denied(as_function("Downloads").ask("s3", "get_object", **wanted))


def test_the_signers_role_is_for_downloads_alone(
    as_function: As, variables: dict[str, str]
) -> None:
    wanted = {"RoleArn": variables["DOWNLOAD_SIGNER_ROLE"], "RoleSessionName": "rights"}
    assert "told" in as_function("Downloads").ask("sts", "assume_role", **wanted)
    assert _is_denied(as_function("Catalogue").ask("sts", "assume_role", **wanted))


@pytest.mark.parametrize("function", ["CodeIssuance", "Notices"])
def test_mails_go_out_from_one_address(as_function: As, function: str) -> None:
    def send(sender: str, **further: str) -> Any:
        mail = {
            "Source": sender,
            "Destination": {"ToAddresses": ["rights@newsroom.example"]},
            "Message": {"Subject": {"Data": "x"}, "Body": {"Text": {"Data": "x"}}},
            **further,
        }
        raw = {
            "Source": sender,
            "Destinations": ["rights@newsroom.example"],
            "RawMessage": {"Data": f"From: {sender}\r\nSubject: rights\r\n\r\nx"},
        }
        asked = as_function(function)
        assert _is_denied(asked.ask("ses", "send_email", **mail))
        return asked.ask("ses", "send_raw_email", **raw)

    assert "told" in send(f"codes@{MAIL_DOMAIN}")
    assert _is_denied(send(f"press@{MAIL_DOMAIN}"))


def test_who_sends_no_mail_may_not_send_one(as_function: As) -> None:
    sender = f"codes@{MAIL_DOMAIN}"
    raw = {"Data": f"From: {sender}\r\nSubject: rights\r\n\r\nx"}
    answer = as_function("Newsletter").ask(
        "ses", "send_raw_email", Source=sender, Destinations=["a@b.example"], RawMessage=raw
    )
    assert _is_denied(answer)


def test_ingest_fills_its_own_queue_in_batches_and_no_other(
    as_function: As, lambdas: "LambdaClient"
) -> None:
    def send(function: str) -> Any:
        variables = deployed(lambdas, function)["Environment"]["Variables"]
        url = variables["INGEST_QUEUE" if function == "Ingest" else "SEND_QUEUE"]
        entries = [{"Id": "1", "MessageBody": '{"folder": "rights"}'}]
        asked = as_function("Ingest")
        return asked.ask("sqs", "send_message_batch", QueueUrl=url, Entries=entries)

    assert "told" in send("Ingest")
    assert _is_denied(send("NewsletterWalk"))
