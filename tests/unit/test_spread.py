"""When a budget is missed, and by which measure another machine's time is judged."""

from benchmarks import reference_loop
from benchmarks.call_names import call_name
from benchmarks.spread import Spread


def test_a_budget_is_missed_only_with_the_whole_interquartile_range() -> None:
    spread = Spread.of([8.0, 9.0, 10.0, 11.0, 12.0])
    assert spread == (9.0, 10.0, 11.0)
    assert [spread.meets(budget) for budget in (8.9, 9.0, 9.5, 11.1)] == [False, True, True, True]


def test_one_measurement_is_its_own_range() -> None:
    assert Spread.of([2.0]) == (2.0, 2.0, 2.0)
    assert not Spread.of([2.0]).meets(1.9)


def test_a_ratio_keeps_its_range() -> None:
    assert Spread(9.0, 10.0, 11.0).over(10.0) == (0.9, 1.0, 1.1)


def test_the_reference_loop_does_the_same_each_time() -> None:
    assert reference_loop._round() == reference_loop._round()
    assert reference_loop.microseconds(3) > 0


def test_a_call_has_one_name_in_a_recording_and_in_its_playback() -> None:
    target = {"x-amz-target": "secretsmanager.GetSecretValue"}
    assert call_name("/", target, b'{"SecretId": "a"}') == "secretsmanager.GetSecretValue a"
    assert call_name("/", {}, "Action=AssumeRole&Version=2011-06-15") == "AssumeRole"
    by_host = call_name("https://site.s3.eu.example/shells/en/video.html", {}, b"")
    assert by_host == call_name("/site/shells/en/video.html?x=1", {}, b"") == "S3 video.html"
