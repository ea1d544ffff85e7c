"""Decides how presigned URLs are made: by a separate role, for S3's regional host, short-lived."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal, TypeAlias

import boto3
from botocore.config import Config

from newsreel import clock
from newsreel.aws import clients

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

Method: TypeAlias = Literal["GET", "HEAD"]

ROLE_SECONDS = 3600
"""The longest life of credentials when one role assumes another (STS, role chaining)."""

RENEW_BEFORE = 20 * 60
"""Credentials with fewer seconds left are renewed, so that they never shorten a URL's life."""

_SESSION_NAME = "downloads"


@dataclass(slots=True)
class Signer:
    """Signs with the download role's credentials, taken once an environment and renewed in time."""

    role: str
    bucket: str
    endpoint_url: str
    _client: "S3Client | None" = field(default=None, repr=False)
    _until: datetime | None = field(default=None, repr=False)

    def seconds_left(self) -> int:
        """Return how long URLs signed now can live; renews the credentials if necessary."""
        if self._client is None or self._left() < RENEW_BEFORE:
            self._renew()
        return self._left()

    def sign(
        self, method: Method, key: str, version_id: str, disposition: str, seconds: int
    ) -> str:
        """Return a URL for one version of one object; it signs no header but the host."""
        if self._client is None:
            self._renew()
        client = self._client
        if client is None:
            raise RuntimeError("no credentials")
        return client.generate_presigned_url(
            "get_object" if method == "GET" else "head_object",
            Params={
                "Bucket": self.bucket,
                "Key": key,
                "VersionId": version_id,
                "ResponseContentDisposition": disposition,
            },
            ExpiresIn=seconds,
            HttpMethod=method,
        )

    def _left(self) -> int:
        return int((self._until - clock.now()).total_seconds()) if self._until else 0

    def _renew(self) -> None:
        answer = clients.sts().assume_role(
            RoleArn=self.role, RoleSessionName=_SESSION_NAME, DurationSeconds=ROLE_SECONDS
        )
        taken = answer["Credentials"]
        self._until = taken["Expiration"]
        # SigV4 signs the host: the old global host answers with a redirect, and the URL fails at
        # the regional one. Checksum modes would add a signed header that no download client sends.
        self._client = boto3.client(
            "s3",
            config=Config(
                signature_version="s3v4",
                s3={
                    "addressing_style": "path" if self.endpoint_url else "virtual",
                    "us_east_1_regional_endpoint": "regional",
                },
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
            aws_access_key_id=taken["AccessKeyId"],
            aws_secret_access_key=taken["SecretAccessKey"],
            aws_session_token=taken["SessionToken"],
            endpoint_url=self.endpoint_url or None,
        )
