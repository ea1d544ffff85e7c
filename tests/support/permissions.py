"""Compares the AWS calls of functions with the template's policies; moto does not enforce them.

A fixture records each AWS call of a function's handler, in this process, and reports afterwards
which of them the function's policy would have refused. It understands only the parts of policies
that ours use: `Allow`, `*` in actions and resources, `dynamodb:LeadingKeys`, `dynamodb:Attributes`
(forbidden ones of a write, the only ones of a read), `dynamodb:ReturnValues`, `ses:FromAddress`.
"""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, TypeAlias

from botocore.client import BaseClient

from tests.support.template import ROOT, functions

ACCOUNT = "123456789012"
REGION = "eu-central-1"
_FUNCTIONS = f"{ROOT / 'functions'}/"
_TESTS = f"{ROOT / 'tests'}/"
_WRITES = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem"}
_SYNTAX = {"SET", "REMOVE", "ADD", "DELETE", "AND", "OR", "NOT", "IN", "BETWEEN"}
_SYNTAX |= {"attribute_exists", "attribute_not_exists", "begins_with", "contains", "if_not_exists"}
_SES = f"arn:aws:ses:{REGION}:{ACCOUNT}"

Seen: TypeAlias = tuple[str, str, str, Mapping[str, Any]]
"""A call: the function, the service, the operation and its parameters."""


@dataclass(frozen=True)
class Call:
    """One permission that a call needs.

    ``keys`` are partition keys, ``attributes`` those that a write names, ``sender`` a mail's
    sender.
    """

    folder: str
    action: str
    resource: str
    keys: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    sender: str = ""
    returns: str = ""
    """What an update asks to be told of the item."""


def table(name: str, index: str | None = None) -> str:
    suffix = f"/index/{index}" if index else ""
    return f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}{suffix}"


def queue(url: str) -> str:
    return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{url.rpartition('/')[2]}"


def _known(environment: Mapping[str, str]) -> dict[str, str]:
    """The values of the template's names in a test's environment."""
    return {
        "AccountsTable.Arn": table(environment["ACCOUNTS_TABLE"]),
        "CatalogueTable.Arn": table(environment["CATALOGUE_TABLE"]),
        "MailTable.Arn": table(environment["MAIL_TABLE"]),
        "InboundQueue.Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:inbound",
        "InboundBucket.Arn": "arn:aws:s3:::newsreel-test-inbound",
        "MailFeedbackQueue.Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:mail-feedback",
        "IngestQueue.Arn": queue(environment["INGEST_QUEUE"]),
        "NewsletterWalkQueue.Arn": queue(environment["WALK_QUEUE"]),
        "NewsletterSendQueue.Arn": queue(environment["SEND_QUEUE"]),
        "HashQueue.Arn": queue(environment["HASH_QUEUE"]),
        "NewsletterDomain": environment["NEWSLETTER_DOMAIN"],
        "FlowKeys": environment["FLOW_KEYS_SECRET"],
        "LinkKeys": environment["LINK_KEYS_SECRET"],
        "TrailKeys": environment["TRAIL_KEYS_SECRET"],
        "OriginSecret": environment["ORIGIN_SECRET"],
        "UnsubscribeKeys": environment["UNSUBSCRIBE_KEYS_SECRET"],
        "DownloadSigner.Arn": environment["DOWNLOAD_SIGNER_ROLE"],
        "MailDomain": environment["MAIL_DOMAIN"],
        "Stage": environment["STAGE"],
        "AWS::StackName": environment["ADDRESSES_SECRET"].split("/")[1],
        "AWS::Partition": "aws",
        "AWS::Region": REGION,
        "AWS::AccountId": ACCOUNT,
    }


def _resolve(value: Any, known: Mapping[str, str]) -> str:
    if isinstance(value, str):
        return value
    ((name, inner),) = value.items()
    if name == "Fn::GetAtt":
        return known[".".join(inner)]
    if name == "Ref":
        return known[inner]
    if name == "Fn::If":  # a test's deployment has everything that a parameter may leave out
        return _resolve(inner[1], known)
    if isinstance(inner, list):
        inner, more = inner
        known = {**known, **{name: _resolve(one, known) for name, one in more.items()}}
    text = re.sub(r"\$\{([^}]+)\}", lambda match: known[match[1]], inner)
    # Tests name the buckets without account and region.
    return re.sub(rf"-(media|public|site)-{ACCOUNT}-{REGION}", r"-\1", text)


def _caller() -> str | None:
    """Return the folder of the function that makes a call, or None for a test's own call."""
    frame = sys._getframe(2)
    while frame is not None:
        path = frame.f_code.co_filename
        if path.startswith(_TESTS):  # a test steps in between, to lose or win a race
            return None
        if path.startswith(_FUNCTIONS):
            return Path(path).parent.name
        frame = frame.f_back  # type: ignore[assignment]
    return None


def _dynamodb(
    operation: str, parameters: Mapping[str, Any]
) -> Iterator[tuple[str, str, list[str], set[str]]]:
    if operation == "TransactWriteItems":
        for entry in parameters["TransactItems"]:
            ((kind, entry_values),) = entry.items()
            key = (entry_values.get("Key") or entry_values["Item"])["pk"]["S"]
            action = _WRITES.get(kind, "ConditionCheckItem")
            yield action, table(entry_values["TableName"]), [key], _attributes(entry_values)
    elif operation in {"BatchGetItem", "BatchWriteItem"}:
        for name, entry_values in parameters["RequestItems"].items():
            entries = entry_values["Keys"] if isinstance(entry_values, dict) else entry_values
            named = {attribute for entry in entries for attribute in _batched(entry)}
            if operation == "BatchGetItem":
                named |= _projected(entry_values)
            yield operation, table(name), [_batched(entry)["pk"]["S"] for entry in entries], named
    elif operation == "Query":
        placeholder = re.search(r"= (:\w+)", parameters["KeyConditionExpression"])
        key = parameters["ExpressionAttributeValues"][placeholder[1] if placeholder else ""]["S"]
        yield operation, table(parameters["TableName"], parameters.get("IndexName")), [key], set()
    else:
        key = (parameters.get("Key") or parameters["Item"])["pk"]["S"]
        yield operation, table(parameters["TableName"]), [key], _attributes(parameters)


def _projected(wanted: Mapping[str, Any]) -> set[str]:
    """The attributes that a read names; ``*`` if it names none and so reads them all."""
    names = wanted.get("ExpressionAttributeNames", {})
    expression = wanted.get("ProjectionExpression", "*")
    return {names.get(word.strip(), word.strip()) for word in expression.split(",")}


def _batched(entry: Any) -> Any:
    """Return the key, or the whole item, of one entry of a batch."""
    request = entry.get("DeleteRequest") or entry.get("PutRequest") or {"Key": entry}
    return request.get("Key") or request["Item"]


def _attributes(parameters: Mapping[str, Any]) -> set[str]:
    """Return the attributes that a write names: in its item or key, update and condition."""
    expressions = (
        parameters.get("UpdateExpression", ""),
        parameters.get("ConditionExpression", ""),
    )
    names = parameters.get("ExpressionAttributeNames", {})
    words = {word for text in expressions for word in re.findall(r"(?<![\w:#])#?[A-Za-z]\w*", text)}
    named = {names.get(word, word) for word in words - _SYNTAX}
    return named | set(parameters.get("Key") or parameters["Item"])


def _s3(operation: str, parameters: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    bucket = f"arn:aws:s3:::{parameters['Bucket']}"
    if operation == "CopyObject":
        source = parameters["CopySource"]
        yield _read(source), f"arn:aws:s3:::{source['Bucket']}/{source['Key']}"
        yield "PutObject", f"{bucket}/{parameters['Key']}"
    elif operation.startswith("ListObjects"):
        yield "ListBucket", bucket
    elif operation in {"GetObject", "HeadObject"}:
        yield _read(parameters), f"{bucket}/{parameters['Key']}"
    else:
        yield operation, f"{bucket}/{parameters['Key']}"


def _read(parameters: Mapping[str, Any]) -> str:
    return "GetObjectVersion" if "VersionId" in parameters else "GetObject"


def _ses(parameters: Mapping[str, Any]) -> Iterator[str]:
    """Yield the resources that SES authorises for a mail: in its sandbox each recipient's too."""
    if "Source" not in parameters:  # GetSendQuota knows no resource
        yield "*"
        return
    yield f"{_SES}:identity/{parameters['Source'].partition('@')[2]}"
    for addressee in parameters.get("Destinations", []):
        yield f"{_SES}:identity/{addressee}"
    if "ConfigurationSetName" in parameters:
        yield f"{_SES}:configuration-set/{parameters['ConfigurationSetName']}"


def needed(folder: str, service: str, operation: str, parameters: Mapping[str, Any]) -> list[Call]:
    """Return the permissions that one API call needs (service authorization reference)."""
    if service == "dynamodb":
        calls = _dynamodb(operation, parameters)
        return [
            Call(
                folder,
                f"dynamodb:{name}",
                arn,
                tuple(keys),
                tuple(sorted(attributes)),
                returns=parameters.get("ReturnValues", ""),
            )
            for name, arn, keys, attributes in calls
        ]
    if service == "s3":
        return [Call(folder, f"s3:{name}", arn) for name, arn in _s3(operation, parameters)]
    if service == "secretsmanager":
        return [Call(folder, f"secretsmanager:{operation}", _secret(parameters["SecretId"]))]
    if service == "ses":
        sender = parameters.get("Source", "")
        return [Call(folder, f"ses:{operation}", arn, sender=sender) for arn in _ses(parameters)]
    if service == "sqs":
        # A batch needs the right to what it does once.
        action = operation.removesuffix("Batch")
        return [Call(folder, f"sqs:{action}", queue(parameters["QueueUrl"]))]
    # Unknown calls are refused, except those that the signer's own trust grants by name.
    unknown = [Call(folder, f"{service}:{operation}", "*")]
    return [] if (service, operation) == ("sts", "AssumeRole") else unknown


def _secret(name: str) -> str:
    """Return what a policy names a secret by: one with a computed name by its ARN."""
    arn = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}-AbCdEf"
    return arn if name.endswith("/addresses") else name


def _allows(statement: Mapping[str, Any], call: Call, known: Mapping[str, str]) -> bool:
    actions, arns = statement["Action"], statement["Resource"]
    actions = actions if isinstance(actions, list) else [actions]
    arns = arns if isinstance(arns, list) else [arns]
    if not any(fnmatchcase(call.action, action) for action in actions):
        return False
    if not any(fnmatchcase(call.resource, _resolve(arn, known)) for arn in arns):
        return False
    condition = statement.get("Condition", {})
    patterns = condition.get("ForAllValues:StringLike", {}).get("dynamodb:LeadingKeys")
    if patterns and not all(
        any(fnmatchcase(key, pattern) for pattern in patterns) for key in call.keys
    ):
        return False
    forbidden = condition.get("ForAllValues:StringNotEquals", {}).get("dynamodb:Attributes", [])
    if set(forbidden) & set(call.attributes):
        return False
    only = condition.get("ForAllValues:StringEquals", {}).get("dynamodb:Attributes")
    if only is not None and not set(call.attributes) <= set(only):
        return False
    returns = condition.get("StringEqualsIfExists", {}).get("dynamodb:ReturnValues")
    is_told = returns is None or not call.returns or call.returns in returns
    sender = condition.get("StringEquals", {}).get("ses:FromAddress")
    return is_told and (sender is None or call.sender == _resolve(sender, known))


def refused(seen: Sequence[Seen], environment: Mapping[str, str]) -> list[Call]:
    """Return the calls that the template does not allow to the calling function."""
    known, deployed = _known(environment), functions()
    calls = {call for one in seen for call in needed(*one)}
    return [
        call
        for call in sorted(calls, key=repr)
        if call.folder in deployed
        and not any(_allows(one, call, known) for one in deployed[call.folder].statements)
    ]


@contextmanager
def recorded() -> Iterator[list[Seen]]:
    """Record the calls of functions while the block runs."""
    calls: list[Seen] = []
    original = BaseClient._make_api_call  # type: ignore[attr-defined]

    def record(client: BaseClient, operation: str, parameters: Mapping[str, Any]) -> Any:
        folder = _caller()
        if folder is not None:
            calls.append(
                (folder, client.meta.service_model.service_name, operation, {**parameters})
            )
        return original(client, operation, parameters)

    BaseClient._make_api_call = record  # type: ignore[attr-defined]
    try:
        yield calls
    finally:
        BaseClient._make_api_call = original  # type: ignore[attr-defined]
