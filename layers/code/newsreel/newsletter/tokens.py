"""Decides what an unsubscribe token holds, and that only the service can make one.

The token is ``<key id><base32>``: 26 bytes, of which 16 are the account id and 10 its HMAC-SHA-256.
It is stateless, never expires and can only end a subscription. All of it is lower case letters and
digits, because mail programs change the case of addresses; ``unsubscribe+<token>`` has 56
characters, and a local part may have 64 (RFC 5321, section 4.5.3.1.1).
"""

import base64
import binascii
import hashlib
import hmac

from newsreel.aws.keyring import Keyring

PURPOSE = "unsubscribe"
_ID_BYTES = 16
_TAG_BYTES = 10
_ENCODED = 42  # base 32 of 26 bytes, without padding
_PADDING = "=" * 6


def seal(account_id: str, keyring: Keyring) -> str:
    """Return the token that ends the newsletter of an account.

    Raises:
        ValueError: the account id is not 32 hex digits.
    """
    subject = bytes.fromhex(account_id)
    if len(subject) != _ID_BYTES:
        raise ValueError("an account id has 16 bytes")
    return keyring.current + _encode(subject + _tag(subject, keyring, keyring.current))


def unseal(token: str, keyring: Keyring) -> str | None:
    """Return the account id of a token in any case of letters, or None if it is none of ours."""
    lower = token.lower()
    key_id, encoded = lower[:-_ENCODED], lower[-_ENCODED:]
    if key_id not in keyring.keys:
        return None
    try:
        content = base64.b32decode((encoded + _PADDING).upper())
    except (binascii.Error, ValueError):  # ValueError: characters beyond ASCII
        return None
    subject, tag = content[:_ID_BYTES], content[_ID_BYTES:]
    # 42 characters carry 2 bits too many: only one spelling of each token counts.
    if _encode(content) != encoded:
        return None
    return subject.hex() if hmac.compare_digest(tag, _tag(subject, keyring, key_id)) else None


def _encode(content: bytes) -> str:
    return base64.b32encode(content).decode().rstrip("=").lower()


def _tag(subject: bytes, keyring: Keyring, key_id: str) -> bytes:
    digest = hmac.digest(keyring.derive(PURPOSE, key_id), subject, hashlib.sha256)
    return digest[:_TAG_BYTES]
