"""Speaks SMTP with mail programs alone: any other client is cut off at once.

A browser sends a form to any port, and its lines are commands as good as any (Chromium keeps off
port 25, not off ours). Every request of HTTP has a line before its body that is no command.
"""

import asyncio
from typing import AnyStr

from aiosmtpd.smtp import SMTP

_NOT_A_COMMAND = b"500"


class OnlySmtp(SMTP):
    """An SMTP server that hears no further command once it got something that is none."""

    async def push(self, status: AnyStr) -> None:
        """Answer, and after a line that is no command (reply 500) close."""
        await super().push(status)
        told = status if isinstance(status, bytes) else status.encode()
        if told.startswith(_NOT_A_COMMAND) and self.transport is not None:
            self.transport.close()
            # What has come already would still be read; the closing ends this wait.
            await asyncio.Event().wait()
