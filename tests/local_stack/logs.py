"""Everything that the running stack writes down while it works."""

from collections.abc import Iterator

from infra.local.function_logs import logged
from infra.local.paths import LOGS, Stack


def all_logs(stack: Stack) -> Iterator[str]:
    """Yield every line of every log group, and every log file of the processes behind it."""
    for line in logged(stack):
        yield f"{line.source}: {line.message}"
    for path in LOGS.glob("*.log"):
        yield path.read_text(encoding="utf-8", errors="replace")
