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
    comparisons,
    page_weight,
    probe_bytes,
    report,
    timing_leak,
    warm_requests,
)
from benchmarks.report import Section, verdict
from benchmarks.warm_requests import Cost
from tests.support.template import functions

_STARTS, _FIRST_ANSWERS = 9, 11
_WARM_ROUNDS = 5
_LEAK_ROUNDS, _LEAK_ROUNDS_WITHOUT_HASH = 100, 300
_FEW, _MANY = 100, 100_000

_ON_COLD_STARTS = (
    "`ingest` has no person waiting and no budget. Functions make a client without the "
    "reference's search for services that are not used: 15 ms, or 0.07 of the ratio. The largest "
    "part beside boto3 is the routing: Powertools' resolver, with the classes of all its events "
    "and asyncio, takes 0.14 of the ratio. `downloads` has the models of both tables and "
    "libsodium, too."
)
_ON_WARM_REQUESTS = (
    "boto3 costs more than everything else together: a call saved is worth more than any line of "
    "ours. A change of address proves the password as a log-in does and begins a flow as a "
    "registration does, with four budgets, in seven calls. The export reads and shows every item "
    "that is held of a person, so it costs what it shows."
)
_ON_SIZES = (
    "Most of it is pydantic's compiled core (4.7 MB on x86_64), and behind `downloads` libsodium "
    "(3.7 on x86_64, of which 3.1 are symbols for a debugger; 2.1 on arm64), which seals its links."
)
_ON_TIMES = (
    "Registration and reset read nothing that depends on the address. Log-in does the work of "
    "reading an account where there is none, too. Differences that show without the hash would "
    "take hundreds of tries at one address with it, which has five and then one in up to 15 "
    "minutes."
)


def main() -> None:
    """Measure, one kind after the other."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--no-page", action="store_true", help="leave docs/performance.md alone")
    parser.add_argument("--before", default="HEAD^", help="the commit that takes turns")
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
        comparisons.first_answer_section(made, options.before, _FIRST_ANSWERS),
        *_requests(costs),
        comparisons.django_section(_WARM_ROUNDS),
        comparisons.fastapi_section(_WARM_ROUNDS),
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
        met = "" if budget is None else verdict(met=start.ratio.meets(budget))
        ratio = comparisons.shown(start.ratio, 2)
        rows.append((name, f"{start.processor:.0f}", ratio, shown, met))
        if budget is not None and not start.ratio.meets(budget):
            over = f"{start.ratio.median:.2f} instead of {budget:.1f}"
            missed.append(f"cold start of `{name}`: {over}")
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
        met = cost.rounds.meets(budgets.WARM_ROUNDS)
        theirs = cost.with_client - cost.ours if cost.calls else 0
        figures = (f"{cost.ours:.0f}", f"{theirs:.0f}", comparisons.shown(cost.rounds, 1))
        warmth.append((f"`{route}`", *figures, verdict(met=met)))
        if not met:
            over = f"{cost.rounds.median:.1f} rounds instead of {budgets.WARM_ROUNDS}"
            slow.append(f"processor of `{route}`: {over}")
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
            "parses every call and only the network is recorded. *Rounds*: ours in rounds "
            "of a loop of ordinary Python (`benchmarks/reference_loop.py`) that takes turns, with "
            "quartiles. Budget: "
            f"{budgets.WARM_ROUNDS} rounds, which are 250 µs on the design's machine.",
            ("route", "ours, µs", "client, µs", "rounds", ""),
            warmth,
            slow,
            _ON_WARM_REQUESTS,
        ),
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
    for narrowed in ({}, {"topic": "Ukraine"}):
        for videos in (_FEW, _MANY):
            cost = catalogue_page.measure(videos, **narrowed)
            costs.append(cost)
            figures = (str(cost.queries), str(cost.examined), str(cost.others))
            rows.append((narrowed.get("topic", "all"), f"{videos:,}", *figures))
    most = catalogue_page.PAGE + 1
    met = all(one.queries == 1 and one.examined <= most and not one.others for one in costs)
    return Section(
        "A page of the catalogue",
        f"The first {catalogue_page.PAGE} videos, with as many in the table; counted on moto. "
        "One item more than is shown tells whether there is a next page. One video in "
        f"{catalogue_page.RARE} has the topic.",
        ("list", "videos", "queries", "items examined", "other calls"),
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
        fits = view.size <= budgets.FIRST_VIEW_BYTES
        met = fits and view.files <= budgets.FIRST_VIEW_REQUESTS and not view.blocking
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
            missed.append(f"first view of `{view.page}`: {view.size} bytes, {view.files} requests")
    return Section(
        "First view of the website",
        "The page and all its styles, scripts, words and fonts as they travel (gzip), without "
        "poster images. Budget: 100 kB in 15 requests, and no script that stops the rendering.",
        ("page", "requests", "kB", "blocking scripts", ""),
        rows,
        missed,
    )


if __name__ == "__main__":
    main()
