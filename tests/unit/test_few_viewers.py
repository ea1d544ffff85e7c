"""The local AWS's functions at the edge share two processes, and a failed call leaves its turn."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from ministack.core import cloudfront_js

from infra.local.ministack_patches.few_viewers import AT_ONCE, in_turn


def test_no_more_calls_happen_at_a_time_than_there_are_processes() -> None:
    both = threading.Barrier(AT_ONCE)
    lock, now, most = threading.Lock(), 0, 0

    def call(number: int) -> int:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        both.wait(timeout=30)  # as many as may are here
        with lock:
            now -= 1
        return number

    taking_turns = in_turn(call)
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(taking_turns, range(AT_ONCE * 8))) == list(range(AT_ONCE * 8))
    assert most == AT_ONCE


def test_a_call_that_fails_gives_its_turn_to_the_next() -> None:
    def call(*, fails: bool) -> str:
        if fails:
            raise BrokenPipeError
        return "done"

    taking_turns = in_turn(call)
    for _ in range(AT_ONCE + 1):
        with pytest.raises(BrokenPipeError):
            taking_turns(fails=True)
    assert taking_turns(fails=False) == "done"


def test_ministack_keeps_as_many_processes_as_may_work_at_a_time() -> None:
    assert cloudfront_js._pool.max_idle >= AT_ONCE
