"""Decides which permissions one AWS call needs, and what it tells the conditions of policies.

As AWS's service authorization reference has it: a transaction needs the action of each of its
items, a batch its own, a copy within S3 a read and a write. Values of conditions are what the call
names: partition keys, attributes, ReturnValues and Select of DynamoDB, the prefix of a list in S3,
a mail's sender.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ACCOUNT = "123456789012"
REGION = "eu-central-1"
_WRITES = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem"}
_READS = {"GetItem", "BatchGetItem", "Query"}
_EXPRESSIONS = (
    "UpdateExpression",
    "ConditionExpression",
    "KeyConditionExpression",
    "FilterExpression",
    "ProjectionExpression",
)
_SYNTAX = {"SET", "REMOVE", "ADD", "DELETE", "AND", "OR", "NOT", "IN", "BETWEEN"}
_SYNTAX |= {"attribute_exists", "attribute_not_exists", "begins_with", "contains", "if_not_exists"}
_SES = f"arn:aws:ses:{REGION}:{ACCOUNT}"


@dataclass(frozen=True)
class Call:
    """One permission that a call needs, and what it names for conditions."""

    folder: str
    action: str
    resource: str
    keys: tuple[str, ...] = ()
    """Partition keys."""
    attributes: tuple[str, ...] = ()
    """Those that a read or a write names."""
    sender: str = ""
    returns: str = ""
    """What an update asks to be told of the item."""
    select: str = ""
    """How much of an item a read asks for."""
    prefix: str = ""
    """Which part of a bucket is listed."""

    @property
    def context(self) -> dict[str, str | list[str]]:
        """The values of condition keys that AWS gets from it."""
        named: dict[str, str | list[str]] = {
            "dynamodb:LeadingKeys": list(self.keys),
            "dynamodb:Attributes": list(self.attributes),
            "dynamodb:ReturnValues": self.returns,
            "dynamodb:Select": self.select,
            "ses:FromAddress": self.sender,
            "s3:prefix": self.prefix,
        }
        return {name: value for name, value in named.items() if value}


def table(name: str, index: str | None = None) -> str:
    suffix = f"/index/{index}" if index else ""
    return f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}{suffix}"


def queue(url: str) -> str:
    return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{url.rpartition('/')[2]}"


def secret(name: str) -> str:
    """Return the ARN of a secret, which ends with six letters of AWS's own."""
    return f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}-AbCdEf"


def needed(folder: str, service: str, operation: str, parameters: Mapping[str, Any]) -> list[Call]:
    """Return the permissions that one API call needs (service authorization reference)."""
    if service == "dynamodb":
        return list(_dynamodb(folder, operation, parameters))
    if service == "s3":
        return list(_s3(folder, operation, parameters))
    if service == "secretsmanager":
        arn = secret(parameters["SecretId"])
        return [Call(folder, f"secretsmanager:{operation}", arn)]
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


def _dynamodb(folder: str, operation: str, parameters: Mapping[str, Any]) -> Iterator[Call]:
    if operation == "TransactWriteItems":
        for entry in parameters["TransactItems"]:
            ((kind, values),) = entry.items()
            action = _WRITES.get(kind, "ConditionCheckItem")
            yield _of_items(folder, action, table(values["TableName"]), [values], values)
    elif operation in {"BatchGetItem", "BatchWriteItem"}:
        for name, values in parameters["RequestItems"].items():
            together = values if isinstance(values, dict) else {}
            entries = values["Keys"] if isinstance(values, dict) else values
            items = [{"Item": _batched(entry)} for entry in entries]
            yield _of_items(folder, operation, table(name), items, together)
    elif operation == "Query":
        arn = table(parameters["TableName"], parameters.get("IndexName"))
        placeholder = re.search(r"= (:\w+)", parameters["KeyConditionExpression"])
        key = parameters["ExpressionAttributeValues"][placeholder[1] if placeholder else ""]["S"]
        yield Call(
            folder,
            "dynamodb:Query",
            arn,
            (key,),
            tuple(sorted(_named(parameters))),
            select=_select(operation, parameters),
        )
    else:
        arn = table(parameters["TableName"])
        yield _of_items(folder, operation, arn, [parameters], parameters)


def _of_items(
    folder: str,
    action: str,
    arn: str,
    entries: Sequence[Mapping[str, Any]],
    asked: Mapping[str, Any],
) -> Call:
    """Return what some items need that one part of a request names."""
    items = [entry.get("Key") or entry["Item"] for entry in entries]
    return Call(
        folder,
        f"dynamodb:{action}",
        arn,
        tuple(item["pk"]["S"] for item in items),
        tuple(sorted(_named(asked).union(*items))),
        returns=asked.get("ReturnValues", ""),
        select=_select(action, asked),
    )


def _select(action: str, asked: Mapping[str, Any]) -> str:
    if action not in _READS:
        return ""
    takes_some = "ProjectionExpression" in asked
    return str(asked.get("Select", "SPECIFIC_ATTRIBUTES" if takes_some else "ALL_ATTRIBUTES"))


def _named(asked: Mapping[str, Any]) -> set[str]:
    """Return the attributes that the expressions of a request name."""
    names = asked.get("ExpressionAttributeNames", {})
    texts = [asked.get(expression, "") for expression in _EXPRESSIONS]
    words = {word for text in texts for word in re.findall(r"(?<![\w:#])#?[A-Za-z]\w*", text)}
    return {names.get(word, word) for word in words - _SYNTAX}


def _batched(entry: Any) -> Any:
    """Return the key, or the whole item, of one entry of a batch."""
    request = entry.get("DeleteRequest") or entry.get("PutRequest") or {"Key": entry}
    return request.get("Key") or request["Item"]


def _s3(folder: str, operation: str, parameters: Mapping[str, Any]) -> Iterator[Call]:
    bucket = f"arn:aws:s3:::{parameters['Bucket']}"
    if operation == "CopyObject":
        source = parameters["CopySource"]
        yield Call(folder, _read(source), f"arn:aws:s3:::{source['Bucket']}/{source['Key']}")
        yield Call(folder, "s3:PutObject", f"{bucket}/{parameters['Key']}")
    elif operation.startswith("ListObjects"):
        yield Call(folder, "s3:ListBucket", bucket, prefix=parameters.get("Prefix", ""))
    elif operation in {"GetObject", "HeadObject"}:
        yield Call(folder, _read(parameters), f"{bucket}/{parameters['Key']}")
    else:
        yield Call(folder, f"s3:{operation}", f"{bucket}/{parameters['Key']}")


def _read(parameters: Mapping[str, Any]) -> str:
    return "s3:GetObjectVersion" if "VersionId" in parameters else "s3:GetObject"


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
