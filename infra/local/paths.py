"""Says where the local stack lives: its ports, its addresses and its files."""

import json
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

PROJECT = Path(__file__).resolve().parents[2]
_SHARED = PROJECT / ".local"
WORLD_VARIABLE = "NEWSREEL_WORLD"
WORLD = os.environ.get(WORLD_VARIABLE, "")
"""The name of a local stack apart from the one of `make up`, such as a rehearsal's; often empty."""
LOCAL = _SHARED / WORLD
LOGS = LOCAL / "logs"
SCRATCH = LOCAL / "scratch"
HOME = LOCAL / "home"
STACK_FILE = LOCAL / "stack.json"
# What the DNS says of senders of mail to the service, in place of the real one.
ZONE_FILE = LOCAL / "dns.json"
CREDENTIALS = LOCAL / "credentials"
# What every world may use.
RUNTIME = _SHARED / "runtime"
MEDIA = _SHARED / "media"
# Apart from .aws-sam, which holds what is built for AWS: another Python, another processor.
BUILD = _SHARED / "build"
BUILD_CACHE = _SHARED / "build-cache"

REGION = "eu-central-1"
STACK_NAME = "newsreel-local"

MAIL_DOMAIN = "newsreel.test"
"""That of the local stage in samconfig.toml; a test compares the two."""


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports of the local stack, all on loopback.

    ``mail`` takes what the service sends, ``inbound`` what people write to it.
    """

    site: int
    aws: int
    mail: int
    inbound: int

    @classmethod
    def chosen(cls) -> "Ports":
        """Read NEWSREEL_PORT, _AWS_PORT, _MAIL_PORT and _INBOUND_PORT, or the usual ones."""
        return cls(
            site=int(os.environ.get("NEWSREEL_PORT", "8080")),
            aws=int(os.environ.get("NEWSREEL_AWS_PORT", "4566")),
            mail=int(os.environ.get("NEWSREEL_MAIL_PORT", "1025")),
            inbound=int(os.environ.get("NEWSREEL_INBOUND_PORT", "2525")),
        )

    @classmethod
    def in_use(cls) -> "Ports":
        """Those of the stack that is up, whatever this shell says now; without one, the chosen."""
        chosen = cls.chosen()
        if not STACK_FILE.exists():
            return chosen
        up = Stack.read()
        return replace(
            chosen,
            site=_port_of(up.site_url),
            aws=_port_of(up.aws_endpoint_url),
            inbound=_port_of(up.smtp_url),
        )

    @property
    def site_url(self) -> str:
        """What a person opens."""
        return f"http://localhost:{self.site}"

    @property
    def aws_url(self) -> str:
        """What tools and functions call as AWS."""
        return f"http://127.0.0.1:{self.aws}"

    @property
    def smtp_url(self) -> str:
        """Where mail programs hand over mail to the service."""
        return f"smtp://127.0.0.1:{self.inbound}"


@dataclass(frozen=True, slots=True)
class Stack:
    """A running local stack, as `.local/stack.json` describes it to people and tests."""

    site_url: str
    api_url: str
    mailbox_url: str
    smtp_url: str
    media_bucket: str
    aws_endpoint_url: str
    region: str
    stack_name: str
    outputs: dict[str, str]

    def write(self) -> None:
        """Write `.local/stack.json` in one step, so that no reader sees half of it."""
        draft = STACK_FILE.with_suffix(".draft")
        draft.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")
        draft.replace(STACK_FILE)

    @classmethod
    def read(cls) -> "Stack":
        """Read `.local/stack.json`; FileNotFoundError when no stack is up."""
        return cls(**json.loads(STACK_FILE.read_text(encoding="utf-8")))


def _port_of(url: str) -> int:
    port = urlsplit(url).port
    if port is None:
        raise ValueError(f"{STACK_FILE} names an address without a port")
    return port


class Deployed:
    """The stack that is up, read again only when its file has changed."""

    def __init__(self) -> None:
        self._seen: tuple[int, Stack] | None = None

    def __call__(self) -> Stack | None:
        """Return it, or None while there is none."""
        try:
            written = STACK_FILE.stat().st_mtime_ns
        except FileNotFoundError:
            return None
        if self._seen is None or self._seen[0] != written:
            self._seen = (written, Stack.read())
        return self._seen[1]
