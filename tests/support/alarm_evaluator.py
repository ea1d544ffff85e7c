"""Judges alarms as CloudWatch documents it, over metrics that a test records.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html

An alarm looks at a few more periods than it evaluates, two more in the page's examples. It takes
the newest values that are there; only where these are fewer than its periods does it fill in, by
TreatMissingData. The local AWS does neither, and no metric math.
"""

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

Period: TypeAlias = float | Sequence[float] | None
"""What a metric says in one period: nothing, one value, or several that its statistic takes."""
Series: TypeAlias = list[float | None]

_LOOKED_AT_MORE = 2
_STATISTICS: dict[str, Callable[[Sequence[float]], float]] = {
    "Sum": sum,
    "Maximum": max,
    "Minimum": min,
    "Average": lambda values: sum(values) / len(values),
}
_COMPARED: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
_OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.Eq: operator.eq,
}


def metrics_of(alarm: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what an alarm reads: namespace, name and dimensions of each metric."""
    if "Metrics" not in alarm:
        return [{key: alarm.get(key, []) for key in ("Namespace", "MetricName", "Dimensions")}]
    stats = [one["MetricStat"]["Metric"] for one in alarm["Metrics"] if "MetricStat" in one]
    return [{"Dimensions": [], **metric} for metric in stats]


def state_of(
    alarm: Mapping[str, Any], recorded: Mapping[str, Sequence[Period]], *, quota: float = 0
) -> str:
    """Return the state of an alarm after the periods of its metrics, the newest last.

    ``recorded`` has them by the metric's name, or by its id in metric math. ``quota`` is what
    SERVICE_QUOTA answers.
    """
    periods = int(alarm["EvaluationPeriods"])
    looked_at = periods + _LOOKED_AT_MORE
    values = _values(alarm, recorded, quota)[-looked_at:]
    breaches = _COMPARED[alarm["ComparisonOperator"]]
    judged = [breaches(value, float(alarm["Threshold"])) for value in values if value is not None]
    judged = judged[-periods:]
    missing = periods - len(judged)
    judged += [_treated(alarm["TreatMissingData"])] * missing
    needed = int(alarm.get("DatapointsToAlarm", periods))
    return "ALARM" if sum(judged) >= needed else "OK"


def composite_state(rule: str, in_alarm: set[str]) -> str:
    """Return the state of a composite alarm whose rule joins alarms by OR."""
    parts = [re.fullmatch(r'ALARM\("\$\{(\w+)\}"\)', part) for part in rule.split(" OR ")]
    assert all(parts), rule
    return "ALARM" if in_alarm & {part[1] for part in parts if part} else "OK"


def _treated(setting: str) -> bool:
    assert setting in {"breaching", "notBreaching"}, "other settings keep or lose the state"
    return setting == "breaching"


def _values(
    alarm: Mapping[str, Any], recorded: Mapping[str, Sequence[Period]], quota: float
) -> Series:
    if "Metrics" not in alarm:
        statistic = alarm.get("Statistic") or alarm["ExtendedStatistic"]
        return [_statistic(statistic, one) for one in recorded[alarm["MetricName"]]]
    series: dict[str, Series] = {}
    expressions = []
    for one in alarm["Metrics"]:
        if "Expression" in one:
            expressions.append(one)
            continue
        name = one["MetricStat"]["Metric"]["MetricName"]
        told = recorded.get(one["Id"], recorded.get(name, ()))
        series[one["Id"]] = [_statistic(one["MetricStat"]["Stat"], period) for period in told]
    length = max(map(len, series.values()))
    nothing: Series = [None]
    aligned = {name: nothing * (length - len(told)) + told for name, told in series.items()}
    (returned,) = [one for one in expressions if one.get("ReturnData", True)]
    text = re.sub(r"\b(AND|OR)\b", lambda match: match[1].lower(), returned["Expression"])
    tree = ast.parse(text, mode="eval").body
    return [
        _math(tree, {name: values[place] for name, values in aligned.items()}, quota)
        for place in range(length)
    ]


def _statistic(name: str, period: Period) -> float | None:
    if period is None:
        return None
    values = [float(one) for one in (period if isinstance(period, Sequence) else [period])]
    if name.startswith("p"):
        rank = math.ceil(float(name[1:]) / 100 * len(values)) - 1
        return sorted(values)[rank]
    return _STATISTICS[name](values)


def _math(node: ast.expr, values: Mapping[str, float | None], quota: float) -> float | None:
    """Return an expression's value in one period; a missing value makes the whole missing."""

    def of(inner: ast.expr) -> float | None:
        return _math(inner, values, quota)

    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=name):
            return values[name]
        case ast.Call(func=ast.Name(id="SERVICE_QUOTA")):
            return quota
        case ast.Call(func=ast.Name(id="FILL"), args=[filled, by]):
            value = of(filled)
            return of(by) if value is None else value
        case ast.Call(func=ast.Name(id="IF"), args=[condition, then, otherwise]):
            decided = of(condition)
            return None if decided is None else of(then if decided else otherwise)
    parts, combine = _parts(node)
    found = [of(part) for part in parts]
    return None if None in found else float(combine(*found))


def _parts(node: ast.expr) -> tuple[list[ast.expr], Callable[..., float]]:
    """Return what an expression is made of, and what makes one value of theirs."""
    match node:
        case ast.BinOp(left=left, op=sign, right=right):
            return [left, right], _OPERATORS[type(sign)]
        case ast.Compare(left=left, ops=[comparison], comparators=[right]):
            return [left, right], _COMPARISONS[type(comparison)]
        case ast.BoolOp(op=joined, values=parts):
            return parts, lambda *found: (any if isinstance(joined, ast.Or) else all)(found)
    raise AssertionError(f"not metric math that is known here: {ast.dump(node)}")
