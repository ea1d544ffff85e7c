"""Decides how the business is counted: as values in lines of the log, which CloudWatch reads (EMF).

Where a person waits, the line goes through the logger: Powertools' Metrics would add an import to
each cold start. Elsewhere it is Powertools' ``single_metric``: see ``lambda_runtime.gauges``.
Lines hold counts and our own words, never an address, a code, a token or an id.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import os
from typing import Literal, TypeAlias

from newsreel import clock
from newsreel.lambda_runtime import log

NAMESPACE = "Newsreel"

Counted: TypeAlias = Literal[
    "CodesRequested",  # a code was asked for, and its mail with it
    "CodesHandled",  # a request for a mail with a code came to an end, sent or not
    "CodesSent",  # SES took a mail with a code
    "CodesConfirmed",  # a person entered the right code
    "LinksMade",  # a stable download link was made
    "BytesPromised",  # the size of the file behind it
    "Refusals",  # a request was refused; by the code of the refusal
]


def stage() -> str:
    """Return the stage, a dimension that every metric has."""
    return os.environ.get("STAGE", "")


def count(name: Counted, value: int = 1, *, by_code: str | None = None) -> None:
    """Count something once, or ``value`` bytes; ``by_code`` counts each code of refusal apart."""
    # Powertools adds the second one to its own metrics, so that all are found in the same place.
    service = os.environ.get("POWERTOOLS_SERVICE_NAME", "")
    dimensions = {"Stage": stage(), "service": service}
    if by_code is not None:
        dimensions["Code"] = by_code
    unit = "Bytes" if name == "BytesPromised" else "Count"
    described = {
        "Namespace": NAMESPACE,
        "Dimensions": [[*dimensions]],
        "Metrics": [{"Name": name, "Unit": unit}],
    }
    emf = {"Timestamp": clock.epoch() * 1000, "CloudWatchMetrics": [described]}
    log.logger.info("counted", extra={"_aws": emf, **dimensions, name: value})
