"""All that a function writes while a test looks: what is logged, printed, and would be at DEBUG."""

import io
import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import reload

import newsreel

# They stand where AWS is, and log what it gets.
_AWS_ITSELF = ("moto", "responses")


@dataclass
class CapturedOutput:
    """What was written so far."""

    read: Callable[[], str]
    """Returns what was printed since it was last asked."""
    lines: io.StringIO = field(default_factory=io.StringIO)
    """Our own log."""
    printed: list[str] = field(default_factory=list)
    records: list[logging.LogRecord] = field(default_factory=list)
    raised: list[BaseException] = field(default_factory=list)

    def texts(self) -> Iterator[str]:
        """Yield everything: lines, and all that the records hold, arguments and extras too."""
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
        """Start anew."""
        self.lines.seek(0)
        self.lines.truncate()
        self.printed.clear()
        self.records.clear()
        self.raised.clear()


@contextmanager
def capture_output(read: Callable[[], str]) -> Iterator[CapturedOutput]:
    """Collect what is written meanwhile, at the lowest level that a deployment can be set to."""
    written = CapturedOutput(read)
    make = logging.getLogRecordFactory()
    root, own = logging.getLogger(), logging.getLogger("newsreel")
    levels = root.level, own.level
    streams = [(handler, handler.stream) for handler in own.handlers]  # type: ignore[attr-defined]

    def keep(*values: object, **more: object) -> logging.LogRecord:
        record = make(*values, **more)
        if not record.name.startswith(_AWS_ITSELF):
            written.records.append(record)
        return record

    logging.setLogRecordFactory(keep)
    # As Lambda does for LogLevel=DEBUG before it loads a function; then the function loads. What
    # that changes is levels, which a test finds put back.
    root.setLevel(logging.DEBUG)
    reload(newsreel)
    own.setLevel(logging.DEBUG)
    for handler, _ in streams:
        handler.setStream(written.lines)  # type: ignore[attr-defined]
    try:
        yield written
    finally:
        logging.setLogRecordFactory(make)
        root.setLevel(levels[0])
        own.setLevel(levels[1])
        for handler, stream in streams:
            handler.setStream(stream)  # type: ignore[attr-defined]
