"""Measures everything, prints it and writes docs/performance.md: ``python -m benchmarks``."""

import argparse
import logging
import shutil
from collections.abc import Mapping

from benchmarks import (
    budgets,
    built,
    catalogue_page,
    cold_starts,
    page_weight,
    peers,
    probe_bytes,
    report,
    timing_leak,
    warm_requests,
)
from benchmarks.report import Section, verdict
from benchmarks.routes import BESIDE_DJANGO
from benchmarks.warm_requests import Cost
from tests.support.template import functions

_STARTS = 9
_WARM_ROUNDS = 5
_LEAK_ROUNDS, _LEAK_ROUNDS_WITHOUT_HASH = 100, 300
_FEW, _MANY = 100, 100_000

_ON_COLD_STARTS = (
    "`ingest` has no person waiting and no budget. The largest part beside boto3 is the routing: "
    "Powertools' resolver, with the classes of all its events and asyncio, takes about 20 ms, or "
    "0.14 of the ratio; pydantic as much. `downloads` has the models of both tables and libsodium "
    "besides."
)
_ON_SIZES = (
    "Most of it is pydantic's compiled core (4.7 MB on x86_64), and behind `downloads` libsodium "
    "(3.7 on x86_64, of which 3.1 are symbols for a debugger; 2.1 on arm64), which seals its links."
)
_ON_PEERS = (
    "Not counted: ours waits for DynamoDB over a network, and mails the code from another "
    "function; Django's database is in its own memory, and it writes the mail within the request."
)
_ON_TIMES = (
    "Registration and reset read nothing that depends on the address. Log-in parses an account "
    "that is there and nothing where none is, which shows without the hash. With it, it would take "
    "hundreds of tries at one address, which has five and then one in up to 15 minutes."
)
_WHY = {
    "GET /pages/videos/{video_id}": "a whole page with every word spoken, which the edge keeps; "
    "two thirds are jinja2's escaping and joining of 200 values, with templates compiled once",
    "GET /pages/fr/videos/{video_id}": "the same page in French",
}


def main() -> None:
    """Measure, one kind after the other."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--no-page", action="store_true", help="leave docs/performance.md alone")
    options = parser.parse_args()
    if not shutil.which("ffprobe"):
        raise SystemExit(
            "What ingest reads is compared with ffprobe. On Debian: apt-get install ffmpeg"
        )
    logging.getLogger("newsreel").setLevel(logging.WARNING)
    made = built.build()
    costs = warm_requests.measure(_WARM_ROUNDS)
    sections = [
        _cold(made),
        *_requests(costs),
        _peers(),
        _timing_leaks(),
        _catalogue(),
        _sizes(made),
        _probe_bytes(),
        _website(),
    ]
    report.show(sections)
    if not options.no_page:
        report.write(sections)


def _cold(made: built.Built) -> Section:
    starts = cold_starts.measure(made, _STARTS)
    rows, missed = [], []
    for name, start in starts.items():
        budget = budgets.COLD_START.get(name)
        shown = "" if budget is None else f"{budget:.1f}"
        met = "" if budget is None else verdict(met=start.ratio <= budget)
        rows.append((name, f"{start.processor:.0f}", f"{start.ratio:.2f}", shown, met))
        if budget is not None and start.ratio > budget:
            missed.append(f"cold start of `{name}`: {start.ratio:.2f} instead of {budget:.1f}")
    return Section(
        "Cold start",
        "A fresh process until the function can take its first event: interpreter, imports, the "
        "DynamoDB client. From the built layers with their bytecode, in a Python that holds boto3 "
        f"and nothing else; {_STARTS} rounds, by turns. `boto3` is `import boto3` and "
        '`client("dynamodb")`; the ratio is to that.',
        ("function", "ms", "ratio", "budget", ""),
        rows,
        missed,
        _ON_COLD_STARTS,
    )


def _requests(costs: Mapping[str, Cost]) -> tuple[Section, Section]:
    calls, warmth, few, slow = [], [], [], []
    for route, cost in costs.items():
        budget = budgets.CALLS[route]
        met = cost.calls <= budget
        calls.append((f"`{route}`", str(cost.calls), str(budget), verdict(met=met)))
        if not met:
            few.append(f"calls of `{route}`: {cost.calls} instead of {budget}")
        met = cost.ours <= budgets.WARM_MICROSECONDS
        theirs = cost.with_client - cost.ours if cost.calls else 0
        warmth.append((f"`{route}`", f"{cost.ours:.0f}", f"{theirs:.0f}", verdict(met=met)))
        if not met:
            why = f" ({_WHY[route]})" if route in _WHY else ""
            over = f"{cost.ours:.0f} instead of {budgets.WARM_MICROSECONDS} µs"
            slow.append(f"processor of `{route}`: {over}{why}")
    return (
        Section(
            "AWS calls",
            "Counted while moto answers a request that goes all the way. An environment reads the "
            "addresses, its keys, the signer's role and the website's shells once besides.",
            ("route", "calls", "budget", ""),
            calls,
            few,
        ),
        Section(
            "Processor time of a warm request",
            "Each request is answered again and again from what AWS said to it once. *Ours*: the "
            "AWS client hands out its recorded results, and the password's hash and the signature "
            "of a presigned URL take no time. *Client*: what boto3 adds when it builds, signs and "
            "parses every call and only the network is recorded. Budget: 250 µs of ours.",
            ("route", "ours, µs", "client, µs", ""),
            warmth,
            slow,
            "boto3 costs more than everything else together: a call saved is worth more than any "
            "line of ours.",
        ),
    )


def _peers() -> Section:
    costs = warm_requests.measure(_WARM_ROUNDS, BESIDE_DJANGO)
    measured = peers.measure(_WARM_ROUNDS)
    rows, missed = [], []
    for route, (name, budget) in budgets.PEERS.items():
        ours, theirs = costs[route].with_client, measured[name]
        met = ours <= budget * theirs
        shown = (f"{ours:.0f}", f"{theirs:.0f}", f"{ours / theirs:.2f}", f"{budget:.1f}")
        rows.append((f"`{route}`", *shown, verdict(met=met)))
        if not met:
            missed.append(f"`{route}`: {ours / theirs:.2f} times Django instead of {budget}")
    return Section(
        "Beside Django",
        "The same request to Django with django-allauth's JSON API, as `benchmarks/django_peer.py` "
        "sets it up: SQLite in memory, no debugging, no rate limits, no mail sent; for the link "
        "session, user and file from SQLite, presigned by boto3, and ours by somebody who has "
        "accepted the terms before. Processor time all in, ours with "
        "the AWS client, both without the password's hash.",
        ("route", "ours, µs", "Django, µs", "ratio", "budget", ""),
        rows,
        missed,
        _ON_PEERS,
    )


def _timing_leaks() -> Section:
    rows, missed = [], []
    for hashed, rounds in ((True, _LEAK_ROUNDS), (False, _LEAK_ROUNDS_WITHOUT_HASH)):
        for leak in timing_leak.measure(rounds, hashed=hashed):
            met = leak.p >= budgets.LEAST_P
            figures = (f"{leak.median:.0f}", f"{leak.unknown:.0f}", f"{leak.p:.3f}")
            met_or_missed = verdict(met=met) if hashed else ""
            hash_ = "with" if hashed else "without"
            rows.append(
                (f"`{leak.route}`", leak.kind, hash_, *figures, f"{leak.auc:.2f}", met_or_missed)
            )
            if hashed and not met:
                missed.append(f"`{leak.route}` tells a {leak.kind} address: p {leak.p:.6f}")
    return Section(
        "What the time of an answer tells",
        "Answers for an address that has an account, or one that waits for a code, against one "
        "that nobody has used; log-in with a wrong password. Processor time with the AWS client, "
        f"{_LEAK_ROUNDS} rounds with the password's hash and {_LEAK_ROUNDS_WITHOUT_HASH} without, "
        "each in an order of its own. Mann-Whitney U test: p is how often chance alone sets times "
        "so far apart, AUC how often this address is the slower (0.5 tells nothing). Budget, for "
        f"what people get, with the hash: p of at least {budgets.LEAST_P}.",
        ("route", "address", "hash", "µs", "unknown, µs", "p", "AUC", ""),
        rows,
        missed,
        _ON_TIMES,
    )


def _catalogue() -> Section:
    rows, costs = [], []
    for videos in (_FEW, _MANY):
        cost = catalogue_page.measure(videos)
        costs.append(cost)
        rows.append((f"{videos:,}", str(cost.queries), str(cost.examined), str(cost.others)))
    met = costs[0] == costs[1] and costs[0].queries == 1 and not costs[0].others
    return Section(
        "A page of the catalogue",
        f"The first {catalogue_page.PAGE} videos, with as many in the table; counted on moto. "
        "One item more than is shown tells whether there is a next page.",
        ("videos", "queries", "items examined", "other calls"),
        rows,
        [] if met else ["a page of the catalogue costs more in a larger one"],
    )


def _sizes(made: built.Built) -> Section:
    rows, missed = [], []
    for name, function in functions().items():
        budget = budgets.megabytes(name)
        size = made.megabytes(function)
        rows.append((name, f"{size:.1f}", str(budget), verdict(met=size <= budget)))
        if size > budget:
            missed.append(f"size of `{name}`: {size:.1f} instead of {budget} MB")
    return Section(
        "Package sizes",
        "Unzipped: a function's layers and its own file, with bytecode.",
        ("function", "MB", "budget", ""),
        rows,
        missed,
        _ON_SIZES,
    )


def _probe_bytes() -> Section:
    rows, missed = [], []
    for probed in probe_bytes.measure():
        met = probed.ours <= min(budgets.PROBE_BYTES, probed.sent)
        sizes = [
            f"{number / 1000:,.0f}"
            for number in (probed.size, probed.ours, probed.sent, probed.taken)
        ]
        sizes.insert(2, str(probed.requests))
        rows.append((probed.name, *sizes, verdict(met=met)))
        if not met:
            missed.append(f"reading `{probed.name}`: {probed.ours} bytes, ffprobe {probed.sent}")
    return Section(
        "What ingest reads of a file",
        "To know what it is; kilobytes. ffprobe asks for everything from a place on and hangs up "
        "when it has seen enough: *sent* is what had left the server by then, *taken* what ffprobe "
        "says that it looked at. Budget: 16 MiB, and no more than ffprobe makes the server send.",
        ("file", "size", "ingest", "requests", "ffprobe: sent", "taken", ""),
        rows,
        missed,
        "Of an MP4 ffprobe itself looks at less than a block of ours. Smaller blocks would save "
        "bytes that cost nothing within a region, for requests that cost time and money.",
    )


def _website() -> Section:
    rows, missed = [], []
    for view in page_weight.measure():
        met = view.size <= budgets.FIRST_VIEW_BYTES and not view.blocking
        rows.append(
            (
                f"`{view.page}`",
                str(view.files),
                f"{view.size / 1000:.1f}",
                str(view.blocking),
                verdict(met=met),
            )
        )
        if not met:
            missed.append(f"first view of `{view.page}`: {view.size} bytes")
    return Section(
        "First view of the website",
        "The page and all its styles, scripts, words and fonts as they travel (gzip), without "
        "poster images. Budget: 100 kB, and no script that stops the rendering.",
        ("page", "files", "kB", "blocking scripts", ""),
        rows,
        missed,
    )


if __name__ == "__main__":
    main()
