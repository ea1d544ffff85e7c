"""SES as a test wants it: refusing every mail, or the next ones, with AWS's own words."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.client import BaseClient
from botocore.exceptions import ClientError


@contextmanager
def refusing(
    code: str, sentence: str = "", *, status: int = 400, times: int | None = None
) -> Iterator[list[dict[str, Any]]]:
    """Let SES refuse mails, all or the next ``times``; yields what it was asked for."""
    call = BaseClient._make_api_call  # type: ignore[attr-defined]
    asked: list[dict[str, Any]] = []

    def make(client: BaseClient, operation: str, values: dict[str, Any]) -> Any:
        if operation != "SendRawEmail":
            return call(client, operation, values)
        asked.append(values)
        if times is not None and len(asked) > times:
            return call(client, operation, values)
        # SES quotes the addressee.
        quoted = f"{sentence} {values['Destinations'][0]}".strip()
        response = {
            "Error": {"Code": code, "Message": quoted},
            "ResponseMetadata": {"HTTPStatusCode": status},
        }
        raise ClientError(response, operation)  # type: ignore[arg-type]

    BaseClient._make_api_call = make  # type: ignore[attr-defined]
    try:
        yield asked
    finally:
        BaseClient._make_api_call = call  # type: ignore[attr-defined]
