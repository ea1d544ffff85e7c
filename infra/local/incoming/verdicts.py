"""Decides SES's five verdicts on a mail, by real SPF, DKIM and DMARC checks against the local zone.

How SES grades (developer guide, "Contents of notifications"): PASS, FAIL, and GRAY where there is
nothing to check. Spam is what holds GTUBE, a virus what holds EICAR's test file.
"""

import email.utils
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeAlias

import spf
from authheaders.dmarc_lookup import DMARCException, get_org_domain, lookup_receiver_record
from dkim import DKIM, DKIMException

from infra.local.incoming.zone import Zone

Grade: TypeAlias = Literal["PASS", "FAIL", "GRAY", "PROCESSING_FAILED"]

# https://spamassassin.apache.org/gtube/ and https://www.eicar.org/download-anti-malware-testfile/,
# in two halves, so that no scanner takes this file for one.
GTUBE = b"XJS*C4JDBQADN1.NSBN3*2IDNEN*" + b"GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
_MOST_SIGNATURES = 5
_SPF_GRADES: dict[str, Grade] = {
    "pass": "PASS",
    "fail": "FAIL",
    "softfail": "FAIL",
    "permerror": "FAIL",
    "none": "GRAY",
    "neutral": "GRAY",
    "temperror": "PROCESSING_FAILED",
}


@dataclass(frozen=True, slots=True)
class Handover:
    """Who handed a mail over: the client's address and name, and the envelope's sender."""

    client: str
    greeting: str
    sender: str


def judge(raw: bytes, handover: Handover, zone: Zone) -> dict[str, Grade]:
    """Return the verdicts by name: spam, virus, spf, dkim, dmarc."""
    sent_by = _spf(handover, zone)
    signatures = list(_signers(raw, zone))
    signed_by = [domain for domain, right in signatures if right]
    dkim: Grade = "PASS" if signed_by else "FAIL" if signatures else "GRAY"
    domain = handover.sender.rpartition("@")[2].lower()
    proved = [*signed_by, *([domain] if sent_by == "PASS" else [])]
    return {
        "spam": "FAIL" if GTUBE in raw else "PASS",
        "virus": "FAIL" if EICAR in raw else "PASS",
        "spf": sent_by,
        "dkim": dkim,
        "dmarc": _dmarc(raw, proved, zone),
    }


def _spf(handover: Handover, zone: Zone) -> Grade:
    def look_up(name: str, kind: str, *_: object) -> list[tuple[tuple[str, str], object]]:
        found = zone.records(name, kind)
        if kind == "TXT":
            return [((name, kind), (text.encode(),)) for text in found]
        return [((name, kind), text) for text in found]

    spf.DNSLookup = look_up
    result, _ = spf.check2(i=handover.client, s=handover.sender, h=handover.greeting)
    return _SPF_GRADES[result]


def _signers(raw: bytes, zone: Zone) -> Iterator[tuple[str, bool]]:
    """Return the domain of each signature, and whether it is right."""

    def look_up(name: bytes, timeout: int = 5) -> bytes | None:  # noqa: ARG001 (dkimpy's name)
        text = zone.text(name.decode())
        return text.encode() if text else None

    for place in range(_MOST_SIGNATURES):
        signature = DKIM(raw)
        if place >= sum(name.lower() == b"dkim-signature" for name, _ in signature.headers):
            return
        try:
            right = bool(signature.verify(idx=place, dnsfunc=look_up))
        except (DKIMException, ValueError, KeyError):
            right = False
        yield signature.signature_fields.get(b"d", b"").decode("ascii", "replace").lower(), right


def _dmarc(raw: bytes, proved: list[str], zone: Zone) -> Grade:
    """Grade by RFC 7489, section 6.6; several authors or none fail (section 6.6.1)."""
    fields = [value for name, value in DKIM(raw).headers if name.lower() == b"from"]
    authors = email.utils.getaddresses([value.decode("latin-1") for value in fields])
    domains = {address.rpartition("@")[2].lower() for _, address in authors}
    if len(fields) != 1 or len(domains) != 1 or "" in domains:
        return "FAIL"
    (domain,) = domains
    try:
        record = lookup_receiver_record(domain, dnsfunc=zone.text)
        if not record:
            record = lookup_receiver_record(_org_domain(domain), dnsfunc=zone.text)
    except DMARCException:
        return "FAIL"
    if not record:
        return "GRAY"
    aligned = any(_org_domain(one) == _org_domain(domain) for one in proved)
    return "PASS" if aligned else "FAIL"


@cache
def _org_domain(domain: str) -> str:
    """Return the organisational domain; an ending that no list has is a public one by itself.

    That is the list's own rule (https://github.com/publicsuffix/list/wiki/Format), which
    authheaders leaves out: to it ``one.test`` and ``other.test`` are the same organisation.
    """
    found: str = get_org_domain(domain)
    return found if "." in found else ".".join(domain.split(".")[-2:])
