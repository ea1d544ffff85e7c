"""People and programs that write to the service over SMTP, and what became of their mails."""

import json
import smtplib
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from infra.local import administrator
from infra.local.paths import Stack
from tests.support.incoming import raw_mail

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_sqs import SQSClient

CODES, UNSUBSCRIBE, HELP = (f"{name}@newsreel.test" for name in ("codes", "unsubscribe", "help"))
# The queue gives a message out again after 180 s, should an invocation have been lost.
_FOLLOWS_WITHIN = 240.0


@cache
def _logs(endpoint: str) -> "CloudWatchLogsClient":
    """Return the logs' client: making one takes longer than the question that it is for."""
    client: CloudWatchLogsClient = administrator.session().client("logs", endpoint_url=endpoint)
    return client


@dataclass(frozen=True)
class Post:
    """The way to the listener, and the function's log behind it."""

    stack: Stack
    sqs: "SQSClient"
    since: float = field(default_factory=time.time)

    @property
    def server(self) -> tuple[str, int]:
        parts = urlsplit(self.stack.smtp_url)
        return str(parts.hostname), int(parts.port or 0)

    def hand_over(
        self, sender: str, to: str, *, envelope: str | None = None, raw: bytes | None = None
    ) -> None:
        """Hand a mail over; raises what smtplib makes of a refusal."""
        content = raw if raw is not None else raw_mail(sender=sender)
        with smtplib.SMTP(*self.server, timeout=60) as server:
            server.sendmail(sender if envelope is None else envelope, [to], content)

    def outcomes(self) -> Counter[str]:
        """Count what became of all incoming mails so far."""
        # One question about these lines alone: reading the whole log takes seconds.
        told = _logs(self.stack.aws_endpoint_url).filter_log_events(
            logGroupName=f"/newsreel/{self.stack.stack_name}/functions",
            filterPattern='"incoming mail"',
            startTime=int(self.since * 1000),
        )["events"]
        lines = [one["message"] for one in told if '"incoming mail' in one["message"]]
        return Counter(str(json.loads(line).get("outcome", "failed")) for line in lines)

    def outcome(
        self, sender: str, to: str, *, envelope: str | None = None, raw: bytes | None = None
    ) -> str:
        """Hand a mail over and return what became of it."""
        before = self.outcomes()
        self.hand_over(sender, to, envelope=envelope, raw=raw)
        return self.next_outcome(before)

    def next_outcome(self, before: Counter[str]) -> str:
        """Wait for one more outcome than before and return it."""
        last = time.monotonic() + _FOLLOWS_WITHIN
        while time.monotonic() < last:
            if more := self.outcomes() - before:
                (one,) = more.elements()
                return one
            time.sleep(0.2)
        raise AssertionError("nothing was logged of the mail")

    def waiting(self, output: str = "InboundQueue") -> int:
        """Return how many mails wait or are being taken."""
        told = self.sqs.get_queue_attributes(QueueUrl=self._queue(output), AttributeNames=["All"])[
            "Attributes"
        ]
        seen = told["ApproximateNumberOfMessages"]
        return int(seen) + int(told["ApproximateNumberOfMessagesNotVisible"])

    def await_taken(self, within: float) -> None:
        """Wait until no mail waits any more."""
        last = time.monotonic() + within
        while self.waiting():
            assert time.monotonic() < last, f"{self.waiting()} mails still wait"
            time.sleep(0.5)

    def _queue(self, name: str) -> str:
        urls = self.sqs.list_queues().get("QueueUrls", [])
        (found,) = [url for url in urls if f"-{name}-" in url]
        return found
