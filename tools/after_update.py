"""Decides what an update over 0.2.0 has to make good: ``python -m tools.after_update --stack …``.

Two things that this version finds by an index were not in one before: who gets the newsletter, and
which folder is to be looked at next. The first is written here; for the second every folder is
looked at once. Both can be done again at any time and then find nothing to do.
"""

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import BotoCoreError, ClientError

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "layers" / "code")]

from newsreel.accounts.table.subscribers import INDEX, work_of  # noqa: E402
from newsreel.aws.items import from_item, to_item  # noqa: E402 - not installed, only on path

from infra.local import administrator  # noqa: E402 - as newsreel
from infra.local.paths import STACK_NAME, Stack  # noqa: E402 - as newsreel

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_lambda import LambdaClient

_MISSED = "sk = :account AND newsletter = :yes AND attribute_not_exists(#work)"


@dataclass(frozen=True, slots=True)
class Subscribers:
    """The accounts that said yes to the newsletter before there was a list of them."""

    dynamodb: "DynamoDBClient"
    table: str

    def put_on_list(self) -> int:
        """Put each on the list that editions are sent by; return how many there were."""
        return sum(self._put(item) for item in self._missed())

    def _missed(self) -> "Iterator[Mapping[str, object]]":
        pages = self.dynamodb.get_paginator("scan").paginate(
            TableName=self.table,
            FilterExpression=_MISSED,
            ProjectionExpression="pk, #language, newsletter_at",
            ExpressionAttributeNames={"#work": INDEX, "#language": "language"},
            ExpressionAttributeValues=to_item({":account": "ACCOUNT", ":yes": True}),
        )
        for page in pages:
            yield from (from_item(item) for item in page["Items"])

    def _put(self, item: "Mapping[str, object]") -> bool:
        pk = str(item["pk"])
        place = work_of(str(item["language"]), pk.partition("#")[2])
        values = {":account": "ACCOUNT", ":yes": True, ":work": place}
        try:
            self.dynamodb.update_item(
                TableName=self.table,
                Key=to_item({"pk": pk, "sk": "ACCOUNT"}),
                UpdateExpression="SET #work = :work, #at = :at",
                ConditionExpression=_MISSED,
                ExpressionAttributeNames={"#work": INDEX, "#at": "at"},
                ExpressionAttributeValues=to_item({**values, ":at": item.get("newsletter_at", 0)}),
            )
        except ClientError as refused:
            if refused.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return False  # the person has said yes or no meanwhile
        return True


def look_at_every_folder(functions: "LambdaClient", stack: str) -> None:
    """Ask ingest for the look at all folders that it else has once a day."""
    functions.invoke(
        FunctionName=f"{stack}-ingest",
        InvocationType="Event",
        Payload=json.dumps({"task": "look_at_everything"}).encode(),
    )


def make_good(stack: str, session: boto3.Session, endpoint_url: str | None = None) -> int:
    """Do both on a stack; return how many subscribers were put on the list."""
    stacks = session.client("cloudformation", endpoint_url=endpoint_url)
    (found,) = stacks.describe_stacks(StackName=stack)["Stacks"]
    outputs = {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", [])}
    dynamodb = session.client("dynamodb", endpoint_url=endpoint_url)
    count = Subscribers(dynamodb, outputs["AccountsTable"]).put_on_list()
    look_at_every_folder(session.client("lambda", endpoint_url=endpoint_url), stack)
    return count


def main() -> int:
    """Do both on a stack and tell what was done; return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--stack", help="of which deployment; without it, the local one")
    name = parser.parse_args().stack
    try:
        if name is None:
            url = Stack.read().aws_endpoint_url
            count = make_good(STACK_NAME, administrator.session(), url)
        else:
            count = make_good(name, boto3.Session())
    except (ClientError, BotoCoreError, FileNotFoundError) as refused:
        print(refused, file=sys.stderr)
        return 1
    print(f"{count} subscribers are on the newsletter's list now; all folders are being looked at.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
