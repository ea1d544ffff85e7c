"""Builds the events that AWS sends, in AWS's own shape, for all tests."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote_plus

ORIGIN_SECRET = "origin-" + "x" * 32


def api_event(
    method: str,
    resource: str,
    *,
    path: Mapping[str, str] | None = None,
    body: object = None,
    raw_body: str | None = None,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, str | Sequence[str]] | None = None,
    cookie: str | None = None,
    source_ip: str = "192.0.2.10",
    base64_encoded: bool = False,
    distribution: bool = True,
    country: str = "",
) -> dict[str, Any]:
    """Build a REST API proxy event (payload format 1.0) for a route of the template.

    It came through the distribution, or else straight to the stage.
    """
    filled = resource
    for name, value in (path or {}).items():
        filled = filled.replace(f"{{{name}}}", value)
    all_headers = {"Host": "localhost:8080", "Accept": "application/json", **(headers or {})}
    if distribution:  # which overwrites what the client sent under these names
        own = {
            "x-origin-secret": ORIGIN_SECRET,
            "x-viewer-address": source_ip,
            "x-viewer-country": country,
        }
        kept = {name: value for name, value in all_headers.items() if name.lower() not in own}
        all_headers = {**kept, **own}
    if body is not None or raw_body is not None:
        all_headers.setdefault("Content-Type", "application/json")
    if cookie is not None:
        all_headers["Cookie"] = cookie
        all_headers.setdefault("Sec-Fetch-Site", "same-origin")
    values = {k: [v] if isinstance(v, str) else list(v) for k, v in (query or {}).items()}
    text = raw_body if raw_body is not None else None if body is None else json.dumps(body)
    return {
        "resource": resource,
        "path": filled,
        "httpMethod": method,
        "headers": all_headers,
        "multiValueHeaders": {name: [value] for name, value in all_headers.items()},
        "queryStringParameters": {k: v[-1] for k, v in values.items()} or None,
        "multiValueQueryStringParameters": values or None,
        "pathParameters": dict(path) if path else None,
        "stageVariables": None,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "api",
            "httpMethod": method,
            "identity": {"sourceIp": source_ip, "userAgent": "tests"},
            "path": f"/api{filled}",
            "protocol": "HTTP/1.1",
            "requestId": "11111111-2222-3333-4444-555555555555",
            "requestTimeEpoch": 1771059600000,
            "resourceId": "abc123",
            "resourcePath": resource,
            "stage": "api",
        },
        "body": text,
        "isBase64Encoded": base64_encoded,
    }


def stream_event(
    *images: Mapping[str, Any], name: str = "INSERT", table: str = "accounts"
) -> dict[str, Any]:
    """Build a DynamoDB stream event; ``images`` are items in DynamoDB's own JSON."""
    arn = f"arn:aws:dynamodb:eu-central-1:123456789012:table/{table}/stream/2026-02-14T00:00:00.000"
    return {
        "Records": [
            {
                "eventID": f"{number:032x}",
                "eventName": name,
                "eventVersion": "1.1",
                "eventSource": "aws:dynamodb",
                "awsRegion": "eu-central-1",
                "dynamodb": {
                    "ApproximateCreationDateTime": 1771059600,
                    "Keys": {"pk": image["pk"], "sk": image["sk"]},
                    "NewImage": dict(image),
                    "SequenceNumber": f"{number + 1:021d}",
                    "SizeBytes": 300,
                    "StreamViewType": "NEW_IMAGE",
                },
                "eventSourceARN": arn,
            }
            for number, image in enumerate(images)
        ]
    }


def s3_event(
    bucket: str, *keys: str, name: str = "ObjectCreated:Put", sizes: Sequence[int] = ()
) -> dict[str, Any]:
    """Build an S3 notification; keys arrive form-encoded (``quote_plus``), as S3 sends them."""
    return {
        "Records": [
            {
                "eventVersion": "2.1",
                "eventSource": "aws:s3",
                "awsRegion": "eu-central-1",
                "eventTime": "2026-02-14T09:00:00.000Z",
                "eventName": name,
                "userIdentity": {"principalId": "AWS:PRESS"},
                "requestParameters": {"sourceIPAddress": "192.0.2.10"},
                "responseElements": {"x-amz-request-id": "R", "x-amz-id-2": "I"},
                "s3": {
                    "s3SchemaVersion": "1.0",
                    "configurationId": "incoming",
                    "bucket": {
                        "name": bucket,
                        "ownerIdentity": {"principalId": "P"},
                        "arn": f"arn:aws:s3:::{bucket}",
                    },
                    "object": {
                        "key": quote_plus(key, safe="/"),
                        "size": sizes[number] if number < len(sizes) else 1,
                        "eTag": "d41d8cd98f00b204e9800998ecf8427e",
                        "versionId": "v1",
                        "sequencer": f"{number:018X}",
                    },
                },
            }
            for number, key in enumerate(keys)
        ]
    }


def sqs_event(queue: str, *bodies: str) -> dict[str, Any]:
    """Build the event of a queue's messages."""
    return {
        "Records": [
            {
                "messageId": f"00000000-0000-4000-8000-{number:012d}",
                "receiptHandle": "handle",
                "body": body,
                "attributes": {
                    "ApproximateReceiveCount": "1",
                    "SentTimestamp": "1771059600000",
                    "SenderId": "AIDA",
                    "ApproximateFirstReceiveTimestamp": "1771059600001",
                },
                "messageAttributes": {},
                "md5OfBody": "0" * 32,
                "eventSource": "aws:sqs",
                "eventSourceARN": f"arn:aws:sqs:eu-central-1:123456789012:{queue}",
                "awsRegion": "eu-central-1",
            }
            for number, body in enumerate(bodies)
        ]
    }


def schedule_event(moment: str) -> dict[str, Any]:
    """Build the event of a schedule for a moment, as EventBridge hands it over."""
    return {
        "version": "0",
        "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "123456789012",
        "time": moment,
        "region": "eu-central-1",
        "resources": ["arn:aws:events:eu-central-1:123456789012:rule/newsletter"],
        "detail": {},
    }
