"""Decides every number of the account rules: one object, published as it is.

The website serves it at ``/.well-known/account-policy.json``, so what we say cannot differ from
what the code does. Sources: OWASP ASVS 5.0, NIST SP 800-63B-4, RFC 4226.

Named tuples, because every function loads them: a frozen dataclass takes 0.6 ms of each cold start,
a named tuple 0.1 ms.
"""

from typing import Literal, NamedTuple, TypeAlias

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR


class PasswordPolicy(NamedTuple):
    """The rules for a password; lengths in characters after NFKC."""

    minimum_length: int = 12
    passphrase_length: int = 15
    maximum_length: int = 256
    argon2_memory_kib: int = 46 * 1024
    argon2_passes: int = 1
    argon2_lanes: int = 1


class CodePolicy(NamedTuple):
    """The limits of codes; times in seconds."""

    life: int = 30 * MINUTE
    tries: int = 5
    long_tries: int = 5
    digits: int = 6
    long_characters: int = 10
    long_signs: str = "0123456789BCDFGHJKMNPQRSTVWXYZ"
    """What long codes are written with: no vowels, and no letter that looks like a digit."""
    resend_waits: tuple[int, ...] = (60, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE)
    flow_life: int = 24 * HOUR
    idempotency_life: int = 10 * MINUTE
    reset_token_life: int = 10 * MINUTE
    undo_life: int = 72 * HOUR
    """How long a change of address can be undone; the address before it stays reserved."""


class SessionPolicy(NamedTuple):
    """The limits of sessions; times in seconds."""

    idle: int = 12 * HOUR
    kept_idle: int = 30 * DAY
    kept_absolute: int = 90 * DAY
    absolute: int = 7 * DAY
    """A session that is not kept ends with the browser; this limits one that is never closed."""
    last_use_every: int = HOUR
    device_life: int = 400 * DAY
    most: int = 50
    """Sessions of an account; one more ends the oldest."""
    most_keys: int = 20
    """Access keys of an account."""


class LogInPolicy(NamedTuple):
    """The waits after failed log-ins; never a lock. Times in seconds."""

    free_failures: int = 5
    longest_wait: int = 15 * MINUTE
    forget_after: int = DAY
    notices_a_day: int = 10
    """The limit of mails about new browsers: a password thief must not fill the owner's mailbox."""


class RetentionPolicy(NamedTuple):
    """How long data is kept that is no longer needed, in seconds. ``/privacy`` says the same."""

    downloads: int = 90 * DAY
    """The download history shows a journalist's work; its owner can erase it at any time."""
    notices: int = 14 * DAY
    unused: int = 730 * DAY
    """An account that nobody could have used for so long is deleted."""
    unused_notice: int = 30 * DAY
    """Its owner is warned so long before."""
    journal: int = 365 * DAY
    """Security events of an account, which its owner reads."""
    trail: int = 14 * DAY
    """What became of each mail, by a keyed hash of its address."""
    suppression: int = 30 * DAY
    """That mail came back, by the same hash, once it holds nothing back any more."""
    logs: int = 30 * DAY
    editions: int = 365 * DAY
    edition_marks: int = 30 * DAY
    """Who got which edition of the newsletter, by account id."""
    copies: int = 35 * DAY
    """Point-in-time copies of the tables: deleted data stays in them for this long."""


class Window(NamedTuple):
    """At most ``most`` in each fixed window of ``seconds``, counted from 1970."""

    seconds: int
    most: int


Per: TypeAlias = Literal["address", "browser", "network", "address and network", "service"]


class Limit(NamedTuple):
    """How often one kind of thing may happen to one subject (``newsreel.budgets``)."""

    name: str
    windows: tuple[Window, ...]
    per: Per = "address"


class BudgetPolicy(NamedTuple):
    """How often what costs others something may be asked for; routes name the limits they count.

    An address's counts are those of strangers: a browser that the account knows has its own.
    """

    mails: Limit = Limit("mails", (Window(DAY, 30),))
    mails_of_network: Limit = Limit(
        "mails_of", (Window(HOUR, 5), Window(DAY, 10)), "address and network"
    )
    mails_of_browser: Limit = Limit("mails", (Window(HOUR, 5), Window(DAY, 10)), "browser")
    starts: Limit = Limit("starts", (Window(HOUR, 300),), "network")
    resends: Limit = Limit("resends", (Window(HOUR, 300),), "network")
    service_mails: Limit = Limit("mails", (Window(HOUR, 2_000),), "service")
    """Beyond it codes are long."""
    codes: Limit = Limit("codes", (Window(92 * DAY, 8),))
    """Wrong six-digit codes; then codes are long. No year touches more than five such windows."""
    network_codes: Limit = Limit("codes", (Window(HOUR, 300),), "network")
    service_codes: Limit = Limit("codes", (Window(5 * MINUTE, 300),), "service")
    """Wrong codes; beyond them codes are long until the window ends."""
    log_ins: Limit = Limit("log_ins", (Window(HOUR, 300),), "network")
    slow_log_ins: Limit = Limit("slow_log_ins", (Window(2, 1),), "network")
    """Beyond so many failed log-ins, a network waits between two."""
    changes: Limit = Limit("changes", (Window(DAY, 30),))
    """New passwords and access keys of an account, of each of which its owner is told by mail."""
    short_flows: int = 2
    """So many flows of an address have six-digit codes at a time; the next ones have long codes."""


class IncomingMailPolicy(NamedTuple):
    """How often a mail to us is answered: per sender, and help mails also over the service."""

    codes: Limit = Limit("mail_codes", (Window(HOUR, 3), Window(DAY, 10)))
    help: Limit = Limit("mail_help", (Window(HOUR, 1),))
    help_in_all: Limit = Limit("mail_help", (Window(HOUR, 300),))
    kept: int = 7 * DAY
    """Raw mails, their notifications and their ids, in seconds."""


class DeliveryPolicy(NamedTuple):
    """What follows when mail does not arrive; times in seconds."""

    late: int = MINUTE
    """A mail that SES has not taken after so long is shown as delayed."""
    rest_after_bounce: int = DAY
    """No code goes to an address that does not exist, until it was right all the same."""
    rest_after_bounces: int = 7 * DAY
    """From the second time on."""
    full_times: int = 3
    full_within: int = 30 * DAY
    newsletter_rest: int = 30 * DAY
    """After a mailbox was full so many times within that time."""
    notice_waits: int = 2 * DAY
    """How long a notice that SES does not take is tried; a code as long as it lives."""
    hold: int = MINUTE
    """Newsletters wait so long once SES was too busy for a code."""


class NotMePolicy(NamedTuple):
    """What the link "This was not me" of a mail does; times in seconds."""

    mute: int = DAY
    """For so long no code goes to the address, unless its account knows the browser that asks."""
    long_mute: int = 30 * DAY
    link_life: int = 60 * DAY
    """From the mail on: a month to press the button, and as long as the mute lasts to undo it."""


class NewsletterPolicy(NamedTuple):
    """How a newsletter is sent beside codes, which always come first; times in seconds."""

    videos: int = 12
    """The most that one edition shows; the rest is counted."""
    largest_mail: int = 100_000
    """Bytes; Gmail cuts a mail at 102 KB."""
    percent_of_rate: int = 70
    """Of SES's mails a second, at most; an account and region has one rate for all its mail."""
    percent_of_day_kept: int = 20
    """Of SES's daily quota, kept for codes and notices."""
    shards: int = 64
    page: int = 1_000
    largest_chunk: int = 100
    chunk_time: int = MINUTE
    """How long the mails of one chunk may take; its function has twice as long."""
    first_period: int = 7 * DAY
    """What the first edition looks back on."""
    overlap: int = 7 * DAY
    """An edition announces what was published before it so late, or dated back so far, that the one
    before it could not know it."""
    approval: int = 7 * DAY
    """An edition without approval, paused or held for so long is cancelled."""
    automatic_after: int = 4 * HOUR
    """Without required approval, an edition goes out so long after its preview."""
    busy_wait: int = MINUTE
    """After SES said that it is busy, to codes or to a newsletter."""
    paused_wait: int = 5 * MINUTE
    stopped_wait: int = 15 * MINUTE
    """After SES refused to send anything."""
    steps: int = 4_000
    """How often a message may follow from itself: the bound of a loop that Lambda lets run."""


class HashPolicy(NamedTuple):
    """How the SHA-256 of a media file is computed; sizes in bytes, times in seconds."""

    largest: int = 1024**4
    """A larger file has no SHA-256."""
    piece: int = 64 * 1024**2
    """Each piece of so many bytes gets a SHA-256 of its own besides."""
    at_once: int = 64 * 1024**2
    """Of a folder, hashed before its receipt: less than a second. The rest has its own queue."""
    steps: int = 2_000
    """How often a message may follow from itself: the bound of a loop that Lambda lets run."""
    spare: int = 60
    """Of an invocation, left when reading stops: a silent S3 is waited for for 30."""
    look_again: int = 10 * MINUTE
    """After so long without a sign of life, a hash is asked for again."""
    first_wait: int = MINUTE
    longest_wait: int = DAY
    """After a failure; each one doubles the wait."""
    told_after: int = 3
    """Failures in a row, of which the receipt then speaks."""
    kept: int = 30 * DAY
    """How long it is remembered what came of it, for a folder that is not looked at before."""


class AccountPolicy(NamedTuple):
    """The whole policy."""

    password: PasswordPolicy = PasswordPolicy()
    code: CodePolicy = CodePolicy()
    session: SessionPolicy = SessionPolicy()
    log_in: LogInPolicy = LogInPolicy()
    retention: RetentionPolicy = RetentionPolicy()
    budgets: BudgetPolicy = BudgetPolicy()
    incoming_mail: IncomingMailPolicy = IncomingMailPolicy()
    delivery: DeliveryPolicy = DeliveryPolicy()
    not_me: NotMePolicy = NotMePolicy()
    newsletter: NewsletterPolicy = NewsletterPolicy()
    hashes: HashPolicy = HashPolicy()
    email_maximum_length: int = 254

    def as_json(self) -> dict[str, object]:
        """Return the policy in its published form."""
        return {name: _published(part) for name, part in self._asdict().items()}

    def longest_window(self) -> int:
        """Return the longest window of all limits, in seconds."""
        parts = [part for part in self if isinstance(part, tuple)]
        limits = [rule for part in parts for rule in part if isinstance(rule, Limit)]
        return max(window.seconds for limit in limits for window in limit.windows)


def _published(value: object) -> object:
    if not isinstance(value, tuple):
        return value
    names = getattr(value, "_fields", None)
    parts = tuple(_published(part) for part in value)
    return parts if names is None else dict(zip(names, parts, strict=True))


POLICY = AccountPolicy()
