"""What the rules of flows that set a password depend on, and how they accept one."""

from typing import NamedTuple, Protocol, Self, cast

from newsreel.accounts import passwords
from newsreel.accounts.email_address import EmailAddress
from newsreel.accounts.passwords import Choice, Rule
from newsreel.accounts.table.base import AccountsTable
from newsreel.aws.keyring import Keyring, read_keyring
from newsreel.budgets.requests import RequestBudgets
from newsreel.policy import POLICY
from newsreel.refusals import FieldError, Refusal

SERVICE_NAME = "newsreel"


class FlowSettings(Protocol):
    """The settings of a function that sets passwords or runs flows."""

    @property
    def password_policy(self) -> str:
        """Return the template's parameter of that name, ``page`` or ``passphrase``."""

    @property
    def organisation(self) -> str:
        """Return the organisation's name, which no password may contain."""

    @property
    def flow_keys_secret(self) -> str:
        """Return the name of the secret that holds the flows' keys."""


class FlowDeps(NamedTuple):
    """What the rules of flows and of new passwords depend on, for one request."""

    table: AccountsTable
    keyring: Keyring
    budgets: RequestBudgets
    choice: Choice
    organisation: str

    @classmethod
    def of(cls, settings: FlowSettings, table: AccountsTable, budgets: RequestBudgets) -> Self:
        """Build the dependencies from a function's settings; reads the keys once an environment."""
        return cls(
            table=table,
            keyring=read_keyring(settings.flow_keys_secret),
            budgets=budgets,
            choice=cast("Choice", settings.password_policy),
            organisation=settings.organisation,
        )


def accept_password(
    deps: FlowDeps, password: str, address: EmailAddress, *, name: str = "password"
) -> None:
    """Accept a new password for an address; ``name`` is the request's field.

    Raises:
        Refusal: ``password_rejected`` with the broken rules.
    """
    context = (deps.organisation, SERVICE_NAME, address.local_part)
    broken = passwords.broken_rules(password, choice=deps.choice, context=context)
    if broken:
        raise Refusal("password_rejected", errors=_password_errors(broken, name))


def _password_errors(broken: tuple[Rule, ...], name: str) -> tuple[FieldError, ...]:
    policy = POLICY.password
    shown = {"minimum": policy.minimum_length, "maximum": policy.maximum_length}
    return tuple(FieldError(name, rule, "password", shown) for rule in broken)
