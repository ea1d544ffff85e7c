"""A press office's folder in the media bucket, and what came of it."""

import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import requests
from botocore.exceptions import ClientError

from infra.local.paths import Stack

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

# The product's promise is a minute from the last byte to the receipt.
_WITHIN = 60.0


@dataclass
class Folder:
    """One folder under incoming/, with a name that nobody else uses."""

    stack: Stack
    s3: "S3Client"
    video_id: str
    _keys: list[str] = field(default_factory=list)

    def put(self, name: str, content: bytes) -> str:
        """Upload one file and return its key."""
        key = f"incoming/{self.video_id}/{name}"
        self.s3.put_object(Bucket=self.stack.media_bucket, Key=key, Body=content)
        self._keys.append(key)
        return key

    def put_metadata(self, **fields: object) -> None:
        """Upload metadata.json with a title."""
        values = {"title": "A test of the local stack", "language": "en", **fields}
        self.put("metadata.json", json.dumps(values).encode())

    def receipt(self, names: set[str]) -> dict[str, Any]:
        """Return the receipt as soon as it speaks of exactly these files."""
        last = time.monotonic() + _WITHIN
        told: dict[str, Any] = {}
        while time.monotonic() < last:
            told = self._receipt_now()
            if {file["file_name"] for file in told.get("files", [])} == names:
                return told
            time.sleep(0.2)
        raise AssertionError(f"no receipt for {names} within a minute: {told}")

    def video(self, is_there: "Callable[[requests.Response], bool]") -> requests.Response:
        """Return GET /videos/<id> as soon as it looks as expected, or as it is after a minute."""
        last = time.monotonic() + _WITHIN
        while True:
            answer = requests.get(f"{self.stack.api_url}/videos/{self.video_id}", timeout=30)
            if is_there(answer) or time.monotonic() > last:
                return answer
            time.sleep(0.2)

    def _receipt_now(self) -> dict[str, Any]:
        try:
            found = self.s3.get_object(
                Bucket=self.stack.media_bucket, Key=f"receipts/{self.video_id}.json"
            )
        except ClientError:
            return {}
        receipt: dict[str, Any] = json.loads(found["Body"].read())
        return receipt

    def forget(self, dynamodb: "DynamoDBClient") -> None:
        """Take the folder and what was made of it away, so that the site shows none of it."""
        for key in self._keys:
            self.s3.delete_object(Bucket=self.stack.media_bucket, Key=key)
        table = self.stack.outputs["CatalogueTable"]
        for kind in ("VIDEO", "ENTRIES", "RECEIPT", "FOLDER"):
            partition = {"S": f"{kind}#{self.video_id}"}
            held = dynamodb.query(
                TableName=table,
                KeyConditionExpression="pk = :pk",
                ExpressionAttributeValues={":pk": partition},
            )["Items"]
            for item in held:
                dynamodb.delete_item(TableName=table, Key={"pk": item["pk"], "sk": item["sk"]})
