"""What a flow is started with, and what its browser keeps of it."""

from dataclasses import dataclass, field

from newsreel.accounts.codes import Purpose
from newsreel.accounts.email_address import EmailAddress
from newsreel.accounts.records import Flow


@dataclass(frozen=True, slots=True)
class FlowRequest:
    """The values that start a flow; ``body`` distinguishes a repeated start from a new one."""

    purpose: Purpose
    email: EmailAddress
    language: str
    body: str = field(repr=False)
    password_hash: str = field(default="", repr=False)
    known_browser: str = ""
    """The hash of the browser, if it is one that the address's account knows."""
    is_long: bool = False
    """Whether its codes have to be long ones."""
    account_id: str = ""
    account_epoch: int = 0
    """Of a change of address: whose it is, and under which epoch it begins."""


@dataclass(frozen=True, slots=True)
class StartedFlow:
    """A flow and the id that its browser keeps."""

    flow_id: str = field(repr=False)
    flow: Flow
