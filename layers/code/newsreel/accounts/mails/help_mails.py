"""Decides what a mail says to somebody who wrote to an address of ours that nobody reads."""

from newsreel.mail.dates import written_time
from newsreel.mail.inbound import Desk
from newsreel.mail.message import Block, Mail, SenderIdentity
from newsreel.texts import messages

_LEADS: dict[Desk, str] = {
    "codes": "help.lead.codes",
    "unsubscribe": "help.lead.other",
    "other": "help.lead.other",
}


def help_mail(desk: Desk, *, language: str, identity: SenderIdentity, due: int = 0) -> Mail:
    """Return the help mail; it quotes nothing of what it answers.

    ``due`` is when the next code may be asked for, where one was mailed a moment ago.
    """
    lead = "help.lead.early" if due else _LEADS[desk]

    def say(key: str) -> str:
        domain = identity.mail_domain
        return messages.text(
            language,
            "mail",
            key,
            organisation=identity.organisation,
            codes=f"codes@{domain}",
            unsubscribe=f"unsubscribe@{domain}",
            time=written_time(due),
        )

    return Mail(
        language=language,
        kind="help",
        subject=say("help.subject"),
        preheader=say("help.preheader"),
        heading=say("help.heading"),
        blocks=(
            Block("words", say(lead)),
            Block("words", say("help.code")),
            Block("words", say("help.newsletter")),
            Block("link", say("help.site"), identity.page(language)),
            Block("quiet", say("help.once")),
        ),
        footer="footer.answer",
    )
