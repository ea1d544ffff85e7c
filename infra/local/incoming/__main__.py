"""Listens for mail to the service on this machine, as SES's inbound server does on AWS.

On loopback alone. Nothing is logged but the kind of a fault: envelopes name people.
"""

import asyncio
import logging
import signal

import boto3
from aiosmtpd.smtp import SMTP, Envelope, Session
from botocore.exceptions import BotoCoreError, ClientError

from infra.local.clean_environment import assert_loopback
from infra.local.incoming.rules import Arrived, Receiving
from infra.local.incoming.verdicts import Handover, judge
from infra.local.incoming.zone import Zone
from infra.local.paths import ZONE_FILE, Ports
from infra.local.smtp_only import OnlySmtp

_LARGEST_MAIL = 40 * 1024 * 1024
"""Bytes (SES quotas, "Maximum message size", with S3)."""
_LONGEST_LINE = 1024 * 1024


class Exchange(OnlySmtp):
    """SMTP as SES speaks it: 40 MB, lines of any length."""

    line_length_limit = _LONGEST_LINE


class Handler:
    """What happens at each step of a conversation (aiosmtpd's names)."""

    def __init__(self, receiving: Receiving, zone: Zone) -> None:
        self._receiving = receiving
        self._zone = zone

    async def handle_RCPT(  # noqa: N802
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,
        address: str,
        rcpt_options: list[str],  # noqa: ARG002
    ) -> str:
        """Refuse whom no rule is for."""
        try:
            taken = await asyncio.to_thread(self._receiving.takes, address)
        except (BotoCoreError, ClientError) as fault:
            return _not_now(fault)
        if not taken:
            return "550 5.1.1 Requested action not taken: mailbox unavailable"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802
        """Judge a mail and run the rules for it."""
        try:
            await asyncio.to_thread(self._take, session, envelope)
        except (BotoCoreError, ClientError) as fault:
            return _not_now(fault)
        return "250 OK"

    def _take(self, session: Session, envelope: Envelope) -> None:
        content = envelope.content or b""
        raw = content.encode() if isinstance(content, str) else content
        sender = envelope.mail_from or ""
        client = str(session.peer[0]) if session.peer else "127.0.0.1"
        verdicts = judge(
            raw, Handover(client, session.host_name or "localhost", sender), self._zone
        )
        self._receiving.receive(Arrived(raw, sender, tuple(envelope.rcpt_tos), verdicts))


def _not_now(fault: Exception) -> str:
    logging.getLogger(__name__).error("a mail was not taken: %s", type(fault).__name__)
    return "451 4.3.0 The local AWS does not take it now; try again"


async def serve(ports: Ports) -> None:
    """Listen on loopback until told to end."""
    endpoint = assert_loopback(ports.aws_url)
    receiving = Receiving(
        ses=boto3.client("ses", endpoint_url=endpoint),
        s3=boto3.client("s3", endpoint_url=endpoint),
        sns=boto3.client("sns", endpoint_url=endpoint),
    )
    zone = Zone(ZONE_FILE)
    zone.write_unless_there()
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, ending.set)
    loop.add_signal_handler(signal.SIGINT, ending.set)
    handler = Handler(receiving, zone)
    server = await loop.create_server(
        lambda: Exchange(handler, data_size_limit=_LARGEST_MAIL, hostname="localhost"),
        "127.0.0.1",
        ports.inbound,
    )
    await ending.wait()
    server.close()


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # aiosmtpd's: it quotes envelopes
    asyncio.run(serve(Ports.chosen()))
