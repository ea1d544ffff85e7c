"""Decides what a path uses: counted AWS calls, and the sizes and times that they are multiplied by.

Calls are the budgets that the tests hold each route to (``benchmarks/budgets.py``), so what is
reckoned here is the most that a route may use. Times are assumptions, said in docs/cost.md.
"""

from collections import Counter
from typing import TypeAlias

from benchmarks.budgets import CALLS
from tools.cost import standing

Usage: TypeAlias = Counter[str]
"""How much of each thing that has a price; a float, though Counter is written for whole numbers."""

GB = 1e9
HASHING = 0.25 * 1769 / 1024
"""GB-seconds of a request that hashes a password: a quarter of a second with one processor."""
PLAIN = 0.06 * 512 / 1024
"""GB-seconds of any other request: 60 ms."""
STREAM = 0.4 * 512 / 1024
"""GB-seconds of a mail: SES answers within some 200 ms."""
LINE = 700 / GB
"""GB of a log line, with what CloudWatch adds."""
_TRACED = 0.05
"""Share of runs that X-Ray keeps, beside the first of each second."""
_TRANSACTED = 2
"""Units of a write in a transaction; as many as it costs at most for items of a kilobyte."""


def used(**things: float) -> Usage:
    """Return some usage."""
    usage: Usage = Counter()
    usage.update(things)
    return usage


def request(route: str, gb_seconds: float = PLAIN) -> Usage:
    """Return what one request to a route of the API uses."""
    calls = CALLS[route]
    units = {"read" if route.startswith("GET") else "write": calls * _TRANSACTED}
    return used(
        edge_request=1,
        edge_run=1,
        web_acl_request=1,
        api_request=1,
        trace=_TRACED,
        run=1,
        gb_second=gb_seconds,
        log_gb=3 * LINE,
        **units,
    )


def mail() -> Usage:
    """Return what one mail of the service uses, and what SES tells of it."""
    sent = used(run=1, gb_second=STREAM, write=4 * _TRANSACTED, read=3, mail=1, log_gb=3 * LINE)
    told = used(queue_request=3, run=0.3, gb_second=PLAIN, write=3 * _TRANSACTED, log_gb=LINE)
    return sent + told


def times(usage: Usage, number: float) -> Usage:
    """Return some usage so many times."""
    return used(**{name: value * number for name, value in usage.items()})


def registration() -> Usage:
    """Return what one person uses who registers: start, four looks, the code, the welcome."""
    looks = times(request("GET /registrations/{registration_id}"), 4)
    start = request("POST /registrations", HASHING)
    confirm = request("POST /registrations/{registration_id}/confirm")
    return start + looks + confirm + times(mail(), 2)


def page_view() -> Usage:
    """Return what a first view of a video's page uses: its files from the edge, one run in five.

    The edge keeps a page for ten seconds, so of what a crowd looks at far fewer reach a function.
    """
    static = used(edge_request=12, edge_run=12, web_acl_request=12, edge_gb=350_000 / GB)
    page = times(request("GET /pages/videos/{video_id}"), 0.2)
    return static + page + request("GET /account")


def download(size: float) -> Usage:
    """Return what one download uses: a link, one redirect, the bytes in eight ranges."""
    link = request("POST /videos/{video_id}/downloads")
    followed = request("GET /downloads/{token}/{file_name}")
    return link + followed + used(out_gb=size / GB, s3_get=8)


def newsletter_mail() -> Usage:
    """Return what one mail of an edition uses: a mark, a step of the trail, 0.2 of a second."""
    return used(
        mail=1, write=2, gb_second=0.2 * 512 / 1024, run=0.01, log_gb=LINE / 20, queue_request=0.05
    )


def idle_month() -> Usage:
    """Return what a month without anybody uses: what is there, and what schedules do."""
    trials = 30 * 24
    schedules = standing.scheduled_runs()
    kept = used(**standing.month(), table_gb=1, table_copy_gb=1)
    runs = used(run=schedules, gb_second=schedules * PLAIN, read=schedules, log_gb=schedules * LINE)
    return kept + runs + used(trace=schedules) + times(registration(), trials)


def masters(terabytes: float) -> Usage:
    """Return what so many terabytes of new masters use in their first month."""
    files = terabytes * 1e12 / 20e9
    seen = used(s3_put=files * 300, s3_get=files * 400, run=files * 3, gb_second=files * 300)
    return seen + used(standard_gb=terabytes * 1000, tiering_object=files)
