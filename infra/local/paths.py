"""Says where the local stack lives: its ports, its addresses and its files."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
LOCAL = PROJECT / ".local"
LOGS = LOCAL / "logs"
SCRATCH = LOCAL / "scratch"
HOME = LOCAL / "home"
RUNTIME = LOCAL / "runtime"
STACK_FILE = LOCAL / "stack.json"
CREDENTIALS = LOCAL / "credentials"
MEDIA = LOCAL / "media"
# Apart from .aws-sam, which holds what is built for AWS: another Python, another processor.
BUILD = LOCAL / "build"
BUILD_CACHE = LOCAL / "build-cache"

REGION = "eu-central-1"
STACK_NAME = "newsreel-local"


@dataclass(frozen=True, slots=True)
class Ports:
    """The three ports of the local stack, all on loopback."""

    site: int
    aws: int
    mail: int

    @classmethod
    def chosen(cls) -> "Ports":
        """Read NEWSREEL_PORT, NEWSREEL_AWS_PORT and NEWSREEL_MAIL_PORT, or the usual ones."""
        return cls(
            site=int(os.environ.get("NEWSREEL_PORT", "8080")),
            aws=int(os.environ.get("NEWSREEL_AWS_PORT", "4566")),
            mail=int(os.environ.get("NEWSREEL_MAIL_PORT", "1025")),
        )

    @property
    def site_url(self) -> str:
        """What a person opens."""
        return f"http://localhost:{self.site}"

    @property
    def aws_url(self) -> str:
        """What tools and functions call as AWS."""
        return f"http://127.0.0.1:{self.aws}"


@dataclass(frozen=True, slots=True)
class Stack:
    """A running local stack, as `.local/stack.json` describes it to people and tests."""

    site_url: str
    api_url: str
    mailbox_url: str
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
