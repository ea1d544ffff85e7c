"""Captures all that a function writes during a test: logs, prints, and lines at DEBUG level."""

import io
import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import reload

import newsreel

# The loggers of test doubles for AWS, which log what AWS would receive.
_AWS_ITSELF = ("moto", "responses")


@dataclass
class CapturedOutput:
    """All text written so far."""

    read: Callable[[], str]
    """Returns the text printed since the last call."""
    lines: io.StringIO = field(default_factory=io.StringIO)
    """The service's own log."""
    printed: list[str] = field(default_factory=list)
    records: list[logging.LogRecord] = field(default_factory=list)
    raised: list[BaseException] = field(default_factory=list)

    def texts(self) -> Iterator[str]:
        """Yield all texts: lines, and everything in the records, arguments and extras too."""
        self.printed.append(self.read())
        yield from self.printed
        yield from self.lines.getvalue().splitlines()
        for record in self.records:
            yield repr(vars(record))
            if record.exc_info:
                yield "".join(traceback.format_exception(*record.exc_info))
        for error in self.raised:
            # Lambda prints what a handler raises.
            yield "".join(traceback.format_exception(error))

    def forget(self) -> None:
        """Start again with nothing captured."""
        self.lines.seek(0)
        self.lines.truncate()
        self.printed.clear()
        self.records.clear()
        self.raised.clear()


@contextmanager
def capture_output(read: Callable[[], str]) -> Iterator[CapturedOutput]:
    """Capture everything written during the block, at the lowest level that can be deployed."""
    captured = CapturedOutput(read)
    make = logging.getLogRecordFactory()
    root, own = logging.getLogger(), logging.getLogger("newsreel")
    levels = root.level, own.level
    streams = [(handler, handler.stream) for handler in own.handlers]  # type: ignore[attr-defined]

    def keep(*values: object, **more: object) -> logging.LogRecord:
        record = make(*values, **more)
        if not record.name.startswith(_AWS_ITSELF):
            captured.records.append(record)
        return record

    logging.setLogRecordFactory(keep)
    # Lambda sets this level for LogLevel=DEBUG before it loads a function; the function loads
    # after. Levels are restored at the end of the block.
    root.setLevel(logging.DEBUG)
    reload(newsreel)
    own.setLevel(logging.DEBUG)
    for handler, _ in streams:
        handler.setStream(captured.lines)  # type: ignore[attr-defined]
    try:
        yield captured
    finally:
        logging.setLogRecordFactory(make)
        root.setLevel(levels[0])
        own.setLevel(levels[1])
        for handler, stream in streams:
            handler.setStream(stream)  # type: ignore[attr-defined]
