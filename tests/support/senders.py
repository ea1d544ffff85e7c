"""Domains that send mail to us: their DNS, and mails signed with their keys."""

import base64
import json
from functools import cache
from pathlib import Path
from typing import Any

import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

SELECTOR = "k1"
LOOPBACK_SENDS = "v=spf1 ip4:127.0.0.1 -all"
NOBODY_SENDS = "v=spf1 -all"
REJECT = "v=DMARC1; p=reject"


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_record() -> str:
    """The TXT record of the key that ``signed`` uses (RFC 6376, section 3.6.1)."""
    der = (
        _key()
        .public_key()
        .public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return f"v=DKIM1; k=rsa; p={base64.b64encode(der).decode()}"


def signed(raw: bytes, domain: str) -> bytes:
    """Return a mail with a signature of a domain over From, To and Subject."""
    pem = _key().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    names = [b"from", b"to", b"subject"]
    signature: bytes = dkim.sign(
        raw, SELECTOR.encode(), domain.encode(), pem, include_headers=names
    )
    return signature + raw


def domain_records(
    domain: str, *, spf: str | None = None, dmarc: str | None = None, keys: bool = False
) -> dict[str, Any]:
    """Return the records of a domain: what is None does not exist."""
    return {
        domain: {"TXT": [spf]} if spf else {},
        f"_dmarc.{domain}": {"TXT": [dmarc]} if dmarc else {},
        f"{SELECTOR}._domainkey.{domain}": {"TXT": [public_record()]} if keys else {},
    }


def add_records(zone_file: Path, records: dict[str, Any]) -> None:
    """Add names to a zone in one step, so that no reader sees half of it."""
    known = json.loads(zone_file.read_text(encoding="utf-8"))
    draft = zone_file.with_suffix(".draft")
    draft.write_text(json.dumps({**records, **known}), encoding="utf-8")
    draft.replace(zone_file)
