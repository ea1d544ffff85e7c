"""Decides what the mails of a flow say: the code, or that there is an account, or none."""

from newsreel.accounts import codes
from newsreel.accounts.credential_records import EmailUndo
from newsreel.accounts.records import Flow
from newsreel.mail.dates import written_date, written_time
from newsreel.mail.message import Block, Mail, SenderIdentity
from newsreel.policy import POLICY
from newsreel.texts import messages


def code_mail(flow: Flow, code: str, identity: SenderIdentity) -> Mail:
    """Return the mail that carries a code, with its absolute expiry and time zone."""
    say = _Teller(flow, identity)
    expires = flow.issued_at + POLICY.code.life
    expiry = "code.expires.first" if flow.issue == flow.form_since else "code.expires"
    shown = codes.shown(code)
    return Mail(
        language=flow.language,
        kind=flow.purpose,
        subject=say("code.subject", code=shown),
        preheader=say("code.preheader", code=shown, expires=written_time(expires)),
        heading=say("code.heading"),
        blocks=(
            Block("words", say(f"code.{flow.purpose}.lead")),
            Block("words", say(f"code.{flow.purpose}.{flow.form}.how")),
            Block("code", codes.spelled(code)),
            Block(
                "words",
                say(
                    expiry,
                    expires=written_time(expires),
                    expires_date=written_date(expires, flow.language),
                ),
            ),
            *say.which(),
            Block("quiet", say(f"code.{flow.purpose}.not_you")),
        ),
    )


def account_exists_mail(flow: Flow, identity: SenderIdentity) -> Mail:
    """Return the mail that a registration sends to an address that has an account."""
    say = _Teller(flow, identity)
    return Mail(
        language=flow.language,
        kind=flow.purpose,
        subject=say("known.subject"),
        preheader=say("known.preheader"),
        heading=say("known.heading"),
        blocks=(
            Block("words", say(f"known.{flow.purpose}.lead")),
            Block("words", say("known.how")),
            Block("link", say("known.log_in"), identity.page(flow.language, "#log-in")),
            Block("link", say("known.reset"), identity.page(flow.language, "#reset")),
            *say.which(),
            Block("quiet", say("known.not_you")),
        ),
    )


def held_mail(flow: Flow, undo: EmailUndo, token: str, identity: SenderIdentity) -> Mail:
    """Return the mail to an address that an account had before, as long as it can be undone.

    It carries the undo link once more: the notice with it may be lost.
    """
    say = _Teller(flow, identity)
    until, until_date = written_time(undo.until), written_date(undo.until, flow.language)
    return Mail(
        language=flow.language,
        kind=flow.purpose,
        subject=say("held.subject"),
        preheader=say("held.preheader"),
        heading=say("held.heading"),
        blocks=(
            Block("words", say("held.lead")),
            Block("words", say("held.not_you", until=until, until_date=until_date)),
            Block("link", say("held.undo"), identity.page(flow.language, f"undo#{token}")),
            *say.which(),
            Block("quiet", say("held.free")),
        ),
    )


def no_account_mail(flow: Flow, identity: SenderIdentity) -> Mail:
    """Return the mail that a reset sends to an address that has no account."""
    say = _Teller(flow, identity)
    return Mail(
        language=flow.language,
        kind=flow.purpose,
        subject=say("unknown.subject"),
        preheader=say("unknown.preheader"),
        heading=say("unknown.heading"),
        blocks=(
            Block("words", say(f"unknown.{flow.purpose}.lead")),
            Block("words", say("unknown.how")),
            Block("link", say("unknown.register"), identity.page(flow.language, "#register")),
            *say.which(),
            Block("quiet", say("unknown.not_you")),
        ),
    )


class _Teller:
    """Fills in what every sentence of one mail may name."""

    def __init__(self, flow: Flow, identity: SenderIdentity) -> None:
        self._flow = flow
        self._values = {
            "organisation": identity.organisation,
            "time": written_time(flow.issued_at),
            "date": written_date(flow.issued_at, flow.language),
            "reference": codes.reference(flow.flow_hash, flow.issue),
        }

    def __call__(self, key: str, **values: str) -> str:
        return messages.text(self._flow.language, "mail", key, **self._values, **values)

    def which(self) -> tuple[Block, Block]:
        """Return when the mail was asked for and its reference."""
        return (
            Block("quiet", self("requested")),
            Block("quiet", f"{self('reference')}. {self('reference.why')}"),
        )
