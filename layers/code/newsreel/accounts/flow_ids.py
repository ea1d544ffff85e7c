"""Decides a flow's id: 128 random bits, or the same ones again for a start that is repeated."""

import hashlib
import hmac
import secrets
from typing import NamedTuple

from newsreel.accounts.records import IdempotencyMarker
from newsreel.aws.keyring import Keyring
from newsreel.policy import POLICY

_FLOW_ID_BYTES = 16


class FlowId(NamedTuple):
    """The source of a flow's id: randomness, or an Idempotency-Key together with its body."""

    flow_id: str
    marker: IdempotencyMarker | None = None


def flow_hash(flow_id: str) -> str:
    """Return the SHA-256 of a flow id in hex."""
    return hashlib.sha256(flow_id.encode("utf-8", "surrogatepass")).hexdigest()


def new_flow_id(keyring: Keyring, *, now: int, repeat_key: str | None, body: str) -> FlowId:
    """Return the id of a new flow.

    With an Idempotency-Key the id can be recomputed from the key, the body and a stored nonce. All
    three are needed, so a reader of the table alone learns no flow id.
    """
    if repeat_key is None:
        return FlowId(secrets.token_urlsafe(_FLOW_ID_BYTES))
    message = message_of(repeat_key, body)
    marker_hash = marker_hash_of(keyring, message)
    nonce = secrets.token_hex(_FLOW_ID_BYTES)
    marker = IdempotencyMarker(
        marker_hash=marker_hash,
        nonce=nonce,
        started_at=now,
        forget_at=now + POLICY.code.idempotency_life,
    )
    return FlowId(repeatable_id(keyring, message, nonce), marker)


def marker_hash_of(keyring: Keyring, message: bytes) -> str:
    """Return what names the marker of a start that may be repeated."""
    return hmac.digest(keyring.derive("idempotency"), message, hashlib.sha256).hex()


def message_of(repeat_key: str, body: str) -> bytes:
    """Return a start's key and body as one text."""
    return f"{repeat_key}\x1f{body}".encode()


def repeatable_id(keyring: Keyring, message: bytes, nonce: str) -> str:
    """Return the id of a flow whose start may be repeated."""
    digest = hmac.digest(
        keyring.derive("flow ids"), message + b"\x1f" + nonce.encode(), hashlib.sha256
    )
    return digest[:_FLOW_ID_BYTES].hex()
