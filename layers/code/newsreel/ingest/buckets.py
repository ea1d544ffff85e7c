"""Decides what ingest reads and writes in the two buckets: it never writes under ``incoming/``."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError, IncompleteReadError

from newsreel.aws import clients
from newsreel.catalogue.findings import RejectedError
from newsreel.catalogue.model import Checksum
from newsreel.ingest.folders import (
    INCOMING,
    assert_incoming,
    assert_not_incoming,
    folder_prefix,
)
from newsreel.media.checksums import reported_checksums
from newsreel.media.ranged_file import (
    BUDGET,
    ObjectMovedError,
    RangedFile,
    S3Source,
    refuse_or_raise,
)

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ListObjectsV2RequestTypeDef, PutObjectRequestTypeDef

PUBLIC_CACHING = "public, max-age=300"
"""A withdrawn preview may stay in caches for this long, in browsers and in the CDN."""

_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Listed:
    """An object as a listing shows it; ``since`` is its last modification, RFC 3339."""

    key: str
    name: str
    etag: str
    size: int
    since: str


@dataclass(frozen=True, slots=True)
class Head:
    """Details of an object that a listing does not show."""

    version_id: str
    checksums: tuple[Checksum, ...]


@dataclass(frozen=True, slots=True)
class MediaBucket:
    """The press office's bucket."""

    name: str

    @property
    def _client(self) -> "S3Client":
        return clients.bulk_s3()

    def list_folder(self, video_id: str) -> list[Listed]:
        """Return the objects of a folder, without the folder's own marker, ordered by key."""
        prefix = folder_prefix(video_id)
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self.name, Prefix=prefix
        )
        return [
            Listed(
                key=entry["Key"],
                name=entry["Key"].removeprefix(prefix),
                etag=entry["ETag"],
                size=entry["Size"],
                since=entry["LastModified"].strftime("%Y-%m-%dT%H:%M:%SZ"),
            )
            for page in pages
            for entry in page.get("Contents", [])
            if entry["Key"] != prefix
        ]

    def list_places(self, most: int, after: str | None) -> tuple[list[str], str | None]:
        """Return some entries directly under ``incoming/``, and where the next ones begin.

        Keys of folders end in a slash. Where they begin is S3's own token; None means at the end.
        """
        request: ListObjectsV2RequestTypeDef = {
            "Bucket": self.name,
            "Prefix": INCOMING,
            "Delimiter": "/",
            "MaxKeys": most,
        }
        if after is not None:
            request["ContinuationToken"] = after
        page = self._client.list_objects_v2(**request)
        places = [entry["Prefix"] for entry in page.get("CommonPrefixes", [])]
        places += [entry["Key"] for entry in page.get("Contents", []) if entry["Key"] != INCOMING]
        return places, page.get("NextContinuationToken")

    def has_folder(self, video_id: str) -> bool:
        """Tell whether there is anything in a folder."""
        prefix = folder_prefix(video_id)
        page = self._client.list_objects_v2(Bucket=self.name, Prefix=prefix, MaxKeys=1)
        return bool(page.get("Contents"))

    def list_receipts(self, first: str, last: str) -> set[str]:
        """Return the keys of receipts from ``first`` to ``last``, and perhaps some around them."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self.name, Prefix=first.rpartition("/")[0] + "/", StartAfter=first[:-1]
        )
        found: set[str] = set()
        for page in pages:
            keys = [entry["Key"] for entry in page.get("Contents", [])]
            found |= set(keys)
            if not keys or keys[-1] > last:
                break
        return found

    def head(self, listed: Listed) -> Head:
        """Return version and checksums of the listed state of an object.

        Raises:
            ObjectMovedError: it was replaced or removed.
            RejectedError: ``not_readable``.
        """
        assert_incoming(listed.key)
        try:
            # One call for all of them; GetObjectAttributes adds nothing but the sizes of parts.
            answer = self._client.head_object(
                Bucket=self.name, Key=listed.key, IfMatch=listed.etag, ChecksumMode="ENABLED"
            )
        except ClientError as error:
            refuse_or_raise(error)
            raise
        if answer["ETag"] != listed.etag:
            raise ObjectMovedError
        return Head(answer.get("VersionId", "null"), reported_checksums(answer))

    def read(self, listed: Listed, largest: int) -> tuple[bytes, str]:
        """Return a small object's first ``largest + 1`` bytes and its version.

        Raises:
            ObjectMovedError: it was replaced or removed.
            RejectedError: ``not_readable``.
        """
        assert_incoming(listed.key)
        try:
            answer = self._client.get_object(Bucket=self.name, Key=listed.key, IfMatch=listed.etag)
        except ClientError as error:
            refuse_or_raise(error)
            raise
        with answer["Body"] as body:
            return body.read(largest + 1), answer.get("VersionId", "null")

    def read_version(self, key: str, version_id: str, largest: int) -> bytes | None:
        """Return an older version of a small object, or None when it is gone."""
        assert_incoming(key)
        try:
            answer = self._client.get_object(Bucket=self.name, Key=key, VersionId=version_id)
        except ClientError as error:
            with suppress(ObjectMovedError, RejectedError):
                refuse_or_raise(error)
                raise
            return None
        with answer["Body"] as body:
            return body.read(largest + 1)

    def has_version(self, key: str, version_id: str) -> bool:
        """Tell whether an older version still exists: lifecycle rules remove it in the end."""
        assert_incoming(key)
        try:
            self._client.head_object(Bucket=self.name, Key=key, VersionId=version_id)
        except ClientError as error:
            with suppress(ObjectMovedError, RejectedError):
                refuse_or_raise(error)
                raise
            return False
        return True

    def open(
        self, key: str, version_id: str, etag: str, size: int, budget: int = BUDGET
    ) -> RangedFile:
        """Return a file that reads one version of an object by ranges."""
        assert_incoming(key)
        source = S3Source(self._client, self.name, key, version_id, etag)
        return RangedFile(source.read_range, size, budget)

    def read_piece(
        self, key: str, version_id: str, etag: str, start: int, length: int
    ) -> Iterator[bytes]:
        """Yield the bytes of a piece of one version of an object, all of them or an error.

        Raises:
            ObjectMovedError: the version was removed.
            RejectedError: ``not_readable``.
            IncompleteReadError: the answer was shorter or longer.
        """
        assert_incoming(key)
        try:
            answer = self._client.get_object(
                Bucket=self.name,
                Key=key,
                VersionId=version_id,
                Range=f"bytes={start}-{start + length - 1}",
                IfMatch=etag,
            )
        except ClientError as error:
            refuse_or_raise(error)
            raise
        found, body = 0, answer["Body"]
        with body:
            for chunk in body.iter_chunks(_CHUNK):
                found += len(chunk)
                yield chunk
        if found != length:
            raise IncompleteReadError(actual_bytes=found, expected_bytes=length)

    def read_text(self, key: str) -> str:
        """Return a text that was written here, or an empty one when there is none."""
        assert_not_incoming(key)
        try:
            answer = self._client.get_object(Bucket=self.name, Key=key)
        except ClientError as error:
            with suppress(ObjectMovedError):
                refuse_or_raise(error)
                raise
            return ""
        return answer["Body"].read().decode()

    def write_text(self, key: str, text: str) -> None:
        """Write a plain text."""
        assert_not_incoming(key)
        self._client.put_object(
            Bucket=self.name, Key=key, Body=text.encode(), ContentType="text/plain; charset=utf-8"
        )

    def write_receipt(self, key: str, text: str, *, once: bool = False) -> None:
        """Write a receipt; with ``once`` only if none exists: each write is one more version."""
        assert_not_incoming(key)
        request: PutObjectRequestTypeDef = {
            "Bucket": self.name,
            "Key": key,
            "Body": text.encode(),
            "ContentType": "application/json",
        }
        if once:
            request["IfNoneMatch"] = "*"
        try:
            self._client.put_object(**request)
        except ClientError as error:
            if not once or error.response["Error"]["Code"] not in {"PreconditionFailed", "412"}:
                raise


@dataclass(frozen=True, slots=True)
class PublicBucket:
    """The bucket whose files browsers fetch through the CDN."""

    name: str
    media_bucket: str

    @property
    def _client(self) -> "S3Client":
        return clients.bulk_s3()

    def put(self, key: str, data: bytes, media_type: str) -> None:
        """Write a small object."""
        self._client.put_object(
            Bucket=self.name,
            Key=key,
            Body=data,
            ContentType=media_type,
            CacheControl=PUBLIC_CACHING,
        )

    def copy(self, key: str, source_key: str, version_id: str, media_type: str) -> None:
        """Copy one version of an object within S3; its bytes do not pass through the function."""
        assert_incoming(source_key)
        self._client.copy_object(
            Bucket=self.name,
            Key=key,
            CopySource={"Bucket": self.media_bucket, "Key": source_key, "VersionId": version_id},
            MetadataDirective="REPLACE",
            TaggingDirective="REPLACE",
            ContentType=media_type,
            CacheControl=PUBLIC_CACHING,
        )

    def remove(self, prefix: str) -> None:
        """Delete everything under a prefix; nothing refers to it any more."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self.name, Prefix=prefix
        )
        for page in pages:
            for entry in page.get("Contents", []):
                self._client.delete_object(Bucket=self.name, Key=entry["Key"])
