"""Decides the numbers of sending an edition: how fast, in what chunks, and whether the quota fits.

Codes come first: SES has one rate for an account and region, whatever the configuration set, so a
newsletter takes a share of it and leaves the rest.
"""

from dataclasses import dataclass

from newsreel.policy import POLICY

_RULES = POLICY.newsletter


@dataclass(frozen=True, slots=True)
class Quota:
    """What SES allows this account and region (``GetSendQuota``)."""

    per_day: float
    """Mails in 24 hours; -1 is no limit."""
    per_second: float
    sent: float
    """Mails of the last 24 hours."""


def rate_of(wanted: float, quota: Quota) -> float:
    """Return how many mails a second an edition may take: what is wanted, and never all."""
    return min(wanted, quota.per_second * _RULES.percent_of_rate / 100)


def room(quota: Quota) -> int | None:
    """Return how many mails today's quota leaves to a newsletter; None is no limit."""
    if quota.per_day < 0:
        return None
    kept = quota.per_day * _RULES.percent_of_day_kept / 100
    return max(0, int(quota.per_day - kept - quota.sent))


def chunk_size(rate: float, workers: int) -> int:
    """Return how many mails a message holds, so that it ends well before its function does."""
    return max(1, min(_RULES.largest_chunk, int(_RULES.chunk_time * rate / workers)))


def pace_of(rate: float, workers: int) -> float:
    """Return how many seconds pass between two mails of one worker."""
    return workers / rate
