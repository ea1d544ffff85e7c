"""Decides what the link is that undoes a change of address: derived like a code, and never stored.

A token is the account's id and 256 bits: an HMAC over the account and the flow that changed its
address. Only mails to the address before carry it.
"""

import base64
import hashlib
import hmac
import re

from newsreel.accounts.credential_records import EmailUndo
from newsreel.aws.keyring import Keyring

_TOKEN = re.compile(r"([0-9a-f]{32})\.[A-Za-z0-9_-]{43}")


def token_of(keyring: Keyring, undo: EmailUndo) -> str:
    """Return the token that undoes a change.

    Raises:
        KeyError: its key was rotated out.
    """
    message = f"{undo.account_id}\x1f{undo.change}".encode()
    digest = hmac.digest(keyring.derive("undo links", undo.key_id), message, hashlib.sha256)
    secret = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    return f"{undo.account_id}.{secret}"


def account_of(token: str) -> str | None:
    """Return the account that a token names, whether or not it is right; None for no token."""
    parts = _TOKEN.fullmatch(token)
    return None if parts is None else parts[1]


def is_right(keyring: Keyring, undo: EmailUndo, token: str) -> bool:
    """Compare a token in constant time."""
    if undo.key_id not in keyring.keys:
        return False
    return hmac.compare_digest(token.encode(), token_of(keyring, undo).encode())
