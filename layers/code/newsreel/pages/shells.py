"""Decides which shell of the website a page gets: the newest, or an old one rather than none."""

from dataclasses import dataclass, field

from botocore.exceptions import BotoCoreError, ClientError

from newsreel import clock
from newsreel.aws import clients
from newsreel.refusals import Refusal

SHELL_LIFE = 60
"""Seconds for which an environment keeps the site's shell; then it shows a new release."""


@dataclass(slots=True)
class Shells:
    """The shells of pages, from the website's bucket."""

    bucket: str
    _kept: dict[str, tuple[int, str]] = field(default_factory=dict)

    def read(self, language: str, page: str = "video") -> str:
        """Return the shell of a page; prefers an old one to none.

        Raises:
            Refusal: ``busy``, if no website has been published yet.
        """
        key = f"shells/{language}/{page}.html"
        kept = self._kept.get(key)
        if kept is not None and clock.epoch() - kept[0] < SHELL_LIFE:
            return kept[1]
        try:
            shell = clients.s3().get_object(Bucket=self.bucket, Key=key)["Body"].read().decode()
        except (ClientError, BotoCoreError):  # S3 refused, or did not answer
            if kept is None:
                raise Refusal("busy", retry_after=10) from None
            shell = kept[1]
        self._kept[key] = (clock.epoch(), shell)
        return shell
