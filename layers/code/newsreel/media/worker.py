"""Has files looked into by another process, which is ended when it takes too long.

Decoders work on whatever anybody uploads: a picture of 3 MB can keep one busy for a quarter of an
hour, and a fault in one would have the credentials of this process at hand. So they run apart, in a
process that is given none: this one reads for it. A process that reads by itself needs a client of
its own: 0.9 s of processor time to load, where passing 16 MiB through a pipe takes less than 0.1 s.
Only pipes are used: Lambda has no ``/dev/shm`` for semaphores.
"""

import atexit
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from newsreel.catalogue.findings import RejectedError
from newsreel.lambda_runtime.settings import environment_of
from newsreel.media import messages
from newsreel.media.messages import BrokenMessageError, Message
from newsreel.media.mxf import MOST_PARTITIONS, PARTITION_START
from newsreel.media.poster_picture import Posters
from newsreel.media.probe import MediaFacts
from newsreel.media.ranged_file import BUDGET, RangedFile

_Read = TypeVar("_Read")

_MOST_BYTES = BUDGET + MOST_PARTITIONS * PARTITION_START
_LONGEST_START = 60.0
_LONGEST_REASON = 60
_PIECE = 1024 * 1024
_KEPT = ("PATH", "LD_LIBRARY_PATH", "LANG")
"""What of the environment a Python needs to start; credentials are in the rest of it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds: of processor time, and of waiting for an answer while nothing is read.

    Usual files take a tenth of a second, an MXF of 20,000 partitions 1.5. The fifty files of a
    folder fit into an invocation of 15 minutes, whatever they are.
    """

    processor_seconds: int = 15
    seconds: int = 60


LIMITS = Limits()


def probe(file: RangedFile, limits: Limits = LIMITS) -> MediaFacts:
    """Return the facts of a file, as ``newsreel.media.probe.probe`` does.

    Raises:
        RejectedError: why it can't be used; ``took_too_long`` and ``look_failed`` too.
        ObjectMovedError: it was replaced meanwhile.
    """
    return _look(_task_of("probe", file, limits), file, limits, messages.to_facts)


def poster_from_video(file: RangedFile, limits: Limits = LIMITS) -> Posters | None:
    """Return the posters of a video, or None if no picture of it can be had within the limits.

    Raises:
        ObjectMovedError: it was replaced meanwhile.
    """
    try:
        task = _task_of("poster_from_video", file, limits)
        return _look(task, file, limits, messages.to_posters)
    except RejectedError:
        return None


def poster_from_jpeg(data: bytes, limits: Limits = LIMITS) -> Posters:
    """Return posters from an uploaded picture.

    Raises:
        RejectedError: why it can't be used; ``took_too_long`` and ``look_failed`` too.
    """
    fields = {"task": "poster_from_jpeg", "processor_seconds": limits.processor_seconds}
    posters = _look(Message(fields, data), None, limits, messages.to_posters)
    if posters is None:
        raise RejectedError("not_jpeg")
    return posters


def _task_of(name: str, file: RangedFile, limits: Limits) -> Message:
    return Message(
        {
            "task": name,
            "size": file.size,
            "budget": file.budget,
            "processor_seconds": limits.processor_seconds,
        }
    )


class _TooSlowError(Exception):
    """The work did not end within so many seconds, its argument."""


def _look(
    task: Message, file: RangedFile | None, limits: Limits, read: Callable[[Message], _Read]
) -> _Read:
    """Have a task done; a process that did not answer as it should is never used again."""
    process = _taken()
    is_sound = False
    try:
        answer = process.ask(task, file, limits)
        refusal = messages.to_refusal(answer)
        found = [] if refusal else [read(answer)]
        is_sound = True
    except _TooSlowError as error:
        raise RejectedError("took_too_long", limit=error.args[0]) from None
    except BrokenMessageError as error:
        raise RejectedError("look_failed", reason=str(error) or "no answer") from None
    finally:
        if is_sound:
            _idle.append(process)
        else:
            process.end()
    if refusal is not None:
        raise refusal
    return found[0]


class _Process:
    """The other process and the pipes to it."""

    def __init__(self) -> None:
        their_end, self._to = os.pipe()
        self._from, their_other_end = os.pipe()
        kept = environment_of(_KEPT)
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "newsreel.media.look"],
            stdin=their_end,
            stdout=their_other_end,
            stderr=subprocess.DEVNULL,
            env=kept | {"PYTHONPATH": os.pathsep.join(sys.path)},
            start_new_session=True,
        )
        os.close(their_end)
        os.close(their_other_end)
        os.set_blocking(self._to, False)
        os.set_blocking(self._from, False)
        self._left = _LONGEST_START
        self._receive()  # it says that it is ready

    def is_alive(self) -> bool:
        """Tell whether it can be asked."""
        return self._process.poll() is None

    def end(self) -> None:
        """End it, and whatever it has forked."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._to)
        os.close(self._from)

    def ask(self, task: Message, file: RangedFile | None, limits: Limits) -> Message:
        """Return the answer to a task, reading for it what it needs of the file.

        Time that passes while a range is read doesn't count: the client has limits of its own.

        Raises:
            _TooSlowError: its time is over.
            BrokenMessageError: it died, or answered with something else.
        """
        self._left = limits.seconds
        try:
            self._send(task)
            while "read" in (message := self._receive()).fields:
                if file is None:
                    raise BrokenMessageError
                self._send(_read(file, message))
        except TimeoutError:
            raise _TooSlowError(limits.seconds) from None
        budget = message.fields.get("budget")
        if file is not None and isinstance(budget, int):
            file.budget = min(budget, _MOST_BYTES)
        if message.fields.get("died") == signal.SIGXCPU:
            raise _TooSlowError(limits.processor_seconds)
        if "died" in message.fields:
            raise BrokenMessageError(_signal_name(message.fields["died"]))
        if "failed" in message.fields:
            raise BrokenMessageError(str(message.fields["failed"])[:_LONGEST_REASON])
        return message

    def _send(self, message: Message) -> None:
        data = memoryview(message.encode())
        while data:
            # If it has something to say before it has heard all of this, it has died.
            if self._wait(select.POLLOUT) & select.POLLIN:
                return
            with suppress(BlockingIOError):
                data = data[self._written(data) :]

    def _written(self, data: memoryview) -> int:
        try:
            return os.write(self._to, data)
        except BrokenPipeError:
            raise BrokenMessageError from None

    def _receive(self) -> Message:
        message = messages.receive(self._read_exactly)
        if message is None:
            raise BrokenMessageError
        return message

    def _read_exactly(self, length: int) -> bytes:
        parts: list[bytes] = []
        while length > 0:
            self._wait(0)
            part = os.read(self._from, min(length, _PIECE))
            if not part:
                break
            parts.append(part)
            length -= len(part)
        return b"".join(parts)

    def _wait(self, to: int) -> int:
        """Wait until it can be read from, or written to if that is asked; return which."""
        poll = select.poll()
        poll.register(self._from, select.POLLIN)
        if to:
            poll.register(self._to, to)
        began = time.monotonic()
        ready = poll.poll(max(0.0, self._left) * 1000)
        self._left -= time.monotonic() - began
        if not ready:
            raise TimeoutError
        return select.POLLIN if self._from in dict(ready) else to


def _read(file: RangedFile, message: Message) -> Message:
    wanted = messages.to_ranges(message, file.size)
    file.bytes_read += sum(length for _start, length in wanted)
    if file.bytes_read > _MOST_BYTES:
        raise BrokenMessageError
    parts = file.read_ranges(wanted)
    return Message({"lengths": [*map(len, parts)]}, b"".join(parts))


def _signal_name(number: object) -> str:
    return next((one.name for one in signal.Signals if one == number), "no answer")


_idle: list[_Process] = []


def _taken() -> _Process:
    """Return a process that nobody else uses."""
    while _idle:
        process = _idle.pop()
        if process.is_alive():
            return process
        process.end()
    return _Process()


@atexit.register
def end_all() -> None:
    """End the processes that wait for work."""
    while _idle:
        _idle.pop().end()
