"""Decides what a download link's token contains; nobody else can read or change it.

The token is ``<key id>.<base64url>`` of a NaCl secret box (XSalsa20-Poly1305): encrypted, because
it names an account; authenticated, because nothing else proves that a link is genuine.
"""

import base64
import binascii
import json
import re
from dataclasses import asdict, dataclass

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from newsreel.aws.keyring import Keyring

LIFE = 7 * 24 * 3600
"""Seconds for which a link works."""

PURPOSE = "download-link"
_TOKEN = re.compile(r"(?P<key_id>[A-Za-z0-9_-]{1,16})\.(?P<box>[A-Za-z0-9_-]{40,1200})")


class BrokenTokenError(ValueError):
    """The token was not made by this service, or was changed afterwards."""


@dataclass(frozen=True, slots=True)
class Link:
    """The content of a link; times in seconds since 1970, ``etag`` as S3 writes it."""

    account_id: str
    epoch: int
    video_id: str
    rendition_id: str
    version_id: str
    etag: str
    expires_at: int
    link_id: str
    terms_version: str | None = None
    key_hash: str = ""
    """The access key that made the link, and ends it; empty if a person did."""


def seal(link: Link, keyring: Keyring) -> str:
    """Return a link's token."""
    told = {name: value for name, value in asdict(link).items() if name != "key_hash" or value}
    text = json.dumps(told, separators=(",", ":")).encode()
    box = SecretBox(keyring.derive(PURPOSE)).encrypt(text)
    return f"{keyring.current}.{base64.urlsafe_b64encode(box).decode().rstrip('=')}"


def unseal(token: str, keyring: Keyring) -> Link:
    """Return the content of a token; ``link_check`` decides whether the link is still valid.

    Raises:
        BrokenTokenError: the token is not one of ours.
    """
    parts = _TOKEN.fullmatch(token)
    if parts is None:
        raise BrokenTokenError
    text = parts["box"]
    try:
        box = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        key = keyring.derive(PURPOSE, parts["key_id"])
        return Link(**json.loads(SecretBox(key).decrypt(box)))
    except (binascii.Error, KeyError, CryptoError, ValueError, TypeError):
        raise BrokenTokenError from None
