"""Decides which numbers a rush is held against: the templates' own, and AWS's by their names."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REDIRECT = "downloads/{token}/{file_name}"


@dataclass(frozen=True, slots=True)
class Bucket:
    """A token bucket, as API Gateway has one for each method of a stage."""

    rate: float
    burst: float

    def refused(self, requests: float, seconds: int) -> float:
        """Return the share that is refused of requests that come evenly in so many seconds."""
        tokens, taken = self.burst, 0.0
        each = requests / seconds
        for _ in range(seconds):
            served = min(each, tokens)
            taken += served
            tokens = min(self.burst, tokens - served + self.rate)
        return 1 - taken / requests


@dataclass(frozen=True, slots=True)
class Quota:
    """A limit of AWS."""

    service: str
    name: str
    default: float
    unit: str
    raise_to: str
    """What to ask for before a summit; - if it cannot be raised."""


LAMBDA = Quota("Lambda", "Concurrent executions", 1_000, "at once (10 in a new account)", "2,000")
QUOTAS = {
    "lambda": LAMBDA,
    "gateway": Quota("API Gateway", "Throttle rate", 10_000, "a second", "-"),
    "ses_rate": Quota("SES", "Sending rate", 14, "mails a second", "100"),
    "ses_day": Quota("SES", "Sending quota", 50_000, "mails a day", "500,000"),
    "cloudfront": Quota("CloudFront", "Request rate per distribution", 250_000, "a second", "-"),
    "edge_line": Quota(
        "CloudFront", "Data transfer rate per distribution", 150, "Gbit a second", "-"
    ),
    "partition": Quota("DynamoDB", "Read units of a partition (fixed)", 3_000, "a second", "-"),
    "new_table": Quota(
        "DynamoDB",
        "Write units of a table that was never busy",
        4_000,
        "a second",
        "10,000",
    ),
    "prefix": Quota("S3", "GET of a prefix (fixed)", 5_500, "a second", "-"),
}
NEW_ACCOUNT = 10
"""Executions at once of an account that has not asked for more."""


def buckets() -> dict[str, Bucket]:
    """Return the stage's throttles by path; "" is any other."""
    found = re.findall(
        r'ResourcePath: "?(\S+?)"?, HttpMethod: \S+, ThrottlingRateLimit: (\d+),'
        r" ThrottlingBurstLimit: (\d+)",
        (ROOT / "template.yaml").read_text(encoding="utf-8"),
    )
    return {
        path.replace("~1", "/").strip("*/"): Bucket(int(rate), int(burst))
        for path, rate, burst in found
    }


def web_acl() -> dict[str, int]:
    """Return how many requests in five minutes the web ACL lets one address send, by rule."""
    text = (ROOT / "infra/edge.yaml").read_text(encoding="utf-8")
    defaults = dict(
        re.findall(r"^  (\w+):\n    Type: Number\n    Default: (\d+)", text, re.MULTILINE)
    )
    files = re.search(r"RateBasedStatement: \{Limit: (\d+)", text)
    assert files  # noqa: S101 (a template without it is caught by the tests)
    return {
        "all": int(defaults["RequestsPerNetwork"]),
        "account": int(defaults["AccountRequestsPerNetwork"]),
        "files": int(files[1]),
    }


def ingest_at_once() -> int:
    """Return how many runs of `ingest` there are at a time."""
    text = (ROOT / "infra/ingest.yaml").read_text(encoding="utf-8")
    return int(re.findall(r"MaximumConcurrency: (\d+)", text)[0])


def oldest_record() -> int:
    """Return for how many seconds a code may wait in the stream before it is given up."""
    text = (ROOT / "infra/mail_functions.yaml").read_text(encoding="utf-8")
    return int(re.findall(r"MaximumRecordAgeInSeconds: (\d+)", text)[0])
