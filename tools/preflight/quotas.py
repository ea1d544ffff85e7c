"""Decides whether what AWS allows the account leaves room for a stage beside what is there.

Limits come from Service Quotas; where those may not be read, AWS's defaults stand in, and that is
said.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tools.preflight.asking import Aws, NoAnswerError, NotAllowedError, NotThereError
from tools.preflight.lines import Line, unseen
from tools.preflight.site import status
from tools.preflight.stage import PROJECT, Stage
from tools.summit.limits import buckets

_MOST_PAGES = 20
_NEARLY = 0.8
_GIB = 1024**3
_FUNCTION, _ROLE = "AWS::Serverless::Function", "AWS::IAM::Role"


@dataclass(frozen=True, slots=True)
class Kind:
    """Something of which an account has a limited number."""

    what: str
    service: str
    operation: str
    """How those that are there are listed."""
    resource: str
    """Its type in our templates."""
    quota: str
    """Its name in Service Quotas."""
    default: int
    """What AWS gives each account."""
    region: str | None = None
    arguments: Mapping[str, object] = field(default_factory=dict)


EDGE = "us-east-1"
_CUSTOM = {"Type": "custom"}
KINDS = (
    Kind(
        "Distributions",
        "cloudfront",
        "ListDistributions",
        "AWS::CloudFront::Distribution",
        "Web distributions per AWS account",
        200,
        EDGE,
    ),
    Kind(
        "Cache policies",
        "cloudfront",
        "ListCachePolicies",
        "AWS::CloudFront::CachePolicy",
        "Cache policies per AWS account",
        20,
        EDGE,
        _CUSTOM,
    ),
    Kind(
        "Headers policies",
        "cloudfront",
        "ListResponseHeadersPolicies",
        "AWS::CloudFront::ResponseHeadersPolicy",
        "Response headers policies per AWS account",
        20,
        EDGE,
        _CUSTOM,
    ),
    Kind(
        "Functions at the edge",
        "cloudfront",
        "ListFunctions",
        "AWS::CloudFront::Function",
        "Functions per AWS account",
        100,
        EDGE,
        {"Stage": "DEVELOPMENT"},
    ),
    Kind(
        "Alarms",
        "cloudwatch",
        "DescribeAlarms",
        "AWS::CloudWatch::Alarm",
        "Alarms",
        5_000,
        arguments={"AlarmTypes": ["MetricAlarm"]},
    ),
)
_QUOTA_SERVICES = {"cloudwatch": "monitoring"}


def room(aws: Aws, stage: Stage) -> Iterator[Line]:
    """Say of each kind how many there may be, and whether the stage's own still fit."""
    there = _is_there(aws, stage)
    limits = {
        service: _limits(aws, _QUOTA_SERVICES.get(service, service), region)
        for service, region in dict.fromkeys((kind.service, kind.region) for kind in KINDS)
    }
    hidden = next((one for one in limits.values() if isinstance(one, NotAllowedError)), None)
    if hidden is not None:
        to_do = f"Allow {hidden.right}, if yours were raised or lowered."
        yield Line("Service Quotas", "unseen", "AWS's defaults are taken instead", to_do)
    for kind in KINDS:
        found = limits[kind.service]
        known = {} if isinstance(found, NotAllowedError) else found
        yield _room_for(aws, kind, known.get(kind.quota.lower(), kind.default), there=there)


def _room_for(aws: Aws, kind: Kind, limit: float, *, there: bool) -> Line:
    try:
        used = _count(aws, kind)
    except NotAllowedError as missing:
        return unseen(kind.what, missing)
    except (NotThereError, NoAnswerError) as failed:
        return Line(kind.what, "unseen", f"no answer: {failed}", "Try again.")
    return _fits(kind.what, used, limit, 0 if there else _in_templates(kind.resource))


def _fits(what: str, used: int, limit: float, more: int) -> Line:
    found = f"{used:,} of {limit:,.0f} are used" + (f", and {more} are added" if more else "")
    ask_for = f"ask for more in Service Quotas ({what})"
    if used + more > limit:
        return Line(what, "stop", found, f"Delete some that nothing uses, or {ask_for}.")
    if used + more > limit * _NEARLY:
        return Line(what, "look", found, f"Nearly all: {ask_for} before the next stage.")
    return Line(what, "ok", found)


def roles(aws: Aws, stage: Stage) -> Iterator[Line]:
    """Say whether there is room for the roles of the functions."""
    summary = aws.ask("iam", "GetAccountSummary")["SummaryMap"]
    more = 0 if _is_there(aws, stage) else _in_templates(_FUNCTION) + _in_templates(_ROLE)
    yield _fits("Roles", int(summary["Roles"]), float(summary["RolesQuota"]), more)


def code(aws: Aws, _stage: Stage) -> Iterator[Line]:
    """Say how much of the room for functions' code is used: each deployment of any stage adds."""
    told = aws.ask("lambda", "GetAccountSettings")
    used = int(told["AccountUsage"]["TotalCodeSize"])
    most = int(told["AccountLimit"]["TotalCodeSize"])
    found = f"{used / _GIB:.1f} of {most / _GIB:.0f} GiB are used"
    if used > most * _NEARLY:
        to_do = "Delete old layers, or ask for more in Service Quotas (Function and layer storage)."
        yield Line("Code of functions", "look", found, to_do)
    else:
        yield Line("Code of functions", "ok", found)


def gateway(aws: Aws, _stage: Stage) -> Iterator[Line]:
    """Say whether API Gateway lets as many requests through as the stage's own throttles do."""
    allowed = aws.ask("apigateway", "GetAccount").get("throttleSettings") or {}
    if "rateLimit" not in allowed:
        raise NotThereError("throttleSettings")
    rate, burst = float(allowed["rateLimit"]), float(allowed["burstLimit"])
    ours = buckets().values()
    wanted_rate, wanted_burst = max(one.rate for one in ours), max(one.burst for one in ours)
    found = f"{rate:,.0f} requests a second, {burst:,.0f} at once"
    if rate < wanted_rate or burst < wanted_burst:
        found += f"; the stage lets through {wanted_rate:,.0f} and {wanted_burst:,.0f} on one route"
        to_do = "Before an event ask for more in Service Quotas (API Gateway, Throttle rate)."
        yield Line("API Gateway", "look", found, to_do)
    else:
        yield Line("API Gateway", "ok", found)


def _is_there(aws: Aws, stage: Stage) -> bool:
    """Tell whether the stage's own are counted already; if nobody may see it, they are not."""
    try:
        return status(aws, stage) is not None
    except NotAllowedError:
        return False


def _limits(aws: Aws, service: str, region: str | None) -> Mapping[str, float] | NotAllowedError:
    """Return an account's limits by their names in small letters; empty if AWS tells none."""
    found: dict[str, float] = {}
    token: dict[str, object] = {}
    try:
        for _ in range(_MOST_PAGES):
            told = aws.ask(
                "service-quotas", "ListServiceQuotas", region=region, ServiceCode=service, **token
            )
            found |= {str(one["QuotaName"]).lower(): one["Value"] for one in told.get("Quotas", ())}
            if not told.get("NextToken"):
                break
            token = {"NextToken": told["NextToken"]}
    except NotAllowedError as missing:
        return missing
    except (NotThereError, NoAnswerError):
        return {}
    return found


def _count(aws: Aws, kind: Kind) -> int:
    """Return how many there are, at least: no account of ours needs more pages than are read."""
    number, marker = 0, dict(kind.arguments)
    for _ in range(_MOST_PAGES):
        told = aws.ask(kind.service, kind.operation, region=kind.region, **marker)
        if kind.service == "cloudwatch":
            number += len(told.get("MetricAlarms", ()))
            following = {"NextToken": told.get("NextToken")}
        else:
            (listed,) = [
                one for one in told.values() if isinstance(one, dict) and "Quantity" in one
            ]
            number += int(listed["Quantity"])
            following = {"Marker": listed.get("NextMarker")}
        if not any(following.values()):
            break
        marker = {**kind.arguments, **following}
    return number


def _in_templates(resource: str) -> int:
    """Return how many of a type a stage has, at most."""
    files = (PROJECT / "template.yaml", *sorted((PROJECT / "infra").glob("*.yaml")))
    return sum(path.read_text(encoding="utf-8").count(f"Type: {resource}\n") for path in files)
