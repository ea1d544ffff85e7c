"""The transports that tests use: the handlers in this process, or HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class Response:
    """A response to a request."""

    status: int
    headers: Mapping[str, str]
    """Headers by their names in title case."""
    text: str


class Transport(Protocol):
    """A transport to the service."""

    def call(self, case: Any, headers: dict[str, str]) -> Any:
        """Send a case of schemathesis and return its response."""

    def open(
        self, method: str, path: str, *, query: Any, headers: dict[str, str], body: bytes
    ) -> Response:
        """Send a request unchanged; ``path`` is quoted."""
