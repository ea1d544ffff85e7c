"""Decides how presigned URLs are made: by a separate role, for S3's regional host, short-lived."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias, cast
from urllib.parse import quote

from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from newsreel import clock
from newsreel.aws import clients

Method: TypeAlias = Literal["GET", "HEAD"]

ROLE_SECONDS = 3600
"""The longest life of credentials when one role assumes another (STS, role chaining)."""

RENEW_BEFORE = 20 * 60
"""Credentials with fewer seconds left are renewed, so that they never shorten a URL's life."""

_SESSION_NAME = "downloads"


@dataclass(slots=True)
class Signer:
    """Signs with the download role's credentials, taken once an environment and renewed in time.

    It needs no client of S3, which takes long to make, and one for each set of credentials.
    """

    role: str
    bucket_url: str
    """Where the bucket's objects are, without a slash at its end. SigV4 signs the host."""
    _credentials: Credentials | None = field(default=None, repr=False)
    _until: datetime | None = field(default=None, repr=False)

    def seconds_left(self) -> int:
        """Return how long URLs signed now can live; renews the credentials if necessary."""
        if self._left() < RENEW_BEFORE:
            self._renew()
        return self._left()

    def sign(
        self, method: Method, key: str, version_id: str, disposition: str, seconds: int
    ) -> str:
        """Return a URL for one version of one object; it signs no header but the host."""
        credentials = self._credentials or self._renew()
        request = AWSRequest(
            method,
            f"{self.bucket_url}/{quote(key, safe='/~')}",
            params={"versionId": version_id, "response-content-disposition": disposition},
        )
        region = clients.sts().meta.region_name
        S3SigV4QueryAuth(credentials, "s3", region, expires=seconds).add_auth(request)
        return cast("str", request.url)

    def forget(self) -> None:
        """Drop the credentials, so that a test starts as a new environment does."""
        self._credentials = self._until = None

    def _left(self) -> int:
        return int((self._until - clock.now()).total_seconds()) if self._until else 0

    def _renew(self) -> Credentials:
        answer = clients.sts().assume_role(
            RoleArn=self.role, RoleSessionName=_SESSION_NAME, DurationSeconds=ROLE_SECONDS
        )
        taken = answer["Credentials"]
        self._until = taken["Expiration"]
        self._credentials = Credentials(
            taken["AccessKeyId"], taken["SecretAccessKey"], taken["SessionToken"]
        )
        return self._credentials
