"""Decides how the distribution changes its proof: every origin that sends the secret sends the new.

CloudFormation resolves a secret when it changes a distribution, and does not look whether the
secret changed. What is set here is what it would set, so its next change agrees.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tools.rotate_keys.rings import NotNowError

if TYPE_CHECKING:
    import boto3

_HEADER = "x-origin-secret"


class Distribution:
    """A distribution of CloudFront."""

    def __init__(
        self, distribution_id: str, session: "boto3.Session", endpoint_url: str | None
    ) -> None:
        self.id = distribution_id
        # Its types are not installed: a few thousand lines for three calls.
        self._client = session.client("cloudfront", endpoint_url=endpoint_url)

    def prove_by(self, value: str) -> None:
        """Have it send a value; fail if somebody else changed the distribution meanwhile.

        Raises:
            NotNowError: it sends no secret at all.
        """
        answer = self._client.get_distribution_config(Id=self.id)
        config = answer["DistributionConfig"]
        headers = list(_headers(config))
        if not headers:
            raise NotNowError(f"No origin of {self.id} sends {_HEADER}.")
        for header in headers:
            header["HeaderValue"] = value
        self._client.update_distribution(
            Id=self.id, IfMatch=answer["ETag"], DistributionConfig=config
        )

    def wait(self) -> None:
        """Wait until every edge location has what was changed."""
        self._client.get_waiter("distribution_deployed").wait(Id=self.id)

    def must_prove_by(self, value: str) -> None:
        """Make sure that every edge location sends a value.

        Raises:
            NotNowError: not every one does yet.
        """
        answer = self._client.get_distribution(Id=self.id)["Distribution"]
        config = answer["DistributionConfig"]
        if {header["HeaderValue"] for header in _headers(config)} != {value}:
            raise NotNowError("The distribution still sends the old value; use the new one first.")
        if answer["Status"] != "Deployed":
            raise NotNowError("Not every edge location sends the new value yet; drop with --wait.")


def _headers(config: dict[str, Any]) -> Iterator[dict[str, str]]:
    for origin in config["Origins"]["Items"]:
        for header in origin.get("CustomHeaders", {}).get("Items", []):
            if header["HeaderName"].lower() == _HEADER:
                yield header
