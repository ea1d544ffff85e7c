"""Decides what comes in a rush, and reckons what each limit makes of it.

Sizes and times are assumptions, said in docs/summit.md; requests are counted ones.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.budgets import CALLS
from tools.summit.limits import (
    NEW_ACCOUNT,
    QUOTAS,
    REDIRECT,
    Bucket,
    buckets,
    ingest_at_once,
    oldest_record,
    web_acl,
)

DOWNLOADS, MINUTE, HOUR = 10_000, 60, 3600
MASTER_GB = 20
VIEWS = 5_000_000
FILES_OF_A_VIEW, KB_OF_A_VIEW = 12, 350
VIDEOS = 100_000
SECONDS_OF_A_FOLDER = 0.026
ATTACKERS = 10_000
RUSH = 10 * MINUTE
WINDOW = 5 * MINUTE
ARIA2_REDIRECTS = 15
"""Requests of a link by ``aria2c -x8 -s8``, counted."""
REDIRECT_READ_UNITS = 2
HASHING, OTHER = 0.25, 0.06
"""Seconds of a run."""
VISIT = 6
"""Of one person who downloads: page, list, log-in, who is signed in, link, redirect."""
COPIES = 13
"""Regional caches of CloudFront, each of which asks once in so many seconds."""
KEPT = 10


@dataclass(frozen=True, slots=True)
class Line:
    """What one limit makes of a rush."""

    what: str
    comes: float
    fits: float
    """In the unit of ``comes``."""
    unit: str
    refused: float = 0
    """The share of requests that is refused."""

    @property
    def load(self) -> float:
        """How much of what fits comes; above 1 it breaks."""
        return self.comes / self.fits

    @property
    def breaks(self) -> bool:
        """Whether anybody is refused."""
        return self.refused > 0 or self.load > 1


def _throttled(what: str, bucket: Bucket, requests: float, seconds: int = MINUTE) -> Line:
    fits = bucket.burst + bucket.rate * (seconds - 1)
    refused = round(bucket.refused(requests, seconds), 4)
    return Line(what, requests, fits, f"in {seconds} s", refused)


def downloads(aria2: float = 0.0) -> Iterator[Line]:
    """Reckon 10,000 presses of Download in one minute, a share of them with aria2."""
    by = buckets()
    redirects = DOWNLOADS * (1 + aria2 * (ARIA2_REDIRECTS - 1))
    yield _throttled("log-in", by["sessions"], DOWNLOADS)
    yield _throttled("link", by[""], DOWNLOADS)
    yield _throttled("redirect", by[REDIRECT], redirects)
    passed = min(redirects / MINUTE, by[REDIRECT].rate)
    units = QUOTAS["partition"].default
    yield Line("reads of one video's item", passed * REDIRECT_READ_UNITS, units, "units/s")
    # As if each of their calls wrote in a transaction, and all to one table.
    written = 2 * (CALLS["POST /sessions"] + CALLS["POST /videos/{video_id}/downloads"])
    new_table = QUOTAS["new_table"].default
    yield Line("writes of a new table, at most", written * DOWNLOADS / MINUTE, new_table, "units/s")
    at_once = by["sessions"].rate * HASHING + (DOWNLOADS / MINUTE + passed) * OTHER
    yield Line("functions at once", at_once, QUOTAS["lambda"].default, "runs")
    yield Line("functions at once, new account", at_once, NEW_ACCOUNT, "runs")
    yield Line("people behind one address", 500 * VISIT, web_acl()["all"], "requests in 5 min")
    yield Line("log-ins behind one address", 500, web_acl()["account"], "requests in 5 min")
    yield Line("ranges of one prefix", DOWNLOADS * 20 / MINUTE, QUOTAS["prefix"].default, "GET/s")


def views() -> Iterator[Line]:
    """Reckon five million first views of one page in an hour, of people who are not signed in."""
    each = VIEWS / HOUR
    files, line = each * FILES_OF_A_VIEW, each * KB_OF_A_VIEW * 8 / 1e6
    yield Line("requests at the edge", files, QUOTAS["cloudfront"].default, "/s")
    yield Line("bytes at the edge", line, QUOTAS["edge_line"].default, "Gbit/s")
    by = buckets()[""]
    yield Line("page at its function", COPIES / KEPT, by.rate, "/s")
    yield Line("list at its function", COPIES / KEPT, by.rate, "/s")
    # A tenth has an account and is signed in: their pages ask who they are.
    yield _throttled("who is signed in, if one in ten is", by, VIEWS / 10, HOUR)


def videos() -> Iterator[Line]:
    """Reckon 100,000 videos: the daily look at each, and what is due in a minute."""
    look = VIDEOS * SECONDS_OF_A_FOLDER / ingest_at_once()
    yield Line("daily look at every folder", look, 24 * HOUR, "s")
    yield Line("embargoes that end in one minute", 100, MINUTE / SECONDS_OF_A_FOLDER, "folders")
    yield Line("page of the list", COPIES / KEPT * 3, QUOTAS["partition"].default, "units/s")


def attack() -> Iterator[Line]:
    """Reckon 10,000 addresses, each at the web ACL's limit."""
    acl, by = web_acl(), buckets()
    account = ATTACKERS * acl["account"] / WINDOW
    anything = ATTACKERS * acl["all"] / WINDOW
    files = ATTACKERS * acl["files"] / WINDOW
    start = by["registrations"]
    yield _throttled("registrations, everybody's", start, account * MINUTE)
    yield _throttled("log-ins, everybody's", by["sessions"], account * MINUTE)
    yield Line("mails at SES", start.rate * 2, QUOTAS["ses_rate"].default, "/s")
    yield Line("mails of a day, in an hour", start.rate * HOUR, QUOTAS["ses_day"].default, "mails")
    yield _throttled("any one other route", by[""], anything * MINUTE)
    yield Line("files at the edge", files, QUOTAS["cloudfront"].default, "/s")


def registrations() -> Iterator[Line]:
    """Reckon ten minutes of registrations at their throttle: codes wait for SES's rate."""
    start, sends = buckets()["registrations"], QUOTAS["ses_rate"].default
    for what, asked in (("codes", start.rate), ("codes, each asked for twice", start.rate * 2)):
        waiting = (asked - sends) * RUSH
        yield Line(f"wait of the last of the {what}", waiting / sends, oldest_record(), "s")


def first_to_break(lines: Iterator[Line]) -> Line | None:
    """Return what is furthest over its limit; None if everything holds."""
    return max((line for line in lines if line.breaks), key=lambda line: line.load, default=None)


def most_aria2() -> float:
    """Return the largest share of people with aria2 whose redirects all pass."""
    bucket = buckets()[REDIRECT]
    shares = [share / 100 for share in range(101)]
    asked = {one: DOWNLOADS * (1 + one * (ARIA2_REDIRECTS - 1)) for one in shares}
    return max(one for one, requests in asked.items() if bucket.refused(requests, MINUTE) <= 0)
