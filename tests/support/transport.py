"""The ways to the service that tests take: through the handlers in this process, or over HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class Response:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    """By their names in title case."""
    text: str


class Transport(Protocol):
    """The way to the service."""

    def call(self, case: Any, headers: dict[str, str]) -> Any:
        """Send a case of schemathesis and return its response."""

    def open(
        self, method: str, path: str, *, query: Any, headers: dict[str, str], body: bytes
    ) -> Response:
        """Send a request as it stands; ``path`` is quoted."""
