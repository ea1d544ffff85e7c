"""What the accounts table holds, as frozen records; times are whole seconds since 1970, UTC."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Self, TypeAlias

from newsreel.accounts.codes import Format, Purpose
from newsreel.accounts.email_address import EmailAddress
from newsreel.policy import DAY

FlowState: TypeAlias = Literal["open", "finished", "voided"]
"""Voided: the address's owner did not ask for it; it is over like one that has expired."""
MailState: TypeAlias = Literal["requested", "sending", "sent", "dropped", "refused", "withheld"]
"""Dropped: of no more use. Refused: not taken by SES. Withheld: the address is suppressed."""
NoticeKind: TypeAlias = Literal[
    "account_deleted",
    "account_unused",
    "reset_asked",
    "welcome",
    "password_changed",
    "password_replaced",
    "new_sign_in",
    "email_changed",
    "email_change_undone",
    "key_created",
]
ConsentSource: TypeAlias = Literal[
    "registration", "account", "download", "api", "one_click", "mail", "complaint"
]
"""Where somebody said it: at the end of a registration, in the account, with a download, by a
program that does not say, by the button of a mail, by a mail to us, or by marking ours as spam."""
Delivery: TypeAlias = Literal["pending", "sent", "delivered", "delayed", "bounced", "withheld"]


_STORED_AS = {"flow_hash": "flow_key", "session_hash": "session_key", "marker_hash": "marker_key"}
"""Fields whose attribute in DynamoDB has another name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record that is stored attribute by attribute, under its fields' names."""

    @classmethod
    def read(cls, values: Mapping[str, object]) -> Self:
        """Build the record from an item's values; ignores attributes that newer releases added."""
        fields = {
            name: values[attribute]
            for name in cls.__dataclass_fields__
            if (attribute := _STORED_AS.get(name, name)) in values
        }
        if "email" in fields:
            fields["email"] = EmailAddress(str(fields["email"]))
        return cls(**fields)

    def attributes(self) -> dict[str, object]:
        """Return the values to store."""
        values = {
            _STORED_AS.get(name, name): getattr(self, name) for name in self.__dataclass_fields__
        }
        address = values.get("email")
        if isinstance(address, EmailAddress):
            values["email"] = address.text
        return values


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow(Record):
    """One attempt to prove an address by a code."""

    purpose: Purpose
    flow_hash: str
    """SHA-256 of the flow id, hex. Only the browser that started the flow knows the id itself."""
    email: EmailAddress
    language: str
    key_id: str
    """The id of the key that this flow's codes are derived with."""
    started_at: int
    expires_at: int
    """When the whole flow ends."""
    issue: int = 1
    issued_at: int
    previous_issued_at: int = 0
    form: Format = "digits_6"
    form_since: int = 1
    """The first issue in the current form; codes of the other form are no longer valid."""
    tries_left: int
    resends: int = 0
    resend_after: int
    state: FlowState = "open"
    delivery: Delivery = "pending"
    password_hash: str = field(default="", repr=False)
    """Hash of the password chosen for this registration; empty for other purposes."""
    token_hash: str = field(default="", repr=False)
    """Of a password reset with a right code: SHA-256 of the token that completes it."""
    token_until: int = 0
    account_id: str = ""
    account_epoch: int = 0
    """Of a change of address: whose, and under which epoch it began."""
    device_hash: str = ""
    """Of a password reset with a right code: the browser that entered it."""
    verified_issue: int = 0
    """Of a password reset: the newest issue when a right code was entered. A code is right once."""

    @property
    def is_verified(self) -> bool:
        """Tell whether a right code was entered since the newest one was issued."""
        return self.verified_issue >= self.issue

    known_browser: str = ""
    """Of a flow that a browser began which its account knows: the browser's hash there."""
    took_last_try: bool = False
    """Whether it had the one try that a code on its way keeps when its address has none left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRequest(Record):
    """One mail of a flow, waiting to be sent: the outbox. Holds no address and no code."""

    purpose: Purpose
    flow_hash: str
    issue: int
    requested_at: int
    state: MailState = "requested"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice(Record):
    """One mail to an account's owner outside any flow; the account item holds the address."""

    account_id: str
    notice_id: str
    kind: NoticeKind
    requested_at: int
    facts: dict[str, str] = field(default_factory=dict)
    state: MailState = "requested"
    email: EmailAddress | None = None
    """Of the last notice alone: where it goes, for its account is deleted."""
    language: str = ""

    @classmethod
    def of(
        cls, account_id: str, kind: NoticeKind, *, now: int, facts: Mapping[str, str] | None = None
    ) -> Self:
        """Return a new notice."""
        return cls(
            account_id=account_id,
            notice_id=secrets.token_hex(8),
            kind=kind,
            requested_at=now,
            facts=dict(facts or {}),
        )

    @property
    def day(self) -> int:
        """Return the day of the request, counted since 1970, UTC."""
        return self.requested_at // DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Account(Record):
    """A person who proved an address."""

    account_id: str
    email: EmailAddress
    password_hash: str = field(repr=False)
    language: str
    newsletter: bool = False
    newsletter_at: int = 0
    """When the person last subscribed or unsubscribed; 0 before the first time."""
    work: str | None = None
    """Where the account stands in the index of subscribers; None while no newsletter goes to it."""
    at: int | None = None
    """Since when it stands there."""
    consents: int = 0
    """How many consents are kept: the number of the next one, which orders those of one second."""
    terms_version: str = ""
    """The newest accepted version of the terms of use; empty if none."""
    created_at: int
    epoch: int = 1
    """Sessions, flows and links made under another epoch are invalid."""
    email_change: str = ""
    """The one change of its address that is open: the hash of that flow's id."""
    key_epoch: int = 1
    """Access keys made under another one are invalid. Resets, undoing and deletion raise it."""
    keys_made: int = 0
    """How many access keys it ever had: two that are made at the same moment meet here."""
    reset_required_at: int = 0
    """When the operator made the password worthless: only a reset opens the account; 0 if not."""
    role: str = ""
    """``press_office``, or none; the operator gives and takes it. No route asks for it yet."""
    closing_at: int = 0
    """When its deletion began; nobody can log in to it from then on."""
    flows_void_until: int = 0
    """A completed reset ended all password resets started up to this moment."""
    session_list: dict[str, list[int]] | None = field(default=None, repr=False)
    """By session key: its number, and when it ends at the latest. None in an account of an older
    release, until its next log-in."""
    notices_day: int = 0
    """The last day (since 1970, UTC) on which a notice about a new browser was sent."""
    notices_before: int = 0
    """How many of ``notices_told`` were sent before that day."""
    notices_told: int = 0

    @property
    def consent_state(self) -> "ConsentState":
        """Return what the account's next consent is compared with."""
        return ConsentState(
            language=self.language,
            newsletter=self.newsletter,
            is_listed=self.work is not None,
            terms_version=self.terms_version,
            kept=self.consents,
        )

    def notices_on(self, day: int) -> int:
        """Return how many notices about new browsers were sent on a day."""
        return self.notices_told - self.notices_before if self.notices_day == day else 0


class ConsentState(NamedTuple):
    """What an account has agreed to, as it was read."""

    language: str
    newsletter: bool
    is_listed: bool
    """Whether it stands in the index of subscribers."""
    terms_version: str
    kept: int
    """How many consents are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session(Record):
    """One signed-in browser; the item's key contains the hash of its token."""

    account_id: str
    session_hash: str = field(repr=False)
    epoch: int
    keep: bool
    created_at: int
    last_used_at: int
    idle_until: int
    expires_at: int
    browser: str = ""
    """Family and system of the browser, for its owner's list."""
    country: str = ""
    """Where it was opened, by the edge (ISO 3166-1 alpha-2); empty if unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogInFailures(Record):
    """Failed log-ins with one address, whether or not it has an account."""

    failures: int = 0
    blocked_until: int = 0
    forget_at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class IdempotencyMarker(Record):
    """A repeatable start; its nonce and the caller's key lead to the same flow id again."""

    marker_hash: str
    nonce: str
    started_at: int
    forget_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent(Record):
    """One consent or refusal, with the version of the text that the person read."""

    account_id: str
    subject: Literal["newsletter", "terms"]
    place: ConsentSource | None
    """None for a no of before it was kept."""
    given: bool
    text_version: str
    language: str
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Download(Record):
    """One link's downloads on one day."""

    video_id: str
    rendition_id: str
    downloaded_at: int
