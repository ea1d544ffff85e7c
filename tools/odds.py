"""Reckons from the policy how likely a stranger's guesses are right, whatever he does in a year."""

from typing import NamedTuple

from newsreel.policy import DAY, AccountPolicy, Limit

YEAR = 365 * DAY
_VALID_AT_A_TIME = 2
"""The code of the newest issue, and that of the one before."""


class Odds(NamedTuple):
    """What a stranger may do to one account in any 365 days, with any number of networks."""

    short_guesses: int
    long_guesses: int
    mails_a_day: int
    right_guess: float


def of_stranger(policy: AccountPolicy) -> Odds:
    """Return the most that the policy lets a stranger do, resends and parallel flows included."""
    short = _most_in(policy.budgets.codes, YEAR, extra=policy.budgets.short_flows)
    # Each mail begins at most one flow, and a flow has its long tries once.
    mails = _most_in(policy.budgets.mails, YEAR)
    long = mails * policy.code.long_tries
    missed = (1 - _VALID_AT_A_TIME / 10**policy.code.digits) ** short
    signs = len(policy.code.long_signs)
    missed *= (1 - _VALID_AT_A_TIME / signs**policy.code.long_characters) ** long
    return Odds(short, long, _most_in(policy.budgets.mails, DAY), 1 - missed)


def _most_in(limit: Limit, seconds: int, *, extra: int = 0) -> int:
    """Return how many a limit lets pass in any time of some length; ``extra`` in each window.

    Windows are fixed, so such a time touches a part of one more at either end.
    """
    return min(
        (-(-(seconds - 1) // window.seconds) + 1) * (window.most + extra)
        for window in limit.windows
    )
