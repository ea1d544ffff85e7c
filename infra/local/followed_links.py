"""Decides what is a link to one file of the media bucket, as a person follows it from anywhere.

Such a link says in its query who signed it, when, and for how long; the local AWS checks all that.
Here it must only be whole and nothing besides, so that no service but S3 can be meant by it.
"""

import re
from typing import Final
from urllib.parse import parse_qsl, unquote

_READING = frozenset({"GET", "HEAD"})
# https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
_SIGNED: Final = {
    "X-Amz-Algorithm": re.compile(r"AWS4-HMAC-SHA256"),
    "X-Amz-Credential": re.compile(r"[A-Za-z0-9]+/[0-9]{8}/[a-z0-9-]+/s3/aws4_request"),
    "X-Amz-Date": re.compile(r"[0-9]{8}T[0-9]{6}Z"),
    "X-Amz-Expires": re.compile(r"[0-9]{1,6}"),
    "X-Amz-SignedHeaders": re.compile(r"([a-z0-9-]+;)*host(;[a-z0-9-]+)*"),
    "X-Amz-Signature": re.compile(r"[0-9a-f]{64}"),
}
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
_FURTHER = frozenset(
    {
        "X-Amz-Security-Token",
        "partNumber",
        "response-cache-control",
        "response-content-disposition",
        "response-content-encoding",
        "response-content-language",
        "response-content-type",
        "response-expires",
        "versionId",
        "x-amz-checksum-mode",
        "x-id",
    }
)
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")


def is_followed_link(method: str, raw_path: str, query: str, bucket: str) -> bool:
    """Tell whether a request follows a presigned URL of a file in this bucket.

    `raw_path` is the path as it was sent, without the query.
    """
    return method in _READING and _is_a_file(raw_path, bucket) and _is_signed(query)


def _is_a_file(raw_path: str, bucket: str) -> bool:
    before, own, key = raw_path.partition(f"/{bucket}/")
    steps = unquote(key).split("/")
    return (
        not before
        and bool(own and bucket)
        and not any(step in {"", ".", ".."} for step in steps)
        and not _UNPRINTABLE.search(unquote(key))
        and "\\" not in key
    )


def _is_signed(query: str) -> bool:
    try:
        named = parse_qsl(query, keep_blank_values=True, strict_parsing=True)
    except ValueError:
        return False
    told = dict(named)
    return (
        len(told) == len(named)
        and told.keys() - _SIGNED.keys() <= _FURTHER
        and all(form.fullmatch(told.get(name, "")) for name, form in _SIGNED.items())
    )
