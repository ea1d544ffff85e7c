"""Decides what a received mail asks for, or why it is dropped; the first rule that fits wins.

Rules 1 to 6 of eight; budgets (7) and what follows (8) need tables and stand with accounts.

==  ================  =============================================================================
1   infected, spam    SES's scanners: ``virus``, ``spam``
2   for whom          the envelope's recipients of ours: unsubscribe before codes before anything
3   token             ``unsubscribe+<token>@`` with a right token ends it, whoever sent it
4   automatic         what programs send gets no answer (RFC 3834, section 2): ``automatic``
5   sender            exactly one ``From`` with one address: else ``sender_unclear``
6   authentic         that address proved by DMARC, or by aligned SPF: else ``not_authentic``
==  ================  =============================================================================
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from newsreel.mail.header_block import HeaderBlock
from newsreel.mail.received import ReceivedMail, Verdicts
from newsreel.mail.sender_address import address_in

Desk: TypeAlias = Literal["unsubscribe", "codes", "other"]
"""Which of our addresses a mail is for."""
Reason: TypeAlias = Literal[
    "virus", "spam", "not_ours", "automatic", "sender_unclear", "not_authentic"
]

_DESKS: dict[str, Desk] = {"unsubscribe": "unsubscribe", "codes": "codes"}
_PRECEDENCES = frozenset({"bulk", "junk", "list", "auto_reply", "auto-reply"})
# Not X-Auto-Response-Suppress: Exchange puts it on the mails that people write.
_SENT_BY_PROGRAMS = ("x-autoreply", "x-autorespond", "x-loop")
_NOBODY = re.compile(
    r"(?:no|do-?not)[-_.]?reply|mailer-daemon|postmaster|(?:.*-)?bounces?(?:[-+_.=].*)?"
)
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,250}>")


@dataclass(frozen=True, slots=True)
class Dropped:
    """Nothing follows from the mail; the reason is counted."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class EndByToken:
    """The newsletter of the token's account ends."""

    account_id: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A proved sender asks something of one of our addresses; ``repr`` shows no address."""

    desk: Desk
    sender: str = field(repr=False)
    """The canonical address of ``From``."""
    language_tags: str = field(default="", repr=False)
    """What the mail says of its reader's languages, as an ``Accept-Language`` field."""
    in_reply_to: str = field(default="", repr=False)
    """The mail's ``Message-ID`` if it is well-formed, for an answer."""


Decision: TypeAlias = Dropped | EndByToken | Asked


@dataclass(frozen=True, slots=True)
class Rules:
    """What the decisions need besides the mail.

    ``canonicalise`` returns an address's canonical form or raises ``ValueError``; ``unseal``
    returns the account of a token or None.
    """

    domains: frozenset[str]
    """The domains that mail to us may name, in lower case."""
    canonicalise: Callable[[str], str]
    unseal: Callable[[str], str | None]


def decide(mail: ReceivedMail, headers: HeaderBlock, rules: Rules) -> Decision:
    """Return what a mail asks for, or why nothing follows from it."""
    ours = _our_local_parts(mail.recipients, rules.domains)
    unwanted = _unwanted(mail.verdicts, ours)
    if unwanted is not None:
        return Dropped(unwanted)
    account_id = _account_of_token(ours, rules)
    if account_id is not None:
        return EndByToken(account_id)
    sender = _sender(headers, rules)
    if is_automatic(headers, mail.envelope_sender, sender, rules.domains):
        return Dropped("automatic")
    if sender is None:
        return Dropped("sender_unclear")
    if not is_authentic(mail.verdicts, _domain(mail.envelope_sender), _domain(sender)):
        return Dropped("not_authentic")
    message_id = headers.first("message-id")
    return Asked(
        _desk(ours),
        sender,
        language_tags=headers.first("accept-language") or headers.first("content-language"),
        in_reply_to=message_id if _MESSAGE_ID.fullmatch(message_id) else "",
    )


def _unwanted(verdicts: Verdicts, ours: list[str]) -> Reason | None:
    if verdicts.virus == "FAIL":
        return "virus"
    if verdicts.spam == "FAIL":
        return "spam"
    return None if ours else "not_ours"


def _account_of_token(ours: list[str], rules: Rules) -> str | None:
    for local_part in ours:
        name, _, token = local_part.partition("+")
        account_id = rules.unseal(token) if name == "unsubscribe" and token else None
        if account_id is not None:
            return account_id
    return None


def is_automatic(
    headers: HeaderBlock, envelope_sender: str, sender: str | None, domains: frozenset[str]
) -> bool:
    """Tell whether a program sent a mail, or nobody reads what its sender gets.

    Sources: RFC 3834, sections 2 and 5; RFC 3464 for reports; RFC 2919 and 2369 for lists.
    """
    submitted = (_first_word(value) for value in headers.values("auto-submitted"))
    precedence = (value.lower() for value in headers.values("precedence"))
    return (
        not envelope_sender
        or any(word != "no" for word in submitted)
        or any(word in _PRECEDENCES for word in precedence)
        or headers.has_any("list-")
        or any(headers.values(name) for name in _SENT_BY_PROGRAMS)
        or any(_first_word(kind) == "multipart/report" for kind in headers.values("content-type"))
        or any(
            _is_nobody(address, domains) for address in (envelope_sender.lower(), sender) if address
        )
    )


def is_authentic(verdicts: Verdicts, envelope_domain: str, sender_domain: str) -> bool:
    """Tell whether ``From`` is proved: by DMARC, or where its domain has no DMARC, by aligned SPF.

    A DKIM or SPF pass alone proves somebody else's domain.
    """
    if verdicts.dmarc == "PASS":
        return True
    aligned = verdicts.spf == "PASS" and envelope_domain == sender_domain
    return verdicts.dmarc == "GRAY" and aligned


def _our_local_parts(recipients: tuple[str, ...], domains: frozenset[str]) -> list[str]:
    lower = [recipient.lower() for recipient in recipients]
    return [one.rpartition("@")[0] for one in lower if _domain(one) in domains]


def _desk(local_parts: list[str]) -> Desk:
    asked = {_DESKS.get(one.partition("+")[0], "other") for one in local_parts}
    ranked: tuple[Desk, ...] = ("unsubscribe", "codes", "other")
    return next(desk for desk in ranked if desk in asked)


def _sender(headers: HeaderBlock, rules: Rules) -> str | None:
    fields = headers.values("from")
    written = address_in(fields[0]) if len(fields) == 1 else None
    if written is None:
        return None
    try:
        return rules.canonicalise(written)
    except ValueError:
        return None


def _is_nobody(address: str, domains: frozenset[str]) -> bool:
    local_part, _, domain = address.rpartition("@")
    own = any(domain == one or domain.endswith(f".{one}") for one in domains)
    return own or _NOBODY.fullmatch(local_part or domain) is not None


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()


def _first_word(value: str) -> str:
    """Return what stands before a parameter or a comment, in lower case."""
    return re.split(r"[;(]", value, maxsplit=1)[0].strip().lower()
