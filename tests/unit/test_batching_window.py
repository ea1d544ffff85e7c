"""The local AWS gathers the messages of a queue for as long as its source says."""

import pytest

from infra.local.ministack_patches.batching_window import is_gathering, window_of

SOURCES: list[dict[str, object]] = [
    {"EventSourceArn": "arn:a", "MaximumBatchingWindowInSeconds": 5},
    {"EventSourceArn": "arn:b", "MaximumBatchingWindowInSeconds": None},
]


@pytest.mark.parametrize(("arn", "window"), [("arn:a", 5), ("arn:b", 0), ("arn:c", 0), (None, 0)])
def test_the_window_is_that_of_the_queues_source(arn: str | None, window: float) -> None:
    assert window_of(arn, SOURCES) == window


@pytest.mark.parametrize(
    ("visible_at", "waits"),
    [
        ([96.0, 99.0], True),
        ([95.0, 99.0], False),
        ([99.0, 99.5, 100.0], False),
        ([], False),
        ([101.0], False),
        ([99.0, 130.0, 130.0], True),
    ],
    ids=["young", "old enough", "a full batch", "nothing", "hidden", "hidden ones do not count"],
)
def test_messages_wait_for_others_but_not_for_ever(visible_at: list[float], waits: bool) -> None:
    messages = [{"visible_at": moment} for moment in visible_at]
    assert is_gathering(messages, 5, 3, 100.0) == waits
