"""Canary: once an hour, registers an address of SES's simulator and sees its mail delivered."""

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsreel.aws.addresses import read_addresses
from newsreel.aws.stored_secrets import reads_of
from newsreel.lambda_runtime import gauges, gc_tuning, log
from newsreel.lambda_runtime.init_reads import read_ahead
from newsreel.lambda_runtime.settings import CommonSettings
from newsreel.synthetic.registration import CanaryFailedError, OwnSite, try_registration

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(CommonSettings):
    """The function's own variables in the template, in lower case."""

    addresses_secret: str


settings = Settings.from_environment()
read_ahead(*reads_of(settings.secrets))


def handler(_event: dict[str, object], _context: "LambdaContext") -> dict[str, bool]:
    """Try once and measure what came of it; a failure is a value too, so nothing is raised."""
    gc_tuning.resume()
    site = OwnSite(read_addresses(settings.addresses_secret).site_url)
    try:
        took = try_registration(site, now=time.monotonic, sleep=time.sleep)
    except CanaryFailedError as failed:
        log.logger.error("canary failed", extra={"step": str(failed)})
        gauges.measure("CanaryDelivered", 0)
        return {"delivered": False}
    gauges.measure("CanaryDelivered", 1)
    gauges.measure("CanaryTime", took)
    return {"delivered": True}
