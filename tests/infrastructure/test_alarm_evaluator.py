"""The evaluator of alarms gives the results of the examples in CloudWatch's own documentation."""

import pytest

from tests.support.alarm_evaluator import composite_state, state_of

X, MISSING = 1.0, None
OF_THREE = {
    "MetricName": "m",
    "Statistic": "Sum",
    "EvaluationPeriods": 3,
    "Threshold": 0,
    "ComparisonOperator": "GreaterThanThreshold",
}


# "Configuring how CloudWatch alarms treat missing data", the first table: 3 of 3.
@pytest.mark.parametrize(
    ("values", "breaching", "not_breaching"),
    [
        ([0, MISSING, X, MISSING, X], "OK", "OK"),
        ([MISSING, MISSING, MISSING, MISSING, 0], "OK", "OK"),
        ([MISSING] * 5, "ALARM", "OK"),
        ([0, X, X, MISSING, X], "ALARM", "ALARM"),
        ([MISSING, MISSING, X, MISSING, MISSING], "ALARM", "OK"),
    ],
)
def test_three_of_three(values: list[float | None], breaching: str, not_breaching: str) -> None:
    recorded = {"m": values}
    assert state_of({**OF_THREE, "TreatMissingData": "breaching"}, recorded) == breaching
    assert state_of({**OF_THREE, "TreatMissingData": "notBreaching"}, recorded) == not_breaching


# The second table: 2 of 3.
@pytest.mark.parametrize(
    ("values", "breaching", "not_breaching"),
    [
        ([0, MISSING, X, MISSING, X], "ALARM", "ALARM"),
        ([0, 0, X, 0, X], "ALARM", "ALARM"),
        ([0, MISSING, X, MISSING, MISSING], "ALARM", "OK"),
        ([MISSING, MISSING, MISSING, MISSING, 0], "ALARM", "OK"),
        ([MISSING, MISSING, MISSING, X, MISSING], "ALARM", "OK"),
    ],
)
def test_two_of_three(values: list[float | None], breaching: str, not_breaching: str) -> None:
    alarm = {**OF_THREE, "DatapointsToAlarm": 2}
    recorded = {"m": values}
    assert state_of({**alarm, "TreatMissingData": "breaching"}, recorded) == breaching
    assert state_of({**alarm, "TreatMissingData": "notBreaching"}, recorded) == not_breaching


@pytest.mark.parametrize(
    ("expression", "a", "b", "state"),
    [
        ("a + b", 1, 0, "ALARM"),
        ("a + b", None, 1, "OK"),  # a missing value makes the sum missing
        ("FILL(a, 0) + b", None, 1, "ALARM"),
        ("IF(a > 0 AND FILL(b, 0) == 0, 1, 0)", 3, None, "ALARM"),
        ("IF(a > 0 AND FILL(b, 0) == 0, 1, 0)", 3, 1, "OK"),
        ("IF(a > 5 OR b > 5, 1, 0)", 1, 6, "ALARM"),
        ("100 * a / SERVICE_QUOTA(a) - 79", 8, 0, "ALARM"),
    ],
)
def test_metric_math(expression: str, a: float | None, b: float | None, state: str) -> None:
    metrics = [
        {
            "Id": name,
            "ReturnData": False,
            "MetricStat": {"Stat": "Sum", "Metric": {"MetricName": name}},
        }
        for name in "ab"
    ]
    alarm = {
        "Metrics": [*metrics, {"Id": "e", "Expression": expression}],
        "EvaluationPeriods": 1,
        "Threshold": 0,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
    }
    assert state_of(alarm, {"a": [a], "b": [b]}, quota=10) == state


@pytest.mark.parametrize(
    ("statistic", "state"),
    [("Sum", "ALARM"), ("Maximum", "ALARM"), ("Average", "OK"), ("Minimum", "OK"), ("p50", "OK")],
)
def test_a_period_of_several_values_counts_by_its_statistic(statistic: str, state: str) -> None:
    alarm = {**OF_THREE, "EvaluationPeriods": 1, "Statistic": statistic, "Threshold": 1}
    recorded = {"m": [[0.0, 0.0, 0.0, 2.0]]}
    assert state_of({**alarm, "TreatMissingData": "notBreaching"}, recorded) == state


def test_a_composite_alarm_needs_one_of_its_alarms() -> None:
    rule = 'ALARM("${One}") OR ALARM("${Other}")'
    assert composite_state(rule, {"Other"}) == "ALARM"
    assert composite_state(rule, {"Third"}) == "OK"
