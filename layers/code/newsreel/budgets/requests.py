"""Decides what the budgets of a route mean for one request: go on, a long code, or wait.

A caller's own network is counted first and is refused alone, so that nobody uses up what all share.
The service's own counts refuse nobody. Nothing here knows whether an address has an account: the
calls are the same for all. Networks in the parameter ``TrustedNetworks`` have no counts.
"""

import ipaddress
from contextlib import suppress
from typing import NamedTuple, Protocol, Self

from newsreel.aws.keyring import Keyring, read_keyring
from newsreel.budgets.counting import BudgetSpent, Counts, count, take_back
from newsreel.budgets.subjects import (
    Subject,
    address_subject,
    browser_subject,
    network_subject,
    service_subject,
)
from newsreel.mail_table.who import who_of
from newsreel.policy import POLICY, Limit, Per
from newsreel.refusals import Refusal


class MeterSettings(Protocol):
    """The settings of a function whose routes have budgets."""

    @property
    def mail_table(self) -> str:
        """Return the name of the table that has the counts."""

    @property
    def trail_keys_secret(self) -> str:
        """Return the name of the secret that addresses and networks are named with."""

    @property
    def trusted_networks(self) -> str:
        """Return the template's parameter of that name: networks, with commas between."""

    @property
    def codes_address(self) -> str:
        """Return where people can ask for a code by mail; empty if nowhere."""


class Meter(NamedTuple):
    """Makes the budgets of each request."""

    mail_table: str
    keys_secret: str
    trusted: tuple[str, ...]
    codes_address: str

    @classmethod
    def of(cls, settings: MeterSettings) -> Self:
        """Return the meter by a function's settings."""
        parts = (part.strip() for part in settings.trusted_networks.split(","))
        return cls(
            settings.mail_table,
            settings.trail_keys_secret,
            tuple(part for part in parts if part),
            settings.codes_address,
        )

    def __call__(self, address: str, limits: tuple[Limit, ...]) -> "RequestBudgets":
        """Return the budgets of a route for a request from an address."""
        keyring = read_keyring(self.keys_secret)
        network = None if self._is_trusted(address) else network_subject(address, keyring)
        return RequestBudgets(self.mail_table, keyring, network, limits, self.codes_address)

    def _is_trusted(self, address: str) -> bool:
        if not self.trusted:
            return False
        found = ipaddress.ip_address(address)
        own = getattr(found, "ipv4_mapped", None) or found
        networks = (ipaddress.ip_network(part, strict=False) for part in self.trusted)
        return any(own.version == one.version and own in one for one in networks)


class Owner(NamedTuple):
    """Whose codes are counted: an address for strangers, or a browser that its account knows."""

    address: str
    browser: str = ""


class RequestBudgets(NamedTuple):
    """The budgets of one request."""

    table: str
    keyring: Keyring
    network: Subject | None
    limits: tuple[Limit, ...]
    codes_address: str = ""

    def mail(self, owner: Owner, *, opens_until: int | None = None, now: int) -> bool:
        """Count one mail to an address; tell whether its code has to be a long one.

        ``opens_until`` is when the flow ends that the mail starts, if it starts one.

        Raises:
            Refusal: ``too_many_requests``.
        """
        if owner.browser:
            return self._mail_of(owner, self._per("browser"), opens_until, now=now)
        is_long = self._crosses_network(now=now)
        per_address = self._per("address")
        if self.network is not None:
            per_address += tuple(self._of_network(one) for one in self._per("address and network"))
        is_long = self._mail_of(owner, per_address, opens_until, now=now) or is_long
        return self._is_service_busy(now=now) or is_long

    def change(self, owner: Owner, *, now: int) -> None:
        """Count a change of which the owner of an address is told by mail.

        Raises:
            Refusal: ``too_many_requests``.
        """
        self._refusing("changes", self._subject(owner), self._per("address"), now=now)

    def guess(self, owner: Owner, *, now: int) -> bool:
        """Count a six-digit guess before it is compared; False if there are no more of them."""
        try:
            count(self.table, self._subject(owner), self._per("address"), now=now)
        except BudgetSpent:
            return False
        return True

    def was_right(self, owner: Owner, *, now: int) -> None:
        """Take a guess back: the code was right."""
        take_back(self.table, self._subject(owner), self._per("address"), now=now)

    def was_wrong(self, *, now: int) -> None:
        """Count a wrong code, or token, as the route declares; nobody is refused for it.

        A token counts for its network alone: tokens may be tried without end, and one person's
        tries would make everybody's codes long.
        """
        for subject, limits in (
            (self.network, self._per("network")),
            (service_subject(), self._per("service")),
        ):
            if subject is not None and limits:
                self._note(subject, limits, now=now)

    def log_in(self, *, now: int) -> None:
        """Count a log-in as a failure; a network that had too many waits between two.

        Raises:
            Refusal: ``too_many_requests``.
        """
        if self.network is None:
            return
        usual, slow = self._per("network")
        try:
            count(self.table, self.network, (usual,), now=now)
        except BudgetSpent:
            self._refusing("log_ins", self.network, (slow,), now=now)

    def log_in_was_right(self, *, now: int) -> None:
        """Take a log-in back that was no failure."""
        if self.network is not None:
            take_back(self.table, self.network, self._per("network")[:1], now=now)

    def _crosses_network(self, *, now: int) -> bool:
        if self.network is None:
            return False
        counts = self._refusing("network", self.network, self._per("network"), now=now)
        return counts.is_spent(POLICY.budgets.network_codes)

    def _mail_of(
        self, owner: Owner, limits: tuple[Limit, ...], opens_until: int | None, *, now: int
    ) -> bool:
        subject = self._subject(owner)
        counts = self._refusing("mails", subject, limits, opens_until, now=now)
        third = opens_until is not None and counts.has_open_flows
        return third or counts.is_spent(POLICY.budgets.codes)

    def _is_service_busy(self, *, now: int) -> bool:
        subject = service_subject()
        try:
            counts = count(self.table, subject, self._per("service"), now=now)
        except BudgetSpent:
            return True
        return counts.is_spent(POLICY.budgets.service_codes)

    def _refusing(
        self,
        kind: str,
        subject: Subject,
        limits: tuple[Limit, ...],
        opens_until: int | None = None,
        *,
        now: int,
    ) -> Counts:
        try:
            return count(self.table, subject, limits, opens_until=opens_until, now=now)
        except BudgetSpent as spent:
            shown: dict[str, str | int | bool | list[str] | None] = {"limit": kind}
            if kind == "mails" and self.codes_address:
                shown = {"limit": "mails_or_write", "write_to": self.codes_address}
            raise Refusal("too_many_requests", shown, retry_after=spent.retry_after) from None

    def _note(self, subject: Subject, limits: tuple[Limit, ...], *, now: int) -> None:
        with suppress(BudgetSpent):  # a full window says what it has to say
            count(self.table, subject, limits, now=now)

    def _subject(self, owner: Owner) -> Subject:
        if owner.browser:
            return browser_subject(owner.browser)
        return address_subject(who_of(owner.address, self.keyring))

    def _per(self, per: Per) -> tuple[Limit, ...]:
        return tuple(limit for limit in self.limits if limit.per == per)

    def _of_network(self, limit: Limit) -> Limit:
        """Return a limit of one address and this network: a count of its own in one item."""
        digest = self.network.name.partition("#")[2] if self.network else ""
        return limit._replace(name=f"{limit.name}_{digest[:16]}")
