"""Decides what the link "This was not me" of a mail holds, and that only the service can make one.

The token is ``<key id>.<base64url>``: which flow asked for the mail (none for a notice), the keyed
name of the address, when the mail was sent, and 16 bytes of HMAC-SHA-256 over all of it. It is
stateless and holds no address.
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass, field

from newsreel.accounts.codes import Purpose
from newsreel.aws.keyring import Keyring
from newsreel.policy import POLICY

_PURPOSE = "not me"
_PURPOSES: tuple[Purpose | None, ...] = (None, "registration", "password_reset", "email_change")
"""Their places are in tokens that were mailed: only ever added to."""
_WHO_BYTES = 16
_TIME_BYTES = 5
_TAG_BYTES = 16
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class NotMe:
    """What a link leads to."""

    who: str = field(repr=False)
    """The name of the address in the mail table."""
    sent_at: int
    purpose: Purpose | None = None
    """The purpose of the flow that asked for the mail; None for a notice."""
    flow_hash: str = field(default="", repr=False)


def seal(mail: NotMe, keyring: Keyring) -> str:
    """Return the token of a mail's link; ``who`` was named with the ring's current key."""
    content = (
        bytes([_PURPOSES.index(mail.purpose)])
        + bytes.fromhex(mail.who)
        + mail.sent_at.to_bytes(_TIME_BYTES)
        + bytes.fromhex(mail.flow_hash)
    )
    tag = _tag(content, keyring, keyring.current)
    return f"{keyring.current}.{_encode(content + tag)}"


def unseal(token: str, keyring: Keyring, *, now: int) -> NotMe | None:
    """Return what a token leads to, or None if it is none of ours, changed, or too old."""
    key_id, _, encoded = token[:_LONGEST].partition(".")
    if key_id not in keyring.keys:
        return None
    try:
        whole = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    except (binascii.Error, ValueError):  # ValueError: characters beyond ASCII
        return None
    content, tag = whole[:-_TAG_BYTES], whole[-_TAG_BYTES:]
    # Only one spelling of each token counts: the last characters carry bits too many.
    if _encode(whole) != encoded or not hmac.compare_digest(tag, _tag(content, keyring, key_id)):
        return None
    who_end = 1 + _WHO_BYTES
    time_end = who_end + _TIME_BYTES
    mail = NotMe(
        who=content[1:who_end].hex(),
        sent_at=int.from_bytes(content[who_end:time_end]),
        purpose=_PURPOSES[content[0]],
        flow_hash=content[time_end:].hex(),
    )
    return mail if now < mail.sent_at + POLICY.not_me.link_life else None


def _encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _tag(content: bytes, keyring: Keyring, key_id: str) -> bytes:
    key = keyring.derive(_PURPOSE, key_id)
    return hmac.digest(key, content, hashlib.sha256)[:_TAG_BYTES]
