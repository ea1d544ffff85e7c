"""Looks into files on behalf of another process, each in a process of its own that may be killed.

Run as ``python -m newsreel.media.look``, without credentials: it reads what it needs by asking the
other side. The libraries are loaded once; each file gets a fork, so that none inherits what another
left behind, and none can run longer than its limit of processor time.
"""

import os
import resource
from collections.abc import Sequence

from newsreel.catalogue.findings import RejectedError
from newsreel.media import messages, poster
from newsreel.media.messages import Message
from newsreel.media.probe import probe
from newsreel.media.ranged_file import Range, RangedFile

_FROM, _TO = 0, 1
_AT_ONCE = 256
"""Ranges that are asked for in one message."""


def main() -> None:
    """Answer one task after another until there are no more."""
    _write(Message({"ready": True}))
    while (task := messages.receive(_read)) is not None:
        child = os.fork()
        if child == 0:
            _work(task)
        _child, status = os.waitpid(child, 0)
        if status:
            code = os.waitstatus_to_exitcode(status)
            _write(Message({"died": -code if code < 0 else 0}))


def _work(task: Message) -> None:
    """Do one task, and end; whatever fails ends this process alone."""
    seconds = _number(task, "processor_seconds")
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        answer = _answer(task)
    except RejectedError as refusal:
        answer = messages.of_refusal(refusal)
    except Exception as error:  # noqa: BLE001 - one file must not cost another; its name alone is told
        answer = Message({"failed": type(error).__name__})
    _write(answer)
    os._exit(0)


def _answer(task: Message) -> Message:
    wanted = task.fields["task"]
    if wanted == "poster_from_jpeg":
        return messages.of_posters(poster.from_jpeg(task.body))
    size, budget = _number(task, "size"), _number(task, "budget")
    file = RangedFile(_read_range, size, budget, read_ranges=_read_ranges)
    look = messages.of_facts(probe(file)) if wanted == "probe" else _posters(file)
    return Message({**look.fields, "budget": file.budget}, look.body)


def _posters(file: RangedFile) -> Message:
    return messages.of_posters(poster.from_video(file))


def _number(task: Message, name: str) -> int:
    value = task.fields[name]
    return value if isinstance(value, int) else 0


def _read_range(start: int, length: int) -> bytes:
    return _read_ranges([(start, length)])[0]


def _read_ranges(ranges: Sequence[Range]) -> list[bytes]:
    parts: list[bytes] = []
    for first in range(0, len(ranges), _AT_ONCE):
        wanted = ranges[first : first + _AT_ONCE]
        _write(Message({"read": [*map(list, wanted)]}))
        answer = messages.receive(_read)
        lengths = answer.fields["lengths"] if answer else None
        if answer is None or not isinstance(lengths, list):
            raise messages.BrokenMessageError
        position = 0
        for length in lengths:
            parts.append(answer.body[position : position + length])
            position += length
    return parts


def _read(length: int) -> bytes:
    parts: list[bytes] = []
    while length > 0 and (part := os.read(_FROM, min(length, 1 << 20))):
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def _write(message: Message) -> None:
    data = memoryview(message.encode())
    while data:
        data = data[os.write(_TO, data) :]


if __name__ == "__main__":
    main()
