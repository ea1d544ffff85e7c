"""Decides how first answers, Django and FastAPI are shown: what is compared with something else."""

from benchmarks import budgets, fastapi_peer_runs, first_answers, peers, warm_requests
from benchmarks.built import PLACE, Built, build
from benchmarks.first_answers import FirstAnswer, Tree
from benchmarks.report import Section, verdict
from benchmarks.routes import BESIDE_DJANGO
from benchmarks.spread import Spread
from tests.support.template import ROOT

_ON_FIRST_ANSWERS = (
    "The first link has a third connection: its function takes the signer's role while it starts. "
    "Only the redirect needs that role, but a link is followed next, and at the start nobody "
    "waits. A page's first answer includes jinja2, the templates that the build "
    "compiled, and a client of S3, which no other answer loads. Of a list's or a video's, all but "
    "some milliseconds are boto3, pydantic and the resolver."
)
_ON_PEERS = (
    "Not counted: ours waits for DynamoDB over a network; Django's database is in its own memory. "
    "What boto3 takes for the six calls of a log-in, the twelve of a registration with its mail, "
    "and the four of a link with its redirect is more than the whole budget, and each call holds "
    "a rule that Django has not here: limits by address and network, the same steps for known and "
    "unknown addresses, rights that are checked at each use of a link."
)


def first_answer_section(made: Built, before: str, rounds: int) -> Section:
    """Measure the first answers of this tree, by turns with those of a commit."""
    tree = first_answers.commit_before(before)
    other = Tree(tree, build(tree, PLACE / "before")) if tree else None
    now, *then = first_answers.measure(Tree(ROOT, made), other, rounds)
    rows, missed = [], []
    for route, answer in now.items():
        row, over = _first_answer(route, answer, then[0].get(route) if then else None)
        rows.append(row)
        missed += over
    return Section(
        "First answer",
        "A fresh process until its first answer has left: start, what init reads, and the request, "
        "without the password's hash. AWS is a server on this machine that speaks TLS and gives "
        f"recorded answers. {rounds} rounds, by turns with `{before}`. *Processor*: of the whole "
        "process, in ratio to boto3 with one client. *Wait*: from ready to the answer, by the "
        f"clock, with {first_answers.LITTLE} of a processor as 512 MB buy, then with what the "
        f"function's memory buys. Budget: {budgets.FIRST_ANSWER_MILLISECONDS} ms with the latter. "
        "Medians and quartiles.",
        ("route", "processor", "budget", "", "before", "wait, ms", "before", "own", "", "TLS", ""),
        rows,
        missed,
        _ON_FIRST_ANSWERS,
    )


def _first_answer(
    route: str, answer: FirstAnswer, before: FirstAnswer | None
) -> tuple[tuple[str, ...], list[str]]:
    processor, little, own = map(Spread.of, (answer.processor, answer.little, answer.own))
    budget, limit = budgets.FIRST_ANSWER[route], budgets.FIRST_ANSWER_MILLISECONDS
    most = budgets.endpoints(route)
    met = (processor.meets(budget), own.meets(limit), answer.connections <= most)
    row = (
        f"`{route}`",
        shown(processor, 2),
        f"{budget:.1f}",
        verdict(met=met[0]),
        shown(Spread.of(before.processor), 2) if before else "",
        shown(little, 0),
        shown(Spread.of(before.little), 0) if before else "",
        shown(own, 0),
        verdict(met=met[1]),
        f"{answer.connections} of {most}",
        verdict(met=met[2]),
    )
    over = (
        f"processor of the first `{route}`: {processor.median:.2f} instead of {budget}",
        f"wait for the first `{route}`: {own.median:.0f} instead of {limit} ms",
        f"connections of the first `{route}`: {answer.connections} instead of {most}",
    )
    return row, [text for text, is_met in zip(over, met, strict=True) if not is_met]


def shown(spread: Spread, digits: int) -> str:
    """Return a median with its quartiles."""
    median, low, high = (f"{one:.{digits}f}" for one in (spread.median, spread.low, spread.high))
    return f"{median} ({low} to {high})"


def django_section(rounds: int) -> Section:
    """Measure the same work in a Django service."""
    costs = warm_requests.measure(rounds, BESIDE_DJANGO)
    measured = peers.measure(rounds)
    rows, missed = [], []
    for name, (routes, peer, budget) in budgets.PEERS.items():
        theirs = measured[peer]
        together = zip(*(costs[route].client_runs for route in routes), strict=True)
        ours = Spread.of([sum(runs) for runs in together])
        ratio = ours.over(theirs)
        figures = (f"{ours.median:.0f}", f"{theirs:.0f}", shown(ratio, 2), f"{budget:.1f}")
        met = ratio.meets(budget)
        rows.append((name, *figures, verdict(met=met)))
        if not met:
            missed.append(f"{name}: {ratio.median:.2f} times Django instead of {budget}")
    return Section(
        "Beside Django",
        "The same to Django with django-allauth's JSON API, as `benchmarks/django_peer.py` sets it "
        "up: SQLite in memory, no debugging, no rate limits. It writes the code's mail within the "
        "request, so ours is counted with the function that mails it; its link is a presigned URL "
        "that works, so ours is counted with the redirect too. For the link, session, user and "
        "file from SQLite, presigned by boto3, and ours by somebody who has accepted the terms "
        "before. Processor time all in, ours with the AWS client, both without the password's "
        "hash; ratios with quartiles.",
        ("what", "ours, µs", "Django, µs", "ratio", "budget", ""),
        rows,
        missed,
        _ON_PEERS,
    )


def fastapi_section(rounds: int) -> Section:
    """Measure the same routes behind FastAPI and Mangum."""
    runs = fastapi_peer_runs.measure(rounds)
    rows, missed = [], []
    for route, taken in runs.items():
        ours, theirs = Spread.of(taken["ours"]), Spread.of(taken["fastapi"])
        ratio = ours.over(theirs.median)
        met = ratio.meets(budgets.MANGUM)
        figures = (f"{ours.median:.0f}", f"{theirs.median:.0f}", shown(ratio, 2))
        rows.append((f"`{route}`", *figures, f"{budgets.MANGUM:.1f}", verdict(met=met)))
        if not met:
            missed.append(f"`{route}`: {ratio.median:.2f} times FastAPI behind Mangum")
    return Section(
        "Beside FastAPI",
        "The same rules, models and recorded AWS results behind FastAPI and Mangum "
        "(`benchmarks/fastapi_peer.py`), by turns in one process; processor time without the AWS "
        "client. FastAPI's routes know no origin secret, no sessions and no problem documents.",
        ("route", "ours, µs", "FastAPI, µs", "ratio", "budget", ""),
        rows,
        missed,
    )
