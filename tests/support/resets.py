"""Steps that tests of strangers share: resets that somebody starts, guesses at and follows."""

from collections.abc import Iterator
from typing import Any

from functions.password_reset import app as reset_app
from tests.support.accounts import Reply, call

VICTIM, NOBODY = "jane@example.org", "nobody@example.org"
HOME, STRANGE = "198.51.100.7", "203.0.113.9"
SHORT = "000000"
LONG = "0000000000"


def networks() -> Iterator[str]:
    """Yield one network after another."""
    for number in range(1, 60_000):
        yield f"10.{number >> 8}.{number & 255}.1"


def start(address: str = VICTIM, *, network: str = HOME, **more: Any) -> Reply:
    body = {"email": address}
    return call(reset_app, "POST", "/password-resets", body=body, source_ip=network, **more)


def step(flow: Reply, name: str, *, network: str = HOME, **body: str) -> Reply:
    return call(
        reset_app,
        "POST",
        f"/password-resets/{{reset_id}}/{name}",
        path={"reset_id": flow.json["reset_id"]},
        body=body or None,
        source_ip=network,
    )


def form(flow: Reply) -> str:
    return str(flow.json["code_format"])


def guess(flow: Reply, times: int = 1, code: str = SHORT) -> list[str]:
    return [step(flow, "verify", code=code).code for _ in range(times)]
