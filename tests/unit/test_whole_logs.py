"""All lines of an invocation are read, even late ones, and no answer waits for them in vain."""

import queue
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

import pytest

from infra.local import whole_logs

# What a worker wrote before its answer was read, and what it writes while its lines are.
_LOOP = "while True:\n        _real_stdout.flush()\n\nrun()\n"


@dataclass
class Worker:
    """The parts of MiniStack's worker that the patch uses."""

    config: dict[str, str] = field(default_factory=lambda: {"Runtime": "python3.13"})
    _stderr_queue: "queue.Queue[str]" = field(default_factory=queue.Queue)
    _stderr_thread: Thread | None = None

    def write(self, *lines: str) -> None:
        for line in lines:
            self._stderr_queue.put(line)


def _waiting(worker: Any, **waits: float) -> str:
    return f"waited {waits} for {worker.config['Runtime']}"


drain = whole_logs.to_the_end(_waiting)


def test_lines_up_to_the_end_are_of_this_invocation_and_later_ones_of_the_next() -> None:
    worker = Worker()
    worker.write("one", "two", whole_logs.END, "three", whole_logs.END)
    assert drain(worker) == "one\ntwo"
    assert drain(worker) == "three"


def test_an_invocation_that_logs_nothing_has_no_line() -> None:
    worker = Worker()
    worker.write(whole_logs.END)
    assert drain(worker) == ""


def test_lines_that_come_after_the_answer_are_waited_for() -> None:
    worker = Worker()
    many = [f"line {number}" for number in range(5000)]
    worker._stderr_thread = Thread(target=worker.write, args=(*many, whole_logs.END))
    worker._stderr_thread.start()
    assert drain(worker).splitlines() == many
    worker._stderr_thread.join()


def test_all_lines_of_a_worker_that_died_are_read_without_waiting() -> None:
    worker = Worker()
    worker.write("its last words")
    worker._stderr_thread = Thread(target=print)
    assert drain(worker) == "its last words"


def test_a_worker_of_another_language_is_waited_for_as_before() -> None:
    assert drain(Worker({"Runtime": "nodejs22.x"}), first_line_wait=0.1) == (
        "waited {'first_line_wait': 0.1} for nodejs22.x"
    )


def test_the_end_is_written_before_an_answer_is_sent_on() -> None:
    script = whole_logs.ending(_LOOP)
    assert script.index("end of the invocation") < script.index("_real_stdout.flush()")
    compile(f"def run():\n    {script}", "worker", "exec")


def test_a_worker_that_has_changed_is_noticed_at_the_start() -> None:
    with pytest.raises(RuntimeError, match="must follow"):
        whole_logs.ending("something else")
