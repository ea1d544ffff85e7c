"""Decides whether mail will go out and arrive: SES's sandbox and identities, and what DNS says."""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

import dns.exception
import dns.resolver

from tools.preflight.asking import Aws, NotThereError
from tools.preflight.lines import Line
from tools.preflight.stage import Stage

LookUp: TypeAlias = Callable[[str, str], list[str]]
"""Returns a name's records of a type; an empty list if there are none."""


_NEARLY = 0.8
_FOR_EDITIONS = 0.7
"""Of what SES allows a second, an edition takes no more: codes go first."""


class NoDnsError(Exception):
    """DNS gives no answer."""


def look_up(name: str, kind: str) -> list[str]:
    """Ask this machine's resolver.

    Raises:
        NoDnsError: it does not answer.
    """
    try:
        found = dns.resolver.resolve(name, kind, lifetime=5)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except dns.exception.DNSException:
        raise NoDnsError from None
    return [str(one).strip('"').rstrip(".") for one in found]


def sandbox(aws: Aws, stage: Stage) -> Iterator[Line]:
    """Say whether SES sends to everybody, and how much."""
    if not stage.mail_domains:
        return
    account = aws.ask("sesv2", "GetAccount")
    quota = account.get("SendQuota", {})
    much = f"{quota.get('Max24HourSend', 0):,.0f} mails a day, {quota.get('MaxSendRate', 0):.0f}/s"
    if not account.get("SendingEnabled", True) or account.get("EnforcementStatus") == "SHUTDOWN":
        to_do = "Answer the mail that AWS sent to the account's owner."
        yield Line("SES", "stop", "sending is paused", to_do)
    elif not account.get("ProductionAccessEnabled"):
        to_do = "Ask for production access: docs/mail.md#out-of-the-sandbox. It takes about a day."
        yield Line("SES", "look", f"sandbox: only to proved addresses; {much}", to_do)
    else:
        yield _quota(stage, quota, much)


def _quota(stage: Stage, quota: Mapping[str, float], much: str) -> Line:
    a_day, rate = quota.get("Max24HourSend", 0.0), quota.get("MaxSendRate", 0.0)
    sent = quota.get("SentLast24Hours", 0.0)
    wanted = float(stage.of("NewsletterRate", "7"))
    ask_for = "Ask for more in SES's console, days before it is needed."
    if a_day > 0 and sent > a_day * _NEARLY:
        return Line("SES", "look", f"{much}; {sent:.0f} were sent in the last 24 hours", ask_for)
    if rate * _FOR_EDITIONS < wanted:
        slower = f"; an edition goes out at {rate * _FOR_EDITIONS:.1f}/s, and not at {wanted:.0f}"
        return Line("SES", "look", much + slower, ask_for)
    return Line("SES", "ok", much)


def identities(aws: Aws, stage: Stage) -> Iterator[Line]:
    """Say how each mail domain stands in SES."""
    if not stage.mail_domains:
        return
    ours = _made_by(aws, stage)
    for domain in stage.mail_domains:
        try:
            found = aws.ask("sesv2", "GetEmailIdentity", EmailIdentity=domain)
        except NotThereError:
            yield _missing(domain, stage)
            continue
        takes = stage.of("MailIdentities", "create") == "existing"
        if not takes and not ours:
            to_do = (
                f'Set MailIdentities = "existing" under {stage.name}, or take another subdomain.'
            )
            yield Line(domain, "stop", "SES has this domain already: creation would fail", to_do)
            continue
        yield from _proved(domain, found)


def _missing(domain: str, stage: Stage) -> Line:
    if stage.of("MailIdentities", "create") == "existing":
        to_do = "Make it in SES, or set MailIdentities to create."
        return Line(domain, "stop", "expected in SES, and not there", to_do)
    to_do = "Put its records into DNS after the deployment: docs/mail.md#domains."
    return Line(domain, "ok", "not in SES yet; the deployment makes it", to_do)


def _proved(domain: str, found: object) -> Iterator[Line]:
    told = found if isinstance(found, dict) else {}
    dkim = str(told.get("DkimAttributes", {}).get("Status", "NOT_STARTED"))
    mail_from = told.get("MailFromAttributes", {})
    to_do = "Put the three CNAMEs of docs/mail.md#domains into DNS; it takes up to 72 hours."
    if dkim == "SUCCESS":
        yield Line(f"DKIM of {domain}", "ok", "proved")
    else:
        yield Line(f"DKIM of {domain}", "look", dkim.lower().replace("_", " "), to_do)
    status = str(mail_from.get("MailFromDomainStatus", "none"))
    if status == "SUCCESS":
        yield Line(f"MAIL FROM of {domain}", "ok", str(mail_from.get("MailFromDomain")))
    else:
        to_do = f"Put MX and SPF of bounce.{domain} into DNS: docs/mail.md#domains."
        yield Line(f"MAIL FROM of {domain}", "look", status.lower(), to_do)


def _made_by(aws: Aws, stage: Stage) -> bool:
    """Tell whether the stack has a part that made the domain's identity."""
    try:
        aws.ask(
            "cloudformation",
            "DescribeStackResource",
            StackName=stage.stack,
            LogicalResourceId="Mail",
        )
    except NotThereError:
        return False
    return True


def dns_records(_aws: Aws, stage: Stage, *, look: LookUp = look_up) -> Iterator[Line]:
    """Say what DNS says of the mail domains: DMARC, and where mail to them goes."""
    try:
        for domain in stage.mail_domains:
            yield from _dmarc(domain, look)
            yield from _mail_from(domain, look)
        if stage.of("InboundMail") == "yes" and stage.mail_domains:
            yield _incoming(stage, look)
    except NoDnsError:
        yield Line("DNS", "unseen", "no answer from this machine's resolver", "Try again.")


def _dmarc(domain: str, look: LookUp) -> Iterator[Line]:
    what = f"DMARC of {domain}"
    parents = domain.split(".")
    # A subdomain without a record of its own follows its organisation's (RFC 7489, section 6.6.3).
    for start in range(max(1, len(parents) - 1)):
        name = "_dmarc." + ".".join(parents[start:])
        records = [one for one in look(name, "TXT") if one.lower().startswith("v=dmarc1")]
        if records:
            yield Line(what, "ok", f"{name}: {records[0]}")
            return
    to_do = f'Add TXT _dmarc.{domain} "v=DMARC1; p=none; …": docs/mail.md#domains.'
    yield Line(what, "look", "none: some providers refuse such mail", to_do)


def _mail_from(domain: str, look: LookUp) -> Iterator[Line]:
    name = f"bounce.{domain}"
    records = look(name, "MX")
    strange = [one for one in records if not one.endswith(".amazonses.com")]
    if strange:
        to_do = f"{name} may point to feedback-smtp.<region>.amazonses.com alone."
        yield Line(f"MX of {name}", "stop", f"points elsewhere: {strange[0]}", to_do)


def _incoming(stage: Stage, look: LookUp) -> Line:
    domain = stage.of("MailDomain")
    wanted = f"inbound-smtp.{stage.region}.amazonaws.com"
    records = look(domain, "MX")
    if any(not one.endswith(wanted) for one in records):
        to_do = "Somebody receives mail there. Take another subdomain, or move its mail first."
        return Line(f"MX of {domain}", "stop", f"points elsewhere: {records[0]}", to_do)
    if not records:
        to_do = f"Add MX {domain} 10 {wanted} after the deployment."
        return Line(f"MX of {domain}", "look", "none: no mail to us arrives", to_do)
    return Line(f"MX of {domain}", "ok", records[0])


def receipt_rules(aws: Aws, stage: Stage) -> Iterator[Line]:
    """Say whether SES's one active rule set is somebody else's."""
    if stage.of("InboundMail") != "yes":
        return
    active = aws.ask("ses", "DescribeActiveReceiptRuleSet").get("Metadata", {}).get("Name")
    wanted, what = stage.of("InboundRuleSet"), "Receipt rule set"
    if active and active != wanted and stage.stack not in str(active):
        to_do = f'Set InboundRuleSet = "{active}" under {stage.name}: only one can be active.'
        yield Line(what, "stop", f"{active} is active", to_do)
    elif not active:
        to_do = "Activate the stack's after the deployment: docs/incoming-mail.md#switch-it-on."
        yield Line(what, "look", "none is active", to_do)
    else:
        yield Line(what, "ok", f"{active} is active")
