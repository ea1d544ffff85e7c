"""What the accounts table holds beside an account: its access keys, and an undoable change."""

from dataclasses import dataclass, field

from newsreel.accounts.email_address import EmailAddress
from newsreel.accounts.records import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessKey(Record):
    """What a program of an account sends; the item's key contains its hash."""

    account_id: str
    key_hash: str = field(repr=False)
    name: str
    """What its owner calls it."""
    scopes: list[str]
    made_under: int
    """The account's key epoch at that time."""
    created_at: int
    last_used_at: int = 0
    """To the hour; 0 before the first use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailUndo(Record):
    """A change of an account's address that can be undone, from the address that it had."""

    account_id: str
    email: EmailAddress
    """The address that it had."""
    change: str
    """The hash of the flow that changed it."""
    key_id: str
    """The id of the key that the undo link's token is derived with."""
    until: int
