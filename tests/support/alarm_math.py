"""Reads an alarm's metric filters and its expression, as CloudWatch does, for numbers of a test.

Only what our templates use: filter patterns of ``=`` and ``>`` joined by ``&&``, and expressions of
``IF``, ``FILL``, ``AND``, comparisons and products. A value that is missing makes what is reckoned
with it missing ("Using metric math" in CloudWatch's user guide), and ``FILL`` gives it a number.
"""

import ast
import operator
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

_OPERATORS: dict[type[ast.AST], Callable[[float, float], float]] = {
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Mult: operator.mul,
}
_FUNCTIONS: dict[str, Callable[..., float | None]] = {
    "FILL": lambda value, instead: instead if value is None else value,
    "IF": lambda held, then, other: None if held is None else then if held else other,
}
_CONDITION = re.compile(r'\$\.(\w+) (=|>) (?:"([^"]*)"|(\d+))')


def rings(alarm: Mapping[str, Any], sums: Mapping[str, float | None]) -> bool:
    """Tell whether an alarm on an expression rings, by the sums of its metrics in its period."""
    values: dict[str, float | None] = {}
    (expression,) = [one["Expression"] for one in alarm["Metrics"] if "Expression" in one]
    for one in alarm["Metrics"]:
        if "MetricStat" in one:
            assert one["MetricStat"]["Stat"] == "Sum"
            values[one["Id"]] = sums.get(one["MetricStat"]["Metric"]["MetricName"])
    assert alarm["ComparisonOperator"] == "GreaterThanThreshold"
    assert alarm["TreatMissingData"] == "notBreaching"
    value = evaluate(expression, values)
    return value is not None and value > alarm["Threshold"]


def evaluate(expression: str, values: Mapping[str, float | None]) -> float | None:
    """Return what an expression gives for one period; None if that is missing."""
    parsed = ast.parse(expression.replace(" AND ", " and "), mode="eval")
    return _reckon(parsed.body, values)


def _reckon(node: ast.AST, values: Mapping[str, float | None]) -> float | None:
    match node:
        case ast.Constant(value=int() | float() as number):
            return number
        case ast.Name(id=name):
            return values[name]
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _FUNCTIONS[name](*[_reckon(one, values) for one in arguments])
        case ast.BoolOp(op=ast.And(), values=[left, right]):
            return _both(lambda one, other: bool(one and other), left, right, values)
        case (
            ast.Compare(left=left, ops=[sign], comparators=[right])
            | ast.BinOp(left=left, op=sign, right=right)
        ):
            return _both(_OPERATORS[type(sign)], left, right, values)
    raise AssertionError(f"not of CloudWatch's expressions as we use them: {ast.dump(node)}")


def _both(
    work: Callable[[float, float], float],
    left: ast.AST,
    right: ast.AST,
    values: Mapping[str, float | None],
) -> float | None:
    one, other = _reckon(left, values), _reckon(right, values)
    return None if one is None or other is None else work(one, other)


def count(
    filters: Iterable[Mapping[str, Any]], lines: Iterable[Mapping[str, Any]]
) -> dict[str, float]:
    """Return what metric filters count of log lines, by the metric's name."""
    counted: defaultdict[str, float] = defaultdict(float)
    every = [*lines]
    for one in filters:
        (metric,) = one["MetricTransformations"]
        value = metric["MetricValue"]
        for line in every:
            if _fits(one["FilterPattern"], line):
                number = line[value.removeprefix("$.")] if value.startswith("$.") else float(value)
                counted[metric["MetricName"]] += number
    return counted


def _fits(pattern: str, line: Mapping[str, Any]) -> bool:
    for part in pattern.strip("{} ").split(" && "):
        condition = _CONDITION.fullmatch(part)
        assert condition, pattern
        name, sign, text, number = condition.groups()
        value = line.get(name)
        if sign == "=" and value != text:
            return False
        if sign == ">" and not (isinstance(value, int | float) and value > float(number)):
            return False
    return True
